# The one line that a step that fails leaves on standard error.
source "$RIND_SOURCE/tests/system/hook.inc"

test_the_line() {
  RIG_POLICY='{"leases": 1}'
  expect_status 3 in_rig 'env -i PATH="$PATH" HOME="$HOME" "$RIND" run -- sh -c "exit 3" 2>&1 >/dev/null'
  expect_equal "the line" 'rind: the command ended with exit status 3; it ran isolated (ephemeral uid 61184, network none, seccomp native); for details run (cd /tmp && /dev/rind/rind why -- sh -c '"'"'exit 3'"'"')' "$OUTPUT"
  expect_status 137 in_rig '"$RIND" run -- sh -c "kill -KILL \$\$" 2>/tmp/w/log; status=$?; cat /tmp/w/log; exit $status'
  expect_contains "a signal" "$OUTPUT" "rind: the command ended with signal 9 (Killed); it ran isolated"
  expect_status 0 in_rig '"$RIND" run -- true'
  expect_equal "a step that ends well says nothing" "" "$OUTPUT"
}

test_the_line_of_a_hook() {
  expect_status 1 in_hook_rig 'hook build_wheel "sys.exit(1)"'
  expect_contains "which" "$OUTPUT" "rind: build_wheel of pkg-1 ended with exit status 1; "
  expect_contains "how to look closer" "$OUTPUT" "for details run /dev/rind/rind why --hook build_wheel --source /tmp/w/pkg-1/pkg-1"
  # What it says can be done.
  expect_status 0 in_hook_rig 'hook build_wheel "sys.exit(1)" 2>/tmp/w/log; $(sed "s/.*for details run //" /tmp/w/log) | grep ended'
  expect_contains "the same step" "$OUTPUT" "build_wheel of pkg-1 ended with exit status "
}

# What a package can put into it is a name, and that is made harmless.
test_the_line_stays_one() {
  expect_status 1 in_hook_rig 'new="/tmp/w/odd"$'"'\n\e'"'"[31m"; mv $W "$new"; W=$new V=$W/build-3 S=$W/pkg-1
    hook build_wheel "sys.exit(1)" 2>&1 | cat -v'
  expect_equal "lines" 1 "$(wc -l <<<"$OUTPUT")"
  expect_lacks "an escape" "$OUTPUT" '^['
  expect_contains "the name" "$OUTPUT" 'odd\x0a\x1b[31m'
}

# By counters of the kernel's: a name that is looked up, a connection, and by both families.
network_attempt() {
  RIG_POLICY=${2:-}
  expect_status 1 in_rig '"$RIND" run -- /usr/bin/python3 -c "
import socket, sys
def try_it(family, kind, place):
    s = socket.socket(family, kind)
    try: s.connect(place)
    except OSError as e: print(e.strerror)
$1
sys.exit(1)"' "$1"
}

CONNECT_4='try_it(socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 80))'
CONNECT_6='try_it(socket.AF_INET6, socket.SOCK_STREAM, ("2001:db8::1", 80))'

counted() { sed -n 's/.*; network: \([0-9]*\) packets or connections had no route.*/\1/p' <<<"$OUTPUT"; }

test_network_attempts_are_counted() {
  local four six
  network_attempt "$CONNECT_4"
  expect_contains "control: it is refused" "$OUTPUT" "Network is unreachable"
  four=$(counted)
  ((four > 0)) || fail "IPv4 is not counted: $OUTPUT"
  network_attempt "$CONNECT_6"
  six=$(counted)
  ((six > 0)) || fail "IPv6 is not counted: $OUTPUT"
  network_attempt "$CONNECT_4"$'\n'"$CONNECT_6"$'\n'"$CONNECT_4"
  expect_equal "all of them" $((2 * four + six)) "$(counted)"
}

test_loopback_is_no_attempt() {
  network_attempt 'try_it(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 9))
try_it(socket.AF_INET6, socket.SOCK_STREAM, ("::1", 9))'
  expect_contains "control: nobody listens" "$OUTPUT" "Connection refused"
  expect_equal "counted" "" "$(counted)"
  expect_lacks "the line" "$OUTPUT" "had no route"
}

# What the container's network refuses is not the step's count.
test_container_network_is_not_counted() {
  network_attempt 'pass' '{"network": "container"}'
  expect_contains "the line" "$OUTPUT" "network container"
  expect_lacks "the line" "$OUTPUT" "had no route"
}

test_death_by_seccomp_is_named() {
  [[ $(uname -m) == x86_64 ]] || skip "int 0x80 is x86-64's"
  # mmap of code: mov $20, %eax (getpid); int $0x80; ret.
  local call='/usr/bin/python3 -c "
import ctypes, mmap
m = mmap.mmap(-1, 4096, prot=7); m.write(bytes.fromhex(\"b814000000cd80c3\"))
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))(); print(\"returned\")"'
  expect_status 0 in_rig "$call"
  expect_equal "control: outside" returned "$OUTPUT"
  expect_status 159 in_rig "\"\$RIND\" run -- $call 2>/tmp/w/log; status=\$?; cat /tmp/w/log; exit \$status"
  expect_contains "the line" "$OUTPUT" "rind: the command ended with signal 31 (Bad system call)"
  expect_contains "why" "$OUTPUT" "seccomp killed a process for a system call of another architecture"
}

# Also when it was a process that the step started, and waited for.
test_death_by_seccomp_of_a_child() {
  [[ $(uname -m) == x86_64 ]] || skip "int 0x80 is x86-64's"
  expect_status 1 in_rig '"$RIND" run -- sh -c "(setsid /usr/bin/python3 -c \"
import ctypes, mmap, os, time
if os.fork() == 0:
    time.sleep(0.3)
    m = mmap.mmap(-1, 4096, prot=7); m.write(bytes.fromhex(\\\"b814000000cd80c3\\\"))
    ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()
\"); sleep 1.5; exit 1"'
  expect_contains "why" "$OUTPUT" "seccomp killed a process for a system call of another architecture"
}

# The line speaks of the step whose end it is: what another one was refused is not in it.
test_line_of_a_step_that_did_nothing() {
  expect_status 1 in_rig '"$RIND" run -- /usr/bin/python3 -c "import socket; socket.socket().connect_ex((\"192.0.2.1\", 80))"; "$RIND" run -- false'
  expect_lacks "the line" "$OUTPUT" "had no route"
}
