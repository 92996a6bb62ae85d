# Builds Rind and installs it under RIND_STAGE, as a packager would (DESTDIR).
#
# build_rind    idempotent; ninja decides what is old. Output goes to build/tests-build.log.
# have_rind     true when the staged binaries are there.

build_rind() {
  local log=$RIND_SOURCE/build/tests-build.log
  [[ -f $RIND_SOURCE/CMakeLists.txt ]] || die "no CMakeLists.txt: nothing to build"
  mkdir -p "$RIND_SOURCE/build"
  if ! (
    cd "$RIND_SOURCE"
    cmake --preset release
    cmake --build --preset release
    rm -rf -- "$RIND_STAGE"
    DESTDIR=$RIND_STAGE cmake --install "$RIND_BUILD"
  ) >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    die "the build failed; all of it is in $log"
  fi
  have_rind || die "the build installed no rind-hook or no rind under $RIND_STAGE"
}

have_rind() {
  [[ -x $RIND_STAGE/usr/libexec/oci/hooks.d/rind-hook && -x $RIND_STAGE/usr/libexec/rind/rind ]]
}
