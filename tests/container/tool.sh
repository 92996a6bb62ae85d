# The helper as a tool for people, in a container with the kit.

rind_tool() { builder "$IMAGE_BUILDER" /dev/rind/rind "$@"; }


test_run() {
  use_rind
  expect_status 0 rind_tool run -- sh -c 'ls /proc | grep -c "^[0-9]"; cat /opt/app-root/src/.netrc 2>&1 || true'
  expect_lacks "the home directory" "$OUTPUT" "RIND-TEST-SECRET"
  expect_status 9 rind_tool run -- sh -c 'exit 9'
}

test_explain() {
  use_rind
  expect_status 0 rind_tool explain -- sh -c true
  expect_status 0 rind_tool explain --json -- sh -c true
  python3 -c 'import json, sys; json.load(sys.stdin)' <<<"$OUTPUT" || fail "not JSON"
  expect_status 0 rind_tool explain --path /root/.ssh -- sh -c true
  expect_contains "how it looks" "$OUTPUT" "hidden"
}

test_errors_are_125() {
  use_rind
  expect_status 125 rind_tool run --no-such-option -- true
  expect_status 125 rind_tool no-such-command
}

# Without the kit there is no isolation to be had, and no command is run without.
test_without_kit() {
  expect_status 125 builder -v "$RIND_TMP/shared/stage/usr/libexec/rind/rind:/usr/bin/rind:ro" "$IMAGE_BUILDER" \
    /usr/bin/rind run -- echo started
  expect_lacks "the command" "$OUTPUT" "started"
}
