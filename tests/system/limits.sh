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
  expect_contains "the line" "$OUTPUT" "Rind ended it after limits.wall_clock_seconds (2)"
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
  expect_lacks "an artefact" "$(said '^rind: the step left files')" whl
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
  expect_contains "the line" "$OUTPUT" "without a limit of processes: the kernel does not limit the processes of root"
  RIG_POLICY='{"identity": {"ephemeral": "none"}, "limits": {"processes": 20, "processes_required": true}}'
  expect_status 125 in_rig '"$RIND" run -- true'
  expect_contains "why" "$OUTPUT" "the kernel does not limit the processes of root"
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

# Soft and hard limit of the cores, as bytes: a shell shows a limit of one byte as 0.
CORE='import resource; print(resource.getrlimit(resource.RLIMIT_CORE))'

# 1 is the kernel's word for no core and no core handler; with 0 the handler starts.
test_no_core() {
  local before
  for before in unlimited '-S 0'; do
    expect_status 0 in_rig "ulimit -c $before"'; python3 -c "$1"; "$RIND" run -- python3 -c "$1"' "$CORE"
    expect_lacks "control with $before" "${OUTPUT%%$'\n'*}" "(1, 1)"
    expect_equal "with $before" "(1, 1)" "${OUTPUT##*$'\n'}"
  done
  # The hard limit cannot be raised: then a core is empty.
  expect_status 0 in_rig 'ulimit -c 0; "$RIND" run -- sh -c "python3 -c \"\$0\"; cat /proc/self/coredump_filter" "$1"; cat /proc/self/coredump_filter' "$CORE"
  expect_equal "with a hard limit of 0: the limits, and what a core holds; control" $'(0, 0)\n00000000\n00000033' "$OUTPUT"
  RIG_POLICY='{"limits": {"core_bytes": "inherit"}}'
  expect_status 0 in_rig 'ulimit -c unlimited; "$RIND" run -- sh -c "ulimit -c"'
  expect_equal "when the policy says so" unlimited "$OUTPUT"
}

# By a step that would like to see the host's core handler run. Scripts that want no cores go on.
test_no_core_cannot_be_changed() {
  local change='import resource as r
for value in (1, 1), (0, 1), (0, 0):
    r.setrlimit(r.RLIMIT_CORE, value)
try: r.prlimit(0, r.RLIMIT_CORE, (0, 0))
except PermissionError: print("refused")
print(r.getrlimit(r.RLIMIT_CORE), r.prlimit(0, r.RLIMIT_CORE))'
  expect_status 0 in_rig 'ulimit -S -c 1; python3 -c "$1" | tail -n 1; "$RIND" run -- python3 -c "$1"; "$RIND" run -- bash -ec "ulimit -c 0; echo goes on"' "$change"
  expect_equal "control, step, a script" $'(0, 0) (0, 0)\nrefused\n(1, 1) (1, 1)\ngoes on' "$OUTPUT"
  RIG_POLICY='{"limits": {"core_bytes": "inherit"}}'
  expect_status 0 in_rig '"$RIND" run -- python3 -c "$1"' "$change"
  expect_equal "when the policy says so" '(0, 0) (0, 0)' "$OUTPUT"
}

# What the kernel counts for the host's root, whoever has it: a step gets a part.
test_signals_and_queues_of_the_machine() {
  local take='import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
timers = 0
while timers < 3000 and libc.timer_create(0, None, ctypes.byref(ctypes.c_void_p())) == 0: timers += 1
names = [b"/rind-test-%d" % n for n in range(4)]
queues = [n for n in names if libc.mq_open(n, os.O_CREAT | os.O_RDWR, 0o600, None) >= 0]
for name in queues: libc.mq_unlink(name)
print(timers > 1024, len(queues))'
  expect_status 0 in_rig 'unshare --ipc python3 -c "$1"; "$RIND" run -- python3 -c "$1"' "$take"
  expect_equal "control, step" $'True 4\nFalse 1' "$OUTPUT"
}

# A host has some thousands for all its containers.
test_terminals_of_the_machine() {
  local take='import os, sys
taken = []
try:
    while len(taken) < 300: taken.append(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY))
except OSError as error: print(error.strerror)
print(len(taken) >= 300, len(taken) >= 64)'
  expect_status 0 in_rig 'mkdir /tmp/pts; mount -t devpts -o ptmxmode=0666 pts /tmp/pts; python3 -c "$1" /tmp/pts/ptmx; umount /tmp/pts; "$RIND" run -- python3 -c "$1" /dev/ptmx' "$take"
  expect_equal "control, step" $'True True\nNo space left on device\nFalse True' "$OUTPUT"
}

# The same for what asynchronous reads and writes may wait (fs.aio-max-nr).
test_asynchronous_calls_of_the_machine() {
  local ask='import ctypes, errno
libc, context = ctypes.CDLL(None, use_errno=True), ctypes.c_ulong()
seccomp = ctypes.CDLL("libseccomp.so.2")
number = seccomp.seccomp_syscall_resolve_name(b"io_setup")
print("works" if libc.syscall(number, 1, ctypes.byref(context)) == 0 else errno.errorcode[ctypes.get_errno()])'
  expect_status 0 in_rig 'python3 -c "$1"; "$RIND" run -- python3 -c "$1"' "$ask"
  expect_equal "control, step" $'works\nENOSYS' "$OUTPUT"
}

test_memory_ends_the_step_first() {
  # /proc is read-only there: it stays so.
  expect_status 0 in_rig 'cat /proc/self/oom_score_adj; "$RIND" run -- sh -c "cat /proc/self/oom_score_adj /proc/1/oom_score_adj; echo 0 >/proc/self/oom_score_adj" 2>/dev/null || cat /proc/self/oom_score_adj'
  expect_equal "control, step and its pid 1, the caller" $'0\n1000\n1000\n0' "$OUTPUT"
}

test_shm_is_not_larger_than_the_containers() {
  local size='df -B1 --output=size /dev/shm | tail -n 1 | tr -d " "'
  expect_status 0 in_rig 'mount -t tmpfs -o size=8m shm /dev/shm; "$RIND" run -- sh -c "$1"; mount -t tmpfs -o size=4g shm /dev/shm; "$RIND" run -- sh -c "$1"' "$size"
  expect_equal "of the container's, of the policy's" $'8388608\n1073741824' "$OUTPUT"
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
