# A time limit for each test, which ends it with all that it started.
#
# TEST_SECONDS     the limit, 120. A test file sets another at its top level, with the reason beside it. It holds for
#                  each test_NAME and for the whole of a tests_NAME.
# FIXTURE_SECONDS  the limit of setup and teardown, 900: the first setup of a machine fetches and unpacks whole systems
# RIND_TEST_PATIENCE   limits are that many times as long, 1: for a machine that does much else at the same time
# end_everything   ends what this process has started, containers included: for a run that is interrupted
# run_limited FUNCTION   runs it in a subshell under `set -euo pipefail`, and sets LIMITED_STATUS: the subshell's status,
#                  or $TIMED_OUT when it was ended at the limit. Not to be called in a condition: bash would ignore
#                  `set -e` inside.
#
# What a test starts may leave its process group and its parent (conmon does), so processes are found by descent: the
# process of a test file is a subreaper, orphans become its children. First all but the subshell and conmon is killed.
# conmon then removes containers as its --rm asks, and the subshell's EXIT trap removes what the test made. After
# _GRACE seconds what is left is killed, too.

TIMED_OUT=timeout
TEST_SECONDS=120
FIXTURE_SECONDS=900
_GRACE=20

# A program for python3: executes its arguments as a subreaper. `prctl` is in no tool of Debian's. Python ignores two signals,
# and what it executes would, too.
SUBREAPER='
import ctypes, os, signal, sys
for name in (signal.SIGPIPE, signal.SIGXFSZ): signal.signal(name, signal.SIG_DFL)
PR_SET_CHILD_SUBREAPER = 36
if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0): sys.exit("no subreaper")
os.execv(sys.argv[1], sys.argv[1:])'

# PID... and all below them, a number a line. It walks downwards from what it is given, so that a mistake here cannot reach a
# process that is not the test's. Without processes named conmon (but what is below them) where KEEP is conmon, and without
# EXCEPT and what is below that.
_processes_from() { # KEEP EXCEPT PID...
  local keep=$1 except=$2 pid name file children
  shift 2
  for pid; do
    [[ $pid =~ ^[0-9]+$ && $pid -gt 1 && $pid != "$except" ]] || continue
    name=
    read -r name <"/proc/$pid/comm" || true
    [[ $name == "$keep" ]] || echo "$pid"
    # Each thread has children of its own.
    for file in "/proc/$pid/task"/*/children; do
      children=()
      read -r -a children <"$file" || true
      _processes_from "$keep" "$except" "${children[@]}"
    done
  done
} 2>/dev/null

_kill_all_but() { # EXCEPT PID...
  local except=$1 pid
  shift
  for pid; do
    [[ $pid == "$except" ]] || kill -KILL "$pid"
  done
} 2>/dev/null

# Orphans are the children of $$, the process of the test file. Those of earlier tests stay as they are, and so does rootless
# podman's process: later ones are in its namespaces.
_orphans() {
  local children=
  [[ ${_file_process_id:-} == "$$" ]] || return 0
  read -r children <"/proc/$$/task/$$/children" || true
  echo "$children"
}

_new_orphans() { # ORPHANS-BEFORE: a number a line
  local pid
  for pid in $(_orphans); do
    [[ " $1 " != *" $pid "* && ! "$(tr '\0' ' ' <"/proc/$pid/cmdline")" =~ catatonit\ -P|podman\ pause ]] || continue
    echo "$pid"
  done
} 2>/dev/null

_end_processes() { # SUBSHELL ORPHANS-BEFORE
  local subshell=$1 except=$BASHPID pids new tries
  mapfile -t new < <(_new_orphans "$2")
  mapfile -t pids < <(_processes_from conmon "$except" "$subshell" "${new[@]}")
  # The subshell has its trap to run, at once, and what that starts is not among them.
  kill -TERM "$subshell" 2>/dev/null
  _kill_all_but "$subshell" "${pids[@]}"
  for ((tries = 0; tries < _GRACE * 10; tries++)); do
    # Succeeds while one of them is there.
    kill -0 "$subshell" "${new[@]}" 2>/dev/null || return 0
    sleep 0.1
  done
  mapfile -t pids < <(_processes_from none "$except" "$subshell" "${new[@]}")
  _kill_all_but none "${pids[@]}"
}

# Ends SUBSHELL after LIMIT seconds and leaves FILE, with the limit in it; a TERM ends it before that.
_guard() { # SUBSHELL ORPHANS-BEFORE FILE LIMIT
  local timer=
  trap - EXIT
  trap '[[ -z $timer ]] || kill "$timer"; exit' TERM
  sleep "$(($4 * ${RIND_TEST_PATIENCE:-1}))" &
  timer=$!
  wait "$timer"
  trap '' TERM
  echo "$4" >"$3"
  _end_processes "$1" "$2"
}

end_everything() {
  local children pids
  read -r -a children <"/proc/$$/task/$$/children" || true
  mapfile -t pids < <(_processes_from conmon none "${children[@]}")
  _kill_all_but none "${pids[@]}"
}

run_limited() {
  local function=$1 subshell guard sign orphans
  sign=$(mktemp -u "$RIND_TMP/limit.XXXXXX")
  orphans=$(_orphans)
  set +e
  (
    set -euo pipefail
    "$function"
  ) &
  subshell=$!
  (_guard "$subshell" "$orphans" "$sign" "$TEST_SECONDS") &
  guard=$!
  wait "$subshell" 2>/dev/null
  LIMITED_STATUS=$?
  kill -TERM "$guard" 2>/dev/null
  wait "$guard" 2>/dev/null
  set -e
  if [[ -e $sign ]]; then
    rm -f -- "$sign"
    LIMITED_STATUS=$TIMED_OUT
  fi
}
