# The unit tests by clang, under AddressSanitizer and UndefinedBehaviorSanitizer: one build, whose warnings are errors, holds both.
# Debian 13's compilers are in the suite distro.
# Only with --all: it builds everything a second time, and the tests are those of the suite unit

TEST_SECONDS=2700 # it builds, where ccache has nothing yet, on a machine that runs other tests

test_unit_tests_by_clang_with_sanitizers() {
  cd "$RIND_SOURCE"
  clang++ --version | sed -n 1p
  use_ccache
  cmake --preset asan -DRIND_WERROR=ON
  cmake --build --preset asan
  build/asan/tests/unit/rind-unit --no-colors
}
