# What a step may use up.
source "$RIND_SOURCE/tests/system/hook.inc"

seconds_of() { # COMMAND...: runs it, and adds how long it took as the last line
  local start=$SECONDS status=0
  "$@" || status=$?
  echo "seconds $((SECONDS - start))"
  return "$status"
}

expect_between() { (($2 >= $3 && $2 <= $4)) || fail "$1: $2 is not between $3 and $4"; }

test_wall_clock() {
  RIG_POLICY='{"limits": {"wall_clock_seconds": 2}}'
  expect_status 124 seconds_of in_rig '"$RIND" run -- sleep 4321'
  expect_contains "the line" "$OUTPUT" "it took longer than limits.wall_clock_seconds (2) and was ended"
  expect_between "seconds" "${OUTPUT##* }" 2 8
  expect_status 0 in_rig '"$RIND" run -- sleep 0.5'
  expect_equal "control: nothing is said" "" "$OUTPUT"
}

# SIGTERM first: it can finish; and that it does well changes nothing.
test_wall_clock_asks_first() {
  RIG_POLICY='{"limits": {"wall_clock_seconds": 1, "grace_seconds": 60}}'
  expect_status 124 seconds_of in_rig '"$RIND" run -- sh -c "trap \"echo asked; exit 0\" TERM; while :; do sleep 0.05; done"'
  expect_contains "it was asked" "$OUTPUT" asked
  expect_between "seconds" "${OUTPUT##* }" 1 15
}

test_wall_clock_then_kills() {
  RIG_POLICY='{"limits": {"wall_clock_seconds": 1, "grace_seconds": 2}}'
  expect_status 124 seconds_of in_rig '"$RIND" run -- sh -c "trap \"\" TERM HUP INT; setsid sleep 4321 & while :; do sleep 0.05; done"; status=$?; pgrep -c sleep; exit $status'
  expect_between "seconds" "${OUTPUT##* }" 3 15
  expect_equal "what is left" 0 "$(sed -n '/^[0-9]*$/p' <<<"$OUTPUT")"
}

# Started by a front end that lets nothing through: the limit comes from outside of the step.
test_wall_clock_of_a_stopped_step() {
  RIG_POLICY='{"limits": {"wall_clock_seconds": 1, "grace_seconds": 1}}'
  expect_status 124 seconds_of in_rig '"$RIND" run -- sh -c "kill -STOP \$\$"'
  expect_between "seconds" "${OUTPUT##* }" 2 15
}

test_wall_clock_of_a_hook() {
  RIG_POLICY='{"limits": {"wall_clock_seconds": 1}}'
  expect_status 124 in_hook_rig 'hook build_wheel "
import signal, time
put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")
signal.signal(signal.SIGTERM, lambda *a: sys.exit(0))
time.sleep(4321)"; status=$?; ls $OUT; find $S ! -uid 0; exit $status'
  expect_contains "the line" "$OUTPUT" "build_wheel of pkg-1 ended with exit status 0"
  expect_lacks "an artefact" "$(said '^rind: not taken')" whl
}

# By the step's own count where it has a uid of its own.
# Each waits: what is counted are processes at one time. At most one more than LIMIT is tried.
# shellcheck disable=SC2016
FORK='/usr/bin/python3 -c "
import os, time
made = 0
for _ in range(40):
    try: pid = os.fork()
    except BlockingIOError: break
    if pid == 0: time.sleep(60); os._exit(0)
    made += 1
print(made)"'

test_processes() {
  RIG_POLICY='{"limits": {"processes": 20}}'
  expect_status 0 in_rig "\"\$RIND\" run -- $FORK"
  # pid 1 is of this uid, too.
  expect_between "processes" "$OUTPUT" 16 19
  RIG_POLICY='{"limits": {"processes": "inherit"}}'
  expect_status 0 in_rig "\"\$RIND\" run -- $FORK"
  expect_equal "control" 40 "$OUTPUT"
}

# Each step has the number to itself.
test_processes_of_steps_at_once() {
  RIG_POLICY='{"limits": {"processes": 12}}'
  expect_status 0 in_rig 'for i in 1 2 3; do "$RIND" run -- sh -c "for i in 1 2 3 4 5 6; do sleep 2 & done; wait; echo well" & done; wait'
  expect_equal "steps that had enough" $'well\nwell\nwell' "$OUTPUT"
}

test_processes_of_the_callers_identity() {
  # The kernel counts none of its root's.
  RIG_POLICY='{"identity": {"ephemeral": "none"}, "limits": {"processes": 20}}'
  expect_status 1 in_rig '"$RIND" run -- false'
  expect_contains "the line" "$OUTPUT" "without a limit of processes: the kernel has none for root"
  RIG_POLICY='{"identity": {"ephemeral": "none"}, "limits": {"processes": 20, "processes_required": true}}'
  expect_status 125 in_rig '"$RIND" run -- true'
  expect_contains "why" "$OUTPUT" "the kernel does not limit them for root"
  expect_contains "remedy" "$OUTPUT" "identity.ephemeral"
  RIG_POLICY='{"limits": {"processes": 20, "processes_required": true}}'
  expect_status 0 in_rig '"$RIND" run -- true'
  RIG_POLICY='{"identity": {"ephemeral": "none"}, "limits": {"processes": 20, "processes_required": true}}'
  expect_status 0 in_rig "setpriv --reuid 1234 --regid 1234 --clear-groups \"\$RIND\" run -- $FORK"
  expect_between "an ordinary user's" "$OUTPUT" 15 19
}

test_open_files() {
  RIG_POLICY='{"limits": {"open_files": 32}}'
  local count='/usr/bin/python3 -c "
files = []
try:
    for _ in range(100): files.append(open(\"/dev/null\"))
except OSError as e: print(e.strerror)
print(len(files))"'
  expect_status 0 in_rig "\"\$RIND\" run -- $count"
  expect_equal "in the step" $'Too many open files\n29' "$OUTPUT"
  expect_status 0 in_rig "\"\$RIND\" run -- sh -c 'ulimit -Hn; ulimit -Hn 64'; $count"
  expect_contains "it cannot be raised" "$OUTPUT" "32"
  expect_equal "control: outside" 100 "${OUTPUT##*$'\n'}"
}

test_address_space() {
  RIG_POLICY='{"limits": {"address_space_bytes": 268435456}}'
  local take='/usr/bin/python3 -c "
import mmap
try: mmap.mmap(-1, 400 << 20); print(\"had\")
except OSError as e: print(e.strerror)"'
  expect_status 0 in_rig "\"\$RIND\" run -- $take; $take"
  expect_equal "step, control" $'Cannot allocate memory\nhad' "$OUTPUT"
}

test_no_core() {
  expect_status 0 in_rig 'ulimit -c unlimited; ulimit -c; "$RIND" run -- sh -c "ulimit -Hc; ulimit -c"'
  expect_equal "control, the step's hard and soft limit" $'unlimited\n0\n0' "$OUTPUT"
  RIG_POLICY='{"limits": {"core_bytes": "inherit"}}'
  expect_status 0 in_rig 'ulimit -c unlimited; "$RIND" run -- sh -c "ulimit -c"'
  expect_equal "when the policy says so" unlimited "$OUTPUT"
}

# A limit that is lower outside already stays: none is raised.
test_lower_limits_stay() {
  RIG_POLICY='{"limits": {"open_files": 512}}'
  expect_status 0 in_rig 'ulimit -n 100; "$RIND" run -- sh -c "ulimit -Hn; ulimit -n"'
  expect_equal "hard and soft" $'100\n100' "$OUTPUT"
}

# The supervisor's own work is not limited by them.
test_limits_are_the_steps_alone() {
  RIG_POLICY='{"limits": {"open_files": 16, "address_space_bytes": 1048576}}'
  expect_status 0 in_hook_rig 'mkdir -p $S/{a..z}/{a..z}; "$RIND" run --rw $S -- true; echo $?; find $S ! -uid 0'
  # A program may be too large for so little.
  [[ $OUTPUT != 125* ]] || fail "the sandbox could not be made: $OUTPUT"
}

test_size_of_a_private_view() {
  RIG_POLICY='{"views": {"$HOME": {"view": "private", "backing": "memory", "size": 65536}}}'
  expect_status 1 in_rig '"$RIND" run -- sh -c "dd if=/dev/zero of=\$HOME/big bs=1k count=128"'
  expect_contains "reason" "$OUTPUT" "No space left"
  expect_status 0 in_rig '"$RIND" run -- sh -c "dd if=/dev/zero of=\$HOME/big bs=1k count=32"'
}
