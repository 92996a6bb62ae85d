# The harness itself: runs of tests/run in a small tree, with a cmake that builds nothing. They end processes, so they are in a
# pid namespace: a mistake of theirs ends no other's.

setup() {
  TREE=$RIND_TMP/tree
  mkdir -p "$TREE"/{bin,tests/system,tests/container}
  cp -r "$RIND_SOURCE/tests/lib" "$RIND_SOURCE/tests/run" "$TREE/tests/"
  touch "$TREE/CMakeLists.txt"
  cat >"$TREE/bin/cmake" <<'SH'
#!/bin/sh
case "$*" in
  --build*) echo "[1/2] Building one.o"; test -z "$BUILD_FAILS" ;;
  --install*)
    for program in oci/hooks.d/rind-hook rind/rind rind/rind-hook-commands; do
      install -D /bin/true "$DESTDIR/usr/libexec/$program"
    done ;;
esac
SH
  chmod +x "$TREE/bin/cmake"
}

# Test files are standard input; a line `=== NAME` begins the file NAME.sh of the suite system.
files() {
  rm -f "$TREE"/tests/system/*
  awk -v dir="$TREE/tests/system" '/^=== / { file = dir "/" $2 ".sh"; next } { print > file }'
}

# Status and output as expect_status has them: run STATUS [VARIABLE=VALUE...] [-- ARGUMENT...]
run() {
  local status=$1 variables=()
  shift
  while (($#)) && [[ $1 != -- ]]; do
    variables+=("$1")
    shift
  done
  expect_status "$status" unshare --pid --fork --kill-child --mount-proc env -u RIND_TMP -u RIND_RESULTS -u RIND_TEST_PATTERN -u RIND_TEST_ALL -u RIND_TEST_JUNIT -u RIND_TEST_PATIENCE -u CI \
    PATH="$TREE/bin:$PATH" RIND_TEST_CACHE="$TREE/cache" "${variables[@]}" "$TREE/tests/run" "${@:2}" system
}

last_is() { expect_equal "the last line" "$1" "$(tail -n 1 <<<"$OUTPUT")"; }

MIXED='=== mixed
test_passes() { echo "not shown"; }
test_fails() { echo "what it printed"; expect_equal "a < b" 1 2; }
test_fails_by_errexit() { false; echo "not reached"; }
test_is_skipped() { skip "no such thing here"; }
tests_reports() { report_ok system/mixed/one; report_not_ok system/mixed/two "a reason"; }
tests_is_silent() { :; }'

test_each_outcome() {
  files <<<"$MIXED"
  run 1
  last_is "2 passed, 4 failed, 1 skipped"
  expect_contains "pass" "$OUTPUT" $'\nok system/mixed/passes\n'
  expect_contains "failure" "$OUTPUT" "not ok system/mixed/fails: a < b: expected '1', got '2'"
  expect_contains "its log" "$OUTPUT" "#   what it printed"
  expect_lacks "log of one that passed" "$OUTPUT" "not shown"
  expect_contains "errexit" "$OUTPUT" "not ok system/mixed/fails_by_errexit"
  expect_contains "skip" "$OUTPUT" "skip system/mixed/is_skipped: no such thing here"
  expect_contains "silence" "$OUTPUT" "not ok system/mixed/is_silent: reported nothing"
}

test_a_skip_is_a_failure_in_ci() {
  files <<<$'=== one\ntest_a() { :; }\ntest_b() { skip "not here"; }'
  run 0
  run 1 CI=true
}

test_junit() {
  files <<<"$MIXED"
  run 1 -- --junit "$RIND_TMP/junit.xml"
  expect_status 0 python3 - "$RIND_TMP/junit.xml" <<'PY'
import sys, xml.etree.ElementTree as ET
(suite,) = ET.parse(sys.argv[1]).getroot().findall("testsuite")
assert suite.attrib.items() >= {"name": "system", "tests": "7", "failures": "4", "skipped": "1"}.items(), suite.attrib
cases = {case.get("name"): case for case in suite.findall("testcase")}
assert {case.get("classname") for case in cases.values()} == {"system/mixed"}
assert all(float(case.get("time")) >= 0 for case in cases.values())
failure = cases["fails"].find("failure")
assert failure.get("message") == "a < b: expected '1', got '2'", failure.attrib
assert failure.text.startswith("what it printed\n"), failure.text
assert cases["is_skipped"].find("skipped").get("message") == "no such thing here"
assert not list(cases["passes"])
PY
}

# Its children are ended wherever they went, its trap cleans up, and the other tests run.
test_a_test_that_hangs() {
  files <<SH
=== hangs
TEST_SECONDS=1
test_a() { trap 'echo cleaned' EXIT; (setsid sleep 4321.1 &); sleep 4321.2; }
tests_b() { report_ok system/hangs/before; wait_until 4321 false; }
test_c() { :; }
=== left
# Runs alone: it comes after the other
test_nothing() { expect_status 1 pgrep -f '^sleep 4321[.]'; }
SH
  run 1
  last_is "3 passed, 2 failed, 0 skipped"
  expect_contains "the limit" "$OUTPUT" "not ok system/hangs/a: it took more than 1 s"
  expect_contains "the limit" "$OUTPUT" "not ok system/hangs/b: it took more than 1 s"
  expect_contains "the others" "$OUTPUT" "ok system/hangs/c"
  expect_contains "the trap" "$OUTPUT" "#   cleaned"
}

test_setup_and_teardown() {
  files <<'SH'
=== crashes
setup() { echo "because of this"; false; }
test_a() { :; }
=== hangs
FIXTURE_SECONDS=1
setup() { sleep 4321.3; }
test_a() { :; }
=== ends_badly
teardown() { fail "left something"; }
test_a() { :; }
=== wants_more
setup() { GIVEN=value; }
test_a() { expect_equal given value "$GIVEN"; }
SH
  run 1
  last_is "2 passed, 3 failed, 0 skipped"
  expect_contains "setup" "$OUTPUT" "not ok system/crashes: setup failed: because of this"
  expect_contains "setup" "$OUTPUT" "not ok system/hangs: setup failed: it took more than 1 s"
  expect_contains "teardown" "$OUTPUT" "not ok system/ends_badly: teardown failed: left something"
}

test_a_file_that_is_no_test() {
  files <<<$'=== wrong\ntest_a() { :; }\nif then\n=== empty\n: no test in it\n=== right\ntest_a() { :; }'
  run 1
  last_is "1 passed, 2 failed, 0 skipped"
  expect_contains "syntax" "$OUTPUT" "not ok system/wrong: the file's run ended with status"
  expect_contains "no test" "$OUTPUT" "not ok system/empty: the file's run ended with status"
}

test_nothing_executed_is_a_failure() {
  files <<<$'=== one\ntest_a() { :; }'
  run 1 -- -k 'system/one/no_such_test'
  expect_contains "it says so" "$OUTPUT" "no test was executed"
  files <<<$'=== one\ntest_a() { skip "not here"; }'
  run 1
}

# What only --all runs is counted, and is no skip.
test_tiers() {
  files <<'SH'
=== slow
# Only with --all: it repeats
test_a() { :; }
test_b() { :; }
=== some
all_only "it repeats" b c
test_a() { :; }
test_b() { :; }
tests_c() { report_ok system/some/c; }
SH
  run 0 CI=true
  last_is "1 passed, 0 failed, 0 skipped"
  expect_contains "how many" "$OUTPUT" "4 tests are left out"
  run 0 CI=true -- --all
  last_is "5 passed, 0 failed, 0 skipped"
  expect_lacks "none" "$OUTPUT" "left out"
}

# Whoever interrupts a run waits for nothing, and nothing of it goes on.
test_an_interrupted_run() {
  files <<<$'=== one\ntest_a() { touch "$RIND_TEST_CACHE/up"; (setsid sleep 4321.4 &); sleep 4321.5; }'
  mkdir -p "$TREE/cache"
  rm -f "$TREE/cache/up"
  # shellcheck disable=SC2016
  expect_status 0 unshare --pid --fork --kill-child --mount-proc env -u RIND_TMP -u RIND_RESULTS -u RIND_TEST_PATTERN -u RIND_TEST_ALL -u RIND_TEST_PATIENCE \
    PATH="$TREE/bin:$PATH" RIND_TEST_CACHE="$TREE/cache" bash -c "$WAIT_UNTIL"'
      "$0" system >/dev/null 2>&1 & run=$!
      wait_until 60 test -e "$RIND_TEST_CACHE/up"
      wait_until 60 pgrep -f "^sleep 4321[.]4" >/dev/null && wait_until 60 pgrep -f "^sleep 4321[.]5" >/dev/null && echo control
      kill -TERM $run
      wait $run; echo $?
      gone() { ! pgrep -f "^sleep 4321[.]" >/dev/null; } # a process that was killed may take a moment
      wait_until 5 gone && echo nothing' "$TREE/tests/run"
  expect_equal "before, the status, what is left" $'control\n130\nnothing' "$OUTPUT"
}

# The runner's own programs leave signals as they are in a shell: `yes | head` is no error.
test_signals_are_not_ignored() {
  files <<<$'=== one\ntest_a() { expect_equal "of yes" 141 "$(yes 2>/dev/null | head -n 1 >/dev/null; echo "${PIPESTATUS[0]}")"; }'
  run 0
}

# Each waits for the other.
test_files_run_beside_each_other() {
  local meet='test_a() { touch "$RIND_TEST_CACHE/$TEST_PREFIX"; wait_until 3 test -e "$RIND_TEST_CACHE/system/OTHER"; }'
  mkdir -p "$TREE/cache/system"
  files <<<"=== one"$'\n'"${meet/OTHER/two}"$'\n'"=== two"$'\n'"${meet/OTHER/one}"
  run 0 -- --jobs 2
  rm "$TREE/cache/system"/*
  run 1 -- --jobs 1
}

test_a_build_that_fails() {
  files <<<$'=== one\ntest_a() { :; }'
  run 1 BUILD_FAILS=yes
  expect_contains "it says so" "$OUTPUT" "the build failed"
  expect_lacks "nothing runs" "$OUTPUT" "ok system/one"
}

test_wait_until() {
  expect_status 0 wait_until 1 true
  expect_status 1 wait_until 1 false
  expect_contains "what it waited for" "$OUTPUT" "waited in vain for: false"
  expect_status 0 dash -c "$WAIT_UNTIL"'; wait_until 1 test -e /'
}
