# A step that failed runs once more under a tracer, and its last line names what it was denied; so does `rind why`.
source "$RIND_SOURCE/tests/system/hook.inc"

# shellcheck disable=SC2016
BESIDE='
export HOME=/mnt/home; mkdir /mnt/home; echo s >/mnt/home/in-home
echo s >/mnt/closed.conf; chmod 600 /mnt/closed.conf
plain() { make_call build_wheel "$1"; (cd $S && exec /usr/bin/python3 /tmp/front/_in_process.py build_wheel $CTL); }
'

# denied CODE WORDS...   CODE ends well without Rind, fails with it, and the last line has WORDS.
denied() {
  local code=$1 word
  shift
  expect_status 0 in_hook_rig "$BESIDE"'plain "$1"' "$code"
  expect_status 1 in_hook_rig "$BESIDE"'hook build_wheel "$1" 2>/tmp/w/log; status=$?; tail -n 1 /tmp/w/log; exit $status' "$code"
  for word; do expect_contains "$code" "$OUTPUT" "$word"; done
}

test_files_are_named() {
  denied 'open("/mnt/closed.conf")' "it could not read /mnt/closed.conf: " "0600" "chmod"
  denied 'open(os.path.expanduser("~/in-home"))' "it could not read " "/mnt/home/in-home" "views."
  denied 'open("/mnt/x", "w").close(); os.unlink("/mnt/x")' "it could not write /mnt/x: the root is read-only"
  denied 'open("../../beside", "w").close(); os.unlink("../../beside")' "it could not write /tmp/w/pkg-1/pkg-1/../../beside: " \
    "is hidden, and read-only" "write below its sources"
  denied 'open("x", "w"); os.rename("x", "/tmp/x"); os.unlink("/tmp/x")' "it could not rename" "different mounts" "copy"
}

# As a 32-bit program makes them: mov eax, 20 (getpid); int 0x80; ret.
test_calls_of_another_architecture() {
  [[ $(uname -m) == x86_64 ]] || skip "int 0x80 is x86-64's"
  denied 'import ctypes, mmap, subprocess
if os.environ.get("CHILD"):
    code = mmap.mmap(-1, 4096, prot=7); code.write(b"\xb8\x14\0\0\0\xcd\x80\xc3")
    ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))(); sys.exit(0)
subprocess.run([sys.executable, "-c", "import os, sys; exec(open(\"backend.py\").read())"], env={**os.environ, "CHILD": "1"}, check=True)' \
    "it could not run " "of another architecture" '{"seccomp":"multiarch"}'
}

# Root outside passes over modes.
test_modes_of_the_steps_own_files() {
  denied 'import shutil; shutil.rmtree("ro", True); open("ro", "a").close(); os.chmod("ro", 0o444); open("ro", "w"); os.unlink("ro")' \
    "it could not write /tmp/w/pkg-1/pkg-1/ro: mode 0444" "chmod u+w"
  denied 'import shutil, tempfile; d = tempfile.mkdtemp(); os.mkdir(d + "/a"); open(d + "/a/f", "w").close(); os.chmod(d + "/a", 0o555); shutil.rmtree(d)' \
    "it could not remove /tmp/" "/a/f: a mode denies it" "chmod u+rwX"
}

test_sockets_are_named() {
  local server='import socket, threading
server = socket.socket(); server.bind(("127.0.0.1", 0)); server.listen()
print(server.getsockname()[1], flush=True)
while True: server.accept()'
  expect_status 1 in_hook_rig 'ip link set lo up; /usr/bin/python3 -c "$1" >/tmp/w/port & wait_until 20 test -s /tmp/w/port
    hook build_wheel "import socket; socket.create_connection((\"127.0.0.1\", $(cat /tmp/w/port)))" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}' "$server"
  expect_contains "the server" "$OUTPUT" "it could not connect to 127.0.0.1:"
  expect_contains "the key" "$OUTPUT" '{"network": "container"}'
}

test_calls_are_named() {
  denied 'import subprocess; subprocess.check_call(["unshare", "-r", "true"])' "it could not make a namespace (unshare): " "seccomp"
  denied 'import ctypes
if ctypes.CDLL(None, use_errno=True).syscall(250, 0, -3, 0) < 0: raise OSError(ctypes.get_errno(), "keyctl")' "use the kernel" "keyrings"
}

test_a_failure_of_its_own_is_told_from_a_denial() {
  expect_status 1 in_hook_rig 'hook build_wheel "open(\"/tmp/w/nowhere\")" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}'
  expect_contains "nothing" "$OUTPUT" "it ran again under a tracer: Rind denied no system call"
  expect_lacks "nothing" "$OUTPUT" "it could not"
}

# What bash, Go and the JVM try at each start, and cmake's and Node's io_uring, are not why their build failed.
test_what_programs_try_in_passing_is_no_cause() {
  local code
  for code in 'import subprocess; subprocess.check_call(["bash", "-c", "exit 1"])' \
    'import tempfile; open(tempfile.mkdtemp() + "/a/none")' 'os.makedirs("/tmp/made/by/itself"); open("/tmp/made/by/none")'; do
    expect_status 1 in_hook_rig 'hook build_wheel "import os; $1" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}' "${code//\"/\\\"}"
    expect_contains "$code" "$OUTPUT" "it ran again under a tracer: Rind denied no system call"
  done
  for code in 'open("/proc/self/coredump_filter", "w")' 'import ctypes; sys.exit(ctypes.CDLL(None).syscall(425, 4, 0) < 0)'; do
    expect_status 1 in_hook_rig 'hook build_wheel "$1" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}' "$code"
    expect_contains "$code" "$OUTPUT" "; Rind denied only what programs try in passing: it could not "
  done
  expect_status 1 in_hook_rig 'mkdir /tmp/hsperfdata_root; hook build_wheel "import os; os.listdir(\"/tmp/hsperfdata_root\")" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}'
  expect_contains "the directory of a JVM" "$OUTPUT" "Rind denied no system call"
  expect_status 1 in_hook_rig 'mkdir /tmp/v8-compile-cache-0; hook build_wheel "import os; os.listdir(\"/tmp/v8-compile-cache-0\")" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}'
  expect_contains "the directory of Node.js" "$OUTPUT" "Rind denied no system call"
  # A change in place of what the builder has in a cache: cargo's note of when it used what, and another file.
  local file
  for file in .global-cache other; do
    expect_status 1 in_hook_rig 'export CARGO_HOME=/var/cache/cargo; mkdir -p $CARGO_HOME; head -c 8192 /dev/zero >$CARGO_HOME/$1
      hook build_wheel "open(\"/var/cache/cargo/$1\", \"r+\")" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}' "$file"
    case $file in
      other) expect_contains "another file" "$OUTPUT" "it could not write /var/cache/cargo/other" ;;
      *) expect_contains "cargo's note" "$OUTPUT" "Rind denied no system call" ;;
    esac
  done
}

# A file of an earlier step is missed in a directory that this one did not make.
test_what_an_earlier_step_left_is_named() {
  expect_status 1 in_hook_rig 'hook build_wheel "import os; os.mkdir(\"/tmp/other\"); open(\"/tmp/tool/state\")" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}'
  expect_contains "the file" "$OUTPUT" "it could not read /tmp/tool/state: views./tmp is the step's own"
  # Through a link in the sources, as bazel's to its output.
  local link='mkdir -p $HOME/.cache/out; ln -s $HOME/.cache/out $S/bin; hook build_wheel'
  expect_status 1 in_hook_rig "$link"' "import os; os.stat(\"bin/x\")" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}'
  expect_contains "the link" "$OUTPUT" "it could not find /tmp/w/pkg-1/pkg-1/bin/x, a link to "
  expect_contains "remedy" "$OUTPUT" "what an earlier step left there is gone; let the build keep it in its sources"
}

# The second run is seen by nobody but its sources; what the front end gets is the first one's.
runs() { # POLICY CODE   how often CODE ran
  RIG_POLICY=$1
  expect_status 3 in_hook_rig 'hook build_wheel "open(\"runs\", \"a\").write(\"x\"); put(\"pkg-1-py3-none-any.whl\"); $1" >/tmp/w/log 2>&1
    status=$?; echo "runs: $(cat $S/runs)"; grep -c "its output" /tmp/w/log; ls -A $OUT; exit $status' "$2"
}

test_the_second_run_is_silent() {
  runs '' 'print("its output", flush=True); sys.exit(3)'
  expect_equal "runs, prints, outputs" $'runs: xx\n1' "$OUTPUT"
}

test_what_is_not_run_again() {
  runs '{"limits": {"traced_rerun_seconds": 0}}' 'sys.exit(3)'
  expect_contains "by policy" "$OUTPUT" "runs: x"$'\n'
  runs '{"network": "container"}' 'sys.exit(3)'
  expect_contains "with a network" "$OUTPUT" "runs: x"$'\n'
  runs '{"limits": {"traced_rerun_seconds": 1}}' 'import time; time.sleep(1.2); sys.exit(3)'
  expect_contains "what took long" "$OUTPUT" "runs: x"$'\n'
}

test_a_second_run_that_hangs_is_ended() {
  SECONDS=0
  expect_status 1 in_hook_rig 'hook build_wheel "
import os, time
if os.path.exists(\"ran\"): time.sleep(1000)
open(\"ran\", \"w\"); open(\"/mnt/x\", \"w\")" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}'
  expect_contains "the line" "$OUTPUT" "exit status 1"
  ((SECONDS < 60)) || fail "it took $SECONDS s"
}

# Whatever its processes do: the tracer is the step's pid 1, and ends with it.
test_processes_of_all_kinds_are_traced() {
  denied '
import os, signal, subprocess, threading, time
if os.fork() == 0:
    os.setsid()
    time.sleep(1000 if os.environ.get("VIRTUAL_ENV") else 0)
    os._exit(0)
subprocess.Popen(["sh", "-c", "kill -STOP $$"])
threads = [threading.Thread(target=lambda: subprocess.check_call(["sh", "-c", "kill -USR1 $$; true"], preexec_fn=lambda: signal.signal(signal.SIGUSR1, signal.SIG_IGN))) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
subprocess.check_call(["sh", "-c", "(cat /mnt/closed.conf)"])' "it could not read /mnt/closed.conf: "
}

test_why_for_a_hook() {
  expect_status 1 in_hook_rig "$BESIDE"'printf "[build-system]\nrequires = []\nbuild-backend = \"be\"\nbackend-path = [\".\"]\n" >$S/pyproject.toml
    printf "import os\ndef build_wheel(wheel_directory, config_settings=None):\n    open(os.path.expanduser(\"~/in-home\"))\n    return \"pkg.whl\"\n" >$S/be.py
    "$RIND" why --hook build_wheel --source $S 2>/dev/null; status=$?; ls -d /tmp/rind-call-* 2>/dev/null; exit $status'
  expect_contains "how it ended" "$OUTPUT" "build_wheel of pkg-1 ended with exit status 1."
  expect_contains "what" "$OUTPUT" "- read "
  expect_contains "the rule of the package" "$OUTPUT" '{"packages":{"pkg":{"packages":["pkg"],"policy":{"views":{"/mnt/home/in-home":"ro"}}}}}'
  expect_lacks "what the call left" "$OUTPUT" "rind-call-"
}

# The line that it prints allows what was denied.
test_why_prints_a_policy_that_works() {
  local home=/tmp/w/home patch
  expect_status 1 in_rig 'mkdir -p $1; echo s >$1/file; export HOME=$1; "$RIND" why -- cat $1/file 2>/dev/null' "$home"
  patch=$(sed -n 's/^ *allowed by: //p' <<<"$OUTPUT")
  [[ $patch == *"$home/file"* ]] || fail "no policy line: $OUTPUT"
  RIG_POLICY=$patch
  expect_status 0 in_rig 'mkdir -p $1; echo s >$1/file; export HOME=$1; "$RIND" run -- cat $1/file' "$home"
  expect_equal "the file" "s" "$OUTPUT"
}

test_why_of_a_command_that_ends_well() {
  expect_status 0 in_rig '"$RIND" why -- sh -c "cat /etc/none 2>/dev/null; echo out"'
  expect_equal "all" $'out\nthe command ended with exit status 0.\nRind denied it nothing.' "$OUTPUT"
}

# What has gone with the first run, or was random, is not Rind's.
test_a_second_run_that_ends_otherwise_is_said() {
  expect_status 1 in_hook_rig 'hook build_wheel "
import os
if not os.path.exists(\"ran\"): open(\"ran\", \"w\"); sys.exit(1)" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}'
  expect_contains "the line" "$OUTPUT" "when it ran again under a tracer, it ended with exit status 0"
  expect_lacks "the line" "$OUTPUT" "denied"
}

# What a package does with its second run, or with the look at what it used.

# shellcheck disable=SC2016
REPOSITORY='
git init -q $S; git -C $S config remote.origin.url https://user:RIND-TEST-SECRET@example.com/r.git
'

# A second run has the plan of the first. What its views covered may be elsewhere then.
test_a_second_run_sees_no_credentials_that_were_moved() {
  local try='import glob
seen = "".join(open(name).read() for name in glob.glob("*/config") + glob.glob(".git*/config"))
open("seen", "a").write(seen)
if not os.path.exists("moved"): os.rename(".git", "moved"); os.mkdir(".git"); open(".git/config", "w")
sys.exit(3)'
  # Without Rind the first run sees it.
  expect_status 3 in_hook_rig "$BESIDE$REPOSITORY"'plain "$1"; status=$?; grep -o RIND-TEST-SECRET $S/seen | head -n 1; exit $status' "$try"
  expect_equal "without Rind" RIND-TEST-SECRET "$OUTPUT"
  expect_status 3 in_hook_rig "$BESIDE$REPOSITORY"'hook build_wheel "$1" 2>&1; status=$?; grep -c example $S/seen; grep -o RIND-TEST-SECRET $S/seen; exit $status' "$try"
  expect_lacks "the secret" "$OUTPUT" RIND-TEST-SECRET
  expect_contains "why" "$OUTPUT" "it moved /tmp/w/pkg-1/pkg-1/.git/config, or a directory above it, and did not run again"
}

# The supervisor looks at paths of the package's choice: it ends, and gives the sources back.
test_a_script_that_is_its_own_interpreter() {
  expect_status 3 in_hook_rig "$REPOSITORY"'hook build_wheel "$1" 2>&1; status=$?; stat -c %u $S $S/loop; ls $S/.git/hooks/post-checkout; exit $status' '
name = os.path.abspath("loop")
open(name, "w").write("#!/nowhere"); os.chmod(name, 0o755)
try: os.posix_spawn(name, [name], {})
except FileNotFoundError: pass
os.unlink(name); open(name, "w").write("#!" + name + "\n"); os.chmod(name, 0o755)
open(".git/hooks/post-checkout", "w").write("#!/bin/sh\n"); os.chmod(".git/hooks/post-checkout", 0o755)
sys.exit(3)'
  expect_contains "the owners" "$OUTPUT" $'\n0\n0'
  expect_lacks "the hook" "$OUTPUT" $'\n/tmp/w/pkg-1/pkg-1/.git/hooks/post-checkout'
}

test_the_look_at_its_paths_has_an_end() {
  SECONDS=0
  expect_status 3 in_hook_rig 'hook build_wheel "$1" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}' '
os.makedirs("a", exist_ok=True)
if not os.path.lexists("0"):
    for i in range(38): os.symlink("a/../" * 810 + str(i + 1), str(i))
    open("38", "w")
os.chmod("38", 0)
for i in range(400):
    try: open("./" * i + "0")
    except OSError: pass
os.chmod("38", 0o644)
sys.exit(3)'
  expect_contains "the line" "$OUTPUT" "what it was denied is not known: look at what it was denied: the paths that it used take longer than"
  ((SECONDS < 60)) || fail "it took $SECONDS s"
}

# Its pid 1 is the parent that it asks, and no tracer.
test_a_process_that_asks_to_be_traced() {
  local ask='import ctypes, signal
def ask():
    ctypes.CDLL(None).ptrace(0, 0, 0, 0)
    os.kill(os.getpid(), signal.SIGSTOP)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    os.kill(os.getpid(), signal.SIGUSR1)
start, go = os.pipe(), os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        os.read(start[0], 1)
        ask()
        os.write(go[1], b"x")
    os._exit(0)
os.wait(); os.write(start[1], b"x")
assert os.read(go[0], 1) == b"x"
ask()
put("pkg-1-py3-none-any.whl"); result("pkg-1-py3-none-any.whl"); print("goes on", flush=True)'
  expect_status 0 in_hook_rig 'hook build_wheel "$1" 2>&1; status=$?; ls $OUT; exit $status' "$ask"
  expect_equal "all" $'goes on\npkg-1-py3-none-any.whl' "$OUTPUT"
}

test_what_the_tracer_itself_denies_is_no_cause() {
  expect_status 3 in_hook_rig 'hook build_wheel "$1" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}' 'import ctypes
if os.fork() == 0: ctypes.CDLL(None).ptrace(0, 0, 0, 0); os._exit(0)
os.wait(); sys.exit(3)'
  expect_contains "nothing" "$OUTPUT" "Rind denied no system call"
}

# Words in a name are no words of Rind, and what people paste is one word to a shell.
test_names_are_quoted() {
  expect_status 3 in_hook_rig 'hook build_wheel "$1" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}' '
name = "x: the root is read-only (a rule of the package allows it: {\"network\": \"container\"}); $(id)"
open(name, "w"); os.chmod(name, 0)
try: open(name)
except PermissionError: pass
sys.exit(3)'
  expect_contains "the name" "$OUTPUT" "could not write '/tmp/w/pkg-1/pkg-1/x: the root is read-only"
  expect_contains "its end" "$OUTPUT" '"container"}); $(id)'"': mode 0000"
}

test_a_second_run_ends_when_the_front_end_says_so() {
  SECONDS=0
  expect_status 3 in_hook_rig 'make_call build_wheel "$1"
    (cd $S && VIRTUAL_ENV=$V exec $SEAM $V/bin/python3 /tmp/front/_in_process.py build_wheel $CTL) 2>/dev/null & front=$!
    wait_until 40 test -e $S/again; kill $front; wait $front' '
import signal, time
if os.path.exists("ran"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    open("again", "w")
    time.sleep(1000)
open("ran", "w"); time.sleep(6); sys.exit(3)'
  # Its own time is 35 s.
  ((SECONDS < 30)) || fail "it took $SECONDS s"
}

# The container's /dev/null is the builder's own, and a step that keeps the builder's ids could change its mode.
test_a_second_run_has_a_null_of_its_own() {
  local close='
for stream in 1, 2:
    try: os.fchmod(stream, 0o640)
    except OSError as e: open("said", "a").write(os.readlink("/proc/self/fd/%d" % stream) + ": " + e.strerror + "\n")
sys.exit(3)'
  RIG_POLICY=$IDENTITY_NONE
  # In a namespace of its own; the machine has the file, too.
  expect_status 0 in_hook_rig "$BESIDE"'umount /dev/null; rm /dev/null; mknod -m 666 /dev/null c 1 3
    plain "$1" >/dev/null 2>&1; stat -c %a /dev/null; chmod 666 /dev/null; (hook build_wheel "$1") 2>/tmp/w/log; stat -c %a /dev/null; cat $S/said' "$close"
  expect_equal "all" $'640\n666\n/dev/null: Read-only file system\n/dev/null: Read-only file system' "$OUTPUT"
}
