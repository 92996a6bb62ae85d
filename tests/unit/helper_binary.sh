# What the helper must be: a file that needs nothing of the image, and gives no rights.

helper() { printf '%s' "$RIND_STAGE/usr/libexec/rind/rind"; }

test_helper_is_static() {
  local headers
  headers=$(readelf --program-headers --dynamic "$(helper)")
  expect_lacks "program headers" "$headers" INTERP
  expect_lacks "dynamic section" "$headers" NEEDED
  expect_contains "position-independent" "$(readelf --file-header "$(helper)")" "DYN"
}

test_helper_gives_no_rights() {
  expect_equal "mode" 755 "$(stat -c %a "$(helper)")"
  expect_equal "file capabilities" "" "$(getfattr --absolute-names -n security.capability "$(helper)" 2>/dev/null || true)"
}

# iostream costs a third of the start; name services cannot work in a static program.
test_helper_has_no_iostream_and_no_name_service() {
  local symbols
  symbols=$(nm -C "$RIND_BUILD/rind")
  expect_contains "control" "$symbols" "rind::run_sandboxed"
  expect_lacks "symbols" "$symbols" "std::ios_base::Init"
  expect_lacks "symbols" "$symbols" " getpwuid"
  expect_lacks "symbols" "$symbols" " getaddrinfo"
}
