# Each fuzz target by its corpus, and by changes of it that are the same in each run. `tests/fuzzing` goes on with libFuzzer,
# which takes a second build by clang.
# RIND_FUZZ_SECONDS: in all, beside the corpus.

_replay=$RIND_BUILD/tests/fuzz/rind-fuzz-replay
TEST_SECONDS=300 # the seconds below, and what an input may take

tests_targets() {
  local corpus=$RIND_SOURCE/tests/fuzz/corpus seconds target targets
  mapfile -t targets < <(fuzz_targets)
  seconds=$(awk "BEGIN { printf \"%.1f\", ${RIND_FUZZ_SECONDS:-48} / ${#targets[@]} }")
  mkdir -p "$FUZZ_RESULTS"
  cd "$RIND_TMP"
  for target in "${targets[@]}"; do
    if ! "$_replay" "$corpus" "$seconds" "$target" >"$target.log" 2>&1; then
      [[ ! -e crash-$target ]] || od -An -c "crash-$target" >>"$target.log"
      report_not_ok "$TEST_PREFIX/$target" "an input ends the target" "$target.log"
      continue
    fi
    report_ok "$TEST_PREFIX/$target"
    [[ -z ${RIND_UPDATE_DOCS:-} ]] || awk -v seconds="$seconds" '{ print $1, "driver", $2, seconds, 0 }' "$target.log" >"$FUZZ_RESULTS/$target"
  done
  [[ -z ${RIND_UPDATE_DOCS:-} ]] || write_fuzzing_table
}

# What the targets hold would not be seen if a property could not fail.
test_a_property_that_does_not_hold_is_seen() {
  cd "$RIND_TMP"
  mkdir -p corpus/self_test
  printf 'abc' >corpus/self_test/plain
  expect_status 0 "$_replay" corpus 0 self_test
  printf 'property' >corpus/self_test/refused
  expect_status 134 "$_replay" corpus 0 self_test
  expect_contains "what is said" "$OUTPUT" "property does not hold: the self-test's"
  expect_equal "the input" property "$(cat crash-self_test)"
}

test_each_target_has_a_corpus_and_is_listed() {
  expect_equal "directories of the corpus" "$(fuzz_targets)" "$(ls "$RIND_SOURCE/tests/fuzz/corpus")"
  expect_equal "files of targets" "$(fuzz_targets)" "$(cd "$RIND_SOURCE/tests/fuzz/targets" && ls | sed 's/\.cpp$//')"
}
