# The fuzz targets.
#
# fuzz_targets   their names, one a line
# FUZZ_RESULTS   a file for each target: TARGET BY EXECUTIONS SECONDS FINDINGS
# write_fuzzing_table   docs/assurance.md's, of these files

FUZZ_RESULTS=$RIND_SOURCE/build/fuzz-results

fuzz_targets() { sed -n 's/^ *{"\([a-z_]*\)", fuzz_[a-z_]*},$/\1/p' "$RIND_SOURCE/tests/fuzz/targets.cpp"; }

write_fuzzing_table() {
  local target table
  table=$(mktemp)
  {
    printf '| target | by | executions | seconds | findings |\n|---|---|---:|---:|---:|\n'
    for target in $(fuzz_targets); do
      [[ ! -e $FUZZ_RESULTS/$target ]] || awk '{ print "| " $1 " | " $2 " | " $3 " | " $4 " | " $5 " |" }' "$FUZZ_RESULTS/$target"
    done
  } >"$table"
  write_page_block "$RIND_SOURCE/docs/assurance.md" fuzzing "$table"
  rm -- "$table"
}
