# Each claim of docs/security.md names a test that holds it, and the tests exist (claims.py).

CLAIMS_PY=$RIND_SOURCE/tests/docs/claims.py

test_every_claim_names_its_tests() {
  expect_status 0 python3 -B "$CLAIMS_PY" check "$RIND_SOURCE/docs/security.md"
}

# The rule is no use when the check passes everything: each of these pages has one fault.
test_control_of_the_claims() {
  local page=$RIND_TMP/claims.md text
  for text in \
    "A claim." \
    "- One claim. Test: \`attack/netrc-home\`.
- Another one." \
    "A claim. Test: the first one." \
    "A claim. Test: \`attack/no-such-attempt\`." \
    "A claim. Test: \`attack/netrc-home\`, \`unit: no such case\`." \
    "A claim. No test: why." \
    "| claim | test |
|---|---|
| a claim | none |" \
    "| claim | test |
|---|---|
| a claim | \`container/narrow/no_such_test\` |" \
    "<!-- no claims: none is made -->"; do
    printf '# Page\n\n## Section\n%s\n' "$text" >"$page"
    expect_status 1 python3 -B "$CLAIMS_PY" check "$page"
    expect_equal "faults of: $text" 1 "$(wc -l <<<"$OUTPUT")"
  done
}

# Every test that can be named is one that a run knows: names are not made up by the check.
test_names_are_those_of_runs() {
  local names
  names=$(python3 -B "$CLAIMS_PY" names)
  expect_contains "this test" "$names" "docs/security/names_are_those_of_runs"
  expect_contains "a test of each runtime" "$names" "container/narrow/views"
  expect_contains "a unit test" "$names" "unit: policy: the shipped defaults are valid"
  expect_lacks "what is none" "$names" "docs/security/setup"
}
