# The programs of this machine's build start in the other releases: one package serves them.

TEST_SECONDS=900 # the roots are made, where the cache has none

starts_in() { # RELEASE
  local hook=$RIND_STAGE/usr/libexec/oci/hooks.d/rind-hook helper=$RIND_STAGE/usr/libexec/rind/rind
  # That containers start with it is shown by container/short_lived.
  expect_status 0 in_distro "$1" "$hook" --version
  expect_contains "the hook" "$OUTPUT" "rind-hook"
  expect_status 0 in_distro "$1" "$helper" --version
  expect_contains "the helper" "$OUTPUT" "rind "
}

test_starts_on_trixie() { starts_in trixie; }
test_starts_on_sid() { starts_in sid; }
