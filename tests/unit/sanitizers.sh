# The unit tests under AddressSanitizer and UndefinedBehaviorSanitizer.
# Only with --all: it builds everything a second time, and the tests are those of the suite unit

TEST_SECONDS=1200 # it builds, where ccache has nothing yet

test_unit_tests_with_sanitizers() {
  cd "$RIND_SOURCE"
  cmake --preset asan
  cmake --build --preset asan --target rind-unit
  build/asan/tests/unit/rind-unit
}
