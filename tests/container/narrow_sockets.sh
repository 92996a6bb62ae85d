# Engine sockets are hidden from a builder, wherever they were mounted and whatever they are called there.

# A host's tree of its own: HOST/run is a file system as /run is, with sockets that are listened on.
setup() {
  HOST=$RIND_TMP/host
  mkdir -p "$HOST"/{run,other}
  chmod 0755 "$HOST" "$HOST"/*
  mount -t tmpfs -o mode=0755 tmpfs "$HOST/run"
  mkdir -p "$HOST/run/engine" "$HOST/run/links"
  mount --bind "$HOST/run/engine" "$HOST/other"
  listen "$HOST/run/engine.sock" "$HOST/run/engine/api.sock" "$HOST/run/plain.sock"
  ln "$HOST/run/engine.sock" "$HOST/run/links/innocent"
  import_image podman_rootless
}

teardown() {
  # Each is one of ours, and its number is known.
  local pid
  while read -r pid; do kill "$pid" 2>/dev/null || true; done <"$RIND_TMP/listeners"
  # Lazily: the kernel may not be done with them.
  umount -l "$HOST/other" "$HOST/run"
  ! mountpoint -q "$RIND_TMP/untyped" || umount -l "$RIND_TMP/untyped"
}

is_open() { [[ -S $1 && $(stat -c %a "$1") == 777 ]]; }

# Listens on sockets that everybody may connect to, until the file's tests have ended.
listen() {
  python3 - "$@" >/dev/null 2>&1 <<'PY' &
import os, socket, sys, time
sockets = []
for path in sys.argv[1:]:
    s = socket.socket(socket.AF_UNIX)
    s.bind(path)
    os.chmod(path, 0o777)
    s.listen(64)
    sockets.append(s)
time.sleep(3600)
PY
  echo $! >>"$RIND_TMP/listeners"
  local path
  for path; do wait_until 20 is_open "$path"; done
}

# Those of the sockets PLACES, in a container with the options of $@, that can be connected to.
CONNECT='
import socket, sys
for path in sys.argv[1:]:
    try:
        socket.socket(socket.AF_UNIX).connect(path)
        print(path)
    except OSError: pass'
connected() { builder "$@" "$IMAGE_BUILDER" python3 -c "$CONNECT" "${PLACES[@]}"; }

policy() { # PATHS, a JSON array, in the place of the default ones
  printf '{"narrow": {"engine_sockets": {"paths": %s}}}' "$1"
}

# All PLACES can be connected to without Rind, and with it none but those of LEFT.
expect_hidden() { # PATHS LEFT OPTION...
  local paths=$1 left=$2
  shift 2
  use_no_rind
  expect_status 0 connected "$@"
  expect_equal "control: connected to" "$(printf '%s\n' "${PLACES[@]}")" "$OUTPUT"
  use_rind "$(policy "$paths")"
  expect_status 0 connected "$@"
  expect_equal "connected to" "$left" "$OUTPUT"
}

under_another_name() {
  PLACES=(/srv/innocent /srv/plain)
  expect_hidden "[\"$HOST/run/*.sock\"]" "" -v "$HOST/run/engine.sock:/srv/innocent" -v "$HOST/run/plain.sock:/srv/plain"
  expect_hidden "[\"$HOST/run/engine.sock\"]" /srv/plain \
    -v "$HOST/run/engine.sock:/srv/innocent" -v "$HOST/run/plain.sock:/srv/plain"
}
on_each_runtime under_another_name

directory_above() {
  PLACES=(/host-run/engine.sock /host-run/engine/api.sock /host-run/plain.sock)
  expect_hidden "[\"$HOST/run/engine.sock\", \"$HOST/run/engine\"]" /host-run/plain.sock -v "$HOST/run:/host-run"
}
on_each_runtime directory_above

# The tree of the host, with the file systems that are mounted in it.
whole_tree() {
  PLACES=(/host/run/engine.sock /host/run/engine/api.sock /host/other/api.sock /host/run/plain.sock)
  expect_hidden "[\"$HOST/run/engine.sock\", \"$HOST/run/engine\"]" /host/run/plain.sock -v "$HOST:/host"
}
on_each_runtime whole_tree

second_bind_mount() {
  PLACES=(/srv/second/api.sock)
  expect_hidden "[\"$HOST/run/engine/api.sock\"]" "" -v "$HOST/other:/srv/second"
}
on_each_runtime second_bind_mount

hard_link() {
  PLACES=(/srv/links/innocent /srv/link)
  expect_hidden "[\"$HOST/run/engine.sock\"]" "" -v "$HOST/run/links:/srv/links" -v "$HOST/run/links/innocent:/srv/link"
}
on_each_runtime hard_link

# A file system whose readdir(3) tells no types (xfs without ftype, some of FUSE): sockets are found there, too.
without_types() {
  local host=$RIND_TMP/untyped
  if ! mountpoint -q "$host"; then
    mkdir "$host"
    truncate -s 8M "$host.ext2"
    mkfs.ext2 -q -F -O ^filetype "$host.ext2"
    mount -o loop "$host.ext2" "$host"
    mkdir "$host"/{engine,links}
    chmod 0755 "$host" "$host"/{engine,links}
    listen "$host/engine/api.sock" "$host/links/plain.sock"
    ln "$host/engine/api.sock" "$host/links/innocent"
  fi
  PLACES=(/srv/links/innocent)
  expect_hidden "[\"$host/engine\"]" "" -v "$host/links:/srv/links"
  # Not the engine's: of those a step sees none.
  expect_status 0 builder -v "$host/links:/srv/links" "$IMAGE_BUILDER" sh -c '
    test -S /srv/links/plain.sock && echo control
    /dev/rind/rind run -- sh -c "test -S /srv/links/plain.sock && echo the step; true"'
  expect_equal "who sees a socket" control "$OUTPUT"
}
on_each_runtime without_types

# A symlink on the host, as /var/run is one.
symlink_on_the_host() {
  ln -sfn run "$HOST/run-link"
  PLACES=(/srv/innocent)
  expect_hidden "[\"$HOST/run-link/engine.sock\"]" "" -v "$HOST/run/engine.sock:/srv/innocent"
}
on_each_runtime symlink_on_the_host

keep() {
  PLACES=(/srv/innocent)
  use_rind '{"narrow": {"engine_sockets": {"view": "keep", "paths": ["'"$HOST"'/run/engine.sock"]}}}'
  expect_status 0 connected -v "$HOST/run/engine.sock:/srv/innocent"
  expect_equal "connected to" /srv/innocent "$OUTPUT"
}
on_each_runtime keep

# In its place is an empty file that nobody can write to; steps run.
what_is_seen() {
  use_rind "$(policy "[\"$HOST/run/engine.sock\", \"$HOST/run/engine\"]")"
  expect_status 0 builder -v "$HOST/run:/host-run" "$IMAGE_BUILDER" bash -c '
    stat -c "%F %a" /host-run/engine.sock /host-run/engine; ls -A /host-run/engine
    (: >>/host-run/engine.sock) 2>/dev/null || echo "not written"
    /dev/rind/rind run -- sh -c "ls -d /host-run/engine.sock; ls -A /host-run/engine"'
  expect_equal "what is seen" 'regular empty file 444
directory 555
not written
/host-run/engine.sock' "$OUTPUT"
}
on_each_runtime what_is_seen

# An engine that starts again removes its socket and makes a new one: the kernel takes a cover on the file
# away, and one on the engine's directory stays.
made_again() {
  local paths=$1 socket=$HOST/run/again/api.sock name=again-$$
  mkdir -p "$HOST/run/again"
  rm -f "$socket"
  listen "$socket"
  [[ -z $paths ]] || use_rind "$(policy "$paths")"
  podman_rootful rm -i -f "$name" >/dev/null
  podman_rootful run -d --name "$name" --network none --annotation "$BUILDER_ANNOTATION" \
    --annotation "run.oci.hooks.stderr=$RIND_TMP/hook.log" -v "$HOST/run:/host-run" "$IMAGE_BUILDER" sleep 60 >/dev/null
  rm "$socket"
  listen "$socket"
  OUTPUT=$(podman_rootful exec "$name" python3 -c "$CONNECT" /host-run/again/api.sock)
  podman_rootful rm -t 0 -f "$name" >/dev/null
}

engine_that_starts_again() {
  made_again ""
  expect_equal "control: connected to" /host-run/again/api.sock "$OUTPUT"
  made_again "[\"$HOST/run/again\"]"
  expect_equal "with its directory named, connected to" "" "$OUTPUT"
  # Why docs/policy.md says to name directories.
  made_again "[\"$HOST/run/again/api.sock\"]"
  expect_equal "with its socket named, connected to" /host-run/again/api.sock "$OUTPUT"
}
on_each_runtime engine_that_starts_again

# Without root the hook cannot look into another user's closed directory, and nor can the container.
rootless() {
  RIND_ENGINE=podman_rootless
  # On the disk: podman without root keeps the mount namespace of its first call, and with it that call's mounts.
  local run=$RIND_TMP/rootless-host
  mkdir -p "$run/engine"
  [[ -d $run/closed ]] || mkdir -m 0700 "$run/closed"
  chmod 0755 "$run" "$run/engine"
  rm -f "$run"/*.sock "$run"/*/*.sock
  listen "$run/engine.sock" "$run/engine/api.sock" "$run/plain.sock" "$run/closed/api.sock"
  PLACES=(/srv/innocent /host-run/engine.sock /host-run/engine/api.sock /host-run/plain.sock)
  expect_hidden "[\"$run/engine.sock\", \"$run/engine\", \"$run/closed/api.sock\"]" /host-run/plain.sock \
    -v "$run/engine.sock:/srv/innocent" -v "$run:/host-run"
  PLACES=(/host-run/closed/api.sock)
  use_no_rind
  expect_status 0 connected -v "$run:/host-run"
  expect_equal "without Rind, in another user's closed directory" "" "$OUTPUT"
}
on_each_runtime rootless

# Where the defaults look. The machine's own /run is out of sight meanwhile.
defaults() {
  local run=$RIND_TMP/machine-run sockets=(
    /run/docker.sock /run/podman/podman.sock /run/containerd/containerd.sock /run/crio/crio.sock
    /run/user/1234/podman/podman.sock /run/user/1234/docker.sock)
  mkdir -p "$run"
  mount --rbind /run "$run"
  mount -t tmpfs -o mode=0755 tmpfs /run
  trap 'umount -R -l /run; umount -R -l "$RIND_TMP/machine-run"' EXIT
  mkdir -p "$_engine_run" "${sockets[@]%/*}"
  mount --bind "$run/${_engine_run#/run/}" "$_engine_run"
  listen "${sockets[@]}"
  PLACES=("${sockets[@]/#\/run/\/host-run}")
  expect_status 0 connected -v /run:/host-run
  expect_equal "control: connected to" "$(printf '%s\n' "${PLACES[@]}")" "$OUTPUT"
  use_rind
  expect_status 0 connected -v /run:/host-run
  expect_equal "connected to" "" "$OUTPUT"
}
on_each_runtime defaults
