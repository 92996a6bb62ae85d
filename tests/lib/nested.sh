# podman in podman: an outer container of Debian trixie with podman 5 and crun, made as quay.io/podman/stable is.
#
# import_outer      makes the outer image and the inner one's storage, unless they are there: minutes, once
# nested USER PROC OPTION... -- SCRIPT [ARG...]
#     runs SCRIPT (sh) as USER (root or podman) in an outer container with podman run's OPTION... In it, `inner ARG...`
#     is `podman run` of the builder image, with the hooks of use_rind; with PROC=proc-volume also with `-v /proc:/proc`,
#     as quay's image has it for its user. `refusal` prints what `rind-hook status` tells of the last refusal, as the hook
#     would print it: neither a journal nor a hook's standard error is to be had there.
# The builder image's name in it is $IMAGE_BUILDER.

_outer_release=trixie
_outer_packages=(podman crun conmon uidmap ca-certificates libsodium23 libmount1)
IMAGE_OUTER=$IMAGE_REPOSITORY/outer

# As quay's: host namespaces, no cgroups; newuidmap with a capability in the place of the setuid bit.
_outer_setup() { # TREE
  chroot "$1" useradd --uid 1000 --create-home --shell /bin/bash podman
  printf 'podman:1:999\npodman:1001:64535\n' | tee "$1/etc/subuid" >"$1/etc/subgid"
  chmod 0755 "$1"/usr/bin/new{u,g}idmap
  setcap cap_setuid=ep "$1/usr/bin/newuidmap"
  setcap cap_setgid=ep "$1/usr/bin/newgidmap"
  cat >"$1/etc/containers/containers.conf" <<'CONF'
[containers]
netns = "host"
userns = "host"
ipcns = "host"
utsns = "host"
cgroupns = "host"
cgroups = "disabled"
log_driver = "k8s-file"
default_sysctls = []
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
CONF
  mkdir -p "$1/home/podman/.config/containers"
  tee "$1/home/podman/.config/containers/storage.conf" >"$1/etc/containers/storage.conf" <<'CONF'
[storage]
driver = "overlay"
runroot = "/run/containers/storage"
graphroot = "/var/lib/containers/storage"
[storage.options]
additionalimagestores = ["/srv/images"]
CONF
  sed -i '/root = /d' "$1/home/podman/.config/containers/storage.conf"
  chroot "$1" chown -R podman:podman /home/podman
}

_outer_key() { printf '%s\n' "$_outer_release" "${_outer_packages[@]}" "$(declare -f _outer_setup)" | _hash; }

# The tree as an archive in the cache.
_make_outer_archive() {
  local archive tree include
  archive=$RIND_TEST_CACHE/outer-$(_outer_key).tar
  if [[ ! -f $archive ]]; then
    say "making the image of podman in podman by debootstrap, once"
    tree=$RIND_TEST_CACHE/outer.new
    rm -rf -- "$tree"
    include=$(IFS=,; echo "${_outer_packages[*]}")
    debootstrap --variant=minbase --include="$include" "$_outer_release" "$tree" "$_image_mirror" \
      >"$RIND_TEST_CACHE/outer.log" 2>&1 || die "debootstrap failed, see $RIND_TEST_CACHE/outer.log"
    _outer_setup "$tree"
    rm -rf -- "$tree"/usr/share/{doc,man,locale,info} "$tree"/var/{lib/apt/lists,cache/apt}/*
    tar --numeric-owner --xattrs --xattrs-include='*' -C "$tree" --exclude=./dev/'*' --exclude=./proc/'*' -cf "$archive.new" .
    rm -rf -- "$tree" "$RIND_TEST_CACHE"/outer-*.tar
    mv "$archive.new" "$archive"
  fi
  printf '%s\n' "$archive"
}

# The inner image, in storage that the outer containers share and do not write to: each user has one.
_inner_images() { printf '%s/nested-%s-%s' "$RIND_TEST_CACHE" "$(_outer_key)" "$(basename "$1" .tar)"; }

_import_inner() { # ARCHIVE USER DIRECTORY
  local change=() name
  while read -r name; do
    [[ -n $name ]] && change+=(--change "$name")
  done <"$RIND_SOURCE/tests/image/config"
  install -d -o "$([[ $2 == root ]] && echo 0 || echo 1000)" "$3"
  podman_rootful run --rm --privileged --network none --user "$2" -e HOME=/home/podman -v "$3:/srv/images" -v "$1:/archive:ro" \
    "$IMAGE_OUTER" podman --root /srv/images import -q "${change[@]}" /archive "$IMAGE_BUILDER:latest" >/dev/null
}

import_outer() {
  mkdir -p "$RIND_TEST_CACHE"
  (
    exec 9>"$RIND_TEST_CACHE/outer.lock"
    flock 9
    local archive key images user
    use_no_rind
    archive=$(_make_outer_archive 9>&-)
    key=$(_outer_key)
    podman_rootful image exists "$IMAGE_OUTER:$key" || podman_rootful import -q "$archive" "$IMAGE_OUTER:$key" >/dev/null 9>&-
    podman_rootful tag "$IMAGE_OUTER:$key" "$IMAGE_OUTER:latest"
    archive=$(make_image_archive)
    images=$(_inner_images "$archive")
    [[ -d $images ]] && exit
    say "importing the builder image for podman in podman"
    rm -rf -- "$images.new" "$RIND_TEST_CACHE"/nested-*
    mkdir -m 0755 "$images.new"
    for user in root podman; do _import_inner "$archive" "$user" "$images.new/$user" 9>&-; done
    mv "$images.new" "$images"
  )
  NESTED_IMAGES=$(_inner_images "$(make_image_archive)")
}

# shellcheck disable=SC2016
_NESTED='
inner() {
  podman --hooks-dir "$HOOKS" run --rm --pull=never $PROC_VOLUME "$@"
}
# Without Rind there is no directory of a policy.
hook() {
  if [ -d "$HOOKS/../etc" ]; then set -- "$@" --config "$HOOKS/../etc"; fi
  "$STAGE/usr/libexec/oci/hooks.d/rind-hook" "$@" --defaults "$STAGE/usr/share/rind/policy.json"
}
refusal() { hook status | sed -n "s/^ *[0-9-]*T[0-9:]*Z /rind-hook: /p" | tail -n 1; }
'

nested() {
  local user=$1 volume='' store outer=() status=0 stage=$RIND_TMP/shared/stage hooks
  [[ $2 != proc-volume ]] || volume="-v /proc:/proc"
  shift 2
  while [[ $1 != -- ]]; do
    outer+=("$1")
    shift
  done
  local script=$2
  shift 2
  hooks=$(_hooks_dir)
  store=$(mktemp -d "$RIND_TMP/nested.XXXXXX")
  chmod 0755 "$store"
  [[ $user == root ]] || chown 1000:1000 "$store"
  RIND_HOOKS='' RIND_RUNTIME=crun podman_rootful run --rm --network none --timeout 300 --user "$user" -e HOME=/home/podman \
    -e PODMAN_IGNORE_CGROUPSV1_WARNING=1 -e HOOKS="$hooks" -e STAGE="$stage" -e PROC_VOLUME="$volume" -e IMAGE="$IMAGE_BUILDER" \
    -v "$store:/var/lib/containers" -v "$store:/home/podman/.local/share/containers" -v "$NESTED_IMAGES/$user:/srv/images:ro" \
    -v "$stage:$stage:ro" -v "${hooks%/hooks.d}:${hooks%/hooks.d}:ro" -v "$RIND_SOURCE/tests/matrix:/srv/matrix:ro" \
    "${outer[@]}" "$IMAGE_OUTER" sh -c "$_NESTED$script" nested "$@" || status=$?
  rm -rf --one-file-system -- "$store"
  return "$status"
}
