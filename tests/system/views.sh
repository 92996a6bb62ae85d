# How paths look to a step.
source "$RIND_SOURCE/tests/system/rig.inc"

test_hidden_is_empty_and_a_write_fails() {
  RIG_POLICY='{"views": {"/tmp/w/secret": "hidden", "/tmp/w/file": "hidden"}}'
  expect_status 0 in_rig 'mkdir /tmp/w/secret; echo s >/tmp/w/secret/key; echo s >/tmp/w/file
    "$RIND" run --rw /tmp/w -- sh -c "ls -A /tmp/w/secret; cat /tmp/w/file; echo x >/tmp/w/secret/new; echo x >/tmp/w/file; rm /tmp/w/file; true" 2>&1
    cat /tmp/w/file'
  expect_equal "read-only denials" 2 "$(grep -c 'Read-only' <<<"$OUTPUT")"
  expect_contains "the cover cannot be removed" "$OUTPUT" "busy"
  expect_equal "outside it is whole" s "${OUTPUT##*$'\n'}"
}

test_private_is_thrown_away() {
  expect_status 0 in_rig 'echo theirs >/tmp/theirs; "$RIND" run -- sh -c "ls /tmp; echo mine >/tmp/mine; echo mine >/dev/shm/mine; cat /tmp/mine"; ls -A /tmp /dev/shm'
  expect_contains "it worked" "$OUTPUT" mine
  expect_equal "and nothing stayed" $'mine\n/dev/shm:\n\n/tmp:\nseam\ntheirs\nw' "$OUTPUT"
}

test_private_memory_is_limited() {
  RIG_POLICY='{"views": {"/tmp": {"view": "private", "backing": "memory", "size": 65536}}}'
  expect_status 1 in_rig 'cd /; "$RIND" run -- dd if=/dev/zero of=/tmp/big bs=1k count=128'
  expect_contains "reason" "$OUTPUT" "No space left"
  expect_status 0 in_rig 'cd /; "$RIND" run -- dd if=/dev/zero of=/tmp/big bs=1k count=32'
}

test_private_disk_is_removed_however_it_looks() {
  expect_status 0 in_rig '"$RIND" run -- /usr/bin/python3 -c "
import os
os.chdir(\"/tmp\")
for i in range(3000):          # deeper than PATH_MAX allows
    os.mkdir(\"d\" * 10); os.chdir(\"d\" * 10)
os.chdir(\"/tmp\"); os.mkdir(\"closed\"); os.mkdir(\"closed/in\"); open(\"closed/in/f\", \"w\"); os.chmod(\"closed/in\", 0); os.chmod(\"closed\", 0)
os.mkfifo(\"fifo\"); os.symlink(\"/\", \"root\"); open(\"rind-up-0\", \"w\"); os.mkdir(\"rind-up-1\"); os.mkdir(\"rind-private-x\")
"; ls -A /tmp'
  expect_equal "what is left in /tmp" $'seam\nw' "$OUTPUT"
}

test_private_disk_is_removed_for_an_ordinary_user() {
  expect_status 0 in_rig 'setpriv --reuid 1234 --regid 1234 --clear-groups "$RIND" run -- sh -c "mkdir -p /tmp/a/b/c; chmod 0 /tmp/a/b/c /tmp/a/b /tmp/a"; ls -A /tmp'
  expect_equal "what is left in /tmp" $'seam\nw' "$(grep -v '^rind: the command succeeded' <<<"$OUTPUT")"
}

# The directories behind views of one mount lie in one directory of Rind's. No view shows another one's.
# shellcheck disable=SC2016
test_private_disks_of_one_mount() {
  RIG_POLICY='{"views": {"/mnt/a": {"view": "private", "backing": "disk"}, "/mnt/b": {"view": "private", "backing": "disk"}}}'
  expect_status 0 in_rig 'mkdir /mnt/a /mnt/b; touch /mnt/a/theirs; mkfifo /tmp/w/go; exec 9<>/tmp/w/go
    "$RIND" run -- sh -c "touch /tmp/t /mnt/a/a /mnt/b/b; ls /tmp /mnt/a /mnt/b; echo ready; read x; true" <&9 >/tmp/w/said & pid=$!
    wait_until 20 grep -q ready /tmp/w/said
    find /tmp /mnt -maxdepth 2 -name "rind-private-*" -printf "%h %m\n" | sort
    echo >&9; wait $pid; cat /tmp/w/said; echo left; ls -A /mnt/a /mnt/b; ls /tmp'
  expect_equal "directories, what the step saw, what is left" '/mnt/a 700
/tmp 700
/mnt/a:
a

/mnt/b:
b

/tmp:
t
ready
left
/mnt/a:
theirs

/mnt/b:
seam
w' "$(said)"
}

# shellcheck disable=SC2016
# A front end may unmount a volume when its step has ended.
test_a_volume_is_not_kept_busy() {
  RIG_POLICY='{"views": {"/mnt/a": {"view": "private", "backing": "disk"}}}'
  expect_status 0 in_rig 'mkdir /mnt/a
    for i in {1..20}; do
      mount -t tmpfs a /mnt/a
      "$RIND" run -- sh -c "mkdir /mnt/a/d; touch /mnt/a/d/f"
      umount /mnt/a || exit
    done'
}

# The kernel takes down the overlay when the step has ended already.
test_a_volume_with_a_cow_view_is_not_kept_busy() {
  RIG_POLICY='{"views": {"/mnt/a": {"view": "cow", "size": 1048576, "directories": 16, "fallback": "refuse"}}}'
  expect_status 0 in_rig 'mkdir /mnt/a
    for i in {1..20}; do
      mount -t tmpfs a /mnt/a
      mkdir /mnt/a/d
      [[ $("$RIND" run -- sh -c "touch /mnt/a/d/f && ls /mnt/a/d") == f ]] || exit
      umount /mnt/a || exit
    done'
}

# The supervisor does not wait for the last close of what it removed, but nothing stays open.
test_removed_private_disks_are_freed() {
  RIG_POLICY='{"views": {"/mnt/a": {"view": "private", "backing": "disk"}}}'
  expect_status 0 in_rig 'mkdir /mnt/a; mount -t tmpfs a /mnt/a; used() { [[ $(df --output=iused /mnt/a | tail -n 1) -eq $1 ]]; }
    used 1 && echo before
    for i in 1 2 3; do "$RIND" run -- sh -c "mkdir /mnt/a/d; touch /mnt/a/d/f"; done
    mkdir /mnt/a/d; used 2 || wait_until 20 used 2; used 2 && echo afterwards'
  expect_equal "its inodes" $'before\nafterwards' "$(said)"
}

# The next step cleans after a supervisor that was killed, and leaves one that runs alone.
test_leftovers_are_swept_by_the_next_step() {
  expect_status 0 in_rig '
    "$RIND" run -- sleep 99 & first=$!
    "$RIND" run -- sleep 99 & second=$!
    for _ in {1..100}; do [[ $(ls -d /tmp/rind-private-* 2>/dev/null | wc -l) == 2 ]] && break; sleep 0.05; done
    kill_step $first
    ls -d /tmp/rind-private-* | wc -l
    "$RIND" run -- true
    ls -d /tmp/rind-private-* | wc -l
    kill -TERM $second; wait $second
    find /tmp -maxdepth 1 -name "rind-private-*" | wc -l'
  expect_equal "directories: after the kill, after the next step, at the end" $'2\n1\n0' "$(said)"
}

test_what_is_shown_below_something_hidden() {
  RIG_POLICY='{"views": {"/tmp/w": "hidden", "/tmp/w/a/b/shown": "ro", "/tmp/w/a/c/rw": {"view": "rw", "lend": true}}}'
  expect_status 0 in_rig 'mkdir -p /tmp/w/a/b/shown /tmp/w/a/b/not /tmp/w/a/c/rw; echo x >/tmp/w/a/b/shown/f
    "$RIND" run -- sh -c "find /tmp/w/a | sort; cat /tmp/w/a/b/shown/f; echo y >/tmp/w/a/c/rw/g; mkdir /tmp/w/a/new" 2>&1; cat /tmp/w/a/c/rw/g'
  expect_contains "the way" "$OUTPUT" $'/tmp/w/a/b\n/tmp/w/a/b/shown\n/tmp/w/a/b/shown/f\n/tmp/w/a/c'
  expect_lacks "what is beside it" "$OUTPUT" /tmp/w/a/b/not
  expect_contains "a write beside it" "$OUTPUT" "Read-only file system"
  expect_contains "a write into it" "$OUTPUT" y
}

test_a_kept_working_directory_sees_nothing() {
  RIG_POLICY='{"views": {"/tmp/w": "hidden"}}'
  expect_status 0 in_rig 'echo secret >/tmp/w/key; cd /tmp/w; cat key; "$RIND" run -- sh -c "cat key; cat ../w/key; pwd; true" 2>&1'
  expect_equal "secret, in the control only" 1 "$(grep -c '^secret' <<<"$OUTPUT")"
}

# `ro` keeps nobody from connecting; only what is not there does.
test_sockets_in_run_are_hidden() {
  expect_status 0 in_rig 'mount -t tmpfs run /run; /usr/bin/python3 -c "import socket; socket.socket(socket.AF_UNIX).bind(\"/run/s.sock\")"; ls /run; "$RIND" run -- ls /run'
  expect_equal "listing: control, step" s.sock "$OUTPUT"
}

test_hard_links_out_of_a_read_only_place() {
  expect_status 1 in_rig 'echo s >/tmp/w/secret; mkdir /tmp/w/mine; ln /tmp/w/secret /tmp/w/mine/control && rm /tmp/w/mine/control && "$RIND" run --ro /tmp/w --rw /tmp/w/mine -- ln /tmp/w/secret /tmp/w/mine/link'
  expect_contains "reason" "$OUTPUT" "cross-device"
}
