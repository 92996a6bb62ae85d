# Devices of the container in a step.
source "$RIND_SOURCE/tests/system/rig.inc"

# Nodes as a GPU has them, all with the numbers of /dev/null.
# shellcheck disable=SC2016
GPUS='
mkdir -p /dev/dri/by-path
mknod -m 0666 /dev/nvidia0 c 1 3; mknod -m 0660 /dev/dri/renderD128 c 1 3; mknod -m 0660 /dev/dri/card0 c 1 3; mknod -m 0600 /dev/fuse c 1 3
mknod -m 0666 /dev/loop7 b 7 7
chgrp 44 /dev/dri/renderD128
ln -s ../renderD128 /dev/dri/by-path/render
look="for d in /dev/nvidia0 /dev/dri/renderD128 /dev/dri/by-path/render /dev/dri/card0 /dev/fuse /dev/loop7; do echo x 2>/dev/null >\$d && echo \$d || :; done"
'

# shellcheck disable=SC2016
test_devices_of_the_container() {
  expect_status 0 in_rig "$GPUS"'eval "$look" | grep -v loop'
  expect_equal "without Rind" $'/dev/nvidia0\n/dev/dri/renderD128\n/dev/dri/by-path/render\n/dev/dri/card0\n/dev/fuse' "$OUTPUT"
  expect_status 0 in_rig "$GPUS"'"$RIND" run -- sh -c "$look"'
  expect_equal "by default" $'/dev/nvidia0\n/dev/dri/renderD128' "$(said)"
  RIG_POLICY='{"devices": ["null", "dri", "absent", "absent/*"]}'
  expect_status 0 in_rig "$GPUS"'"$RIND" run -- sh -c "$look"'
  expect_equal "a directory" $'/dev/dri/renderD128\n/dev/dri/by-path/render' "$(said)"
}

# shellcheck disable=SC2016
test_devices_that_are_not_given_are_said() {
  expect_status 1 in_rig "$GPUS"'"$RIND" run -- false'
  expect_contains "the failing line" "$OUTPUT" "without the container's devices dri/card0, fuse (devices in the policy gives them)"
  expect_status 0 in_rig "$GPUS"'"$RIND" explain -- sh'
  expect_contains "explain" "$OUTPUT" "not given: fuse (in the container's /dev, not in devices)"
  RIG_POLICY='{"devices": ["null", "fuse", "loop7", "shm"]}'
  expect_status 1 in_rig "$GPUS"'"$RIND" run -- false'
  expect_contains "closed" "$OUTPUT" "without access to the device fuse: its mode is 0600 and its group 0"
  expect_contains "no character device" "$OUTPUT" "without the device loop7: it is not a character device"
  expect_contains "of its own" "$OUTPUT" "without the device shm: each step has its own"
}

# The group of a given node is the only one that a step has.
# shellcheck disable=SC2016
test_groups_of_a_step() {
  expect_status 0 in_rig "$GPUS"'install -m 0640 -g 0 /dev/null /tmp/root; install -m 0640 -g 27 /dev/null /tmp/sudo
    setpriv --groups 0,27 "$RIND" run --ro /tmp/root --ro /tmp/sudo -- sh -c "grep Groups /proc/self/status; cat /tmp/root /tmp/sudo" 2>&1 || :'
  expect_contains "one group that has no number inside" "$OUTPUT" $'Groups:\t65534'
  expect_contains "files of root's group" "$OUTPUT" "/tmp/root: Permission denied"
  expect_contains "files of the builder's groups" "$OUTPUT" "/tmp/sudo: Permission denied"
  expect_status 0 in_rig 'setpriv --groups 27 "$RIND" run -- grep Groups /proc/self/status'
  expect_equal "without such a node" $'Groups:\t ' "$(said)"
}

# A command of a build environment that names /dev: the container's links there are the step's own already.
# shellcheck disable=SC2016
test_a_command_that_names_dev() {
  expect_status 0 in_rig 'V=/tmp/w/pkg-1/build-3; mkdir -p $V/bin; ln -s /usr/bin/python3 $V/bin/python3; : >$V/pyvenv.cfg
    cd /tmp/w/pkg-1/pkg-1; VIRTUAL_ENV=$V "$RIND" run -- sh -c "ls /dev | grep -x fd; readlink /dev/fd; echo x >/dev/null"'
  expect_equal "what it finds" $'fd\n/proc/self/fd' "$OUTPUT"
}

# A hook reads /dev/null: without it the step is refused, with a remedy.
# shellcheck disable=SC2016
test_devices_without_null() {
  RIG_POLICY='{"devices": []}'
  expect_status 125 in_rig '"$RIND" explain -- true >/dev/null; "$SEAM" sh -c true </dev/null; status=$?
    mkdir -p /tmp/w/pkg-1/build-3/bin /tmp/control; ln -s /usr/bin/python3 /tmp/w/pkg-1/build-3/bin/python3; : >/tmp/w/pkg-1/build-3/pyvenv.cfg
    chmod 0700 /tmp/control; echo "{\"kwargs\": {}}" >/tmp/control/input.json; : >/mnt/_in_process.py; cd /tmp/w/pkg-1/pkg-1; echo "a command: $status"
    VIRTUAL_ENV=/tmp/w/pkg-1/build-3 "$SEAM" /tmp/w/pkg-1/build-3/bin/python3 /mnt/_in_process.py get_requires_for_build_wheel /tmp/control'
  expect_contains "a command has the standard input of its caller" "$OUTPUT" "a command: 0"
  expect_contains "the remedy" "$OUTPUT" 'the step has no /dev/null; add "null" to devices in the policy'
}

# What a step can tell of its /dev and of hidden paths, but for the owners of what the kit has ready.
# shellcheck disable=SC2016
LOOK_AT_DEV='
look_at_dev() {
  cd /dev
  find . ! -path "./pts/*" -printf "%p %y %m %n %l\n" | sort
  stat -c "%n %t:%T %u:%g" full null random tty urandom zero
  /usr/bin/python3 -c "import os; print(*((d, os.statvfs(d).f_flag) for d in (\".\", \"null\", \"tty\", \"shm\", \"pts\", \"mqueue\")))"
  for d in null zero full random urandom; do [ -r $d ] && [ -w $d ] && echo "$d rw"; done
  echo x >null && ! echo x 2>&1 >full && head -c 3 /dev/zero | wc -c
  for f in null new pts/new mqueue shm/new; do { : >>$f; } 2>&1; done
  chmod 0600 null 2>&1; touch -d @0 zero 2>&1; rm null 2>&1; ln -s null new 2>&1; mv fd fd2 2>&1
  rm -f shm/new; ls shm mqueue; ls /proc/self/fd/ | wc -l
  cd /tmp/w; ls -A dir; cat file; stat -c "%A %s" dir file; { : >dir/new; } 2>&1; { : >>file; } 2>&1; test -w dir || echo closed
  /usr/bin/python3 -c "import os; print(os.ttyname(os.openpty()[1]))"
}'
look_at_devices() { # POLICY
  RIG_POLICY=$1
  in_rig "$LOOK_AT_DEV"'
    mkdir /tmp/w/dir; echo secret >/tmp/w/file; echo secret >/tmp/w/dir/key; declare -f look_at_dev >/tmp/w/look
    stat -c "kit %d" /dev/rind/ready/dev-*/. /dev/rind/ready/file 2>/dev/null | sort -u
    "$RIND" run --ro /tmp/w -- bash -c "stat -c \"kit %d\" /dev/. /tmp/w/file; . /tmp/w/look; look_at_dev"'
}
test_a_ready_dev_is_like_one_of_the_steps_own() {
  local hidden='"views": {"/tmp/w/dir": "hidden", "/tmp/w/file": "hidden"}' ready own
  expect_status 0 look_at_devices "{$hidden}"
  expect_equal "the kit's file systems: outside, inside" 2 "$(grep '^kit' <<<"$OUTPUT" | sort | uniq -c | awk '$1 == 2' | wc -l)"
  ready=$(grep -v -e ^kit -e ^rind <<<"$OUTPUT")
  RIG_READY=no expect_status 0 look_at_devices "{$hidden}"
  expect_lacks "the kit's file systems" "$(grep '^kit' <<<"$OUTPUT" | sort | uniq -c)" " 2 kit"
  own=$(grep -v -e ^kit -e ^rind <<<"$OUTPUT")
  expect_contains "it looked" "$own" $'null rw\nzero rw\nfull rw'
  expect_contains "it looked to the end" "$own" "/dev/pts/0"
  expect_equal "what differs with a ready one" "" "$(diff <(echo "$own") <(echo "$ready"))"
}

# A policy, a rule of a package or a container with other devices: each step makes its own /dev.
# shellcheck disable=SC2016
test_other_devices_than_the_ready_ones() {
  local look='ls /dev; stat -c "kit %d" /dev'
  RIG_POLICY='{"devices": ["null", "zero", "tty"]}'
  expect_status 0 in_rig 'stat -c "kit %d" /dev/rind/ready/dev-*; "$RIND" run -- sh -c "$1"' "$look"
  expect_equal "fewer" $'fd\nmqueue\nnull\nptmx\npts\nshm\nstderr\nstdin\nstdout\ntty\nzero' "$(said '^kit')"
  expect_equal "file systems" 2 "$(grep ^kit <<<"$OUTPUT" | sort -u | wc -l)"
  RIG_POLICY='{"views": {"/dev/shm": "hidden"}}'
  expect_status 0 in_rig '"$RIND" run -- ls /dev'
  expect_equal "without shared memory" $'fd\nfull\nmqueue\nnull\nptmx\npts\nrandom\nstderr\nstdin\nstdout\ntty\nurandom\nzero' "$(said)"
  RIG_POLICY=
  expect_status 0 in_rig 'umount /dev/tty; rm /dev/tty; "$RIND" run -- sh -c "ls /dev | grep tty; echo x >/dev/null && echo ok"'
  expect_equal "a device that went" ok "$(said)"
}
