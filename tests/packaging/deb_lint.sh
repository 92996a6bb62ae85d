# What lintian says of the source and of the packages: nothing, but for what packaging/debian explains.
# Only with --all: the package is another build, with all unit tests in it

OVERRIDES=("$RIND_SOURCE/packaging/debian/rind.lintian-overrides" "$RIND_SOURCE/packaging/debian/source/lintian-overrides")

# Without --display-info: it takes pieces of the programs for misspelt words. What is overridden has the letter O.
setup() {
  SAID=$(lintian --allow-root --no-cfg --pedantic --show-overrides "$(deb_file changes)" | grep -v '^N:') || true
}

test_lintian() { expect_equal "it says" "" "$(grep -v '^O: ' <<<"$SAID" || true)"; }

# An override that nothing needs would hide what comes later.
test_overrides_are_needed() {
  expect_equal "what is overridden" "$(grep -hv '^#' "${OVERRIDES[@]}" | sort)" "$(sed -n 's/^O: //p' <<<"$SAID" | sort)"
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
