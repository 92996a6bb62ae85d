# A policy that cannot be used: no builder starts open, whatever makes it one, and everything else starts.

BROKEN='{"hidden": []}'

# refused IMAGE OPTION... -- COMMAND...: without Rind it starts; with a policy that cannot be used it does not.
refused() {
  local image=$1 options=() status=0
  shift
  while [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  shift
  options+=(-v "$RIND_TMP/shared/packages:/srv/packages:ro")
  RIND_HOOKS_NOW=$RIND_HOOKS
  use_no_rind
  expect_status 0 plain "${options[@]}" "$image" "$@"
  expect_contains "control" "$OUTPUT" started
  RIND_HOOKS=$RIND_HOOKS_NOW
  : >"$RIND_TMP/hook.log"
  OUTPUT=$(plain "${options[@]}" "$image" "$@" 2>&1) || status=$?
  OUTPUT+=$(hook_messages)
  printf '%s\n' "$OUTPUT"
  ((status != 0)) || fail "it started: $*"
  expect_contains "the reason" "$OUTPUT" "$REASON"
}

starts() {
  : >"$RIND_TMP/hook.log"
  expect_status 0 plain "$IMAGE_PLAIN" echo started
  # runc throws away what a hook prints that does not fail.
  [[ $RIND_RUNTIME == runc ]] || expect_contains "the warning" "$(hook_messages)" "builder containers are refused: the policy cannot be used"
}

each_way_to_be_a_builder() {
  use_rind "$BROKEN"
  REASON="its policy cannot be used"
  starts
  refused "$IMAGE_PLAIN" --annotation io.rind.builder=true -- echo started
  refused "$IMAGE_PLAIN" --annotation io.rind.network=none -- echo started
  # Scripts are looked for in any container.
  refused "$IMAGE_BUILDER" -- echo started
  # Commands, in an image that has no script: the seam of an older Fromager is unshare.
  refused "$IMAGE_OLDER" -- fromager step /srv/packages/probe -- echo started
  refused "$IMAGE_OLDER" -- /opt/app-root/bin/fromager step /srv/packages/probe -- echo started
  refused "$IMAGE_OLDER" -- python3 -m fromager step /srv/packages/probe -- echo started
  REASON=io.rind.builder
  refused "$IMAGE_PLAIN" --annotation io.rind.builder=True -- echo started
}
on_each_runtime each_way_to_be_a_builder

# Neither unshare nor an interpreter makes a builder, with a policy or without: every image has them.
test_what_is_no_builder_starts() {
  use_rind
  expect_status 0 plain "$IMAGE_PLAIN" sh -c 'command -v unshare python3 && [ ! -e /dev/rind ]'
  use_rind "$BROKEN"
  starts
}

# The operator's own signs of a builder, in a file whose mistake is elsewhere.
test_own_signs_beside_the_mistake() {
  use_rind '{"wiews": {}, "containers": {"annotation": "com.acme.build", "commands": ["acme *"], "environment": ["ACME=1"]}}'
  REASON="its policy cannot be used"
  starts
  refused "$IMAGE_PLAIN" --annotation com.acme.build=true -- echo started
  refused "$IMAGE_PLAIN" --env ACME=1 -- echo started
  refused "$IMAGE_PLAIN" --annotation io.rind.builder=true -- echo started
}

# Who may write the policy decides what is isolated: rind-hook check and the hook say the same.
test_policy_that_others_may_write() {
  use_rind '{"version": 1}'
  local file=${RIND_HOOKS%/*}/etc/policy.json check status=0
  expect_status 0 builder "$IMAGE_BUILDER" echo started
  chmod 0666 "$file"
  REASON="trust $file"
  starts
  refused "$IMAGE_PLAIN" --annotation io.rind.builder=true -- echo started
  check=$("$RIND_STAGE/usr/libexec/oci/hooks.d/rind-hook" check --defaults "$RIND_STAGE/usr/share/rind/policy.json" \
    --config "${file%/*}" 2>&1) || true
  expect_contains "check" "$check" "trust $file"
}

test_directory_of_the_policy_that_is_not_there() {
  local check
  use_rind
  sed -i 's|/etc"\]|/etx"]|' "$RIND_HOOKS/50-oci-rind.json"
  grep -q /etx "$RIND_HOOKS/50-oci-rind.json" || fail "the hook file was not changed"
  REASON="there is no such directory"
  starts
  refused "$IMAGE_PLAIN" --annotation io.rind.builder=true -- echo started
  check=$("$RIND_STAGE/usr/libexec/oci/hooks.d/rind-hook" check --defaults "$RIND_STAGE/usr/share/rind/policy.json" \
    --config /etc/rnid 2>&1) || true
  grep -qE '^failed +install.policy .*/etc/rnid' <<<"$check" || fail "check: $check"
}
