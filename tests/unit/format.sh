# The sources are as clang-format leaves them. It is Debian 12's, 14: each release of it lays out a few lines otherwise.

tests_sources_are_formatted() {
  local files log=$RIND_TMP/format.log name=$TEST_PREFIX/sources_are_formatted
  if ! clang-format --version | grep -q 'version 14\.'; then
    report_left "$name" "it is $(clang-format --version), and 14 is what counts"
    return
  fi
  cd "$RIND_SOURCE"
  mapfile -t files < <(find common hook helper tests/unit -name '*.h' -o -name '*.cpp')
  ((${#files[@]} > 50)) || { report_not_ok "$name" "only ${#files[@]} files were found"; return; }
  if clang-format --dry-run --Werror "${files[@]}" >"$log" 2>&1; then
    report_ok "$name"
  else
    report_not_ok "$name" "clang-format would change: $(grep -c error: "$log") places" "$log"
  fi
}
