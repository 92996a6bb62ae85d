# How tests are written, run and counted.
#
# A test file lies in tests/SUITE/*.sh and is sourced by the runner, after all of tests/lib. It defines
#   test_NAME    one test. Runs in a subshell of its own under `set -euo pipefail`; whatever it prints is
#                shown only when it fails. It passes when it returns 0.
#   tests_NAME   several tests that it reports itself by report_ok, report_not_ok, report_skip. It is a
#                failure when it reports nothing or returns non-zero.
#   setup, teardown   optional, once per file, around its tests. Variables that setup sets are seen by
#                the tests. A setup that fails is one failure, and the file's tests do not run.
# $TEST_PREFIX is SUITE/FILE: the first part of the names that tests_NAME reports. It may call run_test_file itself, for
# another file under conditions of its own.
# Within a test:
#   fail REASON          ends the test: not ok
#   skip REASON          ends the test: skip (which CI counts as a failure)
#   expect_equal WHAT EXPECTED ACTUAL
#   expect_contains WHAT TEXT PART   /   expect_lacks WHAT TEXT PART
#   expect_status STATUS COMMAND...  runs it; output is printed, and kept in $OUTPUT
# Output lines: `ok NAME`, `not ok NAME: REASON`, `skip NAME: REASON`. The totals are the last line.
# Results are kept in a file, `passed|failed|skipped SECONDS NAME` a line, because every test is a subshell and every
# file a process (parallel.sh).

report_begin() {
  export RIND_RESULTS=$RIND_TMP/results
  : >"$RIND_RESULTS"
  export RIND_TEST_PATTERN=${RIND_TEST_PATTERN:-*}
}

# Seconds since the test began, where one test reports.
_took() { printf '%d' "$((SECONDS - ${TEST_BEGAN:-$SECONDS}))"; }

report_ok() {
  printf 'ok %s\n' "$1"
  echo "passed $(_took) $1" >>"$RIND_RESULTS"
}

report_not_ok() {
  printf 'not ok %s: %s\n' "$1" "$2"
  echo "failed $(_took) $1" >>"$RIND_RESULTS"
}

report_skip() {
  printf 'skip %s: %s\n' "$1" "$2"
  echo "skipped $(_took) $1" >>"$RIND_RESULTS"
}

_count() { grep -c "^$1 " "$RIND_RESULTS" || true; }

# The ten tests that took longest, from 5 s on, and every one that failed: a long run is read at its end.
_report_summary() {
  local kind seconds name
  while read -r kind seconds name; do
    say "$seconds s: $name"
  done < <(sort -k2,2nr "$RIND_RESULTS" | awk '$2 >= 5' | head -n 10)
  while read -r kind seconds name; do
    say "$kind: $name"
  done < <(grep -v '^passed ' "$RIND_RESULTS")
}

# Prints the last line; its status is the run's. Nothing executed is no success.
report_end() {
  local passed failed skipped
  _report_summary
  passed=$(_count passed) failed=$(_count failed) skipped=$(_count skipped)
  local status=0
  ((failed == 0)) || status=1
  if ((passed + failed == 0)); then
    say "no test was executed"
    status=1
  fi
  if [[ ${CI:-} == true ]] && ((skipped > 0)); then
    say "in CI a skip is a failure"
    status=1
  fi
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  return "$status"
}

_SKIP_STATUS=77

fail() {
  printf 'REASON %s\n' "$*"
  exit 1
}

skip() {
  printf 'REASON %s\n' "$*"
  exit "$_SKIP_STATUS"
}

expect_equal() { [[ $2 == "$3" ]] || fail "$1: expected '$2', got '$3'"; }
expect_contains() { [[ $2 == *"$3"* ]] || fail "$1: no '$3' in: $2"; }
expect_lacks() { [[ $2 != *"$3"* ]] || fail "$1: '$3' should not be in: $2"; }

expect_status() {
  local expected=$1 status=0
  shift
  OUTPUT=$("$@" 2>&1) || status=$?
  printf '%s\n' "$OUTPUT"
  ((status == expected)) || fail "expected status $expected, got $status from: $*: ${OUTPUT: -400}"
}

_reason() { # the REASON line of a log, or else its last line
  local reason
  reason=$(sed -n 's/^REASON //p' "$1" | tail -n 1)
  printf '%s' "${reason:-$(tail -n 1 "$1")}"
}

_run_one_test() {
  local name=$1 function=$2 status log=$RIND_TMP/test.log TEST_BEGAN=$SECONDS
  # Not in a condition: bash would ignore `set -e` inside.
  set +e
  (
    set -euo pipefail
    "$function"
  ) >"$log" 2>&1 </dev/null
  status=$?
  set -e
  case $status in
    0) report_ok "$name" ;;
    "$_SKIP_STATUS") report_skip "$name" "$(_reason "$log")" ;;
    *)
      report_not_ok "$name" "$(_reason "$log")"
      sed 's/^/#   /' "$log" | tail -n "${RIND_TEST_LOG_LINES:-40}"
      ;;
  esac
}

_run_several_tests() {
  local name=$1 function=$2 before status
  before=$(wc -l <"$RIND_RESULTS")
  set +e
  (
    set -euo pipefail
    "$function"
  ) </dev/null
  status=$?
  set -e
  if ((status != 0)); then
    report_not_ok "$name" "ended with status $status"
  elif (($(wc -l <"$RIND_RESULTS") == before)); then
    report_not_ok "$name" "reported nothing"
  fi
}

_test_functions() { declare -F | sed -n 's/^declare -f \(tests\{0,1\}_\)/\1/p'; }

# Runs one test file: run_test_file SUITE FILE
run_test_file() {
  local file=$2 TEST_PREFIX began=$SECONDS
  TEST_PREFIX=$1/$(basename "$file" .sh)
  # The subshell keeps the functions of one file from being seen in the next.
  set +e
  (
    set -euo pipefail
    local function
    for function in setup teardown $(_test_functions); do unset -f "$function"; done
    # shellcheck source=/dev/null
    source "$file"
    if declare -F setup >/dev/null; then
      # Not in a subshell, because tests use its variables: a failure leaves, and the trap reports it.
      trap 'report_not_ok "$TEST_PREFIX" "setup failed: $(_reason "$RIND_TMP/setup.log")"' EXIT
      setup >"$RIND_TMP/setup.log" 2>&1
      trap - EXIT
    fi
    for function in $(_test_functions); do
      # shellcheck disable=SC2053
      [[ $TEST_PREFIX/${function#test*_} == $RIND_TEST_PATTERN ]] || continue
      case $function in
        test_*) _run_one_test "$TEST_PREFIX/${function#test_}" "$function" ;;
        tests_*) _run_several_tests "$TEST_PREFIX/${function#tests_}" "$function" ;;
      esac
    done
    if declare -F teardown >/dev/null; then teardown; fi
  )
  set -e
  ((SECONDS - began < 10)) || say "$TEST_PREFIX took $((SECONDS - began)) s"
}
