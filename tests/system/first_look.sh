# prestart in two programs: the static hook lets a container start that is no builder, and isolates a builder. What it is not
# sure of it leaves to rind-hook-commands, with the same call, the same standard input and the same rights.

setup() {
  TREE=$RIND_TMP/tree
  mkdir -p "$TREE"
  cp -r "$RIND_STAGE/usr" "$TREE/"
  BUNDLES=$RIND_TMP/bundles
  mkdir -p "$BUNDLES"/{plain,builder,seam,etc} "$RIND_TMP"/{plain,seam}
  printf '{"root":{"path":"%s"},"process":{"args":["nginx"]}}' "$RIND_TMP/plain" >"$BUNDLES/plain/config.json"
  printf '{"root":{"path":"%s"},"annotations":{"io.rind.builder":"true"}}' "$RIND_TMP/plain" >"$BUNDLES/builder/config.json"
  printf '{"root":{"path":"%s"},"process":{"args":["nginx"]}}' "$RIND_TMP/seam" >"$BUNDLES/seam/config.json"
  mkdir -p "$RIND_TMP/seam/usr/lib/python3/site-packages/fromager"
  : >"$RIND_TMP/seam/usr/lib/python3/site-packages/fromager/run_network_isolation.sh"
  # Only its owner and CAP_DAC_READ_SEARCH get there.
  chown 1000 "$RIND_TMP/seam/usr/lib/python3" && chmod 0700 "$RIND_TMP/seam/usr/lib/python3"
}

is_elsewhere() { [[ $(readlink /proc/self/ns/mnt) != "$(readlink "/proc/$1/ns/mnt")" ]]; }

# said BUNDLE [COMMAND...]: $STATUS and $OUTPUT, what prestart says to a container of BUNDLE, by the hook of $TREE, which
# COMMAND starts.
said() {
  local bundle=$1 pid
  shift
  unshare --mount --uts sleep 60 &
  pid=$!
  wait_until 10 is_elsewhere "$pid"
  STATUS=0
  OUTPUT=$(printf '{"ociVersion":"1.0","id":"c","status":"created","pid":%s,"bundle":"%s"}' "$pid" "$BUNDLES/$bundle" |
    "$@" "$TREE/usr/libexec/oci/hooks.d/rind-hook" hook --helper "$TREE/usr/libexec/rind/rind" \
      --defaults "$TREE/usr/share/rind/policy.json" --config "$BUNDLES/etc" 2>&1) || STATUS=$?
  kill "$pid"
  printf '%s: %s %s\n' "$bundle" "$STATUS" "$OUTPUT"
}

expect_refusal() {
  expect_equal "status" 1 "$STATUS"
  expect_contains "what it says" "$OUTPUT" "rind-hook: c: isolate the builder container: its /dev is not a private tmpfs"
}

without_commands() {
  mv "$TREE/usr/libexec/rind/rind-hook-commands" "$RIND_TMP/"
  "$@"
  mv "$RIND_TMP/rind-hook-commands" "$TREE/usr/libexec/rind/"
}

test_builder_needs_no_other_program() {
  without_commands said builder
  expect_refusal
  without_commands said seam
  expect_refusal
  without_commands said plain
  expect_equal "no builder" "0 " "$STATUS $OUTPUT"
}

# The other program does the same.
test_builder_of_the_commands() {
  ln -f "$TREE/usr/libexec/rind/rind-hook-commands" "$TREE/usr/libexec/oci/hooks.d/commands"
  mv "$TREE/usr/libexec/oci/hooks.d/rind-hook" "$RIND_TMP/"
  mv "$TREE/usr/libexec/oci/hooks.d/commands" "$TREE/usr/libexec/oci/hooks.d/rind-hook"
  said builder
  expect_refusal
  said seam
  expect_refusal
  said plain
  expect_equal "no builder" "0 " "$STATUS $OUTPUT"
  mv "$RIND_TMP/rind-hook" "$TREE/usr/libexec/oci/hooks.d/"
}

# Without the right to look into an image the hook finds no seam, and the builder would start as any other container.
test_rights_of_the_hook() {
  said seam setpriv --no-new-privs
  expect_refusal
  # Not root, and nothing but these.
  local few=+sys_ptrace,+dac_read_search,+dac_override,+sys_admin,+sys_chroot,+setuid,+setgid
  said seam setpriv --reuid 1001 --clear-groups --inh-caps "$few" --ambient-caps "$few"
  expect_refusal
  # The control: without the right nobody finds the seam.
  said seam setpriv --bounding-set -dac_override,-dac_read_search
  expect_equal "control" "0 " "$STATUS $OUTPUT"
}

test_policy_that_cannot_be_used() {
  echo '{"hidden": []}' >"$BUNDLES/etc/policy.json"
  said plain
  expect_equal "status" 0 "$STATUS"
  expect_contains "the warning" "$OUTPUT" "builder containers are refused: the policy cannot be used"
  said seam
  expect_equal "status" 1 "$STATUS"
  expect_contains "the reason" "$OUTPUT" "its policy cannot be used"
  rm "$BUNDLES/etc/policy.json"
}

# Fail closed: where the hook is not sure, who may be a builder does not start.
test_without_the_commands() {
  echo '{"hidden": []}' >"$BUNDLES/etc/policy.json"
  local bundle
  for bundle in builder seam; do
    without_commands said "$bundle"
    expect_equal "status" 1 "$STATUS"
    expect_contains "the reason" "$OUTPUT" "rind-hook-commands: No such file or directory"
  done
  rm "$BUNDLES/etc/policy.json"
}
