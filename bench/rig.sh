# What bench/run, bench/compare and bench/fromager share; needs tests/lib.
#
# bench_prepare         installs packages, makes the run's directory, the image and BENCH_DIR: the C programs and bwrap, which
#                       containers have as /srv/bench. BENCH_LACKING: peers that cannot be had, each with the reason
# bench_stage STAGE     from now on containers start with the hook of this installation (DESTDIR)
# bench_container NAME [OPTION...]    starts a builder that sleeps; $BENCH_DIR/enter/NAME COMMAND... runs a command in it
# bench_end             removes the containers

BENCH_SOURCE=$RIND_SOURCE/bench
BENCH_CONTAINERS=()

bench_program() { # NAME
  gcc -O2 -static -Wall -Wextra -Werror -o "$BENCH_DIR/$1" "$BENCH_SOURCE/$1.c"
}

# What Debian has as a package, and what it has not.
_bench_peers() {
  local peer
  command -v bwrap >/dev/null || apt-get install -y -qq bubblewrap >/dev/null
  cp "$(command -v bwrap)" "$BENCH_DIR/bwrap"
  BENCH_LACKING=()
  for peer in nsjail minijail0; do
    if command -v "$peer" >/dev/null; then
      cp "$(command -v "$peer")" "$BENCH_DIR/$peer"
    else
      BENCH_LACKING+=("$peer: it is not installed$(apt-cache show "${peer%0}" >/dev/null 2>&1 || echo ", and this distribution has no package of it")")
    fi
  done
}

bench_prepare() {
  install_packages
  make_run_directory
  BENCH_DIR=$RIND_TMP/bench
  mkdir -p "$BENCH_DIR/enter"
  bench_program floor
  bench_program measure
  _bench_peers
  chmod -R a+rX "$BENCH_DIR"
  setup_engines
  import_image podman_rootful
  trap 'bench_end; rm -rf -- "$RIND_TMP"' EXIT
}

bench_stage() {
  RIND_STAGE=$1 HOOK_STAGE=$1
  use_rind
}

bench_container() {
  local name=$1 container=bench-$$-$1
  shift
  BENCH_CONTAINERS+=("$container")
  podman_rootful run -d --name "$container" --network none --annotation "$BUILDER_ANNOTATION" \
    --annotation "run.oci.hooks.stderr=$RIND_TMP/hook.log" -v "$BENCH_DIR:/srv/bench:ro" "$@" \
    "$IMAGE_BUILDER" sleep infinity >/dev/null || die "the builder did not start: $(hook_messages | tail -n 3)"
  cat >"$BENCH_DIR/enter/$name" <<SH2
#!/bin/bash
exec podman --root "$RIND_TEST_CACHE/storage" --runroot "$_engine_run/containers" --tmpdir "$_engine_run/libpod" \
  --storage-driver overlay --runtime "$RIND_RUNTIME" exec -i "$container" "\$@"
SH2
  chmod +x "$BENCH_DIR/enter/$name"
}

bench_end() {
  ((${#BENCH_CONTAINERS[@]} == 0)) || podman_rootful rm -f -t 0 "${BENCH_CONTAINERS[@]}" >/dev/null
  BENCH_CONTAINERS=()
}
