# Trees that are the step's while it runs, and the builder's before and after.
source "$RIND_SOURCE/tests/system/hook.inc"

# shellcheck disable=SC2016
LENDING='
T=/tmp/w/tree
make_tree() { mkdir -p $T/a/b; echo x >$T/a/b/f; echo x >$T/f; ln -s /nowhere $T/link; }
# What is not the builder'"'"'s, of the trees named.
strange() { find "$@" \( ! -uid 0 -o ! -gid 0 \) -printf "strange: %p %U %G\n"; }
# Everything about a tree that lending could change.
snapshot() { find "$@" -printf "%p %i %U %G %m %n %l\n" | sort; }
make_tree
'

in_lending_rig() {
  local script=$1
  shift
  in_hook_rig "$LENDING$script" "$@"
}

test_tree_is_the_steps_while_it_runs() {
  expect_status 0 in_lending_rig '"$RIND" run --rw $T -- sh -c "find $T ! -user \$(id -u) -o ! -group \$(id -g); echo y >$T/f; echo y >$T/a/new; rm $T/a/b/f; rmdir $T/a/b"
    strange $T; cat $T/f; find $T | sort'
  expect_equal "what is not its own, and what it made" $'y\n/tmp/w/tree\n/tmp/w/tree/a\n/tmp/w/tree/a/new\n/tmp/w/tree/f\n/tmp/w/tree/link' "$OUTPUT"
}

# Each way to end, of a command with --rw and of a hook with its sources.
tests_given_back() {
  local name end
  local -A ends=([success]='true' [failure]='exit 3' [signal]='kill -SEGV $$' [timeout]='sleep 4321'
    [signal_to_supervisor]='touch ready; sleep 4321')
  for name in "${!ends[@]}"; do
    end=${ends[$name]}
    RIG_POLICY='{"limits": {"wall_clock_seconds": 20}}'
    [[ $name != timeout ]] || RIG_POLICY='{"limits": {"wall_clock_seconds": 1}}'
    OUTPUT=$(in_lending_rig '
      finish() {
        [[ $1 != *ready* ]] || { wait_until 20 test -e $2/ready; kill -TERM $pid; }
        wait $pid 2>/dev/null
      }
      cd $T; "$RIND" run --rw $T -- sh -c "mkdir -p new/er; touch new/er/f; test -O $T && outer-id; $1" >/tmp/w/log 2>&1 & pid=$!
      finish "$1" $T; grep -c "^61" /tmp/w/log; strange $T; [[ -e $T/new/er/f ]] || echo nothing was made
      make_call build_wheel "
import subprocess
subprocess.run([\"sh\", \"-c\", \"mkdir -p new/er; touch new/er/f; test -O . && outer-id\"])
os.execvp(\"sh\", [\"sh\", \"-c\", given[\"command\"]])"
      sed -i "s|\"kwargs\": {|&\"command\": \"$1\", |" $CTL/input.json
      cd $S; VIRTUAL_ENV=$V "$SEAM" $V/bin/python3 /tmp/front/_in_process.py build_wheel $CTL >/tmp/w/log 2>&1 & pid=$!
      finish "$1" $S; grep -c "^61" /tmp/w/log; strange $S $OUT; [[ -e $S/new/er/f ]] || echo nothing was made' "$end" 2>&1) || OUTPUT+="status $?"
    if [[ $OUTPUT == $'1\n1' ]]; then report_ok "system/lending/given_back/$name"
    else report_not_ok "system/lending/given_back/$name" "$OUTPUT"; fi
  done
}

# Nobody is left to give it back: the next step takes it over.
test_killed_supervisor() {
  expect_status 0 in_lending_rig '"$RIND" run --rw $T -- sh -c "touch $T/ready; mkdir $T/new; sleep 4321" & pid=$!
    wait_until 20 test -e $T/new
    kill_step $pid
    strange $T | grep -c strange
    "$RIND" run --rw $T -- sh -c "find $T ! -user \$(id -u); echo y >$T/ready"; echo $?; strange $T; cat $T/ready'
  expect_equal "what is strange after the kill; then: status, content" $'8\n0\ny' "$(grep -v Killed <<<"$OUTPUT")"
}

test_killed_supervisor_of_a_hook() {
  expect_status 0 in_lending_rig 'make_call build_wheel "
import time
open(\"ready\", \"w\"); time.sleep(4321)"
    cd $S; VIRTUAL_ENV=$V "$SEAM" $V/bin/python3 /tmp/front/_in_process.py build_wheel $CTL & pid=$!
    wait_until 20 test -e $S/ready
    kill_step $pid
    strange $S | grep -c strange
    hook build_wheel "open(\"ready\", \"a\").write(\"y\"); put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")"; echo $?
    strange $S $OUT; cat $S/ready; echo; ls $OUT'
  expect_equal "what is strange after the kill; then: status, content, output" $'3\n0\ny\npkg-1-py3-none-any.whl' "$(grep -v Killed <<<"$OUTPUT")"
}

test_killed_at_any_moment() {
  expect_status 0 in_lending_rig '
    for i in {1..400}; do mkdir -p $T/d$((i % 20)); echo x >$T/d$((i % 20))/$i; done
    for i in $(seq 1 60); do
      "$RIND" run --rw $T -- true 2>/dev/null & pid=$!
      /usr/bin/python3 -c "import time; time.sleep($i * 0.0004)"
      kill -KILL $pid 2>/dev/null; wait $pid 2>/dev/null
    done
    wait_until 20 no_process rind
    "$RIND" run --rw $T -- sh -c "find $T ! -user \$(id -u); find $T -type f | wc -l"; echo $?; strange $T'
  expect_equal "files, status, and nothing strange" $'402\n0' "$(grep -v Killed <<<"$OUTPUT")"
}

# Known to fail (helper/supervisor/lease.cpp, helper/supervisor/supervisor.cpp): pid 1 of the step inherits the lock, and holds it until
# it is dead, a little after its supervisor. Who comes in between is told of a step that nobody can end.
test_next_step_right_after_the_kill() {
  RIG_POLICY='{"leases": 1}'
  expect_status 0 in_lending_rig 'for i in {1..300}; do echo x >$T/a/$i; done
    for i in {1..200}; do
      "$RIND" run --rw $T -- true 2>/dev/null & pid=$!
      /usr/bin/python3 -c "import time; time.sleep($((i % 100)) * 0.0003)"
      kill -KILL $pid 2>/dev/null; wait $pid 2>/dev/null
      "$RIND" run --rw $T -- true || echo failed
    done; true'
  expect_equal "steps that failed" 0 "$(grep -c '^failed' <<<"$OUTPUT" || true)"
}

# --- two steps that need one tree: the second waits

# FIRST SECOND: the trees of the two steps. The second one starts while the first one runs, and is over after it.
second_waits() {
  # shellcheck disable=SC2016
  in_lending_rig '"$RIND" run --rw $1 -- sh -c "touch $T/a/ready; while [ -e $T/a/ready ]; do sleep 0.05; done; touch $T/a/mine" & pid=$!
    wait_until 20 test -e $T/a/ready
    snapshot $T >/tmp/w.before
    "$RIND" run --rw $2 -- sh -c "ls $T/a; touch $T/a/second" >/tmp/w.log 2>&1 & second=$!
    wait_until 20 grep -q . /tmp/w.log; cat /tmp/w.log; : >/tmp/w.log
    snapshot $T | diff /tmp/w.before -
    rm $T/a/ready; wait $pid; echo $?; wait $second; echo $?; cat /tmp/w.log | tr -d "\0"; strange $T; ls $T/a' "$@"
}
AFTER_THE_FIRST=$'another step is using it\n0\n0\nb\nmine\nb\nmine\nsecond'
test_second_step_in_one_tree() {
  expect_status 0 second_waits /tmp/w/tree /tmp/w/tree
  expect_equal "why, statuses, what the second saw, all" "rind: waiting for /tmp/w/tree: $AFTER_THE_FIRST" "$OUTPUT"
}
test_second_step_in_a_part_of_the_tree() {
  expect_status 0 second_waits /tmp/w/tree /tmp/w/tree/a
  expect_equal "why, statuses, what the second saw, all" "rind: waiting for /tmp/w/tree/a: $AFTER_THE_FIRST" "$OUTPUT"
}
test_second_step_around_the_tree() {
  expect_status 0 second_waits /tmp/w/tree/a /tmp/w/tree
  expect_equal "why, statuses, what the second saw, all" "rind: waiting for /tmp/w/tree/a: $AFTER_THE_FIRST" "$OUTPUT"
}
test_second_step_with_one_lease() {
  RIG_POLICY='{"leases": 1}'
  expect_status 0 second_waits /tmp/w/tree /tmp/w/tree
  expect_equal "why, statuses, what the second saw, all" "rind: waiting for /tmp/w/tree: $AFTER_THE_FIRST" "$OUTPUT"
}

# END: how the waiting of the second step ends; it has started nothing and changed nothing.
waiting_ends() {
  # shellcheck disable=SC2016
  in_lending_rig '"$RIND" run --rw $T -- sh -c "touch $T/ready; while [ -e $T/ready ]; do sleep 0.05; done" 2>/dev/null & pid=$!
    wait_until 20 test -e $T/ready
    snapshot $T >/tmp/w.before
    eval "${2:-}"; "$RIND" run --rw $T/a -- touch $T/a/second 2>&1 & second=$!
    eval "$1"; wait $second; echo $?; snapshot $T | diff /tmp/w.before -
    rm $T/ready; wait $pid; strange $T; ls $T' "$@"
}
# Signals are blocked from before the waiting on.
# shellcheck disable=SC2016
test_waiting_ends_with_a_signal() {
  expect_status 0 waiting_ends 'blocks() { grep -qx rind /proc/$second/comm && grep -q "^SigBlk:.*[4-7c-f]...$" /proc/$second/status; }
    wait_until 20 blocks; kill -TERM $second'
  expect_contains "why" "$OUTPUT" "the command did not start; it waited for /tmp/w/tree/a, which another step is using, until signal 15 (Terminated)"
  expect_contains "status, and the tree" "$OUTPUT" $'143\na\nf\nlink'
}
# shellcheck disable=SC2016
test_waiting_ends_at_the_limit() {
  expect_status 0 waiting_ends 'wait_until 20 test ! -e /proc/$second/fd/0' 'jq ".limits.wall_clock_seconds = 2" /dev/rind/policy.json >/tmp/policy; cat /tmp/policy >/dev/rind/policy.json; flat-kit /dev/rind'
  expect_contains "why" "$OUTPUT" "it waited for /tmp/w/tree/a, which another step is using, until limits.wall_clock_seconds (2)"
  expect_contains "status" "$OUTPUT" $'124\n'
}

# Each of the steps needs what the others have, in every order.
test_steps_do_not_wait_for_each_other() {
  expect_status 0 in_lending_rig 'mkdir /tmp/w/other; for i in {1..50}; do touch $T/a/$i /tmp/w/other/$i; done
    many() { for _ in {1..15}; do "$RIND" run "$@" -- true || echo failed; done; }
    many --rw $T --rw /tmp/w/other & many --rw /tmp/w/other --rw $T/a & many --rw /tmp/w/other --rw $T & wait
    strange $T /tmp/w/other'
  expect_equal "steps that failed" "" "$OUTPUT"
}

# `flock . pip wheel .` holds a lock that no step has.
test_locked_by_others() {
  expect_status 0 in_lending_rig 'flock $T "$RIND" run --rw $T -- touch $T/new; echo $?; flock $T/a "$RIND" run --rw $T -- touch $T/a/new; echo $?; strange $T; ls $T/a'
  expect_equal "statuses, files" $'0\n0\nb\nnew' "$OUTPUT"
}

test_trees_in_one_another() {
  expect_status 0 in_lending_rig '"$RIND" run --rw $T/a --rw $T --rw $T/a/b -- sh -c "find $T ! -user \$(id -u); touch $T/a/b/new $T/new"; echo $?; strange $T; ls $T/a/b'
  expect_equal "status, files" $'0\nf\nnew' "$OUTPUT"
}

# REASON SETUP: SETUP makes the tree one that is not lent; that changes nothing in it or outside.
expect_not_lent() {
  expect_status 0 in_lending_rig 'mkdir /tmp/w/outside; echo x >/tmp/w/outside/f; mkdir -p $S/a
    "$RIND" run --rw $T -- true; echo $?
    eval "$1"
    snapshot /tmp/w >/tmp/w.before
    "$RIND" run --rw $T -- touch $T/new; echo $?
    snapshot /tmp/w | diff /tmp/w.before -' "$2"
  expect_contains "why" "$OUTPUT" "$1"
  expect_equal "statuses: control, step" $'0\n125' "$(grep -v '^rind:' <<<"$OUTPUT")"
}

# Known to fail (helper/supervisor/lend.cpp): what was refused is taken back as if it had been lent, so the third
# owner's file becomes the builder's.
test_file_of_a_third_owner() { expect_not_lent 'belongs to uid 1234' 'echo x >$T/a/theirs; chown 1234:1234 $T/a/theirs'; }
test_top_of_a_third_owner() { expect_not_lent 'belongs to uid 1234' 'chown 1234:1234 $T'; }

test_hard_links_within() {
  expect_status 0 in_lending_rig 'ln $T/f $T/a/f2; ln $T/f $T/a/b/f3; ln -P $T/link $T/a/link2
    "$RIND" run --rw $T -- sh -c "find $T ! -user \$(id -u); ln $T/a/b/f $T/made; ln $T/a/b/f $T/a/made; stat -c %h $T/f $T/link"; echo $?
    strange $T; stat -c %h $T/f $T/made'
  expect_equal "names in the step, status, names afterwards" $'3\n2\n0\n3\n3' "$OUTPUT"
}

# The step makes the links, too: giving back follows none.
test_links_to_the_outside_are_not_followed() {
  expect_status 0 in_lending_rig 'mkdir /mnt/outside; echo x >/mnt/outside/f; chown -R 1234:1234 /mnt/outside
    ln -s /mnt/outside $T/d; ln -s /mnt/outside/f $T/a/f
    "$RIND" run --rw $T -- sh -c "stat -c %u $T/d; stat -Lc %u $T/d $T/a/f; ln -s /mnt/outside $T/d2; ln -s /mnt/outside/f $T/f2; rmdir $T/a/b 2>/dev/null; mv $T/a $T/a.old; ln -s /mnt/outside $T/a"; echo $?
    strange $T; stat -c %u /mnt/outside /mnt/outside/f'
  expect_equal "links, targets in the step, status, targets afterwards" $'0\n65534\n65534\n0\n1234\n1234' "$OUTPUT"
}

test_odd_files() {
  local make='
import os, socket
os.chdir("/tmp/w/tree")
os.mkfifo("fifo" + mark); socket.socket(socket.AF_UNIX).bind("socket" + mark)
os.makedirs("closed" + mark + "/in"); open("closed" + mark + "/in/f", "w")
os.chmod("closed" + mark + "/in/f", 0); os.chmod("closed" + mark + "/in", 0); os.chmod("closed" + mark, 0)
os.mkdir("odd\n\x1b[31m" + mark); open(b"\xff\xfe" + mark.encode(), "w")
os.mkdir("deep" + mark); os.chdir("deep" + mark)
for i in range(3000): os.mkdir("d"); os.chdir("d")'
  expect_status 0 in_lending_rig '/usr/bin/python3 -c "mark = \"1\"$1"
    "$RIND" run --rw $T -- /usr/bin/python3 -c "mark = \"2\"$1
os.chdir(\"/tmp/w/tree\"); os.chmod(\"closed1\", 0o700); print(os.stat(\"closed1\").st_uid == os.stat(\"fifo1\").st_uid == os.getuid())"; echo $?
    strange $T; find $T -type d -name d | wc -l; find $T -type f -perm 0 | wc -l; find $T | wc -l
    "$RIND" run --rw $T -- rm -rf $T/deep1 $T/deep2; echo $?; rm -rf $T/deep1' "$make"
  expect_equal "in the step, its status; deep, closed, all; a second step" $'True\n0\n6000\n2\n6024\n0' "$OUTPUT"
}

# It is no part of the tree, also where it is of the same file system.
MOUNTED='mkdir -m 0700 /tmp/w/other; echo s >/tmp/w/other/f; echo s >/tmp/w/of; chmod 0600 /tmp/w/of; mkdir $T/m; touch $T/fm
mount --bind /tmp/w/other $T/m; mount --bind /tmp/w/of $T/fm; owners() { stat -c "%n %u" /tmp/w/other /tmp/w/other/f /tmp/w/of; }
'
test_what_is_mounted_in_a_tree() {
  expect_status 0 in_lending_rig "$MOUNTED"'"$RIND" run --rw $T -- sh -c "touch $T/ready; while [ -e $T/ready ]; do sleep 0.05; done" & step=$!
    wait_until 20 test -e $T/ready; owners; stat -c "lent %u" $T/f | sed "s/ 61.*/ yes/"; rm $T/ready; wait $step; owners'
  local each=$'/tmp/w/other 0\n/tmp/w/other/f 0\n/tmp/w/of 0'
  expect_equal "owners while the step runs, and afterwards" "$each"$'\nlent yes\n'"$each" "$(said)"
}

test_what_is_mounted_in_a_tree_control() {
  expect_status 0 in_lending_rig "$MOUNTED"'chown -R 61184 $T; owners'
  expect_equal "owners" $'/tmp/w/other 61184\n/tmp/w/other/f 61184\n/tmp/w/of 61184' "$OUTPUT"
}

test_setuid_bit_goes() {
  expect_status 0 in_lending_rig 'echo x >$T/control; chmod 4755 $T/control; cp /bin/id $T/root-owned; chmod 4755 $T/root-owned; stat -c %a $T/control
    "$RIND" run --rw $T -- sh -c "cp /bin/id $T/id; chmod 6755 $T/id; stat -c %a $T/id $T/root-owned"
    stat -c "%a %u %g" $T/id $T/root-owned'
  expect_equal "control; in the step; afterwards" $'4755\n6755\n755\n755 0 0\n755 0 0' "$OUTPUT"
}

# The policy's own views: lent where it says so, else as they are.
test_view_of_the_policy() {
  RIG_POLICY='{"views": {"/tmp/w/tree": "rw"}}'
  expect_status 1 in_lending_rig '"$RIND" run -- touch $T/new'
  expect_contains "a tree of the builder's" "$OUTPUT" "Permission denied"
  RIG_POLICY='{"views": {"/tmp/w/tree": {"view": "rw", "lend": true}}}'
  expect_status 0 in_lending_rig '"$RIND" run -- touch $T/new; echo $?; strange $T'
  expect_equal "a lent one" 0 "$OUTPUT"
}

test_nothing_is_lent_without_an_identity() {
  RIG_POLICY=$IDENTITY_NONE
  expect_status 0 in_lending_rig 'chown -R 1234 $T/a; snapshot $T >/tmp/w/before; "$RIND" run --rw $T -- true; snapshot $T | diff /tmp/w/before - && echo same'
  expect_equal "the tree" same "$OUTPUT"
}

# On an overlay a change of owner copies a file up, and parts it from its other names.
test_hard_links_in_a_lower_layer() {
  expect_status 0 in_rig '
    mkdir -p /mnt/lower/d /mnt/upper /mnt/workdir /tmp/w/tree
    echo x >/mnt/lower/a; ln /mnt/lower/a /mnt/lower/b; ln /mnt/lower/a /mnt/lower/d/c
    mount -t overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/workdir overlay /tmp/w/tree
    for _ in 1 2; do
      "$RIND" run --rw /tmp/w/tree -- sh -c "cd /tmp/w/tree; for f in a b d/c; do echo y >>\$f && echo wrote \$f; done"
    done
    stat -c %u:%g /tmp/w/tree/a /tmp/w/tree/b /tmp/w/tree/d/c | sort -u'
  expect_equal "each name, twice, and whose they are" \
    $'wrote a\nwrote b\nwrote d/c\nwrote a\nwrote b\nwrote d/c\n0:0' "$OUTPUT"
}

# A step fills the file system, so that there is no room for another file beside what it left for git. The hook had $1 bytes.
# shellcheck disable=SC2016
FULL='mkdir /tmp/w/small; mount -t tmpfs -o size=128k small /tmp/w/small; R=/tmp/w/small/r HOOK=.git/hooks/post-checkout
  mkdir -p $R/.git/{objects,refs,hooks}; echo ref: refs/heads/main >$R/.git/HEAD
  head -c "$1" /dev/zero | tr "\0" "#" >$R/$HOOK; chmod 755 $R/$HOOK; cp $R/$HOOK /tmp/before
  "$RIND" run --rw $R -- sh -c "cd $R && echo /x >$HOOK && ! cat /dev/zero >fill" 2>&1 || echo $?
  '
# shellcheck disable=SC2016
test_git_on_a_full_file_system() {
  expect_status 0 in_lending_rig "$FULL"'cmp /tmp/before $R/$HOOK && df --output=avail /tmp/w/small | tail -1' 100
  expect_contains "the step filled it" "$OUTPUT" "No space left on device"
  expect_contains "what is said" "$OUTPUT" "Rind undid changes of the step in /tmp/w/small/r"
  expect_equal "room that is left" 0 "$(tail -n 1 <<<"$OUTPUT" | tr -d ' ')"
}
# shellcheck disable=SC2016
test_git_where_nothing_can_be_put_back() {
  expect_status 0 in_lending_rig "$FULL"'test ! -e $R/$HOOK && ls -A $R $R/.git/hooks' 20000
  expect_contains "the error" "$OUTPUT" "post-checkout is gone: what the step left there was removed, and nothing could be put in its place"
  expect_contains "status" "$OUTPUT" $'\n125\n'
  expect_lacks "what is left" "$OUTPUT" ".rind-copy"
}

# Directories from a sdist may have any time. It is no sign that another process changes the tree.
# shellcheck disable=SC2016
test_directories_of_the_future() {
  expect_status 0 in_lending_rig 'ln $T/f $T/a/second; touch -d 2100-01-01 $T $T/a $T/a/b
    "$RIND" run --rw $T -- sh -c "touch -d 2100-01-01 $T/a/b; stat -c %u:%h $T/f" 2>&1; strange $T; stat -c %h $T/f'
  expect_equal "the file in the step, files of others, and its names" "$(printf '0:2\n2')" "$OUTPUT"
}
