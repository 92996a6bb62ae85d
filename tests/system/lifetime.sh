# Beginning and end of a step.
source "$RIND_SOURCE/tests/system/rig.inc"

test_everything_ends_with_the_steps_process() {
  # Not before it runs: a process that is still a shell would not be counted.
  local leave='setsid sleep 4321 & until pgrep -xf "sleep 4321" >/dev/null; do :; done'
  expect_status 0 in_rig 'sh -c "$1"; pgrep -cx sleep; pkill -x sleep
    while pgrep -x sleep >/dev/null; do :; done
    "$RIND" run -- sh -c "$1"; pgrep -cx sleep; true' "$leave"
  expect_equal "what is left: control, step" $'1\n0' "$OUTPUT"
}

test_status_and_signals_come_out() {
  expect_status 0 in_rig '"$RIND" run -- sh -c "exit 42"; echo $?
    "$RIND" run -- sh -c "kill -TERM \$\$" ; echo $?
    "$RIND" run -- sh -c "kill -SEGV \$\$" ; echo $?'
  expect_contains "statuses" "$(tr '\n' ' ' <<<"$OUTPUT")" "42"
  expect_contains "SIGTERM" "$OUTPUT" $'\n143\n'
  expect_contains "SIGSEGV" "$OUTPUT" 139
}

test_supervisor_leaves_no_core() {
  expect_status 0 in_rig 'cd /tmp/w; ulimit -c unlimited; "$RIND" run -- sh -c "kill -SEGV \$\$"; ls -A /tmp/w | grep -v pkg; true'
  expect_lacks "files" "$OUTPUT" core
}

# Kills the supervisor at any moment of its life, also before pid 1 has asked to die with it.
test_supervisor_killed_at_any_moment() {
  expect_status 0 in_rig '
    for i in $(seq 1 150); do
      "$RIND" run -- sleep 4321 & pid=$!
      /usr/bin/python3 -c "import time; time.sleep($i * 0.0001)"
      kill -KILL $pid; wait $pid 2>/dev/null
    done
    wait_until 20 no_process sleep
    pgrep -cx sleep; "$RIND" run -- true; ls /tmp'
  expect_equal "what is left: processes, files" $'0\nseam\nw' "$(grep -v Killed <<<"$OUTPUT")"
}

test_signals_are_passed_on() {
  for signal in HUP INT QUIT TERM USR1 USR2; do
    # bash starts what runs in the background with SIGINT and SIGQUIT ignored, and a step inherits that.
    expect_status 0 in_rig 'env --default-signal="$1" "$RIND" run --rw /tmp/w -- sh -c "trap \"echo got-$1; exit 9\" $1; touch /tmp/w/ready; while :; do sleep 0.05; done" & pid=$!
      wait_until 20 test -e /tmp/w/ready
      kill -$1 $pid; wait $pid; echo $?' "$signal"
    expect_equal "$signal" "got-$signal"$'\n9' "$(said)"
  done
}

test_many_at_once() {
  expect_status 0 in_rig 'for i in $(seq 1 32); do "$RIND" run -- sh -c "sleep 0.2; exit 0" & pids+=" $!"; done; bad=0; for p in $pids; do wait $p || bad=$((bad+1)); done; echo $bad; ls /tmp'
  expect_equal "failures, leftovers" $'0\nseam\nw' "$OUTPUT"
}
