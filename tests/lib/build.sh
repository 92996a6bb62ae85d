# Builds Rind and installs it under RIND_STAGE, as a packager would (DESTDIR).
#
# build_rind [PRESET]    idempotent; ninja decides what is old. Output goes to build/tests-build.log. Default: RIND_TEST_PRESET;
#               `demo` compiles the installed programs alone.
# have_rind     true when the staged binaries are there.
# use_ccache    from now on builds go through ccache, where there is one; one tree's objects are another's.

use_ccache() {
  command -v ccache >/dev/null || return 0
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${CCACHE_BASEDIR:-$RIND_SOURCE}
}

# Joined by &&, because errexit does not hold in a condition. Warnings are errors in CI and on the release that CI has:
# the preset ci, which has the directory of the preset release. Another compiler's warnings stop nobody's tests.
_build_and_stage() { # PRESET
  local preset=$1
  if [[ $1 == release ]] && { [[ ${CI:-} == true ]] || grep -qx 'VERSION_CODENAME=bookworm' /etc/os-release; }; then preset=ci; fi
  cd "$RIND_SOURCE" &&
    cmake --preset "$preset" &&
    cmake --build --preset "$preset" &&
    rm -rf -- "$RIND_STAGE" &&
    DESTDIR=$RIND_STAGE cmake --install "build/$1"
}

build_rind() {
  local log=$RIND_SOURCE/build/tests-build.log began=$SECONDS
  [[ -f $RIND_SOURCE/CMakeLists.txt ]] || die "no CMakeLists.txt: nothing to build"
  mkdir -p "$RIND_SOURCE/build"
  use_ccache
  say "building Rind"
  if ! with_progress "$log" _build_and_stage "${1:-$RIND_TEST_PRESET}"; then
    tail -n 40 "$log" >&2
    die "the build failed; all of it is in $log"
  fi
  # Of the preset asan hook and helper are dynamic, and not installed.
  [[ $RIND_TEST_PRESET == asan ]] || have_rind || die "the build installed no rind-hook or no rind under $RIND_STAGE"
  ((SECONDS - began < 5)) || say "built in $((SECONDS - began)) s"
}

have_rind() {
  [[ -x $RIND_STAGE/usr/libexec/oci/hooks.d/rind-hook && -x $RIND_STAGE/usr/libexec/rind/rind ]]
}
