# Builds by a compiler other than the distribution's c++.
#
# unit_tests_of COMPILER   builds Rind and its unit tests by it, in build/COMPILER, with warnings as errors, and runs them

unit_tests_of() {
  local compiler=$1 build
  build=$RIND_SOURCE/build/$compiler
  command -v "$compiler" >/dev/null || fail "there is no $compiler"
  use_ccache
  "$compiler" --version | sed -n 1p
  cmake -S "$RIND_SOURCE" -B "$build" --preset ci -DCMAKE_CXX_COMPILER="$compiler" -DRIND_MANUALS=OFF
  cmake --build "$build"
  "$build/tests/unit/rind-unit" --no-colors
}
