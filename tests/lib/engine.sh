# Calls of podman and buildah, rootful and rootless, with or without Rind's hook.
#
# podman_rootful ARG..., podman_rootless ARG..., buildah_rootful ARG...
#     the engine with storage of the tests' own, the runtime of use_runtime, the hooks of use_rind
# use_runtime crun|runc        default crun
# use_rind [POLICY]            from now on containers start with the hook; POLICY is JSON text that
#                              takes the place of /etc/rind/policy.json (default: no such file). After
#                              installed_on_top it is the installed hook (installed.sh). HOOK_STAGE: another DESTDIR
# use_no_rind                  from now on no hooks at all, not even those of the machine
# builder ARG...               ENGINE run of a container with the annotation that makes it a builder;
#                              ENGINE is podman_rootful, or what RIND_ENGINE names; BUILDER_NETWORK is its network (none)
# hook_messages                what the hook said in this run (crun throws its output away otherwise)
#
# The choices are shell variables: a test runs in a subshell, so it changes only its own.

RIND_ENGINE=podman_rootful
RIND_RUNTIME=crun
RIND_HOOKS=
BUILDER_ANNOTATION=io.rind.builder=true
# A policy in which an image that has Python but no Fromager has no seam.
POLICY_FROMAGER_ONLY='{"seams": {"interpreter": {"use": "never"}}}'

# Once per run: configuration of the engines, and copies that a rootless user may read.
setup_engines() {
  mkdir -p "$RIND_TMP/no-hooks" "$RIND_TMP/shared"
  # CONTAINERS_CONF replaces every other containers.conf. Ulimits are set because podman's default
  # raises them, which needs CAP_SYS_RESOURCE; hooks_dir, so that a Rind of the machine's is not used;
  # apparmor_profile, because podman's own denies mounts where the machine has AppArmor (docs/lsm.md). On a machine of vm.sh it
  # is the one that Rind ships.
  local profile=unconfined
  [[ ${RIND_TEST_LSM:-} != apparmor ]] || profile=rind-builder
  cat >"$RIND_TMP/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
apparmor_profile = "$profile"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
hooks_dir = ["$RIND_TMP/no-hooks"]
CONF
  # podman 5 says on standard error of each command that cgroup v1 will go, where the machine has it.
  export CONTAINERS_CONF=$RIND_TMP/containers.conf PODMAN_IGNORE_CGROUPSV1_WARNING=1
  cp -r "$RIND_SOURCE/tests/packages" "$RIND_SOURCE/tests/attack" "$RIND_TMP/shared/"
  [[ ! -d $RIND_STAGE ]] || cp -r "$RIND_STAGE" "$RIND_TMP/shared/stage"
  : >"$RIND_TMP/hook.log"
  chmod 0666 "$RIND_TMP/hook.log"
  chmod -R a+rX "$RIND_TMP/shared" "$RIND_TMP/containers.conf"
  label_for_containers "$RIND_TMP"
}

# Labels of SELinux, where RIND_TEST_LSM says that it enforces: what containers may read and write, and the helper's own.
label_for_containers() { # DIRECTORY
  [[ ${RIND_TEST_LSM:-} == selinux ]] || return 0
  chcon -R -t container_file_t "$1"
  [[ -d $1/shared/stage ]] || return 0
  chcon -R -t bin_t "$1/shared/stage"
  chcon -t rind_exec_t "$1/shared/stage/usr/libexec/rind/rind"
}

use_runtime() { RIND_RUNTIME=$1; }
use_no_rind() { RIND_HOOKS=; }

use_rind() {
  if [[ -n $INSTALLED ]]; then
    installed_policy "$@"
    RIND_HOOKS=$INSTALLED_HOOKS
    return
  fi
  have_rind || fail "Rind is not built: no binaries under build/stage"
  local base
  base=$(mktemp -d "$RIND_TMP/rind.XXXXXX")
  RIND_HOOKS=$base/hooks.d
  mkdir "$RIND_HOOKS" "$base/etc"
  [[ $# -eq 0 ]] || printf '%s\n' "$1" >"$base/etc/policy.json"
  # The installed hook file, with paths under the stage in the place of the installed ones.
  python3 - "${HOOK_STAGE:-$RIND_TMP/shared/stage}" "$base" <<'PY'
import json, sys
stage, target = sys.argv[1:]
hook = json.load(open(f"{stage}/usr/share/containers/oci/hooks.d/50-oci-rind.json"))
hook["hook"]["path"] = f"{stage}/usr/libexec/oci/hooks.d/rind-hook"
hook["hook"]["args"] = [
    "rind-hook", "hook",
    "--helper", f"{stage}/usr/libexec/rind/rind",
    "--defaults", f"{stage}/usr/share/rind/policy.json",
    "--config", f"{target}/etc",
]
json.dump(hook, open(f"{target}/hooks.d/50-oci-rind.json", "w"))
PY
  chmod -R a+rX "$base"
}

_hooks_dir() { printf '%s' "${RIND_HOOKS:-$RIND_TMP/no-hooks}"; }

# Podman's option, a word a line; none where it is to find the installed hook by itself.
_hooks_are_installed() { [[ -n $INSTALLED && $RIND_HOOKS == "$INSTALLED_HOOKS" ]]; }
_hooks_option() { _hooks_are_installed || printf '%s\n' --hooks-dir "$(_hooks_dir)"; }

# State that must not survive a reboot; away from the machine's own /run/libpod and /run/containers.
_engine_run=/run/rind-tests-$(printf '%s' "$RIND_TEST_CACHE" | cksum | cut -d' ' -f1)

podman_rootful() {
  local hooks
  mapfile -t hooks < <(_hooks_option)
  podman --root "$RIND_TEST_CACHE/storage" --runroot "$_engine_run/containers" --tmpdir "$_engine_run/libpod" \
    --storage-driver overlay --runtime "$RIND_RUNTIME" "${hooks[@]}" "$@"
}

# `buildah run` has no option for the hooks directory [1.28]: it reads the default ones. So the tests'
# hooks are put there, by a mount that only the tests' own mount namespace sees.
_install_default_hooks() (
  [[ -n ${RIND_TESTS_PRIVATE:-} ]] || die "not in a mount namespace of the tests' own"
  # Tests call several engines at a time.
  exec 9>"$RIND_TMP/default-hooks.lock"
  flock 9
  if _hooks_are_installed; then
    _take_off_default_hooks
    return
  fi
  share=$RIND_TMP/usr-share-containers
  # Its file `installed` says whose hooks are in it, and that the mount is there.
  if [[ ! -f /usr/share/containers/installed ]]; then
    rm -rf -- "$share"
    cp -r /usr/share/containers "$share"
    touch "$share/installed"
    mount --bind "$share" /usr/share/containers
  fi
  # Other calls may be at work in it.
  [[ $(cat "$share/installed") != "$(_hooks_dir)" ]] || return 0
  _hooks_dir >"$share/installed"
  rm -rf -- "$share/oci/hooks.d"
  mkdir -p "$share/oci"
  cp -r "$(_hooks_dir)" "$share/oci/hooks.d"
)

_take_off_default_hooks() { [[ ! -f /usr/share/containers/installed ]] || umount /usr/share/containers; }

buildah_rootful() {
  local command=$1
  shift
  local options=()
  if [[ $command == run ]]; then
    _install_default_hooks
    options=(--runtime "$RIND_RUNTIME" --network none)
  fi
  buildah --root "$RIND_TEST_CACHE/storage" --runroot "$_engine_run/containers" \
    --storage-driver overlay "$command" "${options[@]}" "$@"
}

# The rootless engines have storage of their own: overlay where the cache's file system allows a user to mount it, as
# podman itself chooses; vfs copies the whole image for every container, some seconds each.
RIND_TEST_USER=rind-tests
_rootless_run=$_engine_run-rootless

# An ordinary user with subordinate ids, and the directories a login would have made.
_setup_rootless() {
  if ! id "$RIND_TEST_USER" >/dev/null 2>&1; then
    useradd --create-home --shell /bin/bash "$RIND_TEST_USER"
  fi
  grep -q "^$RIND_TEST_USER:" /etc/subuid || usermod --add-subuids 400000-465535 "$RIND_TEST_USER"
  grep -q "^$RIND_TEST_USER:" /etc/subgid || usermod --add-subgids 400000-465535 "$RIND_TEST_USER"
  # Open to be searched: with --userns=keep-id the container's root is another of the user's ids.
  install -d -o "$RIND_TEST_USER" -m 0711 "$RIND_TEST_CACHE"/rootless-{overlay,vfs}
  install -d -o "$RIND_TEST_USER" -m 0700 "$_rootless_run"{,/overlay,/vfs}
  local driver=overlay
  if ! _podman_as_user overlay info >"$RIND_TMP/overlay.log" 2>&1; then
    driver=vfs
    say "rootless containers on vfs, which is slow: $(tail -n 1 "$RIND_TMP/overlay.log")"
  fi
  printf '%s\n' "$driver" >"$_rootless_run/driver"
}

# A clean environment: root's XDG_RUNTIME_DIR and HOME would lead it to root's files.
_as_user() { # DRIVER COMMAND...
  local driver=$1 home
  shift
  home=$(getent passwd "$RIND_TEST_USER" | cut -d: -f6)
  (cd / && setpriv --reuid "$RIND_TEST_USER" --regid "$RIND_TEST_USER" --init-groups \
    env -i PATH="$PATH" HOME="$home" USER="$RIND_TEST_USER" LANG=C.UTF-8 PODMAN_IGNORE_CGROUPSV1_WARNING=1 \
    XDG_RUNTIME_DIR="${RIND_USER_RUN:-$_rootless_run/$driver}" ${CONTAINERS_CONF:+CONTAINERS_CONF="$CONTAINERS_CONF"} "$@")
}

# RIND_USER_RUN, where a test sets it: a directory of the user for storage over the usual one and for XDG_RUNTIME_DIR. The
# first rootless podman leaves a process in whose mount namespace all later ones with that storage are: what the tests
# mount for themselves is seen only by a first one. end_user_run ends that process.
end_user_run() { kill "$(cat "$RIND_USER_RUN/libpod/tmp/pause.pid")"; }

# Options that podman and buildah share. A runroot may have 50 characters.
_rootless_storage() { # DRIVER
  if [[ -n ${RIND_USER_RUN:-} ]]; then
    printf '%s\n' --root "$RIND_USER_RUN/store" --runroot "$RIND_USER_RUN/run" --storage-driver "$1" \
      --storage-opt "$1.imagestore=$RIND_TEST_CACHE/rootless-$1"
    return
  fi
  printf '%s\n' --root "$RIND_TEST_CACHE/rootless-$1" --runroot "$_rootless_run/$1/run" --storage-driver "$1"
}

_podman_as_user() { # DRIVER ARG...
  local storage hooks
  mapfile -t storage < <(_rootless_storage "$1")
  mapfile -t hooks < <(_hooks_option)
  _as_user "$1" podman "${storage[@]}" --runtime "$RIND_RUNTIME" "${hooks[@]}" "${@:2}"
}

_rootless_driver() {
  [[ -f $_rootless_run/driver && -d $RIND_TEST_CACHE/rootless-overlay ]] || _setup_rootless >&2
  cat "$_rootless_run/driver"
}

podman_rootless() { _podman_as_user "$(_rootless_driver)" "$@"; }

# Of its own it reads no hooks directory: tests give --hooks-dir, or not.
buildah_rootless() {
  local driver storage
  driver=$(_rootless_driver)
  mapfile -t storage < <(_rootless_storage "$driver")
  _as_user "$driver" buildah "${storage[@]}" "$@"
}

builder() {
  "$RIND_ENGINE" run --rm --network "${BUILDER_NETWORK:-none}" --timeout "$((300 * ${RIND_TEST_PATIENCE:-1}))" --annotation "$BUILDER_ANNOTATION" \
    --annotation "run.oci.hooks.stderr=$RIND_TMP/hook.log" \
    -v "$RIND_TMP/shared/packages:/srv/packages:ro" "$@"
}

hook_messages() { cat "$RIND_TMP/hook.log"; }

# podman build takes the hooks directory as an option of its own; the global one is ignored [podman 4.3].
podman_build_rootful() {
  podman_rootful build --hooks-dir "$(_hooks_dir)" --network none --no-cache "$@"
}

# A container that is no builder by its annotations.
plain() {
  "$RIND_ENGINE" run --rm --network none --timeout "$((60 * ${RIND_TEST_PATIENCE:-1}))" \
    --annotation "run.oci.hooks.stderr=$RIND_TMP/hook.log" "$@"
}
