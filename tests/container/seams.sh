# Which files are covered, and that nothing is left open beside them.

SCRIPT=/opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh
LOOK='readlink /proc/self/ns/pid; cat /opt/app-root/src/.netrc 2>/dev/null; true'

# Runs LOOK through the script at $1 in a container with the options of $2...; $OUTPUT has the secret when
# the step is none.
through() {
  local script=$1
  shift
  OUTPUT=$(builder "$@" "$IMAGE_BUILDER" bash -c '"$1" sh -c "$2"' through "$script" "$LOOK" 2>&1) || OUTPUT+=" status $?"
}

expect_step_through() {
  through "$@"
  expect_contains "it ran" "$OUTPUT" "pid:["
  expect_lacks "the step" "$OUTPUT" RIND-TEST-SECRET
}

# (Through the image's own script nothing runs at all: podman denies it the host name.)
test_control_without_rind() {
  expect_status 0 builder "$IMAGE_BUILDER" sh -c "$LOOK"
  expect_contains "without Rind" "$OUTPUT" RIND-TEST-SECRET
}

test_covered_script() {
  use_rind
  expect_step_through "$SCRIPT"
}

# A volume that has the script, mounted at two places: one file, two seams. (uv links its installs hard,
# with the same effect.)
scripts_volume() {
  mkdir -p "$RIND_TMP/venv/lib/python3.13/site-packages/fromager"
  cp "$RIND_SOURCE/tests/image/fromager/run_network_isolation.sh" "$RIND_TMP/venv/lib/python3.13/site-packages/fromager/"
  chmod 0755 "$RIND_TMP/venv/lib/python3.13/site-packages/fromager/run_network_isolation.sh"
  chmod -R a+rX "$RIND_TMP/venv"
}

one_file_at_two_places() {
  scripts_volume
  use_rind
  local place
  for place in one two; do
    expect_step_through "/opt/$place/lib/python3.13/site-packages/fromager/run_network_isolation.sh" \
      -v "$RIND_TMP/venv:/opt/one" -v "$RIND_TMP/venv:/opt/two"
  done
}
on_each_runtime one_file_at_two_places

# What the hook mounts must never be seen on the host: the volume is made a slave before its seam is covered.
# (That without the hook mounts do travel from it is in narrow.sh.)
shared_volume() {
  scripts_volume
  # Shared on the host's side as well, as /opt or / are on a systemd machine.
  mount --bind "$RIND_TMP/venv" "$RIND_TMP/venv"
  mount --make-shared "$RIND_TMP/venv"
  trap 'umount -R "$RIND_TMP/venv"' EXIT
  use_rind
  local option
  for option in shared rshared; do
    expect_step_through /opt/one/lib/python3.13/site-packages/fromager/run_network_isolation.sh \
      -v "$RIND_TMP/venv:/opt/one:$option"
    # While a container runs.
    local name=shared-volume-$$
    podman_rootful rm -i -f "$name" >/dev/null
    podman_rootful run -d --name "$name" --network none --annotation "$BUILDER_ANNOTATION" \
      -v "$RIND_TMP/venv:/opt/one:$option" "$IMAGE_BUILDER" sleep 60 >/dev/null
    expect_equal "covered" 1 "$(podman_rootful exec "$name" grep -c ' /opt/one/.*run_network_isolation.sh ' /proc/self/mountinfo)"
    expect_equal "mounts in the volume, which is one itself" 1 "$(findmnt -rno TARGET | grep -c "^$RIND_TMP/venv")"
    podman_rootful rm -t 0 -f "$name" >/dev/null
  done
}
on_each_runtime shared_volume

# A front end in a place that nobody named: its script runs unshare, which is covered then.
test_script_that_was_not_found() {
  scripts_volume
  use_rind '{"seams": {"script": {"directories": ["/nowhere"], "environment_prefixes": false}}}'
  local script=/srv/venv/lib/python3.13/site-packages/fromager/run_network_isolation.sh
  through "$script" -v "$RIND_TMP/venv:/srv/venv"
  expect_contains "the step" "$OUTPUT" "status 125"
  expect_contains "the remedy" "$OUTPUT" "seams.script.directories"
  expect_lacks "the step" "$OUTPUT" RIND-TEST-SECRET
  # The front end's question is answered with yes all the same: otherwise it goes on without.
  expect_status 0 builder -v "$RIND_TMP/venv:/srv/venv" "$IMAGE_BUILDER" "$script" true
}

test_found_by_the_containers_command() {
  scripts_volume
  mkdir -p "$RIND_TMP/venv/bin"
  printf '#!/bin/sh\nexec /srv/venv/lib/python3.13/site-packages/fromager/run_network_isolation.sh sh -c "%s"\n' "$LOOK" >"$RIND_TMP/venv/bin/fromager"
  chmod 0755 "$RIND_TMP/venv/bin" "$RIND_TMP/venv/bin/fromager"
  use_rind
  expect_status 0 builder -v "$RIND_TMP/venv:/srv/venv" "$IMAGE_BUILDER" /srv/venv/bin/fromager build
  expect_contains "it ran" "$OUTPUT" "pid:["
  expect_lacks "the step" "$OUTPUT" RIND-TEST-SECRET
}

# Older releases ask `unshare --net --map-current-user true`, and go on without isolation when it fails.
test_older_probe_where_steps_cannot_be_isolated() {
  use_rind '{"identity": {"ephemeral": "none"}}'
  expect_status 0 builder --cap-drop SETFCAP "$IMAGE_OLDER" unshare --net --map-current-user true
  expect_status 125 builder --cap-drop SETFCAP "$IMAGE_OLDER" unshare --net --map-current-user id
}

# A directory full of files where an environment could be is no reason to keep a container from starting.
many_files_beside() {
  mkdir -p "$RIND_TMP/many"
  (cd "$RIND_TMP/many" && seq 60000 | xargs touch)
  use_rind
  expect_status 0 plain -v "$RIND_TMP/many:/opt/data" "$IMAGE_PLAIN" echo started
}
on_each_runtime many_files_beside

# A hundred thousand directories to search are; the message says which limit.
test_search_is_limited() {
  : >"$RIND_TMP/hook.log"
  use_rind '{"seams": {"script": {"limits": {"entries": 100}}}}'
  mkdir -p "$RIND_TMP/deep"
  (cd "$RIND_TMP/deep" && seq 200 | xargs mkdir -p)
  local status=0
  OUTPUT=$(plain --annotation "$BUILDER_ANNOTATION" -v "$RIND_TMP/deep:/opt/data" "$IMAGE_PLAIN" echo started 2>&1) || status=$?
  ((status != 0)) || fail "it was started"
  expect_contains "the reason" "$(hook_messages)" "seams.script.limits"
  # What nothing but a seam could make a builder starts, with a warning.
  : >"$RIND_TMP/hook.log"
  expect_status 0 plain -v "$RIND_TMP/deep:/opt/data" "$IMAGE_PLAIN" echo started
  expect_contains "the warning" "$(hook_messages)" "starts without isolation"
}

# A seam that is no regular file is not passed over.
test_seam_that_is_a_fifo() {
  local volume at
  volume=$(mktemp -d "$RIND_TMP/fifo.XXXXXX")
  at=$volume/lib/python3.13/site-packages/fromager
  mkdir -p "$at"
  mkfifo "$at/run_network_isolation.sh"
  chmod -R a+rX "$volume"
  use_rind
  local status=0
  OUTPUT=$(builder -v "$volume:/opt/fifo" "$IMAGE_BUILDER" true 2>&1) || status=$?
  ((status != 0)) || fail "it was started"
  expect_contains "the reason" "$(hook_messages)" "not a regular file"
}
