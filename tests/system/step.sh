# What a step is given, read from inside.
source "$RIND_SOURCE/tests/system/rig.inc"

# Of an identity of its own, and of its caller's: POLICY, and what the one mapped id is outside.
expect_no_privileges() {
  RIG_POLICY=$1
  expect_status 0 in_rig '"$RIND" run -- cat /proc/self/status /proc/self/uid_map /proc/self/gid_map'
  expect_contains "no_new_privs" "$OUTPUT" $'NoNewPrivs:\t1'
  for set in CapInh CapPrm CapEff CapBnd CapAmb; do
    expect_contains "$set" "$OUTPUT" "$set:"$'\t'0000000000000000
  done
  local maps
  maps=$(grep -x '\( *[0-9]\+\)\{3\}' <<<"$OUTPUT" | tr -s ' ')
  [[ $maps =~ ^\ 0\ ($2)\ 1$'\n'\ 0\ ($2)\ 1$ ]] || fail "one uid and gid are mapped: $maps"
}

test_privileges() { expect_no_privileges '' '61[0-9]{3}'; }
test_privileges_with_its_callers_identity() { expect_no_privileges "$IDENTITY_NONE" 0; }

test_ordinary_user() {
  expect_status 0 in_rig 'setpriv --reuid 1234 --regid 1234 --clear-groups "$RIND" run -- id'
  expect_equal "own number, and that it is said" "uid=1234 gid=1234 groups=1234
rind: the command succeeded; it ran as the builder's uid 1234, without an identity of its own: the builder lacks CAP_SETUID" "$OUTPUT"
}

# The supervisor reads and writes the builder's files afterwards, with the builder's groups.
test_supplementary_groups_stay_the_supervisors() {
  expect_status 0 in_rig 'mkfifo /tmp/w/go; setpriv --groups 10,20 "$RIND" run --rw /tmp/w -- sh -c "touch /tmp/w/ready; read x" </tmp/w/go & pid=$!; exec 9>/tmp/w/go
    wait_until 20 test -e /tmp/w/ready
    grep Groups /proc/$pid/status; echo >&9; wait $pid'
  expect_equal "groups" "Groups: 10 20 " "$(tr -s ' \t' ' ' <<<"$OUTPUT")"
}

test_supplementary_groups_are_gone() {
  expect_status 0 in_rig 'setpriv --groups 10,20 "$RIND" run -- cat /proc/self/status'
  expect_contains "groups" "$(tr -s ' \t' ' ' <<<"$OUTPUT")" $'\nGroups: \n'
}

test_own_namespaces() {
  for namespace in user mnt pid ipc uts net; do
    expect_status 0 in_rig "readlink /proc/self/ns/$namespace; \"\$RIND\" run -- readlink /proc/self/ns/$namespace"
    expect_equal "$namespace namespaces" 2 "$(sort -u <<<"$OUTPUT" | wc -l)"
  done
}

test_network_is_loopback_and_up() {
  expect_status 0 in_rig '"$RIND" run -- cat /proc/net/dev'
  expect_equal "interfaces" 1 "$(grep -c : <<<"$OUTPUT")"
  # A packet to oneself arrives.
  expect_status 0 in_rig '"$RIND" run -- /usr/bin/python3 -c "
import socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); a.bind((\"127.0.0.1\", 0))
a.settimeout(5); a.sendto(b\"x\", a.getsockname()); assert a.recv(9) == b\"x\""'
}

test_proc_is_own_and_read_only() {
  expect_status 0 in_rig 'sleep 99 & "$RIND" run -- sh -c "ls -d /proc/[0-9]*"; kill %1'
  expect_contains "pid 1 is there" "$OUTPUT" /proc/1
  (($(wc -l <<<"$OUTPUT") <= 3)) || fail "more processes than the step's own: $OUTPUT"
  expect_status 0 in_rig '"$RIND" run -- sh -c "echo x >/proc/sys/kernel/core_pattern || :" 2>&1'
  expect_contains "core_pattern" "$OUTPUT" "Read-only file system"
}

test_proc_is_masked_as_the_container_is() {
  expect_status 0 in_rig '"$RIND" run -- sh -c "wc -c </proc/version; ls /proc/fs | wc -l"'
  expect_equal "a masked file and directory" $'0\n0' "$OUTPUT"
}

# As root with its own number, pid 1 of the step would be an open book: it has the builder's
# environment in its memory.
test_nobody_looks_into_pid_1() {
  # (The numbers of its descriptors can be listed; what is behind them cannot be had.)
  local look='for f in environ mem maps exe cwd root auxv stack fd/0 fd/1 fd/3 fd/4; do (cat /proc/1/$f || ls /proc/1/$f/ || readlink /proc/1/$f) >/dev/null 2>&1 && echo "$f opens"; done; true'
  expect_status 0 in_rig 'SECRET=x sleep 99 & sleep 0.1; cat /proc/$!/environ >/dev/null && echo control'
  expect_equal "control: another process of the same user can be read" control "$OUTPUT"
  expect_status 0 in_rig '"$RIND" run -- sh -c "$1"' "$look"
  expect_equal "what opens" "" "$OUTPUT"
}

test_pid_1_cannot_be_traced() {
  local trace='import ctypes; r = ctypes.CDLL(None).ptrace(16, 1, 0, 0); print("traced" if r == 0 else "denied")'
  expect_status 0 in_rig '"$RIND" run -- /usr/bin/python3 -c "$1"' "$trace"
  expect_equal "PTRACE_ATTACH of pid 1" denied "$OUTPUT"
}

test_descriptors_above_2_are_closed() {
  expect_status 0 in_rig 'exec 9</etc/passwd; "$RIND" run -- sh -c "ls /proc/self/fd"'
  expect_equal "descriptors, with that of ls itself" $'0\n1\n2\n3' "$OUTPUT"
}

test_session_umask_and_stdin() {
  expect_status 0 in_rig 'umask 027; echo from-stdin | "$RIND" run -- sh -c "umask; cat; ps -o sid= -p \$\$ | tr -d \" \"; echo \$\$"'
  local lines
  mapfile -t lines <<<"$OUTPUT"
  expect_equal "umask" 0027 "${lines[0]}"
  expect_equal "standard input of what is no hook" from-stdin "${lines[1]}"
  expect_equal "leader of its own session" "${lines[3]}" "${lines[2]}"
}

test_ignored_signals_stay_ignored() {
  expect_status 0 in_rig 'trap "" HUP; "$RIND" run -- grep SigIgn /proc/self/status'
  local mask=$((16#${OUTPUT##*[[:space:]]}))
  ((mask & 1)) || fail "SIGHUP is not ignored: $OUTPUT"
  expect_status 0 in_rig '"$RIND" run -- grep -E "Sig(Ign|Blk)" /proc/self/status'
  expect_contains "nothing is blocked" "$OUTPUT" $'SigBlk:\t0000000000000000'
}

test_no_setuid() {
  RIG_POLICY='{"views": {"/tmp/w": "rw"}}'
  expect_status 0 in_rig 'cp /bin/id /tmp/w/id; chown 1234 /tmp/w/id; chmod 4755 /tmp/w/id; /tmp/w/id -u; "$RIND" run -- sh -c "id -u; /tmp/w/id -u"'
  local lines
  mapfile -t lines <<<"$OUTPUT"
  expect_equal "effective uid of the control" 1234 "${lines[0]}"
  expect_equal "effective uid in the step" "${lines[1]}" "${lines[2]}"
}

test_devices() {
  expect_status 0 in_rig '"$RIND" run -- sh -c "ls /dev; echo x >/dev/null; head -c 4 /dev/urandom | wc -c; touch /dev/new" 2>&1 || :'
  expect_contains "minimal" "$(tr '\n' ' ' <<<"$OUTPUT")" \
    "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero 4"
  expect_contains "read-only" "$OUTPUT" "Read-only file system"
  expect_lacks "the kit" "$(said)" rind
}

test_terminals_are_its_own() {
  expect_status 0 in_rig '"$RIND" run -- /usr/bin/python3 -c "import os; m, s = os.openpty(); print(os.ttyname(s))"'
  expect_equal "the first terminal" /dev/pts/0 "$OUTPUT"
}

test_root_is_read_only_everywhere() {
  expect_status 0 in_rig '"$RIND" run -- sh -c "while read -r _ _ _ _ at options _; do case \$options in ro*) ;; *) echo \$at;; esac; done </proc/self/mountinfo" | grep -v "^/root/" | sort'
  expect_equal "what is writable, without the step's own work and caches" \
    $'/dev/mqueue\n/dev/pts\n/dev/shm\n/root\n/tmp\n/var/tmp' "$OUTPUT"
}

test_covers_cannot_be_lifted() {
  expect_status 0 in_rig '"$RIND" run -- sh -c "umount /tmp; umount /proc; mount --bind / /tmp; unshare -Urm umount /tmp; unshare -Urm umount -l /root; true" 2>&1'
  expect_equal "denials" 5 "$(grep -cv dmesg <<<"$OUTPUT")"
}

# As many a build script does: `echo ... >/dev/stderr`. The step's uid is not the pipe's owner.
test_standard_streams_can_be_opened_again() {
  expect_status 0 in_rig '"$RIND" run -- sh -c "echo out >/dev/stdout; echo err >/dev/stderr" 2>&1 | sort'
  expect_equal "pipes" $'err\nout' "$OUTPUT"
  expect_status 0 in_rig 'umask 077; echo in | "$RIND" run -- sh -c "cat </dev/stdin >>/dev/stdout" >/tmp/w/log; cat /tmp/w/log; stat -c %a /tmp/w/log'
  expect_equal "a file, which is as closed afterwards as before" $'in\n600' "$OUTPUT"
}

# Through a log's descriptor a step could make it as large as it likes, or unsay what it said.
test_a_log_file_is_not_handed_on() {
  local harm='import os; os.write(1, b"said\n"); os.ftruncate(1, 1 << 40)'
  expect_status 0 in_rig 'python3 -c "$1" >/tmp/w/control; stat -c %s /tmp/w/control
    "$RIND" run -- python3 -c "$1" >/tmp/w/log 2>/dev/null; cat /tmp/w/log; stat -c %s /tmp/w/log' "$harm"
  expect_equal "size: control; text and size: step" $'1099511627776\nsaid\n5' "$OUTPUT"
}

# Nobody waits for who still holds the pipe: a process outside, to which the step passed it.
test_a_passed_on_log_holds_nobody_up() {
  RIG_POLICY='{"network": "container"}'
  expect_status 0 in_rig 'python3 -c "
import array, socket, time
s = socket.socket(socket.AF_UNIX); s.bind(b\"\0log\"); s.listen(); open(\"/tmp/w/ready\", \"w\"); c, _ = s.accept()
c.recvmsg(1, 100); time.sleep(60)" & wait_until 20 test -e /tmp/w/ready
    timeout 20 "$RIND" run -- python3 -c "
import array, os, socket
s = socket.socket(socket.AF_UNIX); s.connect(b\"\0log\")
s.sendmsg([b\"x\"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array(\"i\", [1]))]); os.write(1, b\"all of it\")" >/tmp/w/log
    echo $?; cat /tmp/w/log; kill %1'
  expect_equal "status and log" $'0\nall of it' "$OUTPUT"
}
