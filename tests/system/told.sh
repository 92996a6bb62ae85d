# What the build was told: variables and make's jobserver.
source "$RIND_SOURCE/tests/system/hook.inc"

# from_front_end HOOK CODE   a front end that is a program of its own calls a hook through $CALL ("$SEAM" or nothing: the
#                            control), with the variables of $SET (JSON) set for this step. EARLY: Python, before that.
# shellcheck disable=SC2016
FROM_FRONT_END='
export CALL=$SEAM
cat >/tmp/front/front_end.py <<"PY"
import json, os, subprocess, sys
exec(os.environ.get("EARLY", ""))
hook, control, sources, environment = sys.argv[1:]
call = [os.environ["CALL"]] if os.environ["CALL"] else []
env = {**os.environ, "VIRTUAL_ENV": environment, **json.loads(os.environ.get("SET", "{}"))}
command = call + [environment + "/bin/python3", "/tmp/front/_in_process.py", hook, control]
sys.exit(subprocess.run(command, cwd=sources, env=env).returncode)
PY
from_front_end() {
  make_call "$@"
  /usr/bin/python3 /tmp/front/front_end.py "$1" $CTL $S $V
}
SHOW="print({n: os.environ.get(n) for n in \"AN_AUTH A_TOKEN EXPORTED_AUTH CMAKE_ARGS OWN_AUTH CHANGED_AUTH\".split()}, flush=True); put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")"
export EXPORTED_AUTH=word-1 OWN_AUTH=word-2 CHANGED_AUTH=word-3
own() { sed -i "s|\"environment\": {}|\"environment\": {\"$1\": \"$(printf %s "$2" | sha256sum | cut -d" " -f1)\"}|" /dev/rind/manifest.json; flat-kit /dev/rind; }
export SET='\''{"AN_AUTH": "word-4", "A_TOKEN": "word-5", "CMAKE_ARGS": "-DU=https://me:word-6@host/x", "CHANGED_AUTH": "word-7"}'\''
'

in_front_ends_rig() { in_hook_rig "$FROM_FRONT_END$1"; }

# shellcheck disable=SC2016
test_what_is_set_for_the_step() {
  expect_status 0 in_front_ends_rig 'CALL=; from_front_end build_wheel "$SHOW"'
  expect_equal "without Rind" "{'AN_AUTH': 'word-4', 'A_TOKEN': 'word-5', 'EXPORTED_AUTH': 'word-1', 'CMAKE_ARGS': '-DU=https://me:word-6@host/x', 'OWN_AUTH': 'word-2', 'CHANGED_AUTH': 'word-7'}" "$OUTPUT"
  expect_status 0 in_front_ends_rig 'own OWN_AUTH word-2; from_front_end build_wheel "$SHOW"'
  expect_contains "the step's" "$OUTPUT" "{'AN_AUTH': 'word-4', 'A_TOKEN': None, 'EXPORTED_AUTH': None, 'CMAKE_ARGS': '-DU=https://host/x', 'OWN_AUTH': None, 'CHANGED_AUTH': 'word-7'}"
  expect_contains "what is said" "$OUTPUT" "rind: build_wheel of pkg-1 succeeded; without the variable A_TOKEN, which the front end set for this step (environment.delete *_TOKEN"
  expect_contains "what is said of a cut" "$OUTPUT" "without a password in a URL in the variable CMAKE_ARGS"
  expect_lacks "what is said" "$(grep ^rind <<<"$OUTPUT")" EXPORTED_AUTH
  expect_lacks "what is said" "$(grep ^rind <<<"$OUTPUT")" word-
}

# The container's own value, which the front end sets again, and another one.
# shellcheck disable=SC2016
test_the_containers_own_is_not_set_for_the_step() {
  expect_status 0 in_front_ends_rig 'own AN_AUTH word-4; from_front_end build_wheel "$SHOW"'
  expect_contains "its own value" "$OUTPUT" "{'AN_AUTH': None,"
  expect_status 0 in_front_ends_rig 'own AN_AUTH word-8; from_front_end build_wheel "$SHOW"'
  expect_contains "another value" "$OUTPUT" "{'AN_AUTH': 'word-4',"
}

# shellcheck disable=SC2016
test_a_failing_step_names_what_it_lacks() {
  expect_status 1 in_front_ends_rig 'own OWN_AUTH word-2; from_front_end build_wheel "sys.exit(1)"'
  expect_contains "set for the step" "$OUTPUT" "without the variable A_TOKEN"
  expect_contains "of the front end" "$OUTPUT" EXPORTED_AUTH
  expect_contains "what keeps them" "$OUTPUT" "(environment.keep_also keeps a variable, "
  expect_lacks "the container's own" "$OUTPUT" OWN_AUTH
}

# A caller of which nothing is known: a shell; a program that has written over its environment, as setproctitle does.
# shellcheck disable=SC2016
test_callers_of_which_nothing_is_known() {
  expect_status 0 in_front_ends_rig 'export AN_AUTH=word-4; hook build_wheel "$SHOW"'
  expect_contains "of a shell" "$OUTPUT" "{'AN_AUTH': None,"
  expect_status 0 in_front_ends_rig '
    export EARLY="import ctypes; a = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), \"environ\"); p = ctypes.cast(a, ctypes.POINTER(ctypes.c_void_p)); ctypes.memset(p[0], 0, len(next(iter(os.environ.items()))[0]) + 2)"
    from_front_end build_wheel "$SHOW"'
  expect_contains "of one that wrote over its environment" "$OUTPUT" "{'AN_AUTH': None,"
}

# An entry point that gives up root for the front end's user: /proc does not show it.
# shellcheck disable=SC2016
test_a_caller_that_proc_hides() {
  expect_status 0 in_rig 'chmod 0755 /mnt; mount -o remount,hidepid=1 /proc
    setpriv --reuid 1000 --regid 1000 --clear-groups sh -c "ls /proc/$$/ 2>&1" | head -n 1
    setpriv --reuid 1000 --regid 1000 --clear-groups "$RIND" run -- echo ran'
  expect_equal "the parent; the step" $'ls: cannot open directory \'/proc/1/\': Operation not permitted\nran' "$(grep -v ^rind <<<"$OUTPUT")"
}

# Two targets, each of which waits until the other has begun: only a parallel make builds them.
# shellcheck disable=SC2016
PARALLEL='
code="import subprocess
open(\"m.mk\", \"w\").write(\"all: a b\\na b:\\n\\t@touch begun-\$@; for i in \$\$(seq 100); do [ -e begun-a -a -e begun-b ] && exit 0; sleep 0.1; done; echo SERIAL; exit 1\\n\")
print(\"FLAGS\", os.environ[\"MAKEFLAGS\"], flush=True)
subprocess.run([\"make\", \"-f\", \"m.mk\"], check=True)
put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")"
'

# shellcheck disable=SC2016
test_jobserver_that_the_step_has_not() {
  local server
  for server in auth=fifo:/tmp/GMfifo51 auth=30,31 fds=30,31; do
    expect_status 0 in_front_ends_rig "$PARALLEL"'export SET='\''{"MAKEFLAGS": " -j4 --jobserver-'$server' -j2"}'\''; from_front_end build_wheel "$code"'
    expect_contains "flags" "$OUTPUT" "FLAGS  -j4 -j2"
    expect_lacks "make" "$OUTPUT" SERIAL
    expect_lacks "make" "$OUTPUT" jobserver
  done
  # The control: this is what make does with a jobserver that is not there.
  expect_status 1 in_front_ends_rig "$PARALLEL"'CALL=; export SET='\''{"MAKEFLAGS": " -j4 --jobserver-auth=30,31"}'\''; from_front_end build_wheel "$code"'
  expect_contains "make of the control" "$OUTPUT" SERIAL
}
