# The hook under an engine's unit that denies system calls (SystemCallFilter=), one by one: a container is isolated as ever, or it
# does not start, and the hook's line names the call.

TEST_SECONDS=300 # a container for each call

# The installed hook behind a program that first denies itself calls.
use_rind_without() { # ERRNO CALL
  use_rind
  python3 - "$RIND_HOOKS/50-oci-rind.json" "$RIND_TMP/deny_calls.py" "$@" <<'PY'
import json, sys
file, program, error, call = sys.argv[1:]
hook = json.load(open(file))
given = hook["hook"]
given["args"] = [program, error, call, given["path"], *given["args"][1:]]
given["path"] = program
json.dump(hook, open(file, "w"))
PY
}

setup() { install -m 0755 "$RIND_SOURCE/tests/lib/deny_calls.py" "$RIND_TMP/deny_calls.py"; }

# A step says it is one by what it does not see.
# shellcheck disable=SC2016
STEP='echo secret >~/secret; echo "outside $(ls ~/secret)"; /dev/rind/rind run -- sh -c "echo inside \$(ls ~/secret 2>&1)"'

without() { # ERRNO CALL...
  local error=$1 call status messages
  shift
  for call; do
    use_rind_without "$error" "$call"
    : >"$RIND_TMP/hook.log"
    status=0
    OUTPUT=$(builder "$IMAGE_BUILDER" sh -c "$STEP" 2>&1) || status=$?
    messages=$(hook_messages)
    if [[ $status == 0 ]]; then
      expect_contains "$call: the control" "$OUTPUT" "outside /"
      expect_contains "$call: isolated" "$OUTPUT" "No such file"
      continue
    fi
    expect_lacks "$call: no container" "$OUTPUT" outside
    expect_contains "$error of $call is named" "$messages" "$call"
    expect_contains "$call: the remedy" "$messages" "SystemCallFilter="
    printf '%s %s: %s\n' "$error" "$call" "$messages"
  done
}

test_no_such_call() { without ENOSYS openat2 open_tree mount_setattr move_mount fsopen fsconfig fsmount pidfd_open close_range statx; }
test_not_permitted() { without EPERM openat2 open_tree mount_setattr move_mount fsopen fsconfig fsmount pidfd_open close_range statx; }

# Which containers are builders is asked by openat2, too: one that only its seam shows must not start without isolation.
test_a_builder_is_not_missed() {
  local error
  use_rind
  expect_status 0 plain "$IMAGE_BUILDER" sh -c "$STEP"
  expect_contains "the control" "$OUTPUT" "inside ls"
  for error in ENOSYS EPERM; do
    use_rind_without "$error" openat2
    : >"$RIND_TMP/hook.log"
    OUTPUT=$(plain "$IMAGE_BUILDER" echo started 2>&1) && fail "it started: $OUTPUT"
    expect_contains "the call" "$(hook_messages)" openat2
  done
}
