# A /proc, a /dev/rind or an /etc/passwd that is not what the helper expects.
source "$RIND_SOURCE/tests/system/rig.inc"

ONE_LEASE='{"leases": 1, "identity": {"ephemeral": "required", "first": 61184}}'
# The step's uid, and how many processes its /proc shows it beside itself.
LOOK='outer-id; ls /proc | grep -c "^[0-9]"'

refused() { # TEXT...: of the last expect_status
  local text
  for text; do expect_contains "the line" "$OUTPUT" "$text"; done
  expect_equal "one line" 1 "$(wc -l <<<"$OUTPUT")"
}

# As in a container that was given the /proc of the pid namespace outside: a process has another number there.
test_proc_of_the_namespace_outside() {
  RIG_POLICY=$ONE_LEASE
  expect_status 0 in_rig '"$RIND" run -- sh -c "$1"' "$LOOK"
  local control=$OUTPUT
  expect_contains "control" "$control" 61184
  expect_status 0 in_rig 'unshare --pid --fork "$RIND" run -- sh -c "$1"' "$LOOK"
  expect_equal "the step" "$control" "$OUTPUT"
  # Two levels up.
  expect_status 0 in_rig 'unshare --pid --fork unshare --pid --fork "$RIND" run -- sh -c "$1"' "$LOOK"
  expect_equal "the step" "$control" "$OUTPUT"
}

# That /proc also shows processes of other containers, under the same uid as the step's: they are not in the way, and
# not ended.
test_processes_outside_are_none_of_the_steps() {
  RIG_POLICY=$ONE_LEASE
  local other='setpriv --reuid 61184 --regid 61184 --clear-groups sleep 60 & sleep=$!
    until grep -q sleep /proc/$sleep/comm; do sleep 0.01; done'
  # In the same pid namespace it is what an earlier step left.
  expect_status 0 in_rig "$other; \"\$RIND\" run -- outer-id; wait \$sleep || echo ended"
  expect_contains "control" "$OUTPUT" ended
  expect_status 0 in_rig "$other; unshare --pid --fork \"\$RIND\" run -- outer-id; kill -0 \$sleep && echo lives"
  expect_equal "the step, and the other" $'61184\nlives' "$OUTPUT"
}

# A process that was left in the helper's own pid namespace is ended, whatever number it has in /proc.
test_processes_inside_are_ended() {
  RIG_POLICY=$ONE_LEASE
  expect_status 0 in_rig 'unshare --pid --fork bash -c "
    setpriv --reuid 61184 --regid 61184 --clear-groups sleep 60 & sleep=\$!
    until kill -0 \$sleep && pgrep -U 61184 sleep >/dev/null; do sleep 0.01; done
    \"$RIND\" run -- outer-id; wait \$sleep || echo ended"'
  expect_equal "the step, and what was left" $'61184\nended' "$(grep -v Killed <<<"$OUTPUT")"
}

test_proc_read_only() {
  expect_status 125 in_rig 'mount -o remount,bind,ro /proc; "$RIND" run -- true'
  refused "/proc is read-only" "a writable /proc"
}

# Front ends ask with `true` whether isolation works, and go on without it where the answer is no.
test_proc_covered() {
  expect_status 0 in_rig '"$SEAM" sh -c "exit 0"'
  expect_status 125 in_rig 'mount -t tmpfs none /proc; "$SEAM" sh -c "exit 0"'
  refused "/proc does not show this process" "the container's own"
  expect_status 0 in_rig 'mount -t tmpfs none /proc; "$SEAM" true'
  refused "/proc does not show this process"
}

# As `bwrap --dev /dev` does. The hook has run, and nothing on the build host is to be changed.
test_kit_hidden() {
  expect_status 125 in_rig 'umount -l /dev/rind; mount -t tmpfs none /dev/rind; "$SEAM" make'
  refused "hides the container's /dev/rind" "--dev-bind"
  expect_lacks "the line" "$OUTPUT" "did not run"
}

# Of an image: a fifo would be waited for, and a socket cannot be opened.
test_users_that_are_no_file() {
  local kind
  for kind in 'mkfifo /tmp/users' \
    'python3 -c "import socket; socket.socket(socket.AF_UNIX).bind(\"/tmp/users\")"'; do
    expect_status 0 in_rig "$kind; chmod 644 /tmp/users; mount --bind /tmp/users /etc/passwd
      mount --bind /tmp/users /etc/group; HOME=/root timeout 20 \"\$RIND\" run -- sh -c 'echo a step ran'"
    expect_equal "$kind" "a step ran" "$OUTPUT"
  done
}

# A file system whose readdir(3) tells no types: the directories of a cache are found all the same.
test_directories_without_types() {
  local type='import ctypes; c = ctypes.CDLL(None); c.opendir.restype = c.readdir.restype = ctypes.c_void_p
d = ctypes.c_void_p(c.opendir(b"/mnt/cache")); print("d_type", ctypes.string_at(c.readdir(d) + 18, 1)[0])'
  RIG_POLICY='{"views": {"$CCACHE_DIR": {"view": "cow", "size": 1048576, "directories": 64, "fallback": "refuse"}}}'
  expect_status 0 in_rig 'mknod /dev/loop-control c 10 237; for i in {0..7}; do mknod /dev/loop$i b 7 $i; done
    truncate -s 8M /mnt/fs; mkfs.ext2 -q -O ^filetype -F /mnt/fs; mkdir /mnt/cache; mount -o loop /mnt/fs /mnt/cache
    mkdir -p /mnt/cache/a/b; python3 -c "$1"
    CCACHE_DIR=/mnt/cache "$RIND" run -- sh -c "echo x >/mnt/cache/a/b/new && cat /mnt/cache/a/b/new"' "$type"
  expect_equal "what readdir tells, and in the step" $'d_type 0\nx' "$(said succeeded)"
}
