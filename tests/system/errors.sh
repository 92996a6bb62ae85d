# What cannot be had is an error that names what, why and the remedy, with exit status 125; each with
# the control that it works where it can be had.
source "$RIND_SOURCE/tests/system/rig.inc"

expect_refusal() { # WHY REMEDY: of the last expect_status
  expect_contains "why" "$OUTPUT" "$1"
  expect_contains "remedy" "$OUTPUT" "$2"
  expect_equal "one line" 1 "$(wc -l <<<"$OUTPUT")"
}

test_control_a_step_runs() {
  expect_status 3 in_rig '"$RIND" run -- sh -c "exit 3"'
}

test_no_kit() {
  RIG_KIT=none
  expect_status 125 in_rig '"$RIND" run -- true'
  expect_refusal "/dev/rind/kit" "journalctl -t rind-hook"
}

test_unreadable_policy() {
  RIG_KIT=broken
  expect_status 125 in_rig '"$RIND" run -- true'
  expect_contains "what" "$OUTPUT" "read /dev/rind/kit"
}

# Fromager goes on without any isolation when `SCRIPT true` fails: it must not, whatever is wrong.
test_probe_succeeds_where_steps_cannot() {
  RIG_KIT=broken
  expect_status 0 in_rig '"$SEAM" true'
  expect_contains "and says so" "$OUTPUT" "read /dev/rind/kit"
  expect_status 125 in_rig '"$SEAM" true true'
  expect_status 125 in_rig '"$SEAM" make'
}

test_no_anchor() {
  RIG_ANCHOR=no
  expect_status 125 in_rig '"$RIND" run -- true'
  expect_refusal "(its anchor) is missing" "rind check"
}

test_no_user_namespaces_by_sysctl() {
  local in_namespace='unshare --user --map-root-user --mount bash -c "$1"'
  expect_status 0 in_rig "$in_namespace" '"$RIND" run -- true'
  expect_status 125 in_rig "$in_namespace" 'echo 0 >/proc/sys/user/max_user_namespaces; "$RIND" run -- true'
  expect_refusal "user.max_user_namespaces is 0" "sysctl"
}

test_no_setfcap() {
  RIG_POLICY=$IDENTITY_NONE
  expect_status 0 in_rig 'setpriv --bounding-set -setpcap "$RIND" run -- true'
  expect_status 125 in_rig 'setpriv --bounding-set -setfcap "$RIND" run -- true'
  expect_refusal "lacks CAP_SETFCAP" "--cap-add SETFCAP"
  # An id of the step's own is no uid 0.
  RIG_POLICY=
  expect_status 0 in_rig 'setpriv --bounding-set -setfcap "$RIND" run -- true'
}

test_private_view_that_cannot_be_backed() {
  expect_status 125 in_rig 'mount -o remount,ro /tmp; cd /; "$RIND" run -- true'
  expect_refusal "make the directory behind the private view of /tmp" 'backing to "memory"'
  RIG_POLICY='{"views": {"/tmp": {"view": "private", "backing": "memory", "size": 65536}}}'
  expect_status 0 in_rig 'mount -o remount,ro /tmp; cd /; "$RIND" run -- true'
}

test_command_that_cannot_be_executed() {
  expect_status 127 in_rig '"$RIND" run -- /nonexistent'
  expect_status 127 in_rig '"$RIND" run -- no-such-program'
  expect_status 126 in_rig '"$RIND" run -- /etc/passwd'
  expect_status 126 in_rig '"$RIND" run -- /etc'
}

test_usage() {
  for arguments in '' 'walk' 'run' 'run --unknown -- true' 'run --json -- true' 'check more' 'run --rw /nonexistent -- true'; do
    expect_status 125 in_rig "\"\$RIND\" $arguments"
    expect_contains "remedy" "$OUTPUT" "rind --help"
  done
  expect_status 0 in_rig '"$RIND" --help'
  expect_status 0 in_rig '"$RIND" --version'
}
