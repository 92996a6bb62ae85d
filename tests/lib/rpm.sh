# The RPM, built from packaging/rind.spec.in on whatever distribution this is, and roots with it installed.
#
# build_rpm            builds source and binary packages under RPM_TOP, once per run. The log is build/tests-rpm.log.
# rpm_file NAME        prints the path of the package NAME: rind, rind-selinux, or src
# rpm_repackage RELEASE EDIT   packages what build_rpm installed a second time, with that release and after EDIT, a command
#                      in the build root; prints where the packages are. Nothing is compiled.
# rpm_root             makes a root directory with a package database of its own and the directories that packages of a
#                      distribution own; sets RPM_ROOT. The machine's own database is not touched.
# rpm_there ARG...     rpm on RPM_ROOT
# rpm_query ARG..., rpm_lint ARG...   rpm -qp and rpmlint, on packages

RPM_TOP=$RIND_SOURCE/build/rpm
RPM_MACROS=$RIND_SOURCE/tests/packaging/macros

# --nodeps: the dependencies are names of Fedora's packages.
_rpmbuild() { # TOP ARG...
  rpmbuild --nodeps --load "$RPM_MACROS" --define "_dbpath $RIND_TMP/rpmdb" --define "_topdir $1" --buildroot "$1/root" "${@:2}"
}

build_rpm() {
  local log=$RIND_SOURCE/build/tests-rpm.log
  say "building the RPM"
  use_ccache
  rm -rf -- "$RPM_TOP"
  mkdir -p "$RPM_TOP"/{SOURCES,SPECS}
  # --noclean: what was installed is packaged again, see rpm_repackage.
  if ! with_progress "$log" _sources_and_packages; then
    tail -n 40 "$log" >&2
    die "the RPM was not built; all of it is in $log"
  fi
}

# Joined by &&, because errexit does not hold in a condition.
_sources_and_packages() {
  "$RIND_SOURCE/packaging/source-archive" "$RPM_TOP/SOURCES" &&
    _rpmbuild "$RPM_TOP" -ba --noclean "$RPM_TOP/SOURCES/rind.spec"
}

rpm_file() { # NAME [TOP]
  local top=${2:-$RPM_TOP} files
  case $1 in
    src) files=("$top"/SRPMS/rind-[0-9]*.src.rpm) ;;
    *) files=("$top"/RPMS/*/"$1"-[0-9]*.rpm) ;;
  esac
  [[ ${#files[@]} == 1 && -f ${files[0]} ]] || fail "there is not one package $1: ${files[*]}"
  printf '%s\n' "${files[0]}"
}

rpm_repackage() {
  local top=$RPM_TOP-$1
  rm -rf -- "$top"
  mkdir -p "$top"/{BUILD,SOURCES,SPECS}
  # Documents are taken from the sources.
  tar -C "$RPM_TOP/BUILD" --exclude='./rind-*/build' -cf - . | tar -C "$top/BUILD" -xf -
  cp -a "$RPM_TOP/root" "$top/root"
  sed "s/^Release: .*/Release: $1/" "$RPM_TOP/SOURCES/rind.spec" >"$top/rind.spec"
  (cd "$top/root" && eval "$2")
  _rpmbuild "$top" -bb --short-circuit "$top/rind.spec" >"$top/log" 2>&1 ||
    fail "packaging again: $(tail -n 5 "$top/log")"
  printf '%s\n' "$top"
}

# What Fedora's filesystem, containers-common and selinux-policy own.
_rpm_skeleton=(
  etc/containers usr/bin usr/lib/tmpfiles.d usr/libexec usr/share/bash-completion/completions usr/share/containers usr/share/doc
  usr/share/fish/vendor_completions.d
  usr/share/licenses usr/share/man/man{1,5,8} usr/share/selinux/packages/targeted usr/share/zsh/site-functions var/lib/selinux/targeted/active/modules/200
)

rpm_root() {
  RPM_ROOT=$(mktemp -d "$RIND_TMP/root.XXXXXX")
  chmod 0755 "$RPM_ROOT"
  (cd "$RPM_ROOT" && umask 022 && mkdir -p "${_rpm_skeleton[@]}")
  rpm_there --initdb
}

# Debian's rpm makes a database in HOME, also for a query of a file.
rpm_query() { HOME=$RIND_TMP rpm -qp "$@"; }
rpm_lint() { HOME=$RIND_TMP rpmlint --config "$RIND_SOURCE/tests/packaging/rpmlint.toml" "$@"; }

rpm_there() { rpm --root "$RPM_ROOT" --dbpath /var/lib/rpm "$@"; }
