# The Debian package, built by packaging/make-deb, and roots with it installed.
#
# build_deb            builds source and binary packages under DEB_TOP, once per run. The log is build/tests-deb.log.
# deb_file NAME        prints the path of the package NAME: rind, dsc (the source package), or changes (all of them)
# deb_repackage REVISION EDIT   packages rind a second time, with that revision and after EDIT, a command in what the package
#                      installs; prints the package's path. Nothing is compiled.
# deb_root             makes an empty root directory with a package database of its own; sets DEB_ROOT. The machine's own
#                      database is not touched.
# deb_there ARG...     dpkg on DEB_ROOT
# deb_field FIELD      prints a field of rind's package

DEB_TOP=$RIND_SOURCE/build/deb

# With the flags of the preset `release`, so that ccache has the objects. tests/packaging/deb_build.sh looks at dpkg's.
_deb_environment() {
  local same=$DEB_TOP/as_release.cmake language
  use_ccache
  if command -v ccache >/dev/null; then
    # debhelper gives the build another HOME, and another language, which ccache counts in.
    export CCACHE_DIR=${CCACHE_DIR:-$(ccache --get-config cache_dir)}
    language="-u;LC_ALL"
    [[ -z ${LC_ALL:-} ]] || language="LC_ALL=$LC_ALL"
    CMAKE_CXX_COMPILER_LAUNCHER="env;$language;ccache"
  fi
  # Without debugging information, so without a package of it.
  export DEB_CXXFLAGS_SET="-O2" DEB_CPPFLAGS_SET= DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS:-} noautodbgsym"
  # debian/rules says OFF on the command line, and this is read later.
  sed -nE 's/^(RIND_WERROR):BOOL=(.*)/set(\1 \2 CACHE BOOL "" FORCE)/p' "$RIND_BUILD/CMakeCache.txt" >"$same"
  export CMAKE_TOOLCHAIN_FILE=$same
}

build_deb() {
  local log=$RIND_SOURCE/build/tests-deb.log
  say "building the Debian package"
  rm -rf -- "$DEB_TOP"
  mkdir -p "$DEB_TOP"
  if ! (
    _deb_environment
    "$RIND_SOURCE/packaging/make-deb" "$DEB_TOP"
  ) >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    die "the Debian package was not built; all of it is in $log"
  fi
}

deb_file() {
  local files
  case $1 in
    dsc | changes) files=("$DEB_TOP"/rind_*."$1") ;;
    *) files=("$DEB_TOP/$1"_*.deb) ;;
  esac
  [[ ${#files[@]} == 1 && -f ${files[0]} ]] || fail "there is not one package $1: ${files[*]}"
  printf '%s\n' "${files[0]}"
}

deb_field() { dpkg-deb --field "$(deb_file rind)" "$1"; }

deb_repackage() {
  local tree=$RIND_TMP/deb-$1 version
  version=$(deb_field Version)
  rm -rf -- "$tree"
  dpkg-deb --raw-extract "$(deb_file rind)" "$tree"
  sed -i "s/^Version: .*/Version: ${version%-*}-$1/" "$tree/DEBIAN/control"
  (
    cd "$tree"
    eval "$2"
    find usr -type f -print0 | xargs -0 md5sum >DEBIAN/md5sums
  )
  dpkg-deb --root-owner-group -Znone --build "$tree" "$tree.deb" >/dev/null
  printf '%s\n' "$tree.deb"
}

deb_root() {
  DEB_ROOT=$(mktemp -d "$RIND_TMP/root.XXXXXX")
  chmod 0755 "$DEB_ROOT"
  (umask 022 && mkdir -p "$DEB_ROOT"/var/lib/dpkg/{info,updates} && touch "$DEB_ROOT/var/lib/dpkg/status")
}

# The dependencies are not in the root: tests/packaging/deb_distro.sh has them. The machine's dpkg may be configured to
# leave documentation out, and has a log. What dpkg would ask is answered by what it does by itself.
deb_there() {
  dpkg --root="$DEB_ROOT" --log=/dev/null --force-depends --force-confdef --path-include='/*' "$@" </dev/null
}
