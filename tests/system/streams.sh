# The standard streams of a step: closed ones, the front end's pipes and terminals, its logs.
source "$RIND_SOURCE/tests/system/hook.inc"
source "$RIND_SOURCE/tests/system/interpreter.inc"

# A program of this directory, to be given to python3 -c: the rig may not see the source tree.
program() { cat "$RIND_SOURCE/tests/system/streams_$1.py"; }

# SCRIPT finds the front end's and the step's program in $FRONT and $STEP.
in_streams_rig() {
  local FRONT STEP
  FRONT=$(program front_end) STEP=$(program step)
  export FRONT STEP
  local script=$1
  shift
  in_hook_rig "mount -t devpts -o newinstance,ptmxmode=0666 pts /dev/pts; ln -s pts/ptmx /dev/ptmx; $script" "$@"
}

# --- Closed ones ----------------------------------------------------------------------------------
# Every way to close some of them, for every kind of call. What a call opens first would be its
# standard stream: the record, a lease, the policy.
# shellcheck disable=SC2016
CLOSED='mkdir -p /var/log; mount -t tmpfs log /var/log; mkdir -m 0700 /var/log/rind; : >/dev/rind/record.jsonl
make_call get_requires_for_build_wheel "print(\"FORGED\", flush=True); os.write(2, b\"FORGED\n\"); result([])"
call() {
  case $1 in
    run) "$RIND" run -- sh -c "echo FORGED; echo FORGED >&2; cat" ;;
    hook) rm -f $CTL/output.json; call_hook get_requires_for_build_wheel ;;
    trusted) "$SEAM" env true ;;
    explain) "$RIND" explain -- sh -c true ;;
    check) "$RIND" check ;;
  esac
}
for kind in run hook trusted explain check; do
  for closed in "<&-" ">&-" "2>&-" "<&- >&-" "<&- 2>&-" ">&- 2>&-" "<&- >&- 2>&-"; do
    [[ $closed == *"<"* ]] || given="</dev/null"
    call $kind </dev/null >/dev/null 2>&1
    expected=$?
    : >/dev/rind/record.jsonl; rm -f /var/log/rind/steps.jsonl
    eval "call $kind ${given:-} $closed" | cat >/tmp/w/said 2>&1
    status=${PIPESTATUS[0]}
    cat /dev/rind/record.jsonl /var/log/rind/steps.jsonl >>/tmp/w/record
    [[ $status == "$expected" ]] || echo "$kind $closed: status $status: $(tail -n 2 /tmp/w/said)"
    given=
  done
done 2>/tmp/w/errors
grep -Ev "FORGED|No such file" /tmp/w/errors
grep -c "^{" /tmp/w/record; grep -vc "^{" /tmp/w/record; grep FORGED /tmp/w/record | head -n 1; grep -l . /dev/rind/leases/*'

closed() { # PLACE RECORDS
  RIG_POLICY='{"trusted": [["env", "..."]], "record": {"place": "'$1'"}}'
  # status 1: no lease has a byte in it.
  expect_status 1 in_streams_rig "$CLOSED"
  expect_equal "calls that failed, records, and other lines in it" "$2"$'\n0' "$OUTPUT"
}
test_closed_ones() { closed none 0; }
test_closed_ones_and_a_record_on_the_host() { closed host 14; }
test_closed_ones_and_a_record_in_the_container() { closed container 14; }

# The front end's own program is not given what it did not have.
test_closed_ones_stay_closed_for_a_trusted_command() {
  RIG_POLICY='{"trusted": [["sh", "..."]]}'
  local look='for i in 0 2; do test -e /proc/$$/fd/$i; echo $?; done'
  expect_status 0 in_streams_rig 'for run in "" "$SEAM"; do $run sh -c "$1" 2>/dev/null; $run sh -c "$1" <&- 2>&-; done' "$look"
  expect_equal "control, trusted; each with and without" $'0\n0\n1\n1\n0\n0\n1\n1' "$OUTPUT"
}

# Nothing is read from one that is open for writing only.
test_an_input_for_writing() {
  # shellcheck disable=SC2016
  expect_status 0 in_interpreter_rig 'mkfifo /tmp/pipe; cat /tmp/pipe & cd $P; echo "print(\"built\")" >build.py; for to in /tmp/in /tmp/pipe; do $V/bin/python build.py 0>$to 2>&1; echo $?; done'
  expect_equal "a file, a pipe: said and status" $'built\n0\nbuilt\n0' "$OUTPUT"
}

# --- The front end's pipes ------------------------------------------------------------------------
attack() { # HOW ATTEMPT...: the control's output, then the step's
  # shellcheck disable=SC2016
  expect_status 0 in_streams_rig 'how=$1; shift
    python3 -c "$FRONT" $how python3 -c "$STEP" "$@"; rm -f /tmp/w/{ready,go}; echo =
    python3 -c "$FRONT" $how "$RIND" run --rw /tmp/w -- python3 -c "$STEP" "$@"' "$@"
  CONTROL=${OUTPUT%%$'\n='*} STEP_SAID=${OUTPUT#*$'\n='}
}

expect_streams_kept() {
  attack pipe steal
  expect_contains "control: stolen" "$CONTROL" "steal b'SECRET of the front end"
  expect_contains "step: it arrives" "$STEP_SAID" $'\nSECRET of the front end\n'
  expect_lacks "step: stolen" "$STEP_SAID" "steal b'SECRET"
  attack pipe flags
  expect_contains "control" "$CONTROL" "streams changed"
  expect_equal "step" $'\nflags changed\nstatus 0\nstreams as before' "$STEP_SAID"
}
test_pipes() { expect_streams_kept; }
test_pipes_with_its_callers_identity() {
  RIG_POLICY=$IDENTITY_NONE
  expect_streams_kept
}

# --- Terminals ------------------------------------------------------------------------------------
# shellcheck disable=SC2016
AT_TERMINAL='make_call get_requires_for_build_wheel "result([])
sys.argv[1:] = [\"settings\", \"keystrokes\"]
exec(os.environ[\"STEP\"])"
hook_at() { (cd "$S" && VIRTUAL_ENV=$V python3 -c "$FRONT" terminal "$@" "$V/bin/python3" /tmp/front/_in_process.py get_requires_for_build_wheel $CTL); }'

test_a_hook_at_a_terminal() {
  expect_status 0 in_streams_rig "$AT_TERMINAL"'; hook_at; rm $CTL/output.json; echo =; hook_at "$SEAM"'
  local control=${OUTPUT%%$'\n='*} step=${OUTPUT#*$'\n='}
  expect_contains "control: keystrokes" "$control" "keystrokes b'my-password"
  expect_contains "control: settings" "$control" "settings changed"
  expect_contains "step: settings" "$step" "settings denied: Inappropriate ioctl"
  expect_contains "step: keystrokes" "$step" "keystrokes denied: Bad file descriptor"
  expect_contains "step: the terminal" "$step" $'status 0\nsettings as before\nflags as before'
}

# In a script nobody types to it.
test_a_command_at_a_terminal_without_input_from_it() {
  attack terminal settings keystrokes
  expect_contains "control" "$CONTROL" "keystrokes b'my-password"
  expect_contains "step: settings" "$STEP_SAID" "settings denied: Inappropriate ioctl"
  expect_contains "step: keystrokes" "$STEP_SAID" "keystrokes denied: Bad file descriptor"
}

# Through a seam the terminal is the front end's.
test_a_seam_at_a_terminal() {
  expect_status 0 in_streams_rig 'for run in "" "$SEAM"; do python3 -c "$FRONT" typing $run sh -c "test -t 0; echo \$?; test -t 1; echo \$?"; done'
  expect_equal "control, step" $'0\n0\nstatus 0\nsettings as before\nflags as before\n1\n1\nstatus 0\nsettings as before\nflags as before' "$OUTPUT"
}

# Who types to `rind run` has a terminal there, and finds it as it was.
test_a_person_at_a_terminal() {
  attack typing settings keystrokes flags
  expect_contains "control" "$CONTROL" $'settings changed\nflags changed'
  expect_contains "step: it has it" "$STEP_SAID" "settings changed"
  expect_contains "step: what is typed" "$STEP_SAID" "keystrokes b'my-password"
  expect_contains "step: afterwards" "$STEP_SAID" $'status 0\nsettings as before\nflags as before'
}

# --- What it writes -------------------------------------------------------------------------------
# In each: the control's and the step's are the same.
same() { # SCRIPT: $RUN is nothing, or what makes a step
  # shellcheck disable=SC2016
  expect_status 0 in_streams_rig 'for RUN in "" "$RIND run --"; do eval "$1" | md5sum; eval "$1" | wc -c; done' "$1"
  local lines
  mapfile -t lines <<<"$OUTPUT"
  ((lines[1] >= ${2:-1})) || fail "control: ${lines[1]} bytes"
  expect_equal "step" "${lines[0]} ${lines[1]}" "${lines[2]} ${lines[3]}"
}
test_order_of_both_streams() { same '$RUN sh -c "i=0; while [ \$i -lt 500 ]; do echo out \$i; echo error \$i >&2; i=\$((i+1)); done" 2>&1'; }
test_a_large_output() { same '$RUN seq 3000000' 20000000; }
test_a_large_output_without_line_ends() { same '$RUN head -c 50000000 /dev/zero' 50000000; }
test_a_slow_reader() { same '$RUN seq 100000 | (sleep 0.3; cat)' 500000; }
test_both_into_files() { same '$RUN sh -c "seq 100000; seq 100000 >&2" >/tmp/w/1 2>/tmp/w/2; cat /tmp/w/1 /tmp/w/2' 1000000; }
test_behind_what_a_log_has() { same 'echo first >/tmp/w/log; $RUN echo second >>/tmp/w/log; $RUN echo third >>/tmp/w/log; cat /tmp/w/log'; }
test_into_one_open_file() { same '(echo first; $RUN echo second; echo third) >/tmp/w/log; cat /tmp/w/log'; }
test_into_a_fifo() { same 'rm -f /tmp/w/fifo; mkfifo /tmp/w/fifo; $RUN seq 30000 >/tmp/w/fifo & cat /tmp/w/fifo; wait' 100000; }
test_into_a_socket() { same 'python3 -c "$FRONT" socket $RUN seq 300000'; }
test_reader_that_leaves() { same '($RUN yes; echo $? >&2) 2>&1 | head -n 3 | grep -v rind; $RUN sh -c "yes; true" | head -n 1'; }

# --- What it reads --------------------------------------------------------------------------------
test_a_loop_over_a_file() { same 'seq 5 >/tmp/w/l; while read -r line; do $RUN echo "$line"; done </tmp/w/l'; }
test_a_loop_over_a_pipe() { same 'seq 5 | while read -r line; do $RUN echo "$line"; done'; }
test_a_part_of_a_file() { same 'seq 5 >/tmp/w/l; ($RUN sh -c "read a; read b; echo \$a \$b"; cat) </tmp/w/l'; }
test_a_part_of_a_pipe() { same 'seq 5 | ($RUN sh -c "read a; read b; echo \$a \$b"; cat)'; }
test_opened_again() { same 'echo in | $RUN cat /proc/self/fd/0; echo in | $RUN sh -c "cat </proc/self/fd/0 >/proc/self/fd/1; echo error >/proc/self/fd/2" 2>&1'; }

# A file that the front end opened for both is the step's to read.
test_input_is_not_written_to() {
  expect_status 0 in_streams_rig 'echo theirs >/tmp/w/in; chmod 666 /tmp/w/in; cp -p /tmp/w/in /tmp/w/in2
    sh -c "echo harm >&0" 0<>/tmp/w/in; head -n 1 /tmp/w/in
    "$RIND" run -- sh -c "echo harm >&0" 0<>/tmp/w/in2 2>/dev/null; cat /tmp/w/in2'
  expect_equal "control, step" $'harm\ntheirs' "$OUTPUT"
}

# --- What does not arrive -------------------------------------------------------------------------
test_a_log_without_room() {
  expect_status 125 in_streams_rig 'mount -t tmpfs -o size=64k small /tmp/w; (seq 100000 >/tmp/w/log) 2>&1 | grep -o "No space.*"; "$RIND" run -- seq 100000 >/tmp/w/log'
  expect_contains "control" "$OUTPUT" "No space left on device"
  expect_contains "step" "$OUTPUT" "copy the step's output to its log: No space left on device"
}

# A signal that the file's limit causes is the step's matter, not the supervisor's end.
test_a_log_that_is_too_large() {
  expect_status 125 in_streams_rig '(ulimit -f 64; "$RIND" run -- seq 100000 >/tmp/w/log)'
  expect_contains "step" "$OUTPUT" "copy the step's output to its log: File too large"
}

test_a_full_device() {
  expect_status 1 in_streams_rig '"$RIND" run -- bash -c "echo x" >/dev/full'
  expect_contains "the step is told" "$OUTPUT" "No space left on device"
}

# The supervisor has signals and a deadline to look after, whether somebody reads or not.
test_nobody_reads() {
  RIG_POLICY='{"limits": {"wall_clock_seconds": 1, "grace_seconds": 1}}'
  expect_status 0 in_streams_rig 'python3 -c "$FRONT" unread "$RIND" run -- yes'
  expect_equal "by the clock" $'status 124\nin time' "$(said)"
  RIG_POLICY=
  expect_status 0 in_streams_rig 'python3 -c "$FRONT" ended yes; python3 -c "$FRONT" ended "$RIND" run -- yes'
  expect_equal "by a signal: control, step" $'status -15\nin time\nstatus -15\nin time' "$(said)"
}

# A step may handle the signal, or ignore it, and go on to a good end. Its front end reads when that has come.
test_all_of_it_after_a_signal() {
  same 'mkfifo /tmp/w/out; rm -f /tmp/w/said; $RUN bash -c "trap got=1 TERM; echo ready >&2; until [[ \${got:-} ]]; do sleep 0.05; done; seq 30000" >/tmp/w/out 2>/tmp/w/said &
    exec 3</tmp/w/out; wait_until 20 grep -q ready /tmp/w/said; kill -TERM $!; sleep 1; cat <&3; wait $!; echo $?; rm /tmp/w/out' 168894
}

# A busy output does not keep the deadline away.
test_wall_clock_of_a_step_that_writes() {
  RIG_POLICY='{"limits": {"wall_clock_seconds": 1, "grace_seconds": 1}}'
  expect_status 124 in_streams_rig 'timeout 30 "$RIND" run -- sh -c "trap \"\" TERM; yes" >/dev/null 2>&1; timeout 30 "$RIND" run -- sh -c "trap \"\" TERM; yes" | cat >/dev/null; exit ${PIPESTATUS[0]}'
}

# A process outside has the pipe, and the front end waits for its end.
test_a_passed_on_pipe_holds_nobody_up() {
  RIG_POLICY='{"network": "container"}'
  expect_status 0 in_streams_rig 'python3 -c "
import array, socket, time
s = socket.socket(socket.AF_UNIX); s.bind(b\"\0log\"); s.listen(); open(\"/tmp/w/ready\", \"w\"); c, _ = s.accept()
c.recvmsg(1, 100); time.sleep(60)" & wait_until 20 test -e /tmp/w/ready
    timeout 20 "$RIND" run -- python3 -c "
import array, os, socket
s = socket.socket(socket.AF_UNIX); s.connect(b\"\0log\")
s.sendmsg([b\"x\"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array(\"i\", [1]))]); os.write(1, b\"all of it\")" 2>&1 | timeout 20 cat
    echo " ${PIPESTATUS[*]}"; kill %1'
  expect_equal "output and statuses" 'all of it 0 0' "$OUTPUT"
}

# An interpreter gets its program by a pipe, and the helper looks at it first. A pipe has 16 pages: pieces of 3000 bytes fill none
# of them, and nothing more comes before it is read.
test_a_program_in_pieces() {
  local program='{ yes "#" | head -c 120000; echo "print(42)"; } | dd bs=3000 iflag=fullblock status=none'
  expect_status 0 in_interpreter_rig "$program | "'timeout 60 /dev/rind/originals/0'
  expect_equal "control" 42 "$OUTPUT"
  expect_status 0 in_interpreter_rig "$program | "'timeout 60 $V/bin/python'
  expect_equal "what it prints" 42 "$(said)"
}
