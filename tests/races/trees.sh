# A second process of the container changes the trees while the helper works in them (race_trees.py).
# RIND_RACE_ROUNDS: rounds of each race, besides those in which the helper is stopped at its calls.
source "$RIND_SOURCE/tests/system/hook.inc"
source "$RIND_SOURCE/tests/races/rows.inc"
TEST_SECONDS=${RIND_RACE_SECONDS:-600} # a step is stopped at each of its system calls, many times

# What takes the place of what, and for whom.
declare -A RACES=(
  [sources/link]="a file of the sources and a link to a file outside"
  [sources/other]="a file of the sources and a hard link to somebody's file"
  [directory/link]="a directory of the sources and a link to one outside"
  [linked/link]="a file with two names and a link to a file outside"
  [linked/other]="a file with two names and a hard link to somebody's file"
  [git/link]="the configuration of git and a link to a file outside"
  [git/other]="the configuration of git and a hard link to somebody's file"
  [hooks/link]="the directory of git's hooks and a link to one outside"
  [outputs/link]="the artefact and a link to a file outside"
  [outputs/other]="the artefact and a hard link to somebody's file"
  [work/link]="the directory of the sources itself and a link to one outside"
  [moving]="files and directories of the sources are added, removed and moved"
  [whole]="git's files are looked at, at each system call of the helper")

# shellcheck disable=SC2016
tests_races() {
  local race
  for race in "${!RACES[@]}"; do
    if OUTPUT=$(RIG_SECONDS=$TEST_SECONDS in_rig 'RACE_SEAM=$SEAM exec /usr/bin/python3 -B "$1" "$2" "$3"' \
      "$RIND_SOURCE/tests/races/race_trees.py" "$race" "${RIND_RACE_ROUNDS:-2}" 2>&1); then
      report_ok "$TEST_PREFIX/$race"
      echo "# $OUTPUT"
      race_row "${RACES[$race]}" "${OUTPUT%% *}" "${OUTPUT#* }"
    else
      report_not_ok "$TEST_PREFIX/$race" "$OUTPUT"
    fi
  done
}
