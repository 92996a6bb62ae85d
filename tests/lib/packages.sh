# Installs what the build and the tests need from the distribution, and only what is missing.
#
# install_packages [demo | docs | clang | cross]   quick when nothing is missing: one dpkg-query or rpm call. demo: only what
#                           tests/demo needs; docs: a browser, too; clang: with libFuzzer and its sanitizers; cross: compilers
#                           for other processors, and qemu-user.
# Debian 12 and 13 are what this was tried on. The dnf branch was written from Fedora's package names and has
# NOT been tried.

# What compiles Rind.
_apt_compile=(
  cmake ninja-build g++ pkg-config
  nlohmann-json3-dev libmount-dev libcap-ng-dev libcli11-dev libsodium-dev libseccomp-dev libtomlplusplus-dev
)
# What runs a container of the builder image.
_apt_engine=(podman crun conmon debootstrap debian-archive-keyring python3 python3-pip util-linux tar binutils attr)
# All that tests/demo needs.
_apt_demo=("${_apt_compile[@]}" "${_apt_engine[@]}")
# What the suites system, container and attack need beside it, also where Rind is built already (vm.sh).
_apt_machine=(
  buildah runc golang-github-containers-common bash-completion uidmap catatonit slirp4netns fuse-overlayfs
  containernetworking-plugins python3-jsonschema python3-packaging iptables
  procps e2fsprogs libcap2-bin jq apparmor git bindfs zsh fish strace
)
_apt_tests=(
  "${_apt_machine[@]}"
  doctest-dev clang-format go-md2man mandoc man-db checkpolicy semodule-utils make bzip2 ccache rpm rpmlint debhelper lintian
)
# A second compiler with its sanitizers and libFuzzer. Of the tests only those that --all runs need it.
_apt_clang=(clang libclang-rt-dev)
# What tests/cross builds and runs with.
_apt_cross=(g++-aarch64-linux-gnu g++-powerpc64le-linux-gnu g++-s390x-linux-gnu qemu-user-static mmdebstrap)
# What the suite docs looks at reports with.
_apt_docs=(chromium fonts-dejavu-core)

_dnf_packages=(
  cmake ninja-build gcc-c++ pkgconf-pkg-config glibc-static libstdc++-static
  json-devel libmount-devel libcap-ng-devel doctest-devel cli11-devel libsodium-devel libsodium-static libseccomp-devel tomlplusplus-devel
  podman buildah crun runc conmon containers-common bash-completion shadow-utils catatonit slirp4netns fuse-overlayfs
  debootstrap python3 python3-pip python3-jsonschema python3-packaging iptables-nft util-linux tar procps-ng binutils attr libcap jq golang-github-cpuguy83-md2man mandoc man-db clang clang-tools-extra compiler-rt
  checkpolicy policycoreutils selinux-policy-devel make bzip2
  git ccache rpm-build rpmlint bindfs zsh fish strace chromium-headless
)

_install_apt() { # [demo | docs | clang | cross]
  local wanted=("${_apt_demo[@]}") missing=() name
  [[ ${1:-} == demo ]] || wanted+=("${_apt_tests[@]}")
  [[ ${1:-} != cross ]] || wanted+=("${_apt_cross[@]}")
  [[ ${1:-} != docs ]] || wanted+=("${_apt_docs[@]}")
  [[ ${1:-} != clang && -z ${RIND_TEST_ALL:-} ]] || wanted+=("${_apt_clang[@]}")
  local -A present=()
  # ${db:Status-Abbrev} is "ii " for a package that is installed and configured.
  while read -r status name; do
    [[ $status == ii ]] && present[$name]=1
  done < <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${wanted[@]}" 2>/dev/null || true)
  for name in "${wanted[@]}"; do
    [[ -n ${present[$name]:-} ]] || missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  local log=/var/log/rind-tests-packages.log
  with_progress "$log" _apt "${missing[@]}" || die "apt-get failed: $(tail -n 3 "$log"); all of it is in $log"
}

# Joined by &&, because errexit does not hold in a condition.
_apt() {
  apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

_install_dnf() {
  local missing
  mapfile -t missing < <(rpm -q --qf '' "${_dnf_packages[@]}" 2>&1 |
    sed -n 's/^package \(.*\) is not installed$/\1/p')
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  dnf install -y --setopt=install_weak_deps=False "${missing[@]}" >&2
}

install_packages() {
  if command -v apt-get >/dev/null; then
    _install_apt "$@"
  elif command -v dnf >/dev/null; then
    _install_dnf
  else
    die "neither apt-get nor dnf: install by hand what tests/lib/packages.sh lists"
  fi
}
