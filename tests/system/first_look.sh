# prestart in two programs: the static hook lets a container start that is certainly no builder, and leaves every other one
# to rind-hook-commands, with the same call, the same standard input and the same rights.

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

# The commands have the whole state: their line names the container.
expect_refusal() {
  expect_equal "status" 1 "$STATUS"
  expect_contains "of the commands" "$OUTPUT" "rind-hook: c: isolate the builder container: its /dev is not a private tmpfs"
}

test_builder_is_left_to_the_commands() {
  said builder
  expect_refusal
  said seam
  expect_refusal
  said plain
  expect_equal "no builder" "0 " "$STATUS $OUTPUT"
}

# What the hook gave up to look into an image, the commands have again. Without it they would find no seam, and the builder
# would start as any other container.
test_commands_have_the_rights_of_the_hook() {
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

# Fail closed: who may be a builder does not start. For all others the hook needs no other program.
test_without_the_commands() {
  mv "$TREE/usr/libexec/rind/rind-hook-commands" "$RIND_TMP/"
  said plain
  expect_equal "no builder" "0 " "$STATUS $OUTPUT"
  local bundle
  for bundle in builder seam; do
    said "$bundle"
    expect_equal "status" 1 "$STATUS"
    expect_contains "the reason" "$OUTPUT" "rind-hook-commands: No such file or directory"
  done
  mv "$RIND_TMP/rind-hook-commands" "$TREE/usr/libexec/rind/"
}
