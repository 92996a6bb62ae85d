# The builder image, made by debootstrap and shaped like a real one.
#
# make_image_archive    makes the base tree and the image's rootfs archive, unless the cache has them;
#                       prints the archive's path. Keyed by a hash of everything that goes in.
# prepare_image         the same without a word, one run at a time
# import_image ENGINE [builder]   imports it as localhost/rind-tests/builder, unless that storage has it, and
#                       derives the variants, unless `builder` is all that is wanted. ENGINE is the function of
#                       engine.sh to call.
# Image names: IMAGE_BUILDER (the current Fromager), IMAGE_OLDER (no script: it calls unshare),
# IMAGE_SEAMLESS (neither), IMAGE_PLAIN (Debian and Python, no builder at all).

IMAGE_REPOSITORY=localhost/rind-tests
IMAGE_BUILDER=$IMAGE_REPOSITORY/builder
IMAGE_OLDER=$IMAGE_REPOSITORY/older
IMAGE_SEAMLESS=$IMAGE_REPOSITORY/seamless
IMAGE_PLAIN=$IMAGE_REPOSITORY/plain

_image_release=trixie
_image_mirror=${RIND_TEST_MIRROR:-http://deb.debian.org/debian}
_image_packages=(
  python3 python3-venv python3-pip python3-build python3-setuptools python3-wheel
  python3-pyproject-hooks python3-dev gcc libc6-dev ccache iproute2 hostname util-linux git
)
_image_app_root=/opt/app-root
_image_script=$_image_app_root/lib/python3.13/site-packages/fromager/run_network_isolation.sh

_hash() { sha256sum | cut -c1-16; }

# The debootstrap tree, the slow part (minutes): kept as a directory, replaced only as a whole.
_make_base_tree() {
  local key tree
  key=$(printf '%s\n' "$_image_release" "${_image_packages[@]}" | _hash)
  tree=$RIND_TEST_CACHE/base-$key
  if [[ ! -d $tree ]]; then
    say "making the base tree by debootstrap, once: some minutes"
    rm -rf -- "$tree.new"
    local include
    include=$(IFS=,; echo "${_image_packages[*]}")
    with_progress "$RIND_TEST_CACHE/debootstrap.log" debootstrap --variant=minbase --include="$include" \
      "$_image_release" "$tree.new" "$_image_mirror" ||
      die "debootstrap failed, see $RIND_TEST_CACHE/debootstrap.log"
    rm -rf -- "$tree.new"/usr/share/{doc,man,locale,info} "$tree.new"/var/{lib/apt/lists,cache/apt}/*
    mv "$tree.new" "$tree"
  fi
  printf '%s\n' "$tree"
}

make_image_archive() {
  mkdir -p "$RIND_TEST_CACHE"
  chmod 0755 "$RIND_TEST_CACHE"
  local base key archive
  base=$(_make_base_tree)
  key=$(cd "$RIND_SOURCE/tests/image" && { echo "$base"; find . -type f ! -name '*.pyc' -printf '%p %m\n' | sort
    find . -type f ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum; } | _hash)
  archive=$RIND_TEST_CACHE/builder-$key.tar
  if [[ ! -f $archive ]]; then
    say "making the builder image"
    local tree=$RIND_TEST_CACHE/tree.$$
    cp -a --reflink=auto "$base" "$tree"
    "$RIND_SOURCE/tests/image/populate" "$tree" "$_image_app_root" >&2
    rm -f -- "$RIND_TEST_CACHE"/builder-*.tar
    tar --numeric-owner --xattrs -C "$tree" --exclude=./dev/'*' --exclude=./proc/'*' -cf "$archive.new" .
    rm -rf -- "$tree"
    chmod 0644 "$archive.new"
    mv "$archive.new" "$archive"
  fi
  printf '%s\n' "$archive"
}

# Derives an image by running a command in a container of another; cheaper than a second archive. Joined by &&, because
# errexit does not hold in a condition.
_derive() { # ENGINE TO RUN-ARGUMENT...
  local engine=$1 to=$2 container=derive-$$ status=0
  shift 2
  "$engine" run --name "$container" "$@" && "$engine" commit -q "$container" "$to" >/dev/null || status=$?
  "$engine" rm -f "$container" >/dev/null
  return "$status"
}

_derive_image() { # ENGINE FROM TO COMMAND...
  _derive "$1" "$3" --network none "$2" "${@:4}"
}

# One at a time: two runs may share a cache.
_alone_with_cache() {
  mkdir -p "$RIND_TEST_CACHE"
  (
    exec 9>"$RIND_TEST_CACHE/lock"
    flock 9
    "$@" 9>&- # or a process that podman leaves behind would keep the lock
  )
}

prepare_image() { _alone_with_cache make_image_archive >/dev/null; }
import_image() { _alone_with_cache _import_image "$@"; }

_import_image() {
  local engine=$1 archive tag name
  archive=$(make_image_archive)
  tag=$(basename "$archive" .tar)
  tag=${tag#builder-}
  if ! "$engine" image exists "$IMAGE_BUILDER:$tag"; then
    say "importing the image ($engine)"
    local change=()
    while read -r name; do
      [[ -n $name ]] && change+=(--change "$name")
    done <"$RIND_SOURCE/tests/image/config"
    "$engine" import -q "${change[@]}" "$archive" "$IMAGE_BUILDER:$tag" >/dev/null
  fi
  # The tag is the hash; `latest` is moved to it so that nobody needs to know it.
  "$engine" tag "$IMAGE_BUILDER:$tag" "$IMAGE_BUILDER:latest"
  [[ ${2:-} != builder ]] || return 0
  if ! "$engine" image exists "$IMAGE_SEAMLESS:$tag"; then
    say "deriving its variants"
    _derive_image "$engine" "$IMAGE_BUILDER:$tag" "$IMAGE_OLDER:$tag" rm "$_image_script"
    _derive_image "$engine" "$IMAGE_BUILDER:$tag" "$IMAGE_PLAIN:$tag" rm -r "$_image_app_root/lib/python3.13/site-packages/fromager"
    _derive_image "$engine" "$IMAGE_OLDER:$tag" "$IMAGE_SEAMLESS:$tag" rm /usr/bin/unshare
  fi
  for name in "$IMAGE_OLDER" "$IMAGE_PLAIN" "$IMAGE_SEAMLESS"; do
    "$engine" tag "$name:$tag" "$name:latest"
  done
}
