# Builds for other processors: Debian's cross compilers, the libraries of Debian's packages, qemu-user.
#
# CROSS_PROCESSORS                 which there are, as uname(1) names them
# cross_sysroot PROCESSOR          makes the tree of headers and libraries, once, and prints its path. No program of it runs.
# cross_build PROCESSOR TARGET...  builds these targets in build/PROCESSOR. This machine's own program
#                                  makes the seccomp programs, which are the same for all: build_rind comes first.
#                                  Of the unit tests the files that `cross_unit_tests` matches, a regular expression of CMake; default all
# cross_programs PROCESSOR         from now on the kernel runs that processor's programs by qemu-user, in every root; Debian's package
#                                  of qemu-user asks for the same where systemd or binfmt-support is installed
# cross_run PROCESSOR COMMAND...   runs a program of that processor; `qemu_root`, where it is set, is looked at before /

CROSS_PROCESSORS=(aarch64 ppc64le s390x)

_cross_packages=(
  libc6-dev libstdc++-12-dev libmount-dev libcap-ng-dev libseccomp-dev libsodium-dev libtomlplusplus-dev
  nlohmann-json3-dev libcli11-dev doctest-dev
)

cross_sysroot() {
  local processor=$1 architecture key tree log=$RIND_TEST_CACHE/cross-$1.log link
  case $processor in
    aarch64) architecture=arm64 ;;
    ppc64le) architecture=ppc64el ;;
    *) architecture=$processor ;;
  esac
  key=$(printf '%s\n' "${_cross_packages[@]}" | _hash)
  tree=$RIND_TEST_CACHE/cross-$processor-$key
  if [[ ! -d $tree ]]; then
    say "fetching the libraries for $processor, once"
    rm -rf --one-file-system -- "$tree.new"
    mmdebstrap --variant=extract --architectures="$architecture" --include="$(IFS=,; echo "${_cross_packages[*]}")" bookworm \
      "$tree.new" "$_image_mirror" >"$log" 2>&1 || die "mmdebstrap made no tree for $processor: $(tail -n 1 "$log"); all of it is in $log"
    rm -rf -- "$tree.new/dev"
    # Absolute links would lead to this machine's libraries.
    find "$tree.new" -type l -lname '/*' | while read -r link; do ln -sfr "$tree.new$(readlink "$link")" "$link"; done
    mv "$tree.new" "$tree"
  fi
  printf '%s\n' "$tree"
}

# Joined by &&, because errexit does not hold in a condition.
_cross_build() { # PROCESSOR SYSROOT TARGET...
  local build=$RIND_SOURCE/build/$1
  # What was found in another tree stays in the cache.
  grep -qsx "RIND_SYSROOT:[A-Z]*=$2" "$build/CMakeCache.txt" || rm -f -- "$build/CMakeCache.txt"
  cd "$RIND_SOURCE" &&
    cmake --preset demo --toolchain cmake/cross.cmake -DRIND_PROCESSOR="$1" -DRIND_SYSROOT="$2" -DBUILD_TESTING=ON \
      -DRIND_MAKE_FILTER="$RIND_BUILD/rind-make-filter" -DRIND_UNIT_TESTS="${cross_unit_tests:-.}" -B "$build" &&
    cmake --build "$build" --target "${@:3}"
}

cross_build() {
  local processor=$1 sysroot log=$RIND_SOURCE/build/cross-$1.log
  sysroot=$(cross_sysroot "$processor")
  use_ccache
  say "building for $processor"
  with_progress "$log" _cross_build "$processor" "$sysroot" "${@:2}" ||
    die "the build for $processor failed: $(tail -n 3 "$log"); all of it is in $log"
}

cross_run() {
  "qemu-$1-static" ${qemu_root:+-L "$qemu_root"} "${@:2}"
}

cross_programs() {
  local place=/proc/sys/fs/binfmt_misc
  [[ -e $place/register ]] || mount -t binfmt_misc binfmt_misc "$place" || die "this kernel has no binfmt_misc: modprobe binfmt_misc"
  [[ -e $place/qemu-$1 ]] || cat "/usr/lib/binfmt.d/qemu-$1.conf" >"$place/register" ||
    die "the kernel does not take $place/register: programs of $1 cannot run"
}
