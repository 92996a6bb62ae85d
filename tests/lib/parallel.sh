# Test files beside each other, each in a process, a mount namespace and a RIND_TMP of its own.
#
# queue_files SUITE FILE...   puts them into the queue, or, where only --all runs them, counts what is left out
# run_queue                 runs what is in it, RIND_TEST_JOBS at a time and what took longest the last time first, and
#                           prints what each printed when it ends. A file whose first comment has a line
#                           `# Runs alone: REASON` runs with nothing beside it, after the others.
# run_one_file SUITE FILE   what such a process does; tests/run calls it.
#
# A file that takes longer than RIND_TEST_FILE_SECONDS (default 1500, or what its first comment says in a line
# `# File limit: SECONDS, REASON`) is ended, and is a failure.

_queue=() # SUITE/FILE, without .sh
_durations=$RIND_TEST_CACHE/durations # SECONDS SUITE/FILE a line

_path_of() { printf '%s/tests/%s.sh' "$RIND_SOURCE" "$1"; }
# Of the comment that a file begins with.
_header_says() { sed -n "/^#/!q; s/^# $1: //p" "$2"; }
_runs_alone() { [[ -n $(_header_says "Runs alone" "$(_path_of "$1")") ]]; }

# The names of a file's tests, as far as they stand in it; * where it makes names as it runs.
_names_in() { # FILE
  sed -n 's/^tests\{0,1\}_\([a-zA-Z0-9_]*\)().*/\1/p
    s/^on_[a-z]*_runtime\(_several\)\{0,1\} \(.*\)/\2_crun\n\2_runc/p
    s/^ *eval "tests\{0,1\}_.*/*/p' "$1"
}

# Those of them that the pattern wants. A file of which no test is wanted costs nothing.
_wanted_in() { # SUITE FILE
  local name prefix=$1/$(basename "$2" .sh)
  while read -r name; do
    # shellcheck disable=SC2053
    if [[ $name == '*' || $prefix/$name == $RIND_TEST_PATTERN ]]; then echo "$prefix/$name"; fi
  done < <(_names_in "$2")
}

queue_files() {
  local suite=$1 file wanted reason name
  shift
  for file; do
    # A file in which no test is seen is run, so that it is seen to have none.
    wanted=$(_wanted_in "$suite" "$file")
    [[ -n $wanted || -z $(_names_in "$file") ]] || continue
    reason=$(_header_says "Only with --all" "$file")
    if [[ -z $reason || -n $RIND_TEST_ALL ]]; then
      _queue+=("$suite/$(basename "$file" .sh)")
      continue
    fi
    while read -r name; do _record left "$name" "$reason"; done <<<"$wanted"
  done
}

_coloured() { # the lines of failures, at a terminal
  if [[ -t 1 ]]; then sed 's/^not ok .*/\x1b[31m&\x1b[0m/' "$1"; else cat "$1"; fi
}

_file_process() { # NAME OUTPUT
  local name=$1 output=$2 status=0 all=$RIND_RESULTS progress=$RIND_TMP/progress began TEST_BEGAN took limit
  limit=$(_header_says "File limit" "$(_path_of "$name")")
  limit=${RIND_TEST_FILE_SECONDS:-${limit%%,*}}
  limit=${limit:-1500}
  began=$(now)
  TEST_BEGAN=$began
  : >"$progress/running/${name/\//:}"
  # Short: podman's runroot may have 50 characters.
  RIND_TMP=$(mktemp -d "$RIND_TMP/f.XXX")
  chmod 0755 "$RIND_TMP"
  export RIND_TMP RIND_RESULTS=$RIND_TMP/results
  : >"$RIND_RESULTS"
  timeout --kill-after=10 "$limit" unshare --mount --propagation private -- \
    python3 -c "$SUBREAPER" "$RIND_SOURCE/tests/run" --one "${name%%/*}" "$(_path_of "$name")" </dev/null >"$output" 2>&1 || status=$?
  case $status in
    0) ;;
    124 | 137) report_not_ok "$name" "it took more than $limit s" >>"$output" ;;
    *) report_not_ok "$name" "its process ended with status $status" "$output" >>"$output" ;;
  esac
  # Not in two at a time: lines of two files do not mix.
  (
    flock 9
    unshow
    _coloured "$output"
    cat "$RIND_RESULTS" >>"$all"
    rm -- "$progress/running/${name/\//:}"
    took=$(seconds_since "$began")
    echo "$took $name" >>"$progress/done"
    say "$(wc -l <"$progress/done") of $(cat "$progress/total") files, $(_elapsed): $name took $took s"
  ) 9>"$all.lock"
}

_elapsed() { printf '%d:%02d' $((SECONDS / 60)) $((SECONDS % 60)); } # of the whole run, because subshells inherit SECONDS

_progress_line() {
  local file running='' failed
  failed=$(_count failed)
  for file in "$RIND_TMP"/progress/running/*; do
    [[ -e $file ]] || continue
    running+="  $(basename "$file" | tr : /) $(($(date +%s) - $(stat -c %Y "$file"))) s"
  done
  printf '[%s/%s files, %s%s]%s' "$(wc -l <"$RIND_TMP/progress/done")" "$(cat "$RIND_TMP/progress/total")" \
    "$( ((failed == 0)) || printf '%s FAILED, ' "$failed")" "$(_elapsed)" "$running"
}

# At a terminal, each second: which files run. Ends with the run.
_tick() {
  while sleep 1 && [[ -d $RIND_TMP/progress ]] && kill -0 "$$"; do
    (
      flock 9
      show "$(_progress_line)"
    ) 9>"$RIND_RESULTS.lock"
  done 2>/dev/tty
}

_run_beside() { # JOBS NAME...
  local jobs=$1 name
  shift
  for name; do
    while (($(jobs -rp | wc -l) >= jobs)); do wait -n || true; done
    _file_process "$name" "$(mktemp "$RIND_TMP/output.XXXXXX")" &
  done
  wait
}

# Those that took longest first, so that no long one is alone at the end; an unknown one may be such.
_by_duration() { # NAME...
  touch "$_durations"
  printf '%s\n' "$@" | awk 'FILENAME != "-" { took[$2] = $1; next } { print ($1 in took ? took[$1] : 1000), $1 }' "$_durations" - |
    sort -k1,1nr | cut -d' ' -f2
}

_keep_durations() {
  [[ $RIND_TEST_PATTERN == '*' ]] || return 0
  awk '{ took[$2] = $1 } END { for (name in took) print took[name], name }' "$_durations" "$RIND_TMP/progress/done" >"$_durations.$$"
  mv "$_durations.$$" "$_durations"
}

run_queue() {
  local name together=() alone=()
  ((${#_queue[@]})) || return 0
  mkdir -p "$RIND_TMP/progress/running" "$RIND_TEST_CACHE"
  : >"$RIND_TMP/progress/done"
  echo "${#_queue[@]}" >"$RIND_TMP/progress/total"
  while read -r name; do
    if _runs_alone "$name"; then alone+=("$name"); else together+=("$name"); fi
  done < <(_by_duration "${_queue[@]}")
  [[ ! -t 2 ]] || (_tick &)
  _run_beside "$RIND_TEST_JOBS" "${together[@]}"
  _run_beside 1 "${alone[@]}"
  _keep_durations
  if (($(wc -l <"$RIND_TMP/progress/done") != ${#_queue[@]})); then
    report_not_ok tests/run "of ${#_queue[@]} files only these ran: $(cut -d' ' -f2 "$RIND_TMP/progress/done" | xargs)"
  fi
  rm -r -- "$RIND_TMP/progress"
  unshow
}

run_one_file() {
  [[ -n ${RIND_RESULTS:-} && -n ${RIND_TMP:-} ]] || die "--one is for tests/run itself"
  case $1 in
    unit | fuzz | system) ;;
    *) setup_engines ;;
  esac
  _file_process_id=$$
  run_test_file "$1" "$2"
}
