# Names in the rootfs that change while the hook searches and covers (race_rootfs.py).
# RIND_RACE_ROUNDS: rounds of each race.
source "$RIND_SOURCE/tests/races/rows.inc"
TEST_SECONDS=${RIND_RACE_SECONDS:-600} # each round is a container

declare -A RACES=(
  [file]="a seam in the rootfs and a link to a file of the host"
  [directory]="the directory of a seam and a link to one of the host"
  [outside]="a directory above a seam is moved out of the rootfs and back")

tests_races() {
  local kind rounds=${RIND_RACE_ROUNDS:-60}
  use_rind
  for kind in "${!RACES[@]}"; do
    if OUTPUT=$(python3 -B "$RIND_SOURCE/tests/races/race_rootfs.py" "$kind" "$rounds" "$RIND_HOOKS/50-oci-rind.json" \
      "$RIND_TMP/race" 2>&1); then
      report_ok "$TEST_PREFIX/$kind"
      sed 's/^/# /' <<<"$OUTPUT"
      OUTPUT=$(sed -n '1s/.*rounds: \([0-9]*\) isolated.*/\1/p' <<<"$OUTPUT")
      race_row "${RACES[$kind]}" "$rounds" "nothing of the host was covered or read; $OUTPUT containers were isolated, the others refused"
    else
      report_not_ok "$TEST_PREFIX/$kind" "$(tail -n 1 <<<"$OUTPUT")"
    fi
  done
}
