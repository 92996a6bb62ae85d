# What bench/run, bench/compare and bench/fromager share; needs tests/lib.
#
# bench_prepare         installs packages, makes the run's directory, containers' storage, the image and BENCH_DIR: the C programs
#                       and the peers, which containers have as /srv/bench. BENCH_LACKING has a line for each peer that cannot be had
# bench_stage STAGE     from now on containers start with the hook of this installation (DESTDIR)
# bench_container NAME [OPTION...]    starts a builder that sleeps, with the caches that the image names only where BENCH_CACHES
#                       is set; $BENCH_DIR/enter/NAME COMMAND... runs a command in it
# bench_mounts NAME N   makes N more mounts in that container
# bench_sleeping_root   sets BENCH_ROOT to the pid of a process that the hook takes for the first one of a container
# bench_bundles         the bundles of $BENCH_DIR/bundles: no-op, plain (no builder), builder. Their hooks write their times (timed.c)
#                       to the file `times` beside config.json
# bench_end             ends all of that

BENCH_SOURCE=$RIND_SOURCE/bench
BENCH_CONTAINERS=()
BENCH_LACKING=()

_bench_program() { # NAME
  gcc -O2 -static -Wall -Wextra -Werror -o "$BENCH_DIR/$1" "$BENCH_SOURCE/$1.c"
}

_bench_peer() { # PROGRAM PACKAGE
  if ! command -v "$1" >/dev/null && [[ -n $(apt-cache search --names-only "^$2\$") ]]; then
    with_progress "$BENCH_DIR/apt.log" apt-get install -y -qq "$2" || true
  fi
  if command -v "$1" >/dev/null; then
    cp "$(command -v "$1")" "$BENCH_DIR/$1"
  else
    BENCH_LACKING+=("$1: this distribution has no package $2")
  fi
}

# Containers lie on an ext4 of their own, with a journal: on an older file system a new directory can take ten times as long
# (docs/performance.md), and a step makes four.
_bench_storage() {
  truncate -s 8G "$RIND_TMP/storage.img"
  mkfs.ext4 -q -F "$RIND_TMP/storage.img" || die "mkfs.ext4 failed (Debian's package e2fsprogs)"
  mkdir -p "$RIND_TMP/storage" "$RIND_TEST_CACHE/storage"
  mount -o loop "$RIND_TMP/storage.img" "$RIND_TMP/storage" || die "no loop device: run bench where /dev/loop-control is"
  mkdir "$RIND_TMP/storage/containers"
  mount --bind "$RIND_TMP/storage/containers" "$RIND_TEST_CACHE/storage"
}

bench_prepare() {
  install_packages
  make_run_directory
  _bench_storage
  BENCH_DIR=$RIND_TMP/bench
  mkdir -p "$BENCH_DIR"/{enter,bundles}
  _bench_program floor
  _bench_program measure
  _bench_program no-op
  _bench_program timed
  _bench_peer bwrap bubblewrap
  _bench_peer nsjail nsjail
  _bench_peer minijail0 minijail
  chmod -R a+rX "$BENCH_DIR"
  setup_engines
  import_image podman_rootful
  trap 'bench_end; rm -rf -- "$RIND_TMP"' EXIT
}

bench_stage() {
  RIND_STAGE=$1 HOOK_STAGE=$1
  use_rind
}

# Other work of the machine is to take as little of the processors as it can.
bench_container() {
  local name=$1 container=bench-$$-$1 caches=()
  shift
  [[ -n ${BENCH_CACHES:-} ]] || caches=(--unsetenv CARGO_HOME --unsetenv CCACHE_DIR)
  BENCH_CONTAINERS+=("$container")
  podman_rootful run -d --name "$container" --network none --annotation "$BUILDER_ANNOTATION" \
    --annotation "run.oci.hooks.stderr=$RIND_TMP/hook.log" -v "$BENCH_DIR:/srv/bench:ro" --cpu-shares 262144 "${caches[@]}" "$@" \
    "$IMAGE_BUILDER" sleep infinity >/dev/null || die "the builder did not start: $(hook_messages | tail -n 3)"
  # For Python, which has no functions of the shell's.
  {
    echo '#!/bin/bash'
    declare -f podman_rootful _hooks_option _hooks_are_installed _hooks_dir
    declare -p RIND_TEST_CACHE _engine_run RIND_RUNTIME RIND_HOOKS INSTALLED INSTALLED_HOOKS RIND_TMP 2>/dev/null || true
    printf 'podman_rootful exec -i %q "$@"\n' "$container"
  } >"$BENCH_DIR/enter/$name"
  chmod +x "$BENCH_DIR/enter/$name"
}

bench_mounts() {
  local pid
  pid=$(podman_rootful inspect --format '{{.State.Pid}}' "bench-$$-$1")
  # shellcheck disable=SC2016
  nsenter --target "$pid" --mount --root -- sh -c '
    mkdir /mnt/many
    for n in $(seq "$0"); do
      : >/mnt/many/$n
      mount --no-mtab --bind /etc/passwd /mnt/many/$n || exit
    done' "$2"
}

bench_sleeping_root() {
  unshare --mount --pid --fork --kill-child --uts sleep infinity </dev/null >/dev/null 2>&1 &
  BENCH_SLEEPER=$!
  disown
  wait_until 5 pgrep -P "$BENCH_SLEEPER" -x sleep >/dev/null
  BENCH_ROOT=$(pgrep -P "$BENCH_SLEEPER" -x sleep)
}

_bench_timed_hook() { # FROM TO TIMES
  jq --arg timed "$BENCH_DIR/timed" --arg times "$3" \
    '.hook.args = [$timed, $times, .hook.path] + .hook.args[1:] | .hook.path = $timed' "$1" >"$2"
}

bench_bundles() {
  local top=$BENCH_DIR/bundles rootfs bundle hook no_op=$BENCH_DIR/no-op.json ours=$RIND_HOOKS/50-oci-rind.json
  jq -n --arg path "$BENCH_DIR/no-op" '{hook: {path: $path, args: [$path]}, stages: ["prestart", "poststart"]}' >"$no_op"
  for rootfs in plain builder; do
    mkdir -p "$top/$rootfs-"{root,upper,work}
    mount -t overlay overlay "$top/$rootfs-root" -o "lowerdir=$(_bundle_tree),upperdir=$top/$rootfs-upper,workdir=$top/$rootfs-work"
  done
  rm "$top"/plain-root/opt/app-root/lib/python3*/site-packages/fromager/run_network_isolation.sh
  for bundle in no-op:plain:"$no_op" plain:plain:"$ours" builder:builder:"$ours"; do
    IFS=: read -r bundle rootfs hook <<<"$bundle"
    mkdir "$top/$bundle"
    _bench_timed_hook "$hook" "$top/$bundle/hook.json" "$top/$bundle/times"
    python3 "$RIND_SOURCE/tests/lib/bundle_config.py" --root "$top/$rootfs-root" --hook "$top/$bundle/hook.json" sleep infinity \
      >"$top/$bundle/config.json"
  done
}

bench_end() {
  local bundle
  ((${#BENCH_CONTAINERS[@]} == 0)) || podman_rootful rm -f -t 0 "${BENCH_CONTAINERS[@]}" >/dev/null || true
  BENCH_CONTAINERS=()
  # unshare ignores SIGTERM.
  [[ -z ${BENCH_SLEEPER:-} ]] || kill -KILL "$BENCH_SLEEPER" 2>/dev/null || true
  # One that was interrupted.
  for bundle in no-op plain builder; do
    crun --root "$BENCH_DIR/bundles/state" delete --force "bench-$bundle" >/dev/null 2>&1 || true
  done
  umount "$BENCH_DIR"/bundles/*-root 2>/dev/null || true
  umount -l "$RIND_TEST_CACHE/storage" "$RIND_TMP/storage" 2>/dev/null || true
}
