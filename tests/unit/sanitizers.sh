# The unit tests under AddressSanitizer and UndefinedBehaviorSanitizer.

test_unit_tests_with_sanitizers() {
  cd "$RIND_SOURCE"
  cmake --preset asan
  cmake --build --preset asan --target rind-unit
  build/asan/tests/unit/rind-unit
}
