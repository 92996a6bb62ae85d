# Other compilers build it without a warning, and their unit tests pass. Debian 13's are in the suite distro.
# tests/demo builds several files at once, so that names of one may meet those of another.
# Only with --all: it builds everything a second time, and the tests are those of the suite unit

TEST_SECONDS=1800 # it builds, where ccache has nothing yet

test_clang() {
  unit_tests_of clang++
}

test_files_that_are_built_together() {
  cd "$RIND_SOURCE"
  expect_status 0 cmake --preset demo -B "$RIND_TMP/demo"
  expect_status 0 cmake --build "$RIND_TMP/demo"
}
