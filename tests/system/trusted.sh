# Trusted commands through the script seam.
source "$RIND_SOURCE/tests/system/rig.inc"

test_runs_without_network_and_sees_the_container() {
  RIG_POLICY='{"trusted": [["sh", "..."]]}'
  expect_status 5 in_rig 'echo x >/tmp/w/theirs; "$SEAM" sh -c "grep -c : /proc/net/dev; cat /tmp/w/theirs; hostname; exit 5"'
  expect_equal "loopback alone, the container's /tmp, the host name" $'1\nx\nlocalhost' "$OUTPUT"
}

test_same_command_untrusted_is_a_step() {
  expect_status 1 in_rig 'echo x >/tmp/w/theirs; "$SEAM" cat /tmp/w/theirs'
  expect_contains "it sees its own /tmp" "$OUTPUT" "No such file"
}

test_trusted_name_in_a_writable_place_is_a_step() {
  RIG_POLICY='{"trusted": [["tool"]]}'
  expect_status 0 in_rig 'mkdir /tmp/bin; printf "#!/bin/sh\ntest -e /tmp/seam && echo trusted\n" >/tmp/bin/tool; chmod +x /tmp/bin/tool; PATH=/tmp/bin:$PATH "$SEAM" tool; true'
  expect_lacks "it ran" "$OUTPUT" trusted
}

test_no_command() {
  expect_status 2 in_rig '"$SEAM"'
}
