# The attempts of the suite `attack` that a package's hooks make, by Fromager and uv themselves; and tests/demo.

TEST_SECONDS=$((2 * ATTEMPTS_SECONDS + 60)) # two containers, each with a limit of its own

# shellcheck source=/dev/null
source "$RIND_SOURCE/tests/attack/attack.sh"
unset -f tests_attempts tests_other_user

tests_attempts_by_fromager() {
  import_real
  attack "$TEST_PREFIX" "$IMAGE_REAL" -v "$(_fetched prebuilt _fetch_wheels):/srv/prebuilt:ro"
}

# In a tree that pins another file, which no index has: the image's stand-in builds, and the demo says so.
test_demo_without_pypi() {
  local tree
  tree=$(mktemp -d "$RIND_TMP/tree.XXXXXX")
  tar -C "$RIND_SOURCE" --exclude=./build --exclude=./.git -c . | tar -C "$tree" -x
  echo "# another" >>"$tree/tests/fromager/wheels.txt"
  expect_status 0 env -u RIND_TMP PIP_CONFIG_FILE=/dev/null PIP_INDEX_URL="file://$tree/nothing" PIP_FIND_LINKS= "$tree/tests/demo"
  [[ $(tail -n 1 <<<"$OUTPUT") =~ ^attacks\ that\ succeed:\ [1-9][0-9]*\ without\ Rind,\ 0\ with\ Rind$ ]] || fail "the last line"
  expect_contains "what it says" "$OUTPUT" "so the image's stand-in for Fromager builds"
  expect_lacks "who builds" "$OUTPUT" "by Fromager itself"
}
all_only "it compiles Rind once more, and the attempts are those of the suite attack" demo_without_pypi
