# Test files beside each other, each in a process, a mount namespace and a RIND_TMP of its own.
#
# run_files SUITE FILE...   runs them, RIND_TEST_JOBS at a time, and prints what each printed when it ends. A file with
#                           a line `# Runs alone: REASON` runs with nothing beside it, after the others.
# run_one_file SUITE FILE   what such a process does; tests/run calls it.
#
# A file that takes longer than RIND_TEST_FILE_SECONDS (default 1500) is ended, and is a failure.

_runs_alone() { grep -q '^# Runs alone: ' "$1"; }

# A file of which no test is wanted costs nothing.
_is_wanted() { # SUITE FILE
  local name prefix=$1/$(basename "$2" .sh)
  while read -r name; do
    # shellcheck disable=SC2053
    [[ $prefix/$name == $RIND_TEST_PATTERN ]] && return 0
  done < <(sed -n 's/^tests\{0,1\}_\([a-zA-Z0-9_]*\)().*/\1/p; s/^on_each_runtime\(_several\)\{0,1\} \(.*\)/\2_crun\n\2_runc/p' "$2")
  # Names that a file makes as it runs.
  grep -q '^ *eval "tests\{0,1\}_' "$2"
}

_file_process() { # SUITE FILE OUTPUT
  local status=0 all=$RIND_RESULTS
  # Short: podman's runroot may have 50 characters.
  RIND_TMP=$(mktemp -d "$RIND_TMP/f.XXX")
  chmod 0755 "$RIND_TMP"
  export RIND_TMP RIND_RESULTS=$RIND_TMP/results
  : >"$RIND_RESULTS"
  timeout --kill-after=10 "${RIND_TEST_FILE_SECONDS:-1500}" \
    unshare --mount --propagation private -- "$RIND_SOURCE/tests/run" --one "$1" "$2" </dev/null >"$3" 2>&1 || status=$?
  case $status in
    0) ;;
    124 | 137) report_not_ok "$1/$(basename "$2" .sh)" "it took more than ${RIND_TEST_FILE_SECONDS:-1500} s" >>"$3" ;;
    *) report_not_ok "$1/$(basename "$2" .sh)" "its process ended with status $status" >>"$3" ;;
  esac
  # Not in two at a time: lines of two files do not mix.
  (
    flock 9
    cat "$3"
    cat "$RIND_RESULTS" >>"$all"
  ) 9>"$all.lock"
}

_run_beside() { # JOBS SUITE FILE...
  local jobs=$1 suite=$2 file
  shift 2
  for file; do
    while (($(jobs -rp | wc -l) >= jobs)); do wait -n || true; done
    _file_process "$suite" "$file" "$(mktemp "$RIND_TMP/output.XXXXXX")" &
  done
  wait
}

run_files() {
  local suite=$1 file together=() alone=()
  shift
  for file; do
    _is_wanted "$suite" "$file" || continue
    if _runs_alone "$file"; then alone+=("$file"); else together+=("$file"); fi
  done
  _run_beside "$RIND_TEST_JOBS" "$suite" "${together[@]}"
  _run_beside 1 "$suite" "${alone[@]}"
}

run_one_file() {
  [[ -n ${RIND_RESULTS:-} && -n ${RIND_TMP:-} ]] || die "--one is for tests/run itself"
  case $1 in
    unit | system) ;;
    *) setup_engines ;;
  esac
  run_test_file "$1" "$2"
}
