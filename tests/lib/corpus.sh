# The packages of tests/corpus, and the image that they are built in.
#
# What is fetched is pinned in tests/fromager/corpus/*.txt, by version and hash, and kept in the cache (fromager.sh).
#
# import_corpus          makes IMAGE_CORPUS of IMAGE_FACTORY: with the tools and libraries that packages of the list need
# make_corpus_index      makes INDEX, what the container's server serves: the list's sdists, their build dependencies as wheels,
#                        Go modules, Fromager's settings
# corpus_package RESULT NAME VERSION   builds it by Fromager without Rind and with it, compares, and writes RESULT (corpus.py)

IMAGE_CORPUS=$IMAGE_REPOSITORY/corpus
CORPUS=$_fromager_tests/corpus
CORPUS_PY=$_fromager_tests/corpus.py
# Languages and generators; then libraries.
_corpus_packages=(
  gfortran golang-go nodejs npm swig autoconf automake libtool bison flex file ca-certificates qmake6
  libffi-dev libssl-dev zlib1g-dev libjpeg-dev libcairo2-dev libpcsclite-dev libopenblas-dev libpq-dev libxml2-dev libxslt1-dev
  libyaml-dev libzmq3-dev libdbus-1-dev libglib2.0-dev qt6-base-dev qt6-networkauth-dev
)
# Fromager fetches a package's crates itself, outside of its isolation and of every step. So the containers of these packages have
# the machine's network, and its certificates. On that network a port may be taken.
_corpus_port=$((20000 + $$ % 10000))
_corpus_certificates=/etc/ssl/certs/ca-certificates.crt

import_corpus() { _alone_with_cache _import_corpus; }

_import_corpus() {
  local tag log=$RIND_TEST_CACHE/corpus.log
  _import_factory podman_rootful
  tag=$({ _real_tag; echo "${_factory_packages[*]} ${_corpus_packages[*]} $_INSTALL_COMPILERS"; } | _hash)
  if ! podman_rootful image exists "$IMAGE_CORPUS:$tag"; then
    say "installing what the packages need into the image, once"
    with_progress "$log" _derive podman_rootful "$IMAGE_CORPUS:$tag" --network host \
      "$IMAGE_FACTORY" sh -c "$_INSTALL_COMPILERS" install "${_corpus_packages[@]}" ||
      die "apt-get failed in the image: $(tail -n 3 "$log"); all of it is in $log"
  fi
  podman_rootful tag "$IMAGE_CORPUS:$tag" "$IMAGE_CORPUS:latest"
}

# One call of pip takes one version of a project: the first of each, then the second of those that have two, and so on.
_fetch_versions() { # REQUIREMENTS DIRECTORY
  local batches batch
  batches=$(mktemp -d "$RIND_TMP/batches.XXXXXX")
  sed '/^#/d; /^$/d' "$1" | awk -F== -v to="$batches" '{ print >(to "/" ++seen[$1]) }'
  for batch in "$batches"/*; do _fetch_wheels "$batch" "$2" || return; done
}

# Go modules, by the image's Go; it compares them with the file, which is a go.sum.
_fetch_modules() { # FILE DIRECTORY
  # shellcheck disable=SC2016
  podman_rootful run --rm --network host -v "$1:/tmp/go/go.sum:ro" -v "$2:/factory" -w /tmp/go \
    -v "$_corpus_certificates:$_corpus_certificates:ro" -e GOMODCACHE=/factory -e GOFLAGS=-modcacherw -e GOTOOLCHAIN=local \
    "$IMAGE_CORPUS" sh -c '{ echo module corpus; awk '\''$2 !~ "/" { print "require", $1, $2 }'\'' go.sum; } >go.mod && go mod download'
}

make_corpus_index() {
  local sdists wheels modules
  sdists=$(_fetched corpus/list _fetch_sdists) || return
  wheels=$(_fetched corpus/wheels _fetch_versions) || return
  modules=$(_fetched corpus/go _fetch_modules) || return
  INDEX=$(mktemp -d "$RIND_TMP/index.XXXXXX")
  python3 -B "$_fromager_tests/make_index.py" "$INDEX" "$sdists" "$wheels" --settings "$CORPUS/settings"
  cp -r "$modules/cache/download" "$INDEX/go"
  chmod -R a+rX "$INDEX"
}

_has_crates() { # NAME
  local sdists=("$INDEX/simple/$(tr '[:upper:]._' '[:lower:]--' <<<"$1")"/*.tar.gz)
  tar -tzf "${sdists[0]}" >"$RIND_TMP/members" && grep -q '/Cargo.toml$' "$RIND_TMP/members"
}

_corpus_build() { # OUT NAME VERSION
  local server=http://127.0.0.1:$_corpus_port network=none
  ! _has_crates "$2" || network=host
  IMAGE_FACTORY=$IMAGE_CORPUS BUILDER_NETWORK=$network in_factory "$1" \
    "factory build build --wheel-server-url $server/prebuilt/ $2 $3 $server/simple/" \
    --env INDEX_PORT="$_corpus_port" --env SOURCE_DATE_EPOCH=1767225600 -v "$_corpus_certificates:$_corpus_certificates:ro"
}

# A third build, without Rind, where the two differ: what differs then, too, is the package's own.
corpus_package() { # RESULT NAME VERSION
  local base side status
  base=$(mktemp -d "$RIND_TMP/package.XXXXXX")
  chmod 0755 "$base"
  mkdir -m 0700 "$base/records"
  "$RIND_STAGE/usr/libexec/rind/rind" --version >"$base/version"
  for side in control guarded again; do
    use_no_rind
    case $side in
      guarded) use_rind "{\"record\": {\"place\": \"host\", \"directory\": \"$base/records\"}}" ;;
      again) python3 -B "$CORPUS_PY" differ "$base" || break ;;
    esac
    mkdir "$base/$side"
    status=0
    _corpus_build "$base/$side" "$2" "$3" >"$base/$side.log" 2>&1 || status=$?
    echo "$status" >"$base/$side.status"
  done
  python3 -B "$CORPUS_PY" result "$base" "$2" "$3" >"$1"
  [[ -z ${CORPUS_KEEP:-} ]] || cp -r "$base" "$CORPUS_KEEP/$2"
  rm -rf -- "$base"
}
