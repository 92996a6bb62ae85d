# How the seccomp programs come into the helper. What they say is in seccomp_test.cpp.

test_programs_are_made_the_same_each_time() {
  local made=$RIND_BUILD/generated/helper/seccomp_filters.h again=$RIND_TMP/seccomp_filters.h
  "$RIND_BUILD/rind-make-filter" "$again"
  expect_contains "control" "$(<"$made")" "namespace rind::filters::aarch64 {"
  cmp "$made" "$again"
}

# It would cost each step 12 ms.
test_helper_has_no_libseccomp() {
  local symbols
  symbols=$(nm -C "$RIND_BUILD/rind")
  expect_contains "control" "$symbols" "rind::run_sandboxed"
  expect_lacks "symbols" "$symbols" "seccomp_init"
}
