# Builds that run at once in one container, each attacking all others.

TEST_SECONDS=900 # up to three rounds of sixteen builds, each later than the one before

BUILDS=16

# run_builds FILE SECONDS isolated|open
run_builds() {
  builder -v "$RIND_SOURCE/tests/container/parallel_builds.py:/srv/parallel_builds.py:ro" \
    "$IMAGE_BUILDER" /opt/app-root/bin/python3 -B /srv/parallel_builds.py "$BUILDS" "$2" "$3" >"$1" 2>"$1.log"
}

tests_builds() {
  local control=$RIND_TMP/parallel-control.json guarded=$RIND_TMP/parallel-guarded.json
  local verdicts=$RIND_TMP/parallel.verdicts seconds status=3 verdict name reason
  # They meet at a second of the clock; on a machine that is busy it must be a later one.
  for seconds in 10 30 90; do
    use_no_rind
    if ! run_builds "$control" "$seconds" open; then
      report_not_ok container/parallel/control "the run without Rind failed: $(tail -n 1 "$control.log")"
      return
    fi
    use_rind
    if ! run_builds "$guarded" "$seconds" isolated; then
      report_not_ok container/parallel/with-rind "the run with Rind failed: $(tail -n 1 "$guarded.log")"
      return
    fi
    status=0
    python3 -B "$RIND_SOURCE/tests/container/judge_parallel.py" "$control" "$guarded" >"$verdicts" || status=$?
    ((status == 3)) || break
  done
  ((status == 0)) || report_not_ok "$TEST_PREFIX/judge" "no verdict: status $status"
  while IFS=$'\t' read -r verdict name reason; do
    if [[ $verdict == ok ]]; then
      report_ok "$TEST_PREFIX/$name"
    else
      report_not_ok "$TEST_PREFIX/$name" "$reason"
    fi
  done <"$verdicts"
}
