# A run of tests/run in a root of another release, as tests of this run.
#
# inner_run RELEASE ARGUMENT...   tests/run ARGUMENT... there. Each of its results is one of the file that calls it, as
#                     TEST_PREFIX/SUITE/FILE/NAME; its own summary is not repeated. What it left out for `--all` is not
#                     counted. A run that ends before its last line is a failure.
# RIND_INNER_PATTERN  only those of its tests whose SUITE/FILE/NAME matches it

inner_run() {
  local release=$1 tmp status=0 totals counted
  shift
  # Short: podman's runroot may have 50 characters. Not in /tmp, which may be a tmpfs, and small.
  tmp=$(mktemp -d "$RIND_TMP/inner.XXXXXX")
  chmod 1777 "$tmp"
  mkdir -m 0755 "$tmp/run"
  in_distro_build "$release" "$tmp" env RIND_TMP=/tmp/run "$RIND_SOURCE/tests/run" -k "${RIND_INNER_PATTERN:-*}" "$@" \
    >"$tmp/output" 2>&1 || status=$?
  totals=$(tail -n 1 "$tmp/output")
  cat "$tmp/output"
  counted=$(_count_in "$tmp/run/results")
  if [[ $totals != "$counted" || $status -gt 1 ]]; then
    report_not_ok "$TEST_PREFIX/run" "tests/run in $release ended with status $status and the line '$totals', not '$counted'" "$tmp/output"
  fi
  awk -v prefix="$TEST_PREFIX/" -F '\t' -v OFS='\t' '$1 !~ /^left / { split($1, head, " ")
    $1 = head[1] " " head[2] " " prefix substr($1, length(head[1] head[2]) + 3); print }' "$tmp/run/results" >>"$RIND_RESULTS"
  rm -rf --one-file-system -- "$tmp"
}

_count_in() { # RESULTS: as tests/run's last line has it
  awk '{ n[$1]++ } END { printf "%d passed, %d failed, %d skipped", n["passed"], n["failed"], n["skipped"] }' "$1" 2>/dev/null || true
}
