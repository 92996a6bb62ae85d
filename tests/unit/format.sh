# The sources are as clang-format leaves them.

test_sources_are_formatted() {
  cd "$RIND_SOURCE"
  local files
  mapfile -t files < <(find common hook helper tests/unit -name '*.h' -o -name '*.cpp')
  ((${#files[@]} > 50)) || fail "only ${#files[@]} files were found"
  clang-format --dry-run --Werror "${files[@]}"
}
