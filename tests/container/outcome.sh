# How a step ends comes out as it would without Rind; and it ends when its supervisor does.
# The control is `unshare` of the older image, which works without Rind; it executes the command itself.

# step_outcome IMAGE OPTION... -- COMMAND...   the front end's report of how a command ended
step_outcome() {
  local image=$1 options=()
  shift
  while [[ $1 != -- ]]; do options+=("$1") && shift; done
  shift
  if OUTPUT=$(builder "$image" fromager "${options[@]}" step /srv/packages/probe -- "$@" 2>&1); then
    echo "exit status 0"
  else
    grep -om 1 'exit status [-0-9]*' <<<"$OUTPUT" || echo "no exit status: ${OUTPUT: -300}"
  fi
}

same_outcome() {
  local control
  control=$(step_outcome "$IMAGE_OLDER" --old -- "$@")
  expect_equal "the control" "exit status $EXPECTED" "$control"
  use_rind
  expect_equal "through unshare" "$control" "$(step_outcome "$IMAGE_OLDER" --old -- "$@")"
  expect_equal "through the script" "$control" "$(step_outcome "$IMAGE_BUILDER" -- "$@")"
}

exit_status() { EXPECTED=7 same_outcome sh -c 'exit 7'; }
test_death_by_kill() { EXPECTED=-9 same_outcome sh -c 'kill -9 $$'; }
test_death_by_segv() { EXPECTED=-11 same_outcome sh -c 'kill -SEGV $$'; }
test_success() { EXPECTED=0 same_outcome sh -c true; }
on_one_runtime exit_status

# Starts a step that runs long, signals what the front end started (the supervisor), and tells what became of it.
signal_supervisor() {
  local signal=$1
  shift
  builder "$IMAGE_BUILDER" bash -c "$WAIT_UNTIL"'
    signal=$1; shift
    fromager step /srv/packages/probe -- "$@" >/tmp/front-end.log 2>&1 &
    front_end=$!
    # The step has begun when it has made this file in its source tree.
    wait_until 20 test -e work-dir/probe-1.0/probe-1.0/begun
    read -r supervisor _ <"/proc/$front_end/task/$front_end/children"
    children=$(cat "/proc/$supervisor/task/$supervisor/children")
    kill "-$signal" "$supervisor"
    wait "$front_end"
    # Its namespace ends with pid 1, a child of the supervisor, a little after that.
    for child in $children; do wait_until 20 test ! -e "/proc/$child"; done
    cat /tmp/front-end.log
    for file in /proc/[0-9]*/cmdline; do
      if tr "\0" " " <"$file" 2>/dev/null | grep -q "^sleep 1234"; then echo "the step lives"; fi
    done
    true' signal "$signal" "$@"
}

killed_supervisor_ends_the_step() {
  use_rind
  expect_status 0 signal_supervisor KILL sh -c 'touch begun; sleep 1234 & exec sleep 1234'
  expect_contains "the front end sees a death" "$OUTPUT" "exit status -9"
  expect_lacks "what is left" "$OUTPUT" "the step lives"
}
on_one_runtime killed_supervisor_ends_the_step

test_signals_are_passed_on() {
  use_rind
  expect_status 0 signal_supervisor TERM sh -c 'trap "echo got it; exit 3" TERM; touch begun; sleep 1234 & wait'
  expect_contains "the step's handler ran" "$OUTPUT" "got it"
  expect_contains "and its status came out" "$OUTPUT" "exit status 3"
  expect_lacks "what is left" "$OUTPUT" "the step lives"
}
