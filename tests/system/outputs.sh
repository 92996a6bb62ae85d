# What leaves a hook's sandbox, and that nothing else does.
source "$RIND_SOURCE/tests/system/hook.inc"
source "$RIND_SOURCE/tests/system/interpreter.inc"

WHEEL=pkg-1-py3-none-any.whl

# shellcheck disable=SC2016
LOOK='
look() { find $OUT $CTL -mindepth 1 ! -name input.json -printf "%f %y %U:%G %m %n\n" | sort; }
'

in_gate_rig() {
  local script=$1
  shift
  in_hook_rig "$LOOK$script" "$@"
}

test_wheel() {
  expect_status 0 in_gate_rig 'hook build_wheel "os.umask(0); put(\"'$WHEEL'\", \"content\"); os.chmod(out + \"/'$WHEEL'\", 0o600); result(\"'$WHEEL'\")"; look; cat $CTL/output.json $OUT/*'
  expect_equal "outputs" 'output.json f 0:0 600 1
pkg-1-py3-none-any.whl f 0:0 600 1
{"return_val":"pkg-1-py3-none-any.whl"}content' "$OUTPUT"
}

test_wheel_over_one_that_is_there() {
  expect_status 0 in_gate_rig 'make_call build_wheel "assert os.listdir(out) == []; put(\"'$WHEEL'\", \"new\"); result(\"'$WHEEL'\")"
    echo old >$OUT/'$WHEEL'; echo other >$OUT/other; call_hook build_wheel; look; cat $OUT/*'
  expect_equal "outputs" 'other f 0:0 644 1
output.json f 0:0 600 1
pkg-1-py3-none-any.whl f 0:0 644 1
other
new' "$OUTPUT"
}

# Their mode is in nobody's way, nor is that of the directory.
test_wheel_that_is_closed() {
  expect_status 0 in_gate_rig 'hook build_wheel "put(\"'$WHEEL'\"); result(\"'$WHEEL'\"); os.chmod(out + \"/'$WHEEL'\", 0o4000); os.chmod(out, 0); os.chmod(control, 0)"; look'
  expect_equal "outputs" $'output.json f 0:0 600 1\npkg-1-py3-none-any.whl f 0:0 644 1' "$OUTPUT"
}

test_sdist() {
  expect_status 0 in_gate_rig 'hook build_sdist "put(\"pkg-1.tar.gz\"); result(\"pkg-1.tar.gz\")"; look'
  expect_equal "outputs" $'output.json f 0:0 600 1\npkg-1.tar.gz f 0:0 644 1' "$OUTPUT"
}

test_metadata() {
  expect_status 0 in_gate_rig 'hook prepare_metadata_for_build_wheel "
d = out + \"/pkg-1.dist-info\"
os.makedirs(d + \"/licenses\"); open(d + \"/METADATA\", \"w\"); open(d + \"/licenses/L\", \"w\")
os.chmod(d + \"/METADATA\", 0o777); os.chmod(d + \"/licenses\", 0o700); os.chmod(d, 0)
result(\"pkg-1.dist-info\")"; look'
  expect_equal "outputs" 'L f 0:0 644 1
METADATA f 0:0 755 1
licenses d 0:0 700 2
output.json f 0:0 600 1
pkg-1.dist-info d 0:0 755 3' "$OUTPUT"
}

# What is in the way of a front end that gave its metadata to build_wheel: read, not written.
test_metadata_as_an_input() {
  expect_status 0 in_gate_rig 'export KWARGS="{\"metadata_directory\": \"/tmp/meta/pkg-1.dist-info\"}"
    mkdir -p /tmp/meta/pkg-1.dist-info; chmod 0700 /tmp/meta; echo Name >/tmp/meta/pkg-1.dist-info/METADATA; chmod 0600 /tmp/meta/pkg-1.dist-info/METADATA
    hook build_wheel "
given = given[\"metadata_directory\"]
print(open(given + \"/METADATA\").read().strip())
for name in \"METADATA\", \"new\":
    try: open(given + \"/\" + name, \"w\")
    except OSError as e: print(e.strerror)
put(\"'$WHEEL'\"); result(\"'$WHEEL'\")"; find /tmp/meta -mindepth 1 -printf "%f %U %m\n"; ls $OUT'
  expect_equal "in the step, afterwards" 'Name
Read-only file system
Read-only file system
pkg-1.dist-info 0 755
METADATA 0 600
pkg-1-py3-none-any.whl' "$OUTPUT"
}

# A hook that makes no file, and one that returns nothing.
test_hooks_without_artefact() {
  expect_status 0 in_gate_rig 'hook get_requires_for_build_wheel "result([\"a\", {\"b\": None}])"; cat $CTL/output.json; echo
    hook prepare_metadata_for_build_wheel "result(None)"; cat $CTL/output.json; look'
  expect_equal "outputs" $'{"return_val":["a",{"b":null}]}\n{"return_val":null}output.json f 0:0 600 1' "$OUTPUT"
}

# The front end finds no output.json, and says so itself.
test_no_output_json() {
  expect_status 0 in_gate_rig 'hook build_wheel "put(\"'$WHEEL'\")" 2>&1; echo $?; look'
  expect_equal "said, status" "rind: the step left files that Rind dropped: wheel_directory: $WHEEL"$'\n0' "$OUTPUT"
}

# Nothing is taken: WHY, HOOK, CODE.
expect_gate_shut() {
  expect_status 0 in_gate_rig 'hook "$1" "$2"; echo "status $?"; look' "$2" "$3"
  expect_contains "why" "$OUTPUT" "$1"
  expect_equal "status, and what came out" "status 125" "$(grep -v '^rind: ' <<<"$OUTPUT")"
  expect_equal "lines of Rind's" 1 "$(grep -c '^rind: ' <<<"$OUTPUT")"
}

# Each name that is no name of an artefact of this package. A file of that name is there where that can be.
tests_names() {
  local name n=0 reason
  for name in '../pkg-1-py3-none-any.whl' '/tmp/out/pkg-1-py3-none-any.whl' 'sub/pkg-1-py3-none-any.whl' '.' '..' '/' \
    'pkg-1-py3-none-any.whl\n' 'pkg-1-py3-none\n-any.whl' '\npkg-1-py3-none-any.whl' 'pkg-1-py3-none-any.whl\0x' \
    'pkg-1-py3-none-any.zip' 'pkg-1.tar.gz' 'pkg.whl' '.pkg-1-py3-none-any.whl' '-pkg-1-py3-none-any.whl' \
    'other-1-py3-none-any.whl' 'pkg_x-1-py3-none-any.whl' 'pk-1-py3-none-any.whl' 'pkg-1-py3-none-any.whl ' \
    'pkg-1-x1-py3-none-any.whl' 'pkg-1;x-py3-none-any.whl' 'output.json' 'pkg-\u00e9-py3-none-any.whl'; do
    n=$((n + 1))
    reason=$(
      name_in_json=${name//'\0'/'\u0000'}
      expect_gate_shut "take the step's output" build_wheel "
import json
name = json.loads('\"${name_in_json//\\/\\\\}\"')
try:
    if '/' in name and name[0] == 's': os.mkdir(out + '/sub')
    put(name)
except (OSError, ValueError): pass
result(name)" 2>&1
    ) || {
      report_not_ok "system/outputs/names/$n" "$name: $(tail -n 1 <<<"$reason")"
      continue
    }
    report_ok "system/outputs/names/$n"
  done
}

test_names_in_other_spellings() {
  local name
  for name in Pkg-1-py3-none-any.whl PKG-1+local.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl pkg-1-1b-py3-none-any.whl; do
    expect_status 0 in_gate_rig "hook build_wheel 'put(\"$name\"); result(\"$name\")'; ls \$OUT"
    expect_equal "outputs" "$name" "$OUTPUT"
  done
}

test_result_that_is_no_string() { expect_gate_shut 'return_val is not a string' build_wheel 'put("'$WHEEL'"); result(["'$WHEEL'"])'; }
test_wheel_that_is_not_there() { expect_gate_shut 'No such file' build_wheel 'result("'$WHEEL'")'; }
test_wheel_that_is_a_symlink() { expect_gate_shut 'is not a regular file' build_wheel 'os.symlink("/etc/shadow", out + "/'$WHEEL'"); result("'$WHEEL'")'; }
test_wheel_that_is_a_symlink_to_a_file_beside() { expect_gate_shut 'is not a regular file' build_wheel 'put("x"); os.symlink("x", out + "/'$WHEEL'"); result("'$WHEEL'")'; }
test_wheel_that_is_a_hard_link() { expect_gate_shut 'has a second hard link' build_wheel 'put("x"); os.link(out + "/x", out + "/'$WHEEL'"); result("'$WHEEL'")'; }
test_wheel_that_is_a_fifo() { expect_gate_shut 'is not a regular file' build_wheel 'os.mkfifo(out + "/'$WHEEL'"); result("'$WHEEL'")'; }
test_wheel_that_is_a_socket() { expect_gate_shut 'is not a regular file' build_wheel 'import socket; socket.socket(socket.AF_UNIX).bind(out + "/'$WHEEL'"); result("'$WHEEL'")'; }
test_wheel_that_is_a_directory() { expect_gate_shut 'is not a regular file' build_wheel 'os.mkdir(out + "/'$WHEEL'"); result("'$WHEEL'")'; }
test_metadata_that_is_a_file() { expect_gate_shut 'is not a directory' prepare_metadata_for_build_wheel 'put("pkg-1.dist-info"); result("pkg-1.dist-info")'; }
test_metadata_that_is_a_symlink() { expect_gate_shut 'is not a directory' prepare_metadata_for_build_wheel 'os.symlink("/etc", out + "/pkg-1.dist-info"); result("pkg-1.dist-info")'; }
test_metadata_with_a_symlink() { expect_gate_shut 'is not a regular file' prepare_metadata_for_build_wheel 'd = out + "/pkg-1.dist-info"; os.mkdir(d); os.symlink("/etc/shadow", d + "/METADATA"); result("pkg-1.dist-info")'; }
test_metadata_with_a_hard_link() { expect_gate_shut 'has a second hard link' prepare_metadata_for_build_wheel 'd = out + "/pkg-1.dist-info"; os.mkdir(d); put("x"); os.link(out + "/x", d + "/METADATA"); result("pkg-1.dist-info")'; }
test_metadata_that_is_deep() { expect_gate_shut 'too many nested directories' prepare_metadata_for_build_wheel 'os.makedirs(out + "/pkg-1.dist-info" + "/d" * 40); result("pkg-1.dist-info")'; }
test_metadata_over_what_is_there() {
  expect_status 125 in_gate_rig 'make_call prepare_metadata_for_build_wheel "os.mkdir(out + \"/pkg-1.dist-info\"); result(\"pkg-1.dist-info\")"
    mkdir $OUT/pkg-1.dist-info; echo old >$OUT/pkg-1.dist-info/METADATA; call_hook prepare_metadata_for_build_wheel; status=$?; cat $OUT/pkg-1.dist-info/METADATA; exit $status'
  expect_contains "what was there" "$OUTPUT" old
}

# The wheel is a good one each time.
bad_json() { expect_gate_shut "$1" build_wheel "put('$WHEEL'); $2"; }
test_json_that_is_huge() { bad_json output.json 'open(control + "/output.json", "w").write("{\"return_val\": \"'$WHEEL'\", \"x\": \"" + "x" * 2000000 + "\"}")'; }
test_json_that_is_sparse() { bad_json output.json 'f = open(control + "/output.json", "w"); f.truncate(1 << 40)'; }
test_json_that_is_none() { bad_json output.json 'open(control + "/output.json", "w").write("{return_val: 1")'; }
test_json_that_is_empty() { bad_json output.json 'open(control + "/output.json", "w")'; }
test_json_with_more_behind() { bad_json output.json 'result("'$WHEEL'"); open(control + "/output.json", "a").write("{}")'; }
test_json_with_a_key_twice() { bad_json output.json 'open(control + "/output.json", "w").write("{\"return_val\": \"'$WHEEL'\", \"return_val\": \"x\"}")'; }
test_json_that_is_nested() { bad_json output.json 'open(control + "/output.json", "w").write("[" * 100000 + "]" * 100000)'; }
test_json_that_is_no_object() { bad_json 'is not a JSON object' 'open(control + "/output.json", "w").write("[\"return_val\"]")'; }
test_json_that_is_a_symlink() { bad_json 'is not a regular file' 'os.symlink("/etc/shadow", control + "/output.json")'; }
test_json_that_is_a_symlink_to_a_good_one() { bad_json 'is not a regular file' 'result("'$WHEEL'"); os.rename(control + "/output.json", control + "/x"); os.symlink("x", control + "/output.json")'; }
test_json_that_is_a_hard_link() { bad_json 'has a second hard link' 'result("'$WHEEL'"); os.link(control + "/output.json", control + "/x")'; }
test_json_that_is_a_fifo() { bad_json 'is not a regular file' 'os.mkfifo(control + "/output.json")'; }
test_json_that_is_a_directory() { bad_json 'is not a regular file' 'os.mkdir(control + "/output.json")'; }

test_what_else_is_left_is_dropped_and_named() {
  expect_status 0 in_gate_rig 'hook build_wheel "
put(\"'$WHEEL'\"); put(\"extra\"); os.mkdir(out + \"/d\"); put(\"d/in\"); put(\"odd\\n\\x1b[31m\"); os.mkfifo(control + \"/fifo\")
open(control + \"/input.json\", \"w\").write(\"changed\"); result(\"'$WHEEL'\")" 2>&1 >/dev/null; look; cat $CTL/input.json'
  local line
  line=$(head -n 1 <<<"$OUTPUT")
  expect_equal "beginning" 'rind: the step left files that Rind dropped: ' "${line:0:45}"
  for part in 'control: fifo' 'wheel_directory: extra' 'wheel_directory: d' 'wheel_directory: odd\x0a\x1b[31m'; do
    expect_contains "named" "$line" "$part"
  done
  expect_equal "the rest" $'output.json f 0:0 600 1\npkg-1-py3-none-any.whl f 0:0 644 1\n{"kwargs": {"wheel_directory": "/tmp/out"}}' "$(tail -n +2 <<<"$OUTPUT")"
}

test_many_are_dropped() {
  expect_status 0 in_gate_rig 'hook build_wheel "for i in range(1000): put(str(i))" 2>&1; look'
  expect_contains "the rest is counted" "$OUTPUT" " and 968 more"
  expect_equal "lines" 1 "$(wc -l <<<"$OUTPUT")"
}

test_what_is_left_in_home_is_counted() {
  expect_status 0 in_gate_rig 'hook build_wheel "for i in range(6): open(os.path.expanduser(\"~/f%d\" % i), \"w\")" 2>&1'
  expect_contains "what is named" "$OUTPUT" "without what it left in HOME: f"
  expect_contains "the rest" "$OUTPUT" " and 2 more (by views.\$HOME"
}

test_what_a_command_leaves_in_home_is_counted() {
  expect_status 0 in_interpreter_rig 'cd $P; $V/bin/python -c "import os
for i in range(100): open(os.path.expanduser(\"~\") + chr(47) + str(i), \"w\")" 2>&1'
  expect_contains "named" "$OUTPUT" "rind: the step left files that Rind dropped: "
  expect_contains "the rest" "$OUTPUT" " and 68 more"
}

test_nothing_is_taken_when_the_hook_fails() {
  for ending in 'sys.exit(3)' 'os.kill(os.getpid(), 9)'; do
    expect_status 0 in_gate_rig 'hook build_wheel "put(\"'$WHEEL'\"); result(\"'$WHEEL'\"); sys.stdout.flush(); $1"; echo "failed $(($? != 0))"; look' "$ending"
    expect_equal "what came out" "failed 1" "$(grep '^failed\| [fd] ' <<<"$OUTPUT")"
  done
}

# Whatever a hook leaves running is dead before its outputs are looked at.
test_nothing_changes_them_while_they_are_taken() {
  expect_status 0 in_gate_rig 'hook build_wheel "
put(\"'$WHEEL'\"); result(\"'$WHEEL'\")
if os.fork() == 0:
    os.setsid()
    while True:
        os.symlink(\"/etc/shadow\", out + \"/l\"); os.rename(out + \"/l\", out + \"/'$WHEEL'\"); put(\"l\"); os.rename(out + \"/l\", out + \"/'$WHEEL'\")" >/dev/null 2>&1; s=$?; sleep 0.2; find $OUT -type l; exit 0'
  expect_equal "links that came out" "" "$OUTPUT"
}

test_leftovers_are_swept_by_the_next_step() {
  expect_status 0 in_gate_rig 'make_call build_wheel "
import time
os.makedirs(out + \"/a/b\"); os.chmod(out + \"/a\", 0); open(\"ready\", \"w\"); time.sleep(4321)"
    cd $S; VIRTUAL_ENV=$V "$SEAM" $V/bin/python3 /tmp/front/_in_process.py build_wheel $CTL & pid=$!
    wait_until 20 test -e $S/ready
    kill_step $pid
    ls -d /tmp/rind-private-* $OUT/rind-private-* $CTL/rind-private-* | wc -l
    echo "put(\"'$WHEEL'\"); result(\"'$WHEEL'\")" >$S/backend.py; call_hook build_wheel
    ls -A $OUT $CTL; ls /tmp'
  expect_equal "after the kill, after the next step" '3
/tmp/control:
input.json
output.json

/tmp/out:
pkg-1-py3-none-any.whl
control
front
out
seam
w' "$(grep -v Killed <<<"$OUTPUT")"
}

# A step can close a directory, and not every builder may open that of another user.
test_a_closed_leftover_is_swept() {
  local script='mkdir -p /tmp/rind-private-closed/a/b; chmod 0500 /tmp/rind-private-closed; setpriv --bounding-set -dac_override,-dac_read_search "$@"; ls -d /tmp/rind-private-*; true'
  # shellcheck disable=SC2016
  expect_status 0 in_rig "${script/'"$@"'/'"$RIND" run -- true'}"
  expect_lacks "after the step" "$OUTPUT" private-closed
  expect_status 0 in_rig "$script" rm -r /tmp/rind-private-closed
  expect_contains "control: it is closed" "$OUTPUT" private-closed
}

# What is no leftover of Rind's is left alone.
test_what_only_has_such_a_name_stays() {
  expect_status 0 in_gate_rig 'make_call build_wheel "put(\"'$WHEEL'\"); result(\"'$WHEEL'\")"
    mkdir $OUT/rind-private-theirs; chown 1234 $OUT/rind-private-theirs; ln -s /tmp/w $OUT/rind-private-link; echo x >$OUT/rind-private-file; call_hook build_wheel; ls $OUT; ls /tmp/w'
  expect_equal "the output directory" $'pkg-1-py3-none-any.whl\nrind-private-file\nrind-private-link\nrind-private-theirs\npkg-1' "$OUTPUT"
}

# A step with its caller's number goes through the same gate.
test_gate_without_an_identity() {
  RIG_POLICY=$IDENTITY_NONE
  expect_status 0 in_gate_rig 'hook build_wheel "put(\"'$WHEEL'\"); result(\"'$WHEEL'\")"; look'
  expect_equal "outputs" $'output.json f 0:0 600 1\npkg-1-py3-none-any.whl f 0:0 644 1' "$OUTPUT"
  expect_gate_shut 'is not a regular file' build_wheel 'os.symlink("/etc/shadow", out + "/'$WHEEL'"); result("'$WHEEL'")'
}

# A package's sources are S; the control and output directories cannot be it, nor the environment.
test_places_that_are_refused() {
  expect_status 0 in_gate_rig 'export KWARGS
    KWARGS="{\"wheel_directory\": \"$V\"}" hook build_wheel pass; echo $?
    KWARGS="{\"wheel_directory\": \"/\"}" hook build_wheel pass; echo $?
    KWARGS="{\"wheel_directory\": \"/tmp/link\"}"; ln -s /tmp/out /tmp/link; hook build_wheel pass; echo $?
    KWARGS="{\"sdist_directory\": \"/tmp/out\"}" hook build_wheel pass; echo $?
    KWARGS="{\"wheel_directory\": \"/tmp\"}" hook build_wheel pass; echo $?
    KWARGS="" hook build_wheel pass; echo $?'
  expect_equal "statuses, and of the control" $'125\n125\n125\n125\n125\n0' "$(grep -v '^rind: ' <<<"$OUTPUT")"
}

# The environment's programs that the front end would run as its own.
test_guard_of_the_build_environment() {
  expect_status 0 in_gate_rig 'hook build_wheel pass; echo $?; ln -s /nowhere $V/bin/uv; hook build_wheel pass; echo $?; (cd $S; VIRTUAL_ENV=$V "$SEAM" true); echo $?'
  expect_equal "statuses: control, with uv" $'0\n125' "$(grep -v '^rind: ' <<<"$OUTPUT" | head -n 2)"
  expect_contains "why" "$OUTPUT" "$(printf '%s' 'the front end would run /tmp/w/pkg-1/build-3/bin/uv as its own uv')"
  RIG_POLICY='{"packages": {"uv": {"packages": ["pkg"], "policy": {"guard": {"tools": []}}}}}'
  expect_status 0 in_gate_rig 'ln -s /nowhere $V/bin/uv; hook build_wheel pass'
}

# A rule for a package and a hook changes this step and no other.
test_rules_of_a_package() {
  RIG_POLICY='{"packages": {"more": {"packages": ["pkg"], "hooks": ["build_wheel"], "policy": {"network": "container", "views": {"/mnt/secret": "hidden"}, "identity": {"ephemeral": "none"}}}}}'
  expect_status 0 in_gate_rig 'echo s >/mnt/secret
    code="print(open(\"/proc/self/uid_map\").read().split() == [\"0\", \"0\", \"1\"], os.path.getsize(\"/mnt/secret\"), os.readlink(\"/proc/self/ns/net\") == \"$(readlink /proc/self/ns/net)\")"
    hook build_wheel "$code"; hook build_sdist "$code"; mv $W /tmp/w/other-1; W=/tmp/w/other-1 V=$W/build-3 S=$W/pkg-1; hook build_wheel "$code"'
  expect_equal "is root, size of the file, container's network: of the rule's hook, another, another package" \
    $'True 0 True\nFalse 2 False\nFalse 2 False' "$OUTPUT"
}

# Output directories in the sources themselves, which are lent.
test_output_in_the_sources() {
  expect_status 0 in_gate_rig 'export KWARGS="{\"wheel_directory\": \"$S/dist\"}"; mkdir $S/dist; echo old >$S/dist/old
    hook build_wheel "print(os.listdir(\"dist\")); put(\"'$WHEEL'\"); put(\"x\"); result(\"'$WHEEL'\")" 2>/dev/null; ls -A $S/dist; find $S ! -uid 0'
  expect_equal "in the step, and afterwards" $'[]\nold\npkg-1-py3-none-any.whl' "$OUTPUT"
}

# An old-style build: `python -m pip wheel`, of which a module in the sources is the stand-in.
# shellcheck disable=SC2016
PIP='
pip() {
  printf "import os, sys\nout = sys.argv[3]\nlog = open(sys.argv[5], \"a\")\nput = lambda name: open(out + \"/\" + name, \"w\")\n%s\n" "$1" >$S/pip.py
  (cd $S && VIRTUAL_ENV=$V PYTHONDONTWRITEBYTECODE=1 exec "$SEAM" $V/bin/python3 -m pip wheel --wheel-dir /tmp/wheels --log /tmp/log $S)
}
'

test_pip_wheel() {
  expect_status 0 in_gate_rig "$PIP"'echo before >/tmp/log
    pip "log.write(\"during\"); put(\"'$WHEEL'\"); put(\"other-1-py3-none-any.whl\"); put(\"x\"); print(os.stat(sys.argv[5]).st_uid == os.getuid())"; echo $?
    find /tmp/wheels /tmp/log $S -printf "%f %y %U:%G %n\n" | sort; cat /tmp/log'
  expect_contains "what is dropped" "$OUTPUT" "rind: the step left files that Rind dropped: --wheel-dir: "
  expect_equal "in the step, its status, afterwards" "True
0
log f 0:0 1
pip.py f 0:0 1
pkg-1 d 0:0 2
pkg-1-py3-none-any.whl f 0:0 1
wheels d 0:0 2
before
during" "$(grep -v '^rind:' <<<"$OUTPUT")"
}

test_pip_wheel_that_is_refused() {
  local code
  for code in 'put("pkg-1-py3-none-any.whl"); put("pkg-1-1-py3-none-any.whl")' 'os.symlink("/etc/shadow", out + "/pkg-1-py3-none-any.whl")'; do
    expect_status 125 in_gate_rig "$PIP"'pip "$1"; status=$?; ls -A /tmp/wheels; exit $status' "$code"
    expect_lacks "what came out" "$(grep -v '^rind:' <<<"$OUTPUT")" whl
  done
  expect_status 125 in_gate_rig "$PIP"'ln -s /tmp/w/target /tmp/log; pip pass; status=$?; ls /tmp/w; exit $status'
  expect_lacks "through the link" "$OUTPUT" $'\ntarget'
  expect_status 125 in_gate_rig "$PIP"'mkfifo /tmp/log; pip pass'
  expect_status 125 in_gate_rig "$PIP"'echo x >/tmp/w/target; ln /tmp/w/target /tmp/log; pip pass; status=$?; stat -c %u /tmp/w/target; exit $status'
  expect_equal "owner of the file with another name" 0 "$(grep -v '^rind:' <<<"$OUTPUT")"
  expect_status 0 in_gate_rig "$PIP"'pip pass'
}

# A package without a hook for metadata: pyproject_hooks builds its wheel in the metadata directory, and takes it from there
# when it is asked for the wheel. `python3` counts the builds in the sources.
# shellcheck disable=SC2016
FALLBACK='
M=/tmp/metadata
in_process() { # HOOK KWARGS: the real script of pip
  rm -rf $CTL; mkdir -m 0700 $CTL; printf "{\"kwargs\": %s}" "$2" >$CTL/input.json
  (cd $S && VIRTUAL_ENV=$V _PYPROJECT_HOOKS_BUILD_BACKEND=be PEP517_BUILD_BACKEND=be _PYPROJECT_HOOKS_BACKEND_PATH=$S PEP517_BACKEND_PATH=$S \
    "$SEAM" $V/bin/python3 $SCRIPT $1 $CTL)
}
SCRIPT=$(/usr/bin/python3 -c "import pip, os; d = os.path.dirname(pip.__file__) + \"/_vendor/\"
print(next(p for p in (d + \"pyproject_hooks/_in_process/_in_process.py\", d + \"pep517/in_process/_in_process.py\") if os.path.exists(p)))")
cat >$S/be.py <<"PY"
import os, zipfile
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    open("built", "a").write("x")
    for name in os.environ.get("WHEELS", "pkg-1-py3-none-any.whl").split():
        with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as z:
            z.writestr("pkg-1.dist-info/METADATA", "Name: pkg")
    return name
PY
ask_metadata() { rm -rf $M $OUT; mkdir -m 0700 $M; mkdir $OUT; in_process prepare_metadata_for_build_wheel "{\"metadata_directory\": \"$M\", \"config_settings\": null, \"_allow_fallback\": true}"; }
ask_wheel() { in_process build_wheel "{\"wheel_directory\": \"$OUT\", \"config_settings\": null, \"metadata_directory\": \"$M/pkg-1.dist-info\"}"; }
'

test_wheel_that_was_built_for_its_metadata() {
  # shellcheck disable=SC2016
  expect_status 0 in_hook_rig "$FALLBACK"'ask_metadata && ls $M && ask_wheel && ls $OUT && cat $S/built; find $M $OUT ! -uid 0'
  expect_equal "beside the metadata, the result, and one build" $'PEP517_ALREADY_BUILT_WHEEL\npkg-1-py3-none-any.whl\npkg-1.dist-info\npkg-1-py3-none-any.whl\nx' "$OUTPUT"
}

# Under a umask only the builder may read the wheel that is to be taken: the step reads it, and does not change it.
# shellcheck disable=SC2016
test_wheel_that_was_built_under_a_umask() {
  expect_status 0 in_hook_rig "$FALLBACK"'umask 077; ask_metadata && stat -c "%a %u" $M/*.whl && ask_wheel && ls $OUT && cat $S/built; stat -c "%a %u" $M/*.whl'
  expect_equal "closed before and after, and one build" $'600 0\npkg-1-py3-none-any.whl\nx600 0' "$(grep -v '^rind:' <<<"$OUTPUT")"
}

# What is no wheel of the package, and no marker, stays behind; with several wheels the hook builds again, as it does without Rind.
test_nothing_else_beside_the_metadata() {
  # shellcheck disable=SC2016
  expect_status 0 in_hook_rig "$FALLBACK"'sed -i "s|open(\"built\"|open(wheel_directory + \"/evil.pth\", \"w\"); open(wheel_directory + \"/other-1-py3-none-any.whl\", \"w\"); &|" $S/be.py
    ask_metadata && ls $M; WHEELS="pkg-1-1-py3-none-any.whl pkg-1-py3-none-any.whl" ask_metadata; ls $M; ask_wheel; cat $S/built'
  expect_equal "beside the metadata" $'PEP517_ALREADY_BUILT_WHEEL\npkg-1-py3-none-any.whl\npkg-1.dist-info\npkg-1.dist-info\nxxx' "$(grep -v '^rind:' <<<"$OUTPUT")"
}
