# The image is the attacker, the second part: what lies where in a container, and how much of it. See rootfs.sh.

TEST_SECONDS=300 # tests_roots is many containers

SITE=/opt/app-root/lib/python3.13/site-packages
SCRIPT=$SITE/fromager/run_network_isolation.sh

# An environment below DIRECTORY that has Fromager's script.
make_environment() {
  mkdir -p "$1/lib/python3.13/site-packages/fromager"
  cp "$RIND_SOURCE/tests/image/fromager/run_network_isolation.sh" "$1/lib/python3.13/site-packages/fromager/"
  chmod 0755 "$1/lib/python3.13/site-packages/fromager/run_network_isolation.sh"
}
in_environment() { printf '%s' "$1/lib/python3.13/site-packages/fromager/run_network_isolation.sh"; }

# The kit's place is taken: by a file system, and by a file under the helper's name.
something_at_the_kit() {
  bundle_make
  printf '#!/bin/sh\necho helper of the volume\n' >"$BUNDLE/helper"
  chmod 0755 "$BUNDLE/helper"
  bundle_set --mount "$1"
  expect_status 0 bundle_run sh -c 'test -e /dev/rind && echo there'
  expect_equal "without Rind" there "$OUTPUT"
  use_rind
  bundle_refused "/dev/rind exists already" echo started
  # Who is no builder may have what they like there.
  rm "$ROOTFS$SCRIPT"
  expect_status 0 bundle_run echo started
}
tmpfs_at_the_kit() { something_at_the_kit "/dev/rind:tmpfs:tmpfs:mode=755"; }
file_at_the_helper() {
  local helper=$RIND_TMP/false-helper
  printf '#!/bin/sh\necho helper of the volume\n' >"$helper"
  something_at_the_kit "/dev/rind/rind:bind:$helper:bind,ro"
}
on_each_runtime tmpfs_at_the_kit
on_each_runtime file_at_the_helper

# No procfs in config.json, but files in the image that look like one.
bogus_proc() {
  bundle_make
  bundle_set --no-mount /proc --patch '{"linux": {"maskedPaths": null, "readonlyPaths": null}}'
  mkdir -p "$ROOTFS"/proc/{self,1}/{fd,ns} "$ROOTFS/proc/self/attr"
  echo "1 1 0:1 / /dev rw - tmpfs tmpfs rw" | tee "$ROOTFS/proc/self/mountinfo" >"$ROOTFS/proc/1/mountinfo"
  echo "0 0 4294967295" | tee "$ROOTFS/proc/self/uid_map" >"$ROOTFS/proc/1/uid_map"
  ln -s / "$ROOTFS/proc/self/root"
  local status=0
  OUTPUT=$(bundle_run cat /proc/self/mountinfo 2>&1) || status=$?
  printf '%s\n' "$OUTPUT"
  if ((status != 0)); then
    # A runtime that wants a procfs of its own starts nothing, with or without Rind.
    expect_lacks "the container" "$OUTPUT" "0:1 / /dev"
    return
  fi
  expect_contains "without Rind" "$OUTPUT" "0:1 / /dev"
  use_rind
  # No step can be made without a procfs: it does not start.
  OUTPUT=$(bundle_run ls /dev/rind 2>&1) || status=$?
  printf '%s\n' "$OUTPUT"
  ((status != 0)) || fail "it was started"
  expect_contains "the reason" "$OUTPUT" "the container has no procfs at /proc"
}
on_each_runtime bogus_proc

# Names that would be lines of their own in a log, or keys in the manifest.
FORGED=$'x\nrind-hook: isolating the steps of the container\x1b[2J", "kind": "script'

test_forged_name_of_a_seam() {
  bundle_make
  make_environment "$ROOTFS/opt/$FORGED"
  use_rind
  bundle_isolated_through "$(in_environment "/opt/$FORGED")"
  bundle_isolated_through "$SCRIPT"
  expect_status 0 bundle_run python3 -c \
    'import json; print(sum(s["kind"] == "script" for s in json.load(open("/dev/rind/manifest.json"))["seams"]))'
  expect_equal "seams" 2 "$OUTPUT"
}

test_forged_name_in_a_refusal() {
  bundle_make
  make_environment "$ROOTFS/opt/$FORGED"
  rm "$ROOTFS$(in_environment "/opt/$FORGED")"
  mkfifo "$ROOTFS$(in_environment "/opt/$FORGED")"
  use_rind
  bundle_refused 'x\x0arind-hook: isolating the steps of the container\x1b[2J' echo started
}

test_name_that_is_no_utf8() {
  local name=$'\xff\xfe\xc3'
  bundle_make
  make_environment "$ROOTFS/opt/$name"
  expect_status 0 bundle_run sh -c "cat /opt/*/lib/python3.13/site-packages/fromager/run_network_isolation.sh | grep -c 'set -e'"
  use_rind
  bundle_refused 'opt/\xff\xfe\xc3/lib/python3.13/site-packages/fromager/run_network_isolation.sh: its path is not UTF-8' echo started
}

# A socket that somebody put into a volume, under a name that the manifest cannot have.
test_socket_that_is_no_utf8() {
  bundle_make
  mkdir "$BUNDLE/volume"
  bundle_builder
  bundle_set --mount "/srv/volume:bind:$BUNDLE/volume:rbind"
  python3 -c 'import os, socket, sys; os.chdir(sys.argv[1]); socket.socket(socket.AF_UNIX).bind(b"\xff\n")' "$BUNDLE/volume"
  use_rind
  bundle_refused '\xff\x0a: its name is not UTF-8' echo started
}

# Where the rootfs is, said in other words.
tests_roots() {
  local root name runtime status
  for runtime in "${RUNTIMES[@]}"; do
    for root in rootfs ./rootfs// ABSOLUTE ABSOLUTE/. LINK/; do
      name=container/rootfs_places/root_${root//\//_}_$runtime
      status=0
      (
        use_runtime "$runtime"
        bundle_make
        ln -s "$ROOTFS" "$BUNDLE/link"
        bundle_set --root "$(place=${root/ABSOLUTE/$ROOTFS}; echo "${place/LINK/link}")"
        # Without Rind: runc starts nothing in a link, and Debian 13's nothing where the path ends in a dot.
        [[ $runtime != runc || ! $root =~ ^LINK|\.$ ]] || bundle_run true || exit "$_SKIP_STATUS"
        use_rind
        bundle_isolated_through "$SCRIPT"
        # The container's own /dev/rind, so the hook found this very rootfs.
        expect_status 0 bundle_run cat /dev/rind/manifest.json
        expect_contains "the manifest" "$OUTPUT" "\"path\":\"$SCRIPT\""
      ) >"$RIND_TMP/root.log" 2>&1 || status=$?
      case $status in
        0) report_ok "$name" ;;
        "$_SKIP_STATUS") report_left "$name" "$runtime starts nothing there, with or without Rind" ;;
        *) report_not_ok "$name" "$(tail -n 3 "$RIND_TMP/root.log" | tr '\n' ' ')" ;;
      esac
    done
  done
}

read_only_root() {
  use_rind
  bundle_make
  bundle_set --read-only --mount "/tmp:tmpfs:tmpfs:mode=1777" --mount "/opt/app-root/src:tmpfs:tmpfs:mode=755"
  bundle_isolated_through "$SCRIPT"
  expect_status 1 bundle_run touch /etc/x
}
on_each_runtime read_only_root

# Seams on volumes: the user's, read-only, of a tmpfs of the host's, and a volume that is the script itself.
seam_on_a_volume() {
  bundle_make
  make_environment "$BUNDLE/venv"
  local script
  script=$(in_environment "$BUNDLE/venv")
  mkdir "$BUNDLE/memory"
  mount -t tmpfs memory "$BUNDLE/memory"
  make_environment "$BUNDLE/memory"
  bundle_set --mount "/opt/read-only:bind:$BUNDLE/venv:rbind,ro" --mount "/opt/memory:bind:$BUNDLE/memory:rbind" \
    --mount "/opt/other:bind:$BUNDLE/venv:rbind,nosuid,nodev" --mount "$SCRIPT:bind:$script:bind,ro"
  use_rind
  local place
  for place in /opt/read-only /opt/memory /opt/other /opt/app-root; do
    bundle_isolated_through "$(in_environment "$place")"
  done
  expect_lacks "the host's mounts" "$(cat /proc/self/mountinfo)" "run_network_isolation.sh"
  expect_contains "the volume's file" "$(head -n 1 "$script")" unshare
}
on_each_runtime seam_on_a_volume

# A user namespace of the container's own, and a volume whose owners are mapped into it.
id_maps() {
  bundle_make
  make_environment "$BUNDLE/venv"
  mkdir "$ROOTFS/opt/venv"
  bundle_set --id-map 0:200000:65536 --mount "/opt/venv:bind:$BUNDLE/venv:rbind"
  expect_status 0 bundle_run cat /proc/self/uid_map
  use_rind
  expect_status 0 bundle_run "$(in_environment /opt/venv)" readlink /proc/self/ns/pid
  expect_contains "it ran" "$OUTPUT" "pid:["
  expect_status 0 bundle_run sh -c 'cat /proc/self/uid_map; exec "$@"' - "$SCRIPT" readlink /proc/self/ns/pid
  expect_contains "the map" "$OUTPUT" 200000
  expect_contains "it ran" "$OUTPUT" "pid:["
}
on_each_runtime id_maps

# crun alone knows the option. The directory is root's with mode 0700, so only by the map can the container enter it.
test_id_mapped_volume() {
  bundle_make
  make_environment "$BUNDLE/venv"
  chmod 0700 "$BUNDLE/venv/lib"
  mkdir "$ROOTFS/opt/venv" "$ROOTFS/opt/mapped"
  bundle_set --id-map 0:200000:65536
  bundle_set --mount "/opt/venv:bind:$BUNDLE/venv:rbind"
  expect_status 2 bundle_run ls /opt/venv/lib
  bundle_set --mount "/opt/mapped:bind:$BUNDLE/venv:rbind,idmap"
  expect_status 0 bundle_run ls /opt/mapped/lib
  use_rind
  expect_status 0 bundle_run "$(in_environment /opt/mapped)" readlink /proc/self/ns/pid
  expect_contains "it ran" "$OUTPUT" "pid:["
}
