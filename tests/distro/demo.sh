# tests/demo on a machine on which nothing is installed: what a reader of README.md does first. It fetches its packages.
# Runs alone: how long it takes is said
# File limit: 3000, it installs, makes an image and compiles

TEST_SECONDS=2700

test_on_a_fresh_bookworm() {
  local cache
  cache=$(mktemp -d "$RIND_TMP/fresh.XXXXXX")
  # What pip has fetched once: certificates and index of this machine are not those of that root.
  fromager_files "$cache"
  expect_status 0 in_fresh_root bookworm "$cache" "$RIND_SOURCE/tests/demo"
  rm -rf --one-file-system -- "$cache"
  [[ $(tail -n 1 <<<"$OUTPUT") =~ ^attacks\ that\ succeed:\ [1-9][0-9]*\ without\ Rind,\ 0\ with\ Rind$ ]] || fail "the last line"
  # Who waits sees what for.
  expect_contains "who builds" "$OUTPUT" "by Fromager itself: "
  expect_contains "the packages" "$OUTPUT" "# installing "
  # apt's line of every few seconds.
  [[ $OUTPUT =~ $'\n# '(Get:|Selecting|Preparing|Unpacking|Setting\ up) ]] || fail "their progress"
  expect_contains "the compiler's" "$OUTPUT" "] Building CXX object"
  expect_lacks "what is compiled" "$OUTPUT" "tests/unit"
}
