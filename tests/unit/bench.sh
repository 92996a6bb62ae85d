# The programs of bench/, without measuring anything that a busy machine could change.

setup() {
  MEASURE=$RIND_TMP/measure
  gcc -O2 -Wall -Wextra -Werror -o "$MEASURE" "$RIND_SOURCE/bench/measure.c"
  gcc -O2 -Wall -Wextra -Werror -o "$RIND_TMP/no-op" "$RIND_SOURCE/bench/no-op.c"
  gcc -O2 -Wall -Wextra -Werror -o "$RIND_TMP/timed" "$RIND_SOURCE/bench/timed.c"
}

# Field of the summary of a measurement: case.field
_summary() { tail -n 1 <<<"$OUTPUT" | jq -r "$1"; }

test_measure_runs_each_case_in_each_round() {
  local file=$RIND_TMP/rounds
  expect_status 0 "$MEASURE" -r 3 $'one\tsh\t-c\techo one >>'"$file" $'two\tsh\t-c\techo two >>'"$file"
  # One more round fills the caches; every second one begins with the other case.
  expect_equal "the order" "one two two one one two two one" "$(tr '\n' ' ' <"$file" | sed 's/ $//')"
  expect_equal "cases" "one,two" "$(_summary 'keys|join(",")')"
}

test_measure_takes_the_time_of_the_whole_tree() {
  # The process that works is not waited for by its parent, and ends later.
  local busy='i=0; while [ $i -lt 30000 ]; do i=$((i + 1)); done'
  expect_status 0 "$MEASURE" -r 3 $'left\tsh\t-c\t('"$busy"$') &' $'none\ttrue'
  expect_equal "CPU time of what was left behind" true "$(_summary '.left.cpu > 10 * .none.cpu')"
  expect_status 0 "$MEASURE" -r 2 -j 3 -n 7 $'left\tsh\t-c\t('"$busy"$') &' $'none\ttrue'
  expect_equal "with several at once" true "$(_summary '.left.cpu > 10 * .none.cpu')"
}

test_measure_sees_a_sleep() {
  expect_status 0 "$MEASURE" -r 3 $'nap\tsleep\t0.05' $'none\ttrue'
  expect_equal "wall and CPU time" true "$(_summary '.nap.p10 > 50000 and .nap.cpu < 50000')"
}

test_measure_gives_what_a_step_of_a_build_has() {
  local script='test $(env | wc -l) -eq 61 && test -f /dev/stdout && test /dev/stdin -ef /dev/null && test $PWD = /'
  expect_status 0 env -i PATH="$PATH" "$MEASURE" -r 1 -e 60 $'ours\tsh\t-c\t'"$script"
  echo "a line" >"$RIND_TMP/input"
  expect_status 0 "$MEASURE" -r 1 $'input\t<'"$RIND_TMP"$'/input\tgrep\tline'
}

test_measure_ends_with_a_command_that_fails() {
  expect_status 1 "$MEASURE" -r 3 $'good\ttrue' $'bad\tls\t/does/not/exist'
  expect_contains "why" "$OUTPUT" "bad ended with status 0x200: ls: cannot access"
  expect_status 1 "$MEASURE" -r 3 -j 4 $'bad\tfalse'
  expect_status 1 "$MEASURE" -r 3 $'bad\t/does/not/exist'
  expect_status 1 "$MEASURE" -r 3 $'bad\t</does/not/exist\ttrue'
  expect_status 2 "$MEASURE" -r 3
}

test_measure_takes_turns() {
  expect_status 0 sh -c 'printf "\n\n\n" | "$0" -t -r 2 "$1"' "$MEASURE" $'one\ttrue'
  expect_equal "lines" 4 "$(wc -l <<<"$OUTPUT")"
  expect_equal "measures of a round" 3 "$(head -n 1 <<<"$OUTPUT" | jq '.one | length')"
  expect_status 1 sh -c 'printf "\n" | "$0" -t -r 2 "$1"' "$MEASURE" $'one\ttrue'
}

test_a_hook_that_does_nothing_reads_its_input() {
  expect_status 0 sh -c 'head -c 1000000 /dev/zero | { "$0" && ! head -c 1 | grep -q .; }' "$RIND_TMP/no-op"
}

test_a_timed_hook_is_the_hook() {
  local times=$RIND_TMP/times
  expect_status 7 sh -c 'echo "the state" | "$0" "$1" /bin/sh -c "sleep 0.05; cat; exit 7"' "$RIND_TMP/timed" "$times"
  expect_equal "its output" "the state" "$OUTPUT"
  expect_status 0 "$RIND_TMP/timed" "$times" /bin/true
  expect_equal "a line for each call, with three figures" "3 3" "$(awk '{ print NF }' "$times" | tr '\n' ' ' | sed 's/ $//')"
  expect_equal "wall time of the sleep" yes "$(awk 'NR == 1 && $1 > 50000 { print "yes" }' "$times")"
  expect_status 127 "$RIND_TMP/timed" "$times" /does/not/exist
}

# bench/code-order, on a program that needs no container.
test_executed_code_gets_an_order() {
  [[ $(uname -m) == x86_64 ]] || return 0
  local trace=$RIND_TMP/trace
  gcc -O2 -Wall -Wextra -Werror -o "$RIND_TMP/executed" "$RIND_SOURCE/bench/executed.c"
  gcc -O2 -static-pie "-Wl,-Map,$RIND_TMP/traced.map" -o "$RIND_TMP/traced" "$RIND_SOURCE/bench/no-op.c"
  expect_status 0 sh -c '"$0" "$1" "$2" </dev/null' "$RIND_TMP/executed" "$trace" "$RIND_TMP/traced"
  expect_status 0 python3 -B "$RIND_SOURCE/bench/code_order.py" "$RIND_TMP/traced.map" traced "$trace"
  expect_contains "what it called" "$OUTPUT" "*libc.a:read.o(.text)"
  expect_lacks "what it did not" "$OUTPUT" "libc.a:strtol.o"
}

# On figures that are made up, with the noise of a busy machine.
test_compare_judges() { expect_status 0 python3 -B "$RIND_SOURCE/tests/unit/verdict.py" "$RIND_SOURCE/bench"; }

_same_options() { # PROGRAM
  local help=$RIND_TMP/help code=$RIND_TMP/code
  "$RIND_SOURCE/bench/$1" --help >"$help"
  grep -oE '^ +(-h, )?--[a-z]+' "$help" | grep -oE -- '--[a-z]+' | sort -u >"$RIND_TMP/told"
  sed -n '/^  case \$1 in/,/^  esac/p' "$RIND_SOURCE/bench/$1" | grep -E '^ +-' | grep -oE -- '--[a-z]+' | sort -u >"$code"
  diff "$RIND_TMP/told" "$code" || fail "bench/$1 --help tells other options than it takes"
}

test_options_are_those_of_the_help() {
  local program
  for program in run compare fromager code-order; do
    _same_options "$program"
    expect_status "$([[ $program == compare ]] && echo 2 || echo 1)" "$RIND_SOURCE/bench/$program" --no-such-option
    expect_contains "the remedy" "$OUTPUT" "bench/$program --help"
  done
  expect_status 1 "$RIND_SOURCE/bench/run" --only steps,nothing
  expect_contains "the parts" "$OUTPUT" "there is no part 'nothing': $(_parts)"
  expect_contains "its help" "$("$RIND_SOURCE/bench/run" --help)" "$(_parts)"
  expect_status 2 "$RIND_SOURCE/bench/compare" no-such-revision
  expect_contains "why" "$OUTPUT" "no-such-revision is no revision of this repository"
}

_parts() { PYTHONPATH=$RIND_SOURCE/bench python3 -B -c 'import parts; print(*parts.PARTS)'; }
