# tests/demo builds several files at once, so that names of one may meet those of another.
# Only with --all: it builds everything a second time

TEST_SECONDS=1800 # it builds, where ccache has nothing yet, on a machine that runs other tests

test_files_that_are_built_together() {
  cd "$RIND_SOURCE"
  expect_status 0 cmake --preset demo -B "$RIND_TMP/demo"
  expect_status 0 cmake --build "$RIND_TMP/demo"
}
