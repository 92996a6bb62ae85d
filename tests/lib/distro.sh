# Roots of other Debian releases, to run what is tested with the engines, the runtimes and the compilers there.
#
# DISTRO_RELEASES                the releases: Debian's stable one and unstable, whose crun and podman are the newest
# distro_tree RELEASE            makes the release's tree by debootstrap, once (minutes), and prints its path. It holds
#                                _distro_packages. RELEASE-aarch64 is one of that processor's packages. A mirror that cannot be reached is an error that says so.
# distro_build_tree RELEASE      the same with all that tests/run needs there, and clang
# in_distro RELEASE COMMAND...   runs COMMAND in a root of its own of that release: an overlay over the tree, so that
#                                the tree stays as it is, entered by pivot_root in a mount and a pid namespace of its
#                                own. All that runs in it ends with COMMAND. Seen as outside, by the same paths:
#                                RIND_SOURCE and RIND_TMP (writable), /dev and /sys. Its own: /proc, /run, /tmp and
#                                /var/lib/containers. The environment is PATH, LANG, RIND_SOURCE, RIND_TMP, RIND_STAGE.
# in_distro_build RELEASE DIR COMMAND...   the same over distro_build_tree, for builds and test runs. RIND_SOURCE/build
#                                is that release's own directory, build/distro-RELEASE. DIR is its /tmp. Shared with this
#                                machine are ccache's objects and RIND_TEST_CACHE, but not the engines' storage in it.
#                                The environment is PATH, LANG, HOME and what engines of that release need.
# in_fresh_root RELEASE CACHE COMMAND...   a machine on which nothing is installed but what debootstrap installs. Seen as
#                                outside: RIND_SOURCE, but for its build directory, which is empty. CACHE, an empty
#                                directory, is its /var/cache/rind-tests. The environment is PATH, LANG and HOME.
# distro_engine_config           for use in such a root: a containers.conf with which its podman works here, and the
#                                variables that it needs

DISTRO_RELEASES=(trixie sid)

# busybox is static: a container image of one file.
_distro_packages=(podman buildah crun runc conmon netavark python3 jq busybox-static util-linux mount procps)
_distro_build_packages=(aardvark-dns passt ca-certificates iproute2 ncurses-bin)

distro_tree() { _once "$1" _distro_tree; }
distro_build_tree() { _once "$1" _distro_build_tree; }
_fresh_tree() { _once "$1" _make_fresh_tree; }

_once() { # RELEASE FUNCTION
  mkdir -p "$RIND_TEST_CACHE"
  (
    exec 9>"$RIND_TEST_CACHE/distro-$1.lock"
    flock 9
    "$2" "$1" 9>&-
  )
}

_distro_tree() {
  local release=${1%-aarch64} key tree log=$RIND_TEST_CACHE/debootstrap-$1.log include options=()
  key=$(printf '%s\n' "$1" "${_distro_packages[@]}" | _hash)
  tree=$RIND_TEST_CACHE/distro-$1-$key
  if [[ ! -d $tree ]]; then
    say "making a root of $1 by debootstrap, once: some minutes"
    rm -rf --one-file-system -- "$tree.new"
    include=$(IFS=,; echo "${_distro_packages[*]}")
    if [[ $1 == *-aarch64 ]]; then
      cross_programs aarch64
      options=(--arch=arm64)
    fi
    if ! debootstrap "${options[@]}" --variant=minbase --include="$include" "$release" "$tree.new" "$_image_mirror" >"$log" 2>&1; then
      die "debootstrap made no root of $release from $_image_mirror: $(tail -n 1 "$log"); all of it is in $log"
    fi
    rm -rf -- "$tree.new"/usr/share/{doc,man,locale,info} "$tree.new"/var/{lib/apt/lists,cache/apt}/*
    mv "$tree.new" "$tree"
  fi
  printf '%s\n' "$tree"
}

_make_fresh_tree() {
  local tree=$RIND_TEST_CACHE/fresh-$1 log=$RIND_TEST_CACHE/fresh-$1.log
  if [[ ! -d $tree ]]; then
    say "making a root of $1 as debootstrap makes it, once: some minutes"
    rm -rf --one-file-system -- "$tree.new"
    debootstrap "$1" "$tree.new" "$_image_mirror" >"$log" 2>&1 ||
      die "debootstrap made no root of $1 from $_image_mirror: $(tail -n 1 "$log"); all of it is in $log"
    mv "$tree.new" "$tree"
  fi
  printf '%s\n' "$tree"
}

_distro_build_tree() {
  local release=$1 key tree packages log=$RIND_TEST_CACHE/packages-$1.log
  packages=("${_distro_build_packages[@]}" "${_apt_demo[@]}" "${_apt_tests[@]}" "${_apt_clang[@]}")
  key=$(printf '%s\n' "$release" "${_distro_packages[@]}" "${packages[@]}" | _hash)
  tree=$RIND_TEST_CACHE/distro-build-$release-$key
  if [[ ! -d $tree ]]; then
    say "installing compilers and test tools into a root of $release, once: some minutes"
    rm -rf --one-file-system -- "$RIND_TEST_CACHE/distro-build-$release"-*
    cp -a --reflink=auto "$(_distro_tree "$release")" "$tree.new"
    with_progress "$log" _install_in_tree "$tree.new" "${packages[@]}" >&2 ||
      die "apt-get failed in the root of $release: $(tail -n 3 "$log"); all of it is in $log"
    mv "$tree.new" "$tree"
  fi
  printf '%s\n' "$tree"
}

# The postinst scripts of daemons must start none.
_install_in_tree() { # TREE PACKAGE...
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child --propagation private -- /bin/bash -c '
    set -e
    cd "$1"
    shift
    mount -t proc proc proc
    mount --rbind /dev dev
    cp /etc/resolv.conf etc/resolv.conf
    printf "#!/bin/sh\nexit 101\n" >usr/sbin/policy-rc.d
    chmod 0755 usr/sbin/policy-rc.d
    # A mirror of unstable may be a snapshot, older than its week; debootstrap does not look either.
    chroot . apt-get -o Acquire::Check-Valid-Until=false update
    DEBIAN_FRONTEND=noninteractive chroot . apt-get install -y --no-install-recommends "$@"
    rm -rf usr/share/doc usr/share/locale var/lib/apt/lists/* var/cache/apt/*' install "$@"
}

# Like _in_root, in a work directory of its own that is removed afterwards.
_in_own_root() { # RELEASE TREE BIND... -- COMMAND...
  local work status=0
  work=$(mktemp -d "$RIND_TMP/distro-$1.XXXXXX")
  mkdir "$work"/{upper,overlay,root,storage}
  _in_root "$2" "$work" "${@:3}" || status=$?
  rm -rf --one-file-system -- "$work"
  return "$status"
}

# BIND is WHAT=WHERE; WHAT is a directory outside, or tmpfs.
_in_root() { # TREE WORK BIND... -- COMMAND...
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child --propagation private -- /bin/bash -c '
    set -e
    tree=$1 work=$2
    shift 2
    root=$work/root
    mount -t overlay overlay -o "lowerdir=$tree,upperdir=$work/upper,workdir=$work/overlay" "$root"
    mkdir -p "$root/var/lib/containers" "$root/oldroot"
    mount -t tmpfs run "$root/run"
    # What engines store may not lie in an overlay.
    mount --bind "$work/storage" "$root/var/lib/containers"
    mount --rbind /dev "$root/dev"
    mount --rbind /sys "$root/sys"
    mount -t proc proc "$root/proc"
    while [[ $1 != -- ]]; do
      where=$root${1#*=}
      [[ -f ${1%%=*} ]] || mkdir -p "$where"
      case $1 in
        tmpfs=*) mount -t tmpfs tmpfs "$where" ;;
        *) mount --rbind "${1%%=*}" "$where" ;;
      esac
      shift
    done
    shift
    cd "$root"
    pivot_root . oldroot
    umount --lazy /oldroot
    exec "$@"' in_distro "$@"
}

_DISTRO_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

in_distro() {
  local release=$1
  shift
  _in_own_root "$release" "$(distro_tree "$release")" tmpfs=/tmp "$RIND_TMP=$RIND_TMP" "$RIND_SOURCE=$RIND_SOURCE" -- \
    /usr/bin/env -i PATH="$_DISTRO_PATH" LANG=C.UTF-8 HOME=/root \
    RIND_SOURCE="$RIND_SOURCE" RIND_TMP="$RIND_TMP" RIND_STAGE="$RIND_STAGE" "$@"
}

in_distro_build() {
  local release=$1 tmp=$2 tree own=$RIND_TEST_CACHE/in-$1 build=$RIND_SOURCE/build/distro-$1 objects name
  local binds=()
  shift 2
  tree=$(distro_build_tree "$release")
  objects=$(ccache --get-config cache_dir)
  mkdir -p "$build" "$objects"
  for name in storage rootless-overlay rootless-vfs; do
    mkdir -p "$own/$name" "$RIND_TEST_CACHE/$name"
    binds+=("$own/$name=$RIND_TEST_CACHE/$name")
  done
  _in_own_root "$release" "$tree" "$tmp=/tmp" "$RIND_SOURCE=$RIND_SOURCE" "$build=$RIND_SOURCE/build" \
    "$objects=/root/.cache/ccache" "$RIND_TEST_CACHE=$RIND_TEST_CACHE" "${binds[@]}" -- \
    /usr/bin/env -i PATH="$_DISTRO_PATH" LANG=C.UTF-8 HOME=/root USER=root RIND_TEST_CACHE="$RIND_TEST_CACHE" \
    RIND_TEST_MIRROR="$_image_mirror" "$@"
}

in_fresh_root() {
  local release=$1 cache=$2
  shift 2
  mkdir "$cache/build"
  _in_own_root "$release" "$(_fresh_tree "$release")" tmpfs=/tmp "$RIND_SOURCE=$RIND_SOURCE" "$cache/build=$RIND_SOURCE/build" \
    "$cache=/var/cache/rind-tests" /etc/resolv.conf=/etc/resolv.conf -- \
    /usr/bin/env -i PATH="$_DISTRO_PATH" LANG=C.UTF-8 HOME=/root RIND_TEST_MIRROR="$_image_mirror" "$@"
}

distro_engine_config() {
  # As setup_engines of engine.sh, which says why.
  cat >/etc/containers.conf <<'CONF'
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
apparmor_profile = "unconfined"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
  export CONTAINERS_CONF=/etc/containers.conf PODMAN_IGNORE_CGROUPSV1_WARNING=1
}
