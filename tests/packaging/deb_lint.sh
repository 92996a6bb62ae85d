# What lintian says of the source and of the packages: nothing, but for what packaging/debian explains.

# Without -I: it takes pieces of the programs for misspelt words.
lint() { lintian --allow-root --no-cfg --pedantic --fail-on error,warning,pedantic "$@" "$(deb_file changes)"; }

OVERRIDES=("$RIND_SOURCE/packaging/debian/rind.lintian-overrides" "$RIND_SOURCE/packaging/debian/source/lintian-overrides")

test_lintian() {
  expect_status 0 lint
  expect_equal "it says" "" "$OUTPUT"
}

# An override that nothing needs would hide what comes later.
test_overrides_are_needed() {
  local said line count=0
  said=$(lint --no-override || true)
  while IFS= read -r line; do
    grep -qE "^[EWP]: $(sed 's/[][.]/\\&/g' <<<"$line")\$" <<<"$said" || fail "no line for the override '$line' in: $said"
    count=$((count + 1))
  done < <(grep -hv '^#' "${OVERRIDES[@]}")
  expect_equal "overrides" "$count" "$(grep -c '^[EWP]: ' <<<"$said")"
}

# Each has its reason, in the line above it.
test_overrides_have_reasons() {
  local file line before
  for file in "${OVERRIDES[@]}"; do
    before=
    while IFS= read -r line; do
      [[ $line == "# "* || $before == "# "* ]] || fail "no reason above $line"
      before=$line
    done <"$file"
  done
}
