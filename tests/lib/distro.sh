# Roots of other Debian releases, to run what is tested with the engines and runtimes there.
#
# DISTRO_RELEASES                the releases: Debian's stable one and unstable, whose crun and podman are the newest
# distro_tree RELEASE            makes the release's tree by debootstrap, once (minutes), and prints its path. It holds
#                                _distro_packages. A mirror that cannot be reached is an error that says so.
# in_distro RELEASE COMMAND...   runs COMMAND in a root of its own of that release: an overlay over the tree, so that
#                                the tree stays as it is, entered by pivot_root in a mount and a pid namespace of its
#                                own. All that runs in it ends with COMMAND. Seen as outside, by the same paths:
#                                RIND_SOURCE and RIND_TMP (writable), /dev and /sys. Its own: /proc, /run, /tmp and
#                                /var/lib/containers. The environment is PATH, LANG, RIND_SOURCE, RIND_TMP, RIND_STAGE.
# distro_engine_config           for use in such a root: a containers.conf with which its podman works here, and the
#                                variables that it needs

DISTRO_RELEASES=(trixie sid)

# busybox is static: a container image of one file.
_distro_packages=(podman buildah crun runc conmon netavark python3 jq busybox-static util-linux mount procps)

distro_tree() {
  mkdir -p "$RIND_TEST_CACHE"
  (
    exec 9>"$RIND_TEST_CACHE/distro-$1.lock"
    flock 9
    _distro_tree "$1" 9>&-
  )
}

_distro_tree() {
  local release=$1 key tree log=$RIND_TEST_CACHE/debootstrap-$1.log include
  key=$(printf '%s\n' "$release" "${_distro_packages[@]}" | _hash)
  tree=$RIND_TEST_CACHE/distro-$release-$key
  if [[ ! -d $tree ]]; then
    say "making a root of $release by debootstrap, once: some minutes"
    rm -rf --one-file-system -- "$tree.new"
    include=$(IFS=,; echo "${_distro_packages[*]}")
    if ! debootstrap --variant=minbase --include="$include" "$release" "$tree.new" "$_image_mirror" >"$log" 2>&1; then
      die "debootstrap made no root of $release from $_image_mirror: $(tail -n 1 "$log"); all of it is in $log"
    fi
    rm -rf -- "$tree.new"/usr/share/{doc,man,locale,info} "$tree.new"/var/{lib/apt/lists,cache/apt}/*
    mv "$tree.new" "$tree"
  fi
  printf '%s\n' "$tree"
}

in_distro() {
  local release=$1 tree work status=0
  shift
  tree=$(distro_tree "$release")
  work=$(mktemp -d "$RIND_TMP/distro-$release.XXXXXX")
  mkdir "$work"/{upper,overlay,root,storage}
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child --propagation private -- /bin/bash -c '
    set -e
    tree=$1 work=$2 source=$3 tmp=$4
    shift 4
    root=$work/root
    mount -t overlay overlay -o "lowerdir=$tree,upperdir=$work/upper,workdir=$work/overlay" "$root"
    mkdir -p "$root$source" "$root$tmp" "$root/var/lib/containers" "$root/oldroot"
    mount -t tmpfs tmp "$root/tmp"
    mount -t tmpfs run "$root/run"
    mkdir -p "$root$tmp"
    mount --rbind "$tmp" "$root$tmp"
    mount --bind "$source" "$root$source"
    # What engines store may not lie in an overlay.
    mount --bind "$work/storage" "$root/var/lib/containers"
    mount --rbind /dev "$root/dev"
    mount --rbind /sys "$root/sys"
    mount -t proc proc "$root/proc"
    cd "$root"
    pivot_root . oldroot
    umount --lazy /oldroot
    exec "$@"' in_distro "$tree" "$work" "$RIND_SOURCE" "$RIND_TMP" \
    /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root \
    RIND_SOURCE="$RIND_SOURCE" RIND_TMP="$RIND_TMP" RIND_STAGE="$RIND_STAGE" "$@" || status=$?
  rm -rf --one-file-system -- "$work"
  return "$status"
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
