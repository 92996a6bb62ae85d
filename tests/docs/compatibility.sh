# docs/compatibility.md's table has a row for each package of tests/corpus's list, and no other (corpus.py).

CORPUS_LIST=$RIND_SOURCE/tests/fromager/corpus/list.txt
COMPATIBILITY=$RIND_SOURCE/docs/compatibility.md

test_each_package_has_its_row() {
  expect_status 0 python3 -B "$CORPUS_PY" rows "$CORPUS_LIST" "$COMPATIBILITY"
}

# Each of these has one fault.
test_control_of_the_rows() {
  local list=$RIND_TMP/list.txt name
  expect_fault() { # LIST FAULT
    expect_status 1 python3 -B "$CORPUS_PY" rows "$1" "$COMPATIBILITY"
    expect_equal "faults" 1 "$(wc -l <<<"$OUTPUT")"
    expect_contains "the fault" "$OUTPUT" "$2"
  }
  name=$(grep -o '^[^#]*==[^ ]*' "$CORPUS_LIST" | tail -n 1)
  { cat "$CORPUS_LIST"; printf '# another\nanother==1.0 --hash=sha256:%064d\n' 0; } >"$list"
  expect_fault "$list" "no row of another 1.0"
  head -n -2 "$CORPUS_LIST" >"$list"
  expect_fault "$list" "a row of ${name/==/ }"
  { tail -n 2 "$CORPUS_LIST"; head -n -2 "$CORPUS_LIST"; } >"$list"
  expect_fault "$list" "order"
}
