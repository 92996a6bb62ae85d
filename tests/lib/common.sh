# Paths and the smallest helpers; every other file of tests/lib needs this one.
#
# Sets   RIND_SOURCE  the root of the source tree
#        RIND_STAGE   where the build is installed (DESTDIR)
#        RIND_TEST_CACHE  what is worth keeping between runs: images, storage (default /var/cache/rind-tests)
#        RIND_TMP     a directory of this run, removed at its end
# Needs  bash 5, root for anything that makes containers.

set -euo pipefail

RIND_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# The preset that is built: tests/sanitized has others.
RIND_TEST_PRESET=${RIND_TEST_PRESET:-release}
RIND_BUILD=$RIND_SOURCE/build/$RIND_TEST_PRESET
RIND_STAGE=$RIND_SOURCE/build/stage
[[ $RIND_TEST_PRESET == release ]] || RIND_STAGE+=-$RIND_TEST_PRESET
RIND_TEST_CACHE=${RIND_TEST_CACHE:-/var/cache/rind-tests}

say() { printf '# %s\n' "$*" >&2; }

die() {
  printf 'tests: %s\n' "$*" >&2
  exit 1
}

# The directory of this run. A child that finds RIND_TMP in its environment uses its parent's.
# It is world-searchable, because rootless tests read hook files in it as another user.
make_run_directory() {
  [[ -n ${RIND_TMP:-} ]] && return
  RIND_TMP=$(mktemp -d "${TMPDIR:-/tmp}/rind-tests.XXXXXX")
  chmod 0755 "$RIND_TMP"
  export RIND_TMP
  trap 'rm -rf -- "$RIND_TMP"' EXIT
}

# Runs the calling script again in a mount namespace of its own, once, so that what the tests mount
# and unmount is never seen by the machine. crun takes the hybrid layout (cgroup v1 with v2 beside
# it) for one that it cannot use; without the v2 mount it works.
enter_private_namespace() {
  [[ -n ${RIND_TESTS_PRIVATE:-} ]] && return
  ((EUID == 0)) || die "must run as root (it makes containers and mounts)"
  export RIND_TESTS_PRIVATE=1
  exec unshare --mount --propagation private -- /bin/bash -c '
    if [[ -d /sys/fs/cgroup/memory ]] && mountpoint -q /sys/fs/cgroup/unified; then
      umount /sys/fs/cgroup/unified
    fi
    exec "$@"' private "$0" "$@"
}
