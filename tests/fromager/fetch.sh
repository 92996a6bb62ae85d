# What is fetched is what is pinned, or the run ends.

# An index with one sdist in it, and DIRECTORY/pinned, both with HASH.
index_of_one() { # DIRECTORY HASH
  mkdir -p "$1/simple/thing"
  echo "an sdist" >"$1/simple/thing/thing-1.0.tar.gz"
  printf '<a href="thing-1.0.tar.gz#sha256=%s">thing-1.0.tar.gz</a>' "$2" >"$1/simple/thing/index.html"
  printf '# A comment.\nthing==1.0 --hash=sha256:%s\n' "$2" >"$1/pinned"
}

fetch_of_one() { # DIRECTORY
  mkdir -p "$1/fetched"
  PIP_CONFIG_FILE=/dev/null PIP_INDEX_URL=file://$1/simple python3 -B "$RIND_SOURCE/tests/lib/fetch_sdists.py" "$1/pinned" "$1/fetched"
}

test_what_is_pinned_is_fetched() {
  index_of_one "$RIND_TMP/right" "$(echo "an sdist" | sha256sum | cut -d' ' -f1)"
  expect_status 0 fetch_of_one "$RIND_TMP/right"
  expect_equal "the sdist" "an sdist" "$(cat "$RIND_TMP/right/fetched/thing-1.0.tar.gz")"
}

# The index says the hash that is pinned, and sends another file.
test_another_file_is_refused() {
  index_of_one "$RIND_TMP/wrong" "$(echo "another sdist" | sha256sum | cut -d' ' -f1)"
  expect_status 1 fetch_of_one "$RIND_TMP/wrong"
  expect_contains "why" "$OUTPUT" "thing-1.0.tar.gz is not the file that is pinned"
  expect_equal "what is left" "" "$(ls -A "$RIND_TMP/wrong/fetched")"
}

# Neither in the cache nor to be had: the demo then goes on with the stand-in, and the suite does not.
test_without_an_index() {
  mkdir "$RIND_TMP/empty"
  export RIND_TEST_CACHE=$RIND_TMP/empty PIP_CONFIG_FILE=/dev/null PIP_INDEX_URL=file://$RIND_TMP/empty/simple PIP_FIND_LINKS=
  expect_status 1 have_pypi
  expect_contains "what is missing" "$OUTPUT" "pip could not fetch what $RIND_SOURCE/tests/fromager/wheels.txt pins, from PyPI"
  expect_contains "what it means" "$OUTPUT" "Without it nothing can be tested with the real programs"
  expect_status 1 make_index
  expect_contains "what is missing" "$OUTPUT" "tests/fromager/sdists.txt"
}
