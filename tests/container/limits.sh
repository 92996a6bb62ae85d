# What a step may use up.

step() { builder "${OPTIONS[@]}" "$IMAGE_BUILDER" fromager step /srv/packages/probe -- "$@"; }
OPTIONS=()

# A step that wants 500 MB in a container that has less.
SMALL=(--memory 96m --memory-swap 96m)
WANT_500_MB='import sys; b = bytearray(500 << 20); print("got", len(b))'

memory() {
  local OPTIONS=("${SMALL[@]}")
  use_rind
  cd "$RIND_TMP" # where conmon leaves a file that is called oom
  local status=0
  OUTPUT=$(step python3 -c "$WANT_500_MB" 2>&1) || status=$?
  ((status != 0)) || fail "it got its memory: $OUTPUT"
  expect_contains "it was killed" "$OUTPUT" "signal 9"
  expect_contains "and why" "$OUTPUT" "the kernel killed a process of the container because memory ran out"
}
on_one_runtime memory

# With room enough nothing is said; and a step that kills itself is not said to have been.
test_memory_control() {
  use_rind
  expect_status 0 step python3 -c "$WANT_500_MB"
  expect_contains "its memory" "$OUTPUT" "got 524288000"
  expect_status 137 step sh -c 'kill -9 $$'
  expect_lacks "no want of memory" "$OUTPUT" "memory ran out"
}

# What lies in a private view is nobody's memory: the kernel would end the front end for it.
test_memory_of_private_views() {
  use_rind '{"views": {"/var/tmp": {"backing": "memory"}}}'
  cd "$RIND_TMP"
  local fill='head -c 1G /dev/zero >/var/tmp/fill' front='
import subprocess, sys
held = bytearray(60 << 20)
status = subprocess.run(["/dev/rind/rind", "run", "--", "sh", "-c", sys.argv[1]]).returncode
print("the front end lives, the step ended with", status)'
  expect_status 0 builder --memory 300m --memory-swap 300m "$IMAGE_BUILDER" python3 -c "$front" "$fill"
  expect_contains "the front end" "$OUTPUT" "the front end lives"
  expect_lacks "control: there was too little for it" "$OUTPUT" "ended with 0"
  expect_contains "and why" "$OUTPUT" "the kernel killed a process of the container because memory ran out"
}

SHORT='{"limits": {"wall_clock_seconds": 2, "grace_seconds": 1}}'

wall_clock() {
  use_rind "$SHORT"
  expect_status 124 step sh -c 'sleep 1234 & sleep 1234'
  expect_contains "the reason" "$OUTPUT" "limits.wall_clock_seconds (2)"
  # One that does not end by SIGTERM, nor do its children.
  expect_status 124 step sh -c 'trap "" TERM; sh -c "while :; do sleep 1; done"'
  expect_contains "the reason" "$OUTPUT" "limits.wall_clock_seconds (2)"
}
on_one_runtime wall_clock

test_wall_clock_control() {
  use_rind "$SHORT"
  expect_status 0 step sh -c 'echo in time'
  expect_contains "the step" "$OUTPUT" "in time"
  use_rind
  expect_status 0 step sh -c 'sleep 2.5; echo in time'
  expect_contains "the step" "$OUTPUT" "in time"
}

# A step that ends well after SIGTERM has not ended well, and its output is not taken.
test_wall_clock_and_exit_0() {
  use_rind "$SHORT"
  expect_status 124 step sh -c 'trap "exit 0" TERM; sleep 1234 & wait'
}

# Nothing that a step has left in the background outlives it.
test_wall_clock_ends_everything() {
  use_rind "$SHORT"
  expect_status 0 builder "$IMAGE_BUILDER" sh -c '
    /dev/rind/rind run -- sh -c "setsid sleep 1234 & setsid sleep 1234 & trap \"\" TERM; sleep 1234"; echo "status $?"
    for file in /proc/[0-9]*/cmdline; do tr "\0" " " <"$file" 2>/dev/null | grep "^sleep 1234"; done; true'
  expect_contains "it was ended" "$OUTPUT" "status 124"
  expect_lacks "what is left" "$OUTPUT" $'\nsleep 1234'
}

# Forks until it may not, at most 200 times, and prints how often it could.
FORKS='
import os, signal, time
made = []
try:
    while len(made) < 200:
        pid = os.fork()
        if pid == 0:
            signal.pause()
        made.append(pid)
except OSError as error:
    print("refused:", error.strerror)
print("forks:", len(made))
for pid in made: os.kill(pid, signal.SIGKILL)'

test_processes() {
  use_rind '{"limits": {"processes": 50}}'
  expect_status 0 step python3 -c "$FORKS"
  expect_contains "an end" "$OUTPUT" "refused: Resource temporarily unavailable"
  local forks
  forks=$(sed -n 's/^forks: //p' <<<"$OUTPUT")
  ((forks >= 40 && forks < 50)) || fail "$forks forks of 50"
}

# Another step's processes do not count: it has a uid of its own.
test_processes_of_one_step() {
  use_rind '{"limits": {"processes": 50}}'
  expect_status 0 builder --env FORKS="${FORKS//made: os.kill/made: time.sleep(0.05); os.kill}" "$IMAGE_BUILDER" sh -c '
    /dev/rind/rind run -- python3 -c "$FORKS" & sleep 0.3; /dev/rind/rind run -- python3 -c "$FORKS"; wait'
  local forks
  while read -r forks; do
    ((forks >= 40 && forks < 50)) || fail "$forks forks of 50"
  done < <(sed -n 's/^forks: //p' <<<"$OUTPUT")
}

test_processes_control() {
  use_rind
  expect_status 0 step python3 -c "$FORKS"
  expect_contains "no end" "$OUTPUT" "forks: 200"
}

# The container's own limit is for the front end, too.
test_processes_beside_the_front_end() {
  use_rind
  expect_status 0 builder --pids-limit 100 --env FORKS="$FORKS" "$IMAGE_BUILDER" sh -c '
    python3 -c "$FORKS"; /dev/rind/rind run -- python3 -c "$FORKS"; /dev/rind/rind explain -- true-not | grep -o "half of.*"'
  local forks
  mapfile -t forks < <(sed -n 's/^forks: //p' <<<"$OUTPUT")
  ((forks[0] > 80)) || fail "control: ${forks[0]} forks of 100"
  ((forks[1] >= 40 && forks[1] < 50)) || fail "${forks[1]} forks of 50"
  expect_contains "explain" "$OUTPUT" "half of the container's pids limit of 100"
}

# A bomb in a shell, in a container without a limit of its own, ends with the step.
test_fork_bomb() {
  local OPTIONS=(--pids-limit 1000)
  use_rind '{"limits": {"processes": 50, "wall_clock_seconds": 5, "grace_seconds": 0}}'
  local status=0
  OUTPUT=$(step bash -c 'bomb() { bomb | bomb & }; bomb; sleep 1234' 2>&1) || status=$?
  ((status != 0)) || fail "it ended well"
  expect_lacks "the container's limit" "$OUTPUT" "no more processes in the container"
}

# Root's processes are not counted by the kernel: said, or refused.
test_processes_as_self() {
  use_rind '{"identity": {"ephemeral": "none"}, "limits": {"processes": 50}}'
  expect_status 7 step sh -c 'exit 7'
  expect_contains "it is said" "$OUTPUT" "without a limit of processes"
  use_rind '{"identity": {"ephemeral": "none"}, "limits": {"processes": 50, "processes_required": true}}'
  expect_status 125 step sh -c 'exit 7'
  expect_contains "the key" "$OUTPUT" "limits.processes_required"
}

test_other_limits() {
  use_rind '{"limits": {"open_files": 64, "address_space_bytes": 1073741824}}'
  expect_status 0 step bash -c 'ulimit -n; ulimit -v; ulimit -c; ulimit -n 65 2>/dev/null || echo "not more"'
  expect_equal "the limits" $'network isolation: script\n64\n1048576\n0\nnot more' "$OUTPUT"
}
