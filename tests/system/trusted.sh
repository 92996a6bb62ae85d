# Trusted commands through the script seam.
source "$RIND_SOURCE/tests/system/rig.inc"

test_runs_without_network_and_sees_the_container() {
  RIG_POLICY='{"trusted": [["sh", "..."]]}'
  expect_status 5 in_rig 'echo x >/tmp/w/theirs; "$SEAM" sh -c "cat /tmp/w/theirs; outer-id; grep CapEff /proc/self/status; exit 5"; s=$?; grep CapEff /proc/self/status; exit $s'
  local lines
  mapfile -t lines <<<"$OUTPUT"
  expect_equal "the container's /tmp" x "${lines[0]}"
  expect_equal "the builder's uid" 0 "${lines[1]}"
  expect_equal "the builder's rights" "${lines[3]}" "${lines[2]}"
  local sockets='for f in (1, 2, 10, 16, 17):
    try: socket.socket(f, socket.SOCK_DGRAM if f != 17 else socket.SOCK_RAW); print(f, "made")
    except OSError as e: print(f, e.errno)'
  RIG_POLICY='{"trusted": [["python3", "..."]]}'
  expect_status 0 in_rig 'python3 -c "import socket
$1"; echo; "$SEAM" python3 -c "import socket
$1"' "$sockets"
  expect_equal "sockets: control, trusted command" $'1 made\n2 made\n10 made\n16 made\n17 made\n\n1 made\n2 97\n10 97\n16 made\n17 97' "$OUTPUT"
}

test_same_command_untrusted_is_a_step() {
  expect_status 1 in_rig 'echo x >/tmp/w/theirs; "$SEAM" cat /tmp/w/theirs'
  expect_contains "it sees its own /tmp" "$OUTPUT" "No such file"
}

test_trusted_name_in_a_writable_place_is_a_step() {
  RIG_POLICY='{"trusted": [["tool"]]}'
  expect_status 0 in_rig 'mkdir /tmp/bin; printf "#!/bin/sh\ntest -e /tmp/seam && echo trusted\n" >/tmp/bin/tool; chmod +x /tmp/bin/tool; PATH=/tmp/bin:$PATH "$SEAM" tool; true'
  expect_equal "it ran without isolation" "" "$(grep -x trusted <<<"$OUTPUT")"
  expect_contains "as a step" "$OUTPUT" "it is not trusted"
}

test_no_command() {
  expect_status 2 in_rig '"$SEAM"'
}
