# docs/troubleshooting.md has messages as they are printed (symptoms.py).

SYMPTOMS_PY=$RIND_SOURCE/tests/docs/symptoms.py
PAGE=$RIND_SOURCE/docs/troubleshooting.md

test_messages_are_printed() {
  expect_status 0 python3 -B "$SYMPTOMS_PY" "$PAGE" "$RIND_SOURCE"
}

# Each of these has a fault.
test_control_of_the_messages() {
  local page=$RIND_TMP/page.md change
  for change in 's/Invalid cross-device link/Invalid cross-device joint/' 's/No such process/No such person/' \
    's/it may have CAP_SYS_ADMIN/it might have CAP_SYS_ADMIN/' 's/replaces the list of ... and lacks/replaces the list of ... and keeps/'; do
    sed "$change" "$PAGE" >"$page"
    ! cmp -s "$PAGE" "$page" || fail "the page has nothing for $change"
    expect_status 1 python3 -B "$SYMPTOMS_PY" "$page" "$RIND_SOURCE"
  done
}
