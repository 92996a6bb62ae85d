# How tests are written, run and counted.
#
# A test file lies in tests/SUITE/*.sh and is sourced by the runner, after all of tests/lib. It defines
#   test_NAME    one test. Runs in a subshell of its own under `set -euo pipefail`; whatever it prints is
#                shown only when it fails. It passes when it returns 0.
#   tests_NAME   several tests that it reports itself by report_ok, report_not_ok, report_skip, report_left. It is a
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
# A test has a time limit (limit.sh). A file that runs only with `tests/run --all` says so and why in its first
# comment, by a line `# Only with --all: REASON`; a few tests of a file by `all_only REASON NAME...` at its top level, where NAME is what stands
# after test_ or tests_. The default run counts them, as what it left out.
# Output lines: `ok NAME`, `not ok NAME: REASON`, `skip NAME: REASON`. The totals are the last line.
# Results are kept in a file, because every test is a subshell and every file a process (parallel.sh):
# `passed|failed|skipped|left SECONDS NAME<tab>TEXT` a line. TEXT is the reason and a failure's log, as printf %b takes it.

report_begin() {
  export RIND_RESULTS=$RIND_TMP/results
  : >"$RIND_RESULTS"
  export RIND_TEST_PATTERN=${RIND_TEST_PATTERN:-*} RIND_TEST_ALL=${RIND_TEST_ALL:-}
  RUN_BEGAN=$(now)
}

now() { echo "${EPOCHREALTIME/[.,]/}"; } # in microseconds

seconds_since() { # TIME: e.g. 12.3
  local tenths=$((($(now) - $1 + 50000) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# One line of the results. Of a function that reports several, each has the time since the one before it.
_record() { # KIND NAME [TEXT]
  local text=${3:-}
  text=${text//\\/\\\\}
  text=${text//$'\n'/\\n}
  printf '%s %s %s\t%s\n' "$1" "$(seconds_since "${TEST_BEGAN:-$(now)}")" "$2" "${text//$'\t'/ }" >>"$RIND_RESULTS"
  TEST_BEGAN=$(now)
}

report_ok() {
  printf 'ok %s\n' "$1"
  _record passed "$1"
}

# The log, where there is one, goes below the line and into the results.
report_not_ok() { # NAME REASON [LOG]
  local log=
  [[ -z ${3:-} ]] || log=$(grep -v '^[[:space:]]*$' "$3" | tail -n "${RIND_TEST_LOG_LINES:-40}") || true
  printf 'not ok %s: %s\n' "$1" "$2"
  [[ -z $log ]] || sed 's/^/#   /' <<<"$log"
  _record failed "$1" "$2${log:+$'\n'$log}"
}

report_skip() {
  printf 'skip %s: %s\n' "$1" "$2"
  _record skipped "$1" "$2"
}

# What this machine does not need to run, because others do: counted as what is left to --all.
report_left() { _record left "$1" "$2"; }

_count() { grep -c "^$1 " "$RIND_RESULTS" || true; }

# The ten tests that took longest, from 5 s on, and every one that failed or was skipped: a long run is read at its end.
_report_summary() {
  local kind seconds name
  while read -r kind seconds name; do
    say "$seconds s: $name"
  done < <(cut -f1 "$RIND_RESULTS" | sort -k2,2nr | awk '$2 >= 5' | head -n 10)
  while read -r kind seconds name; do
    say "$kind: $name"
  done < <(cut -f1 "$RIND_RESULTS" | grep '^failed \|^skipped ')
  local left
  left=$(_count left)
  ((left == 0)) || say "$left tests are left out, which run only with --all"
}

# Prints the last line; its status is the run's. Nothing executed is no success.
report_end() {
  local passed failed skipped status=0
  _report_summary
  passed=$(_count passed) failed=$(_count failed) skipped=$(_count skipped)
  ((failed == 0)) || status=1
  if ((passed + failed == 0)); then
    say "no test was executed"
    status=1
  fi
  if [[ ${CI:-} == true ]] && ((skipped > 0)); then
    say "in CI a skip is a failure"
    status=1
  fi
  if [[ -n ${RIND_TEST_JUNIT:-} ]]; then
    python3 "$RIND_SOURCE/tests/lib/junit.py" "$RIND_RESULTS" "$RIND_TEST_JUNIT" || status=1
  fi
  say "$(seconds_since "$RUN_BEGAN") s in all"
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

_reason() { # the REASON line of a log, or else its last line that is not empty
  local reason
  reason=$(sed -n 's/^REASON //p' "$1" | tail -n 1)
  printf '%s' "${reason:-$(grep -v '^[[:space:]]*$' "$1" | tail -n 1)}"
}

_too_long() { echo "it took more than $(($1 * ${RIND_TEST_PATIENCE:-1})) s, its limit ($2), and was ended"; }

_run_one_test() {
  local name=$1 function=$2 log=$RIND_TMP/test.log TEST_BEGAN
  TEST_BEGAN=$(now)
  run_limited "$function" >"$log" 2>&1 </dev/null
  case $LIMITED_STATUS in
    0) report_ok "$name" ;;
    "$_SKIP_STATUS") report_skip "$name" "$(_reason "$log")" ;;
    "$TIMED_OUT") report_not_ok "$name" "$(_too_long "$TEST_SECONDS" TEST_SECONDS)" "$log" ;;
    *) report_not_ok "$name" "$(_reason "$log")" "$log" ;;
  esac
}

_run_several_tests() {
  local name=$1 function=$2 before TEST_BEGAN
  before=$(wc -l <"$RIND_RESULTS")
  TEST_BEGAN=$(now)
  run_limited "$function" </dev/null
  case $LIMITED_STATUS in
    0) (($(wc -l <"$RIND_RESULTS") > before)) || report_not_ok "$name" "reported nothing" ;;
    "$TIMED_OUT") report_not_ok "$name" "$(_too_long "$TEST_SECONDS" TEST_SECONDS)" ;;
    *) report_not_ok "$name" "ended with status $LIMITED_STATUS" ;;
  esac
}

_test_functions() { declare -F | sed -n 's/^declare -f \(tests\{0,1\}_\)/\1/p'; }

# Called at a test file's top level: all_only REASON NAME...
all_only() {
  local name
  for name in "${@:2}"; do _all_only[$name]=$1; done
}
declare -A _all_only=()

# Tests that only --all runs are counted; those of the pattern run.
_run_functions() {
  local function name
  for function in $(_test_functions); do
    name=${function#test_} name=${name#tests_}
    # shellcheck disable=SC2053
    [[ $TEST_PREFIX/$name == $RIND_TEST_PATTERN ]] || continue
    if [[ -n ${_all_only[$name]:-} && -z $RIND_TEST_ALL ]]; then
      _record left "$TEST_PREFIX/$name" "${_all_only[$name]}"
      continue
    fi
    case $function in
      test_*) _run_one_test "$TEST_PREFIX/$name" "$function" ;;
      tests_*) _run_several_tests "$TEST_PREFIX/$name" "$function" ;;
    esac
  done
}

# Runs setup or teardown of a file, if it has it. Not in a subshell, because tests use its variables: a failure ends the
# file's process, which leaves the fixture's name in a file. At the limit that process is ended, as a test is.
_run_fixture() { # setup|teardown
  local process=$BASHPID guard
  declare -F "$1" >/dev/null || return 0
  echo "$1" >"$RIND_TMP/fixture"
  (_guard "$process" "$(_orphans)" "$RIND_TMP/fixture.limit" "$FIXTURE_SECONDS") &
  guard=$!
  "$1" >"$RIND_TMP/fixture.log" 2>&1 </dev/null
  kill -TERM "$guard" 2>/dev/null || true
  wait "$guard" 2>/dev/null || true
  rm -- "$RIND_TMP/fixture"
}

_report_file_failure() { # STATUS
  local log=$RIND_TMP/fixture.log reason
  if [[ ! -e $RIND_TMP/fixture ]]; then
    report_not_ok "$TEST_PREFIX" "the file's run ended with status $1"
    return
  fi
  reason=$(_reason "$log")
  [[ ! -e $RIND_TMP/fixture.limit ]] || reason=$(_too_long "$(cat "$RIND_TMP/fixture.limit")" FIXTURE_SECONDS)
  report_not_ok "$TEST_PREFIX" "$(cat "$RIND_TMP/fixture") failed: $reason" "$log"
}

# Runs one test file: run_test_file SUITE FILE
run_test_file() {
  local file=$2 TEST_PREFIX status
  TEST_PREFIX=$1/$(basename "$file" .sh)
  # The subshell keeps the functions of one file from being seen in the next.
  set +e
  (
    set -euo pipefail
    local function
    for function in setup teardown $(_test_functions); do unset -f "$function"; done
    _all_only=() TEST_SECONDS=120 FIXTURE_SECONDS=900
    # shellcheck source=/dev/null
    source "$file"
    [[ -n $(_test_functions) ]] || die "it defines no test"
    _run_fixture setup
    _run_functions
    _run_fixture teardown
  )
  status=$?
  set -e
  ((status == 0)) || _report_file_failure "$status"
}
