# An interpreter's call that is certainly no step executes the original before the helper's run-time library starts
# (helper/first_stage). Every other call goes to the helper. What tells them apart: the helper reads the kit.
source "$RIND_SOURCE/tests/system/interpreter.inc"

# shellcheck disable=SC2016
LOOK='
mkdir -p /tmp/away /tmp/named; cd /tmp/away; echo "print(\"a script\")" >script.py
# Says whether the call of the seam read the kit, and what it printed: look COMMAND...
look() {
  strace -f -qq -e trace=openat -e signal=none -o /tmp/trace "$@" </dev/null >/tmp/said 2>&1
  if grep -q "\"/dev/rind/kit\"" /tmp/trace; then echo "helper: $(head -n 1 /tmp/said)"; else echo "first: $(head -n 1 /tmp/said)"; fi
}
NAME="import sys; print(sys.executable, sys.argv[1:], sys.prefix)"
'

expect_looks() { # WHAT LINES SCRIPT   the same is printed by the original, whoever takes the call
  expect_status 0 in_interpreter_rig "$LOOK$3"
  expect_equal "$1" "$2" "$OUTPUT"
}

test_own_calls_need_no_helper() {
  # shellcheck disable=SC2016
  expect_looks "the front end's own calls" "first: /usr/bin/python3 ['a'] /usr
first: /usr/bin/python3 ['a'] /usr
first: /usr/bin/python3 ['a'] /usr
first: a script
first: a script
first: a script
first: [\"a\"]
kept x" '
  look /usr/bin/python3 -c "$NAME" a
  look /usr/bin/python3 -I -S -c "$NAME" a
  PATH=/usr/bin look python3 -Ic "$NAME" a
  look /usr/bin/python3 script.py
  mkdir -p program; cp script.py program/__main__.py; look /usr/bin/python3 program
  printf "#!/usr/bin/python3 -B\nprint(\"a script\")\n" >tool; chmod +x tool; look /tmp/away/tool
  echo "[\"a\"]" >/tmp/j; look /usr/bin/python3 -m json.tool --compact /tmp/j
  KEPT=x /usr/bin/python3 -c "import os; print(\"kept\", os.environ[\"KEPT\"])"'
}

test_what_may_be_a_step_goes_to_the_helper() {
  # shellcheck disable=SC2016
  expect_looks "by the helper" "helper: 
helper
helper
helper
helper
helper
helper
helper
helper
helper
helper" '
  which() { look "$@" | cut -d : -f 1; }
  look /usr/bin/python3
  cd $P; which /usr/bin/python3 -c pass               # a project
  mkdir -p sub; cd sub; which /usr/bin/python3 -m json.tool /tmp/none
  cd /tmp/away; which $V/bin/python -c pass           # a build environment
  which $V/bin/python3 /tmp/away/script.py
  which /usr/bin/python3 setup.py --version
  which /usr/bin/python3 -cpass
  which /usr/bin/python3 -W ignore -c pass
  which /usr/bin/python3 /tmp/front/_in_process.py get_requires_for_build_wheel /tmp
  which /usr/bin/python3 -c "import setuptools"
  which /usr/bin/python3 $P'
}

# The helper fills them, so that no file of the interpreter's becomes its standard output.
test_closed_streams_go_to_the_helper() {
  expect_looks "by the helper" "helper" 'look sh -c "exec /usr/bin/python3 -c pass <&-" | cut -d : -f 1'
}

test_no_file_no_first_stage() {
  expect_looks "by the helper" "helper: /usr/bin/python3 [] /usr
helper: /usr/bin/python3 [] /usr
helper: /usr/bin/python3 [] /usr" '
  mv /dev/rind/first /tmp/first
  look /usr/bin/python3 -c "$NAME"
  printf "rind-first 2\0" >/dev/rind/first; tail -c +14 /tmp/first >>/dev/rind/first; look /usr/bin/python3 -c "$NAME"
  head -c -1 /tmp/first >/dev/rind/first; look /usr/bin/python3 -c "$NAME"'
}
