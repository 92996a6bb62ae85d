# Whose the files of a lent tree are afterwards: owners, groups and setgid bits as without Rind.
source "$RIND_SOURCE/tests/system/hook.inc"
source "$RIND_SOURCE/tests/system/front_end.inc"

# shellcheck disable=SC2016
OWNERS='
# Who owns what, and the modes, of the trees named; less what the rig itself writes for each call.
owners() { (cd "$1" && find . \( -name backend.py -o -name __pycache__ \) -prune -o -printf "%p %U:%G %m\n" | sort); }
'

# in_owned_tree SETUP CODE: CODE (Python) runs in a hook in the sources, and without Rind in a copy of them;
# prints how the two differ.
in_owned_tree() {
  in_hook_rig "$OWNERS"'
    mkdir -p $S/a/b; for f in $S/f $S/a/f $S/a/b/f; do echo x >$f; done; ln -s f $S/link; mkfifo $S/a/fifo
    eval "$1"
    cp -a $S /tmp/w/control; owners $S >/tmp/w/before
    hook get_requires_for_build_wheel "$2
result([])" || echo "status $?"
    (cd /tmp/w/control && /usr/bin/python3 -c "$2")
    owners $S >/tmp/w/with; owners /tmp/w/control | diff - /tmp/w/with
    diff /tmp/w/before /tmp/w/with >/dev/null && echo nothing was made; find $S -uid +60000 -o -gid +60000' "$@"
}

MAKE='
import os
open("new", "w"); os.mkdir("newdir"); open("newdir/f", "w"); open("a/new", "w"); os.makedirs("a/b/c/d"); open("a/b/c/d/f", "w")
os.symlink("x", "a/newlink")
open("f", "a").write("y"); os.rename("a/f", "a/renamed")
open("a/b/tmp", "w"); os.rename("a/b/tmp", "a/b/f")'

tests_as_without_rind() {
  local name
  local -A setups=([of_a_user]='chown -Rh 1000:1000 $S' [of_a_user_and_roots_group]='chown -Rh 1000:0 $S' [of_a_group]='chgrp -Rh 2000 $S'
    [of_several]='chown 1000:1000 $S/a; chown 1001:2000 $S/a/b/f; chown -h 1002 $S/link; chown 1003:0 $S/a/fifo'
    [builders_in_a_users]='chown -h 1000:1000 $S $S/a' [users_in_a_builders]='chown -Rh 1000:1000 $S/a'
    [setgid]='chgrp -Rh 2000 $S; find $S -type d -exec chmod 2770 {} +'
    [setgid_of_a_user]='chown -Rh 1000:2000 $S; find $S -type d -exec chmod 2775 {} +'
    [setgid_below]='chgrp -Rh 2000 $S/a; chmod 2775 $S/a; chmod 2750 $S/a/b' [setgid_above]='chgrp 2000 $W; chmod 2770 $W; chgrp -R 2000 $S; chmod 2770 $S'
    [setgid_of_the_builder]='chmod 2755 $S $S/a' [setgid_top_only]='chgrp 2000 $S; chmod 2775 $S'
    [linked_names]='chown -Rh 1000:2000 $S; ln $S/f $S/a/b/same; ln -P $S/link $S/a/link')
  for name in "${!setups[@]}"; do
    OUTPUT=$(in_owned_tree "${setups[$name]}" "$MAKE" 2>&1) || OUTPUT+="status $?"
    if [[ -z $OUTPUT ]]; then report_ok "system/owners/as_without_rind/$name"
    else report_not_ok "system/owners/as_without_rind/$name" "$OUTPUT"; fi
  done
}

# A checkout of a user that is mounted into a builder of root's.
test_a_project_of_another_user() {
  expect_status 0 in_front_end_rig "$OWNERS"'
    mkdir $P/src; echo x >$P/src/f; chown -R 1000:1000 $P; owners $P >/tmp/before
    call get_requires_for_build_wheel "" "import os; os.mkdir(\"made\"); open(\"src/f\", \"a\"); result([])"; echo $?
    owners $P | diff /tmp/before -; true'
  expect_equal "status, and what is new" $'0\n1a2\n> ./made 0:0 755' "$OUTPUT"
}

test_of_a_step_that_fails() {
  expect_status 0 in_hook_rig "$OWNERS"'echo x >$S/f; chown -R 1000:1000 $S; owners $S >/tmp/before
    hook get_requires_for_build_wheel "import os; os.remove(\"f\"); os.kill(os.getpid(), 9)" 2>/dev/null; echo $?; owners $S | diff /tmp/before -; true'
  expect_equal "status, and what is gone" $'137\n2d1\n< ./f 1000:1000 644' "$OUTPUT"
}

# What a refused tree was stays, too, to the last file.
test_of_a_tree_that_is_refused() {
  RIG_POLICY='{"limits": {"tree_entries": 12}}'
  expect_status 0 in_hook_rig "$OWNERS"'mkdir $S/a; touch $S/a/{1..12} $S/b; chown -R 1000:2000 $S; chmod 2775 $S/a; chown 1001 $S/a/3; owners $S >/tmp/before
    hook get_requires_for_build_wheel pass 2>/dev/null; echo $?; owners $S | diff /tmp/before -'
  expect_equal "status" 125 "$OUTPUT"
}

# Nobody is left who knows whose the files were: they are the builder's then, as are a dead step's own.
test_after_a_kill() {
  expect_status 0 in_hook_rig "$OWNERS"'touch $S/f; chown -R 1000:1000 $S
    make_call get_requires_for_build_wheel "
import time
open(\"ready\", \"w\"); time.sleep(4321)"
    cd $S; VIRTUAL_ENV=$V "$SEAM" $V/bin/python3 /tmp/front/_in_process.py get_requires_for_build_wheel $CTL & pid=$!
    wait_until 20 test -e $S/ready
    kill_step $pid
    touch $S/later; chown 1000:1000 $S/later
    hook get_requires_for_build_wheel "result([])"; echo $?; owners $S'
  expect_equal "status, owners" $'0\n. 0:0 755\n./f 0:0 644\n./later 1000:1000 644\n./ready 0:0 644' "$(grep -v Killed <<<"$OUTPUT")"
}

# --- attacks: a third user's file is the third user's because of what it is, not because of its name

# A step that takes the name of a third user's file, in all ways, makes nothing of its own that user's.
ATTACK='
import os
for i in range(200):  # the kernel uses the numbers of removed files again
    os.remove(f"theirs/{i}")
for i in range(200):
    os.mkdir(f"theirs/{i}") if i % 4 == 0 else os.symlink("/etc/shadow", f"theirs/{i}") if i % 4 == 1 else os.mkfifo(f"theirs/{i}") if i % 4 == 2 else open(f"theirs/{i}", "w").write("mine")
os.rename("theirs", "moved"); os.mkdir("theirs"); open("theirs/0", "w")'
in_taken_names() { # MOUNT: the command that makes the file system of the sources
  # shellcheck disable=SC2016
  in_hook_rig 'eval "$1"; mkdir $S/theirs; touch $S/theirs/{0..199}; chown -R 1000:1000 $S/theirs
    hook get_requires_for_build_wheel "$2
result([])"; echo $?; find $S -uid 1000 -printf "%P\n" | sort' "$1" "$ATTACK"
}
test_names_that_are_taken() {
  expect_status 0 in_taken_names true
  expect_equal "status, what is the third user's: its directory alone, which was moved" $'0\nmoved' "$OUTPUT"
}
# disk OPTION...: mounts a new ext2 on the sources.
disk() {
  # shellcheck disable=SC2016
  printf %s 'mknod /dev/loop-control c 10 237; for i in {0..7}; do mknod /dev/loop$i b 7 $i; done; truncate -s 16M /mnt/fs; mkfs.ext2 -q -F '"$*"' /mnt/fs >/dev/null 2>&1; mount -o loop /mnt/fs $S; rmdir $S/lost+found'
}
# ext2 uses numbers again at once; the time of birth tells.
test_numbers_that_are_taken() {
  expect_status 0 in_taken_names "$(disk -I 256)"
  expect_equal "status, what is the third user's" $'0\nmoved' "$OUTPUT"
}
# Where the file system does not know the time of birth, the generation of the number tells.
test_numbers_that_are_taken_without_a_time_of_birth() {
  expect_status 0 in_taken_names "$(disk -I 128)"
  expect_equal "status, what is the third user's" $'0\nmoved' "$OUTPUT"
}
test_a_setuid_bit_does_not_come_back() {
  expect_status 0 in_hook_rig 'cp /bin/id $S/id; chown 1000:1000 $S/id; chmod 6755 $S/id; stat -c "%a %u" $S/id
    hook get_requires_for_build_wheel "import os; os.chmod(\"id\", 0o6755); result([])"; stat -c "%a %u:%g" $S/id'
  expect_equal "before, after" $'6755 1000\n755 1000:1000' "$OUTPUT"
}
