# Which calls of the image's own interpreters run a package's code: the modules that an interpreter would import from the
# sources in which a front end is started, in each way in which Python spells a module's file.
source "$RIND_SOURCE/tests/system/interpreter.inc"

# SETUP WORD...: whether the call is a step, in P as unpacked sources with what SETUP made there
# shellcheck disable=SC2016
taken() {
  in_interpreter_rig 'cd $P; : >PKG-INFO; eval "$1"; shift
    "$RIND" explain -- "$@" 2>&1 | grep -q "^taken by the seam .*(interpreter)" && echo step || echo open' "$@"
}
expect_step() { expect_status 0 taken "$@"; expect_equal "$*" step "$OUTPUT"; }
expect_open() { expect_status 0 taken "$@"; expect_equal "$*" open "$OUTPUT"; }

test_each_spelling_of_a_module() {
  local file
  for file in tomllib.py tomllib.pyc tomllib.so tomllib.abi3.so tomllib.cpython-311-x86_64-linux-gnu.so _ssl.py _sysconfigdata__linux_.py \
    tomllib/__init__.py tomllib/__init__.pyc tomllib/__init__.abi3.so build.pyc build/__main__.pyc; do
    expect_step "mkdir -p tomllib build; : >$file" /usr/bin/python3 -m build
  done
}
test_what_is_no_module_of_a_front_ends() {
  local file
  for file in tomllib.txt tomllib.py.in tomllib/data.py build/lib.py package/__init__.py module.so _build_backend.py; do
    expect_open "mkdir -p tomllib build package; : >$file" /usr/bin/python3 -m build
  done
  expect_open "mkfifo tomllib.py" /usr/bin/python3 -m build
}
test_a_directory_as_a_program() {
  # shellcheck disable=SC2016
  for place in . ./ '$P' sub; do expect_step 'mkdir sub; : >sub/__main__.py; : >__main__.py' /usr/bin/python3 "${place/'$P'//tmp/project}"; done
  expect_open 'mkdir /tmp/program; : >/tmp/program/__main__.py' /usr/bin/python3 /tmp/program
}

# PYTHONSAFEPATH keeps the working directory out from Python 3.11 on: older ones ignore it.
safe_path() { # NAME: of the interpreter's file
  # shellcheck disable=SC2016
  in_interpreter_rig 'mkdir -p /tmp/py/bin; cp /dev/rind/originals/0 /tmp/py/bin/$1
    sed -i "s|\"seams\": \[|&{\"kind\": \"interpreter\", \"path\": \"/tmp/py/bin/$1\", \"original\": \"/dev/rind/originals/0\"}, |" /dev/rind/manifest.json
    flat-kit /dev/rind; cd $P; : >PKG-INFO; : >tomllib.py
    PYTHONSAFEPATH=1 "$RIND" explain -- /tmp/py/bin/$1 -m build 2>&1 | grep -q "^taken by the seam .*(interpreter)" && echo step || echo open' "$1"
}
test_safe_path() {
  expect_status 0 safe_path python3.11
  expect_equal "Python 3.11" open "$OUTPUT"
  for name in python3.9 python3.10 python3; do
    expect_status 0 safe_path "$name"
    expect_equal "$name" step "$OUTPUT"
  done
}

# PYTHONPATH may name the sources: the interpreter runs a sitecustomize there, whatever it was called for.
# shellcheck disable=SC2016
test_sources_in_python_path() {
  local path call own=': >/tmp/front/own.py; ln -s project /tmp/link; mkdir src usercustomize pip;'
  for path in '$P' '$P/src' '/tmp/none:$P' '$P/../project' /tmp/link; do
    expect_step "$own cd /tmp; export PYTHONPATH=$path" /usr/bin/python3 -B /tmp/front/own.py
  done
  for path in : . src; do expect_step "$own export PYTHONPATH=$path" /usr/bin/python3 /tmp/front/own.py; done
  expect_step "$own cd /tmp; export PYTHONPATH=\$P" /usr/bin/python3 -c pass
  for call in sitecustomize.py usercustomize/__init__.py tomllib.so pip/__main__.py; do
    expect_step "$own : >$call; cd /tmp; export PYTHONPATH=\$P" /usr/bin/python3 -m pip list
  done
}
# shellcheck disable=SC2016
test_python_path_without_sources() {
  local options here='cd /tmp; : >/tmp/front/own.py; export PYTHONPATH='
  expect_open "$here/tmp/front" /usr/bin/python3 /tmp/front/own.py
  expect_open 'rm PKG-INFO; '"$here"'$P' /usr/bin/python3 /tmp/front/own.py
  expect_open "$here"'$P' /usr/bin/python3 -m pip list
  for options in -I -E -BE; do expect_open "$here"'$P' /usr/bin/python3 $options /tmp/front/own.py; done
}
# Here the call itself: the first stage must not execute the original.
# shellcheck disable=SC2016
test_python_path_is_no_way_around() {
  local script=': >$P/PKG-INFO; echo "import os; print(os.path.exists(\"/tmp/seam\"))" >$P/sitecustomize.py; : >/tmp/front/own.py; cd /tmp; PYTHONPATH=$P $1 /tmp/front/own.py'
  expect_status 0 in_interpreter_rig "$script" /usr/bin/python3
  expect_equal "a step, with a /tmp of its own" False "$OUTPUT"
  expect_status 0 in_interpreter_rig "$script" /dev/rind/originals/0
  expect_equal "control: the original" True "$OUTPUT"
}

# A hook cannot make the sources look like those of a user.
# CODE: of the hook. Prints whether a front end's call is a step afterwards
after_a_hook() {
  # shellcheck disable=SC2016
  in_interpreter_rig ': >$P/PKG-INFO; project_hook "open(\"tomllib.py\", \"w\"); $1" 2>&1
    cd $P; "$RIND" explain -- /usr/bin/python3 -m build 2>&1 | grep -q "^taken by the seam .*(interpreter)" && echo step || echo open' "$1"
}
test_sources_that_a_hook_changes() {
  local code
  for code in pass 'import os; os.unlink("PKG-INFO")' 'import os; os.unlink("PKG-INFO"); os.mkdir("PKG-INFO")' \
    'import os; os.unlink("PKG-INFO"); os.unlink("pyproject.toml")' 'import os; os.unlink("PKG-INFO"); os.symlink("none", "PKG-INFO")'; do
    expect_status 0 after_a_hook "$code"
    expect_contains "after $code" "$OUTPUT" step
    expect_lacks "after $code" "$OUTPUT" open
  done
}

# Sources without a PKG-INFO are known by their place, also when a step has removed what makes them a project. On a disk: a
# tmpfs has attributes since Linux 6.6.
in_a_place_of_its_own() { # HOW: to remove it
  (
    WORK=$(mktemp -d /var/tmp/rind-tests.XXXXXX)
    trap 'rm -rf -- "$WORK"' EXIT
    export WORK
    # shellcheck disable=SC2016
    in_interpreter_rig 'mkdir /mnt/builds; mount --bind $WORK /mnt/builds; P=/mnt/builds/pkg-1/pkg-1; mkdir -p $P; : >$P/setup.py; eval "$1"
      cd $P; "$RIND" explain -- /usr/bin/python3 -c pass 2>&1 | grep -q "^taken by the seam .*(interpreter)" && echo step || echo open' "$1"
  )
}
# shellcheck disable=SC2016
test_sources_that_are_known_by_their_place() {
  local remove
  for remove in 'import os; os.unlink(\"setup.py\")' 'import os; os.rename(\"setup.py\", \"x\"); os.mkdir(\"setup.py\")' 'import os; os.unlink(\"setup.py\"); open(\"pyvenv.cfg\", \"w\")'; do
    expect_status 0 in_a_place_of_its_own "project_hook \"$remove\" 2>/dev/null"
    expect_equal "after a step: $remove" step "$OUTPUT"
  done
  expect_status 0 in_a_place_of_its_own 'rm $P/setup.py'
  expect_equal "control: removed by another" open "$OUTPUT"
}

# What is put back is the package's own: a link of the package's shows it nothing that only the builder may read.
test_what_is_put_back_is_no_secret() {
  # shellcheck disable=SC2016
  expect_status 0 in_interpreter_rig 'umask 077; echo SECRET >/tmp/secret; umask 022; ln -s /tmp/secret $P/PKG-INFO; echo "builder: $(cat $P/PKG-INFO)"
    project_hook "import os; os.unlink(\"PKG-INFO\")" 2>&1; echo "afterwards: $(cat $P/PKG-INFO)"
    echo own >$P/PKG-INFO; project_hook "import os; os.unlink(\"PKG-INFO\")" 2>&1; echo "control: $(cat $P/PKG-INFO)"'
  expect_contains "the builder reads it" "$OUTPUT" "builder: SECRET"
  expect_contains "afterwards" "$OUTPUT" $'afterwards: \n'
  expect_contains "a file of the package's own" "$OUTPUT" "control: own"
}

# Nothing is made or marked where a link of a step's leads.
source "$RIND_SOURCE/tests/system/hook.inc"
test_a_link_in_the_place_of_the_working_directory() {
  # shellcheck disable=SC2016
  local script='mkdir $S/sub /tmp/outside; echo own >$S/sub/PKG-INFO; echo a >$S/sub/pyproject.toml; echo b >/tmp/outside/pyproject.toml
    make_call get_requires_for_build_wheel "$1"; mv $S/backend.py $S/sub; S=$S/sub; call_hook get_requires_for_build_wheel 2>&1; echo "status $?"
    S=${S%/sub}; ls -A /tmp/outside; getfattr -d /tmp/outside 2>&1; readlink $S/sub; cat $S/sub/PKG-INFO'
  expect_status 1 in_hook_rig "$script" 'import os; os.rename("../sub", "../old"); os.symlink("/tmp/outside", "../sub")'
  expect_equal "outside" $'/tmp/outside\ncat: /tmp/w/pkg-1/pkg-1/sub/PKG-INFO: No such file or directory' "$(sed -n '/pyproject.toml$/,$p' <<<"$OUTPUT" | sed 1d)"
  expect_status 0 in_hook_rig "$script" 'import os; os.unlink("PKG-INFO")'
  expect_contains "control: it is put back" "$OUTPUT" $'\nown'
}
