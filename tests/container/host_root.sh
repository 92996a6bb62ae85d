# The host's root directory, or its processes, mounted into a builder: the builder sees them, and no step does.
# shellcheck disable=SC2016

# Everybody on the host may read it.
setup() {
  SECRET=/var/rind-test-secret-$$
  echo RIND-TEST-SECRET-host >"$SECRET"
  chmod 0644 "$SECRET"
  PARENT=$RIND_TMP/parent
  mkdir -p "$PARENT/proc" "$PARENT/sub" "$RIND_TMP/again" "$RIND_TMP/volume" "$RIND_TMP/data"
  mount -t proc proc "$PARENT/proc"
  mount --bind / "$RIND_TMP/again"
  mount -t tmpfs -o mode=0755 tmpfs "$RIND_TMP/volume"
  ARRIVALS=$RIND_TMP/arrivals
  mkdir "$ARRIVALS"
  mount -t tmpfs -o mode=0755 tmpfs "$ARRIVALS"
  mount --make-shared "$ARRIVALS"
  mkdir "$ARRIVALS/host"
  echo of the volume >"$RIND_TMP/volume/file"
  echo of the host >"$RIND_TMP/data/file"
  chmod -R a+rX "$PARENT/sub" "$RIND_TMP/volume" "$RIND_TMP/data"
  import_image podman_rootless
}

teardown() {
  umount "$PARENT/proc" "$RIND_TMP/again" "$RIND_TMP/volume" "$ARRIVALS"
  rm "$SECRET"
}

# What is to be had below the directories: the secret, and processes of the host (more than a container has).
LOOK='for at in "$@"; do
  cat "$at$LOOKED_FOR" 2>/dev/null && echo "read in $at"
  (($(ls "$at/proc" "$at" 2>/dev/null | grep -c "^[0-9]") > 20)) && echo "processes in $at"
done; true'

look() { # AT OPTION...: the builder, and then a step
  local at=$1
  shift
  builder -e LOOKED_FOR="$SECRET" "$@" "$IMAGE_BUILDER" bash -c '
    echo "builder: $(bash -c "$1" look "$2" 2>&1 | tr "\n" " ")"
    ! test -e /dev/rind || echo "step: $(/dev/rind/rind run -- bash -c "$1" look "$2" 2>&1 | tr "\n" " ")"' look "$LOOK" "$at"
}

expect_out_of_sight() { # SEEN AT OPTION...: what the builder sees, and no step
  local seen=$1
  shift
  use_rind
  expect_status 0 look "$@"
  expect_contains "control: the builder" "$(sed -n 's/^builder: //p' <<<"$OUTPUT")" "$seen"
  expect_contains "a step ran" "$OUTPUT" "step: "
  expect_equal "the step" "" "$(sed -n 's/^step: *//p' <<<"$OUTPUT")"
}

host_root() {
  local option
  for option in "" :ro :rslave :rshared; do
    expect_out_of_sight "read in /host processes in /host" /host -v "/:/host$option"
  done
  expect_out_of_sight "read in /mnt/deep/host" /mnt/deep/host -v /:/mnt/deep/host
  # A second mount of it.
  expect_out_of_sight "read in /x" /x -v "$RIND_TMP/again:/x"
}
on_each_runtime host_root

overlay_of_the_host_root() { expect_out_of_sight "read in /host" /host -v /:/host:O; }
on_each_runtime overlay_of_the_host_root

host_processes() {
  expect_out_of_sight "processes in /host/proc" /host/proc -v /proc:/host/proc
  expect_out_of_sight "processes in /srv/p" /srv/p -v "$PARENT:/srv/p"
}
on_each_runtime host_processes

rootless() {
  RIND_ENGINE=podman_rootless
  expect_out_of_sight "read in /host processes in /host" /host -v /:/host
  expect_out_of_sight "processes in /host/proc" /host/proc -v /proc:/host/proc
}
on_each_runtime rootless

# What is neither is seen as before: a file system of its own, and a directory of the host's.
volumes_are_seen() {
  use_rind
  expect_status 0 builder -v "$RIND_TMP/volume:/srv/volume" -v "$RIND_TMP/data:/srv/data" "$IMAGE_BUILDER" \
    /dev/rind/rind run -- cat /srv/volume/file /srv/data/file
  expect_equal "the step" $'of the volume\nof the host' "$OUTPUT"
}
on_each_runtime volumes_are_seen

# The mount is told by the table: a directory that it lies in may have another name than when the hook saw it.
test_renamed_directory() {
  use_rind
  expect_status 0 builder -e LOOKED_FOR="$SECRET" -v /:/srv/a/host "$IMAGE_BUILDER" bash -c '
    mv /srv/a /srv/b; bash -c "$1" look /srv/b/host; echo "step:"; /dev/rind/rind run -- bash -c "$1" look /srv/b/host' look "$LOOK"
  expect_contains "control: the builder" "${OUTPUT%%step:*}" "read in /srv/b/host"
  expect_equal "the step" "" "${OUTPUT#*step:}"
}

# A volume that receives mounts of the host's, and one of the host's root that comes when the container runs.
test_mount_that_comes_later() {
  local container
  use_rind
  container=$(builder -d -e LOOKED_FOR="$SECRET" -v "$ARRIVALS:/srv/arrivals:rslave" "$IMAGE_BUILDER" sleep 60)
  # shellcheck disable=SC2064
  trap "podman_rootful kill $container >/dev/null 2>&1 || true" EXIT
  mount --bind / "$ARRIVALS/host"
  expect_status 0 podman_rootful exec "$container" bash -c '
    bash -c "$1" look /srv/arrivals/host; echo "step:"; /dev/rind/rind run -- bash -c "$1" look /srv/arrivals/host' look "$LOOK"
  umount "$ARRIVALS/host"
  expect_contains "control: the builder" "${OUTPUT%%step:*}" "read in /srv/arrivals/host"
  expect_equal "the step" "" "${OUTPUT#*step:}"
}

# Where no mount can show it, steps do not read the table.
test_table_is_read_where_it_may_show_the_host() {
  local may='import json; print(json.load(open("/dev/rind/manifest.json"))["may_show_host"])'
  use_rind
  expect_status 0 builder -v "$RIND_TMP/data:/srv/data" "$IMAGE_BUILDER" python3 -c "$may"
  expect_equal "a volume" False "$OUTPUT"
  expect_status 0 builder -v "$ARRIVALS:/srv/arrivals:rslave" "$IMAGE_BUILDER" python3 -c "$may"
  expect_equal "a volume that receives mounts" True "$OUTPUT"
  expect_status 0 builder -v /:/host "$IMAGE_BUILDER" python3 -c "$may"
  expect_equal "the host's root" True "$OUTPUT"
  use_rind '{"containers": {"privileged": "start"}}'
  expect_status 0 builder --cap-add SYS_ADMIN "$IMAGE_BUILDER" python3 -c "$may"
  expect_equal "a container that can mount" True "$OUTPUT"
}

# The policy's views say otherwise, of all of it or of a part.
test_views_show_it() {
  use_rind '{"views": {"/host": "ro"}}'
  expect_status 0 look /host -v /:/host
  expect_equal "the step" "RIND-TEST-SECRET-host read in /host " "$(sed -n 's/^step: //p' <<<"$OUTPUT")"
  use_rind '{"views": {"/host/var": "ro"}}'
  expect_status 0 look /host -v /:/host
  expect_equal "the step" "RIND-TEST-SECRET-host read in /host " "$(sed -n 's/^step: //p' <<<"$OUTPUT")"
}

# Nothing is left to hide in a container whose image is the host itself.
test_rootfs_is_the_host() {
  use_rind
  local status=0
  OUTPUT=$(builder --rootfs / true 2>&1) || status=$?
  ((status != 0)) || fail "it started"
  expect_contains "the line" "$OUTPUT$(hook_messages)" "its rootfs is the host's root directory"
}
