# Beside the sources, in the package's own work directory: plugins build and install there before the back end runs. What
# steps made there is the package's, as its sources are; what the front end put there is read-only.
source "$RIND_SOURCE/tests/system/hook.inc"

# in_place COMMAND...: with the work directory where files have attributes; a tmpfs, as the rig's /tmp, has them since Linux 6.6
in_place() {
  (
    WORK=$(mktemp -d /var/tmp/rind-tests.XXXXXX)
    trap 'rm -rf -- "$WORK"' EXIT
    export WORK
    "$@"
  )
}

# command WORD...: a command of a plugin's through the seam, in the sources; in_work: where Fromager itself runs.
# shellcheck disable=SC2016
COMMANDS='
mkdir /mnt/builds; mount --bind $WORK /mnt/builds
W=/mnt/builds/pkg-1 S=$W/pkg-1 V=$W/build-3
mkdir -p $S $V/bin; ln -s /usr/bin/python3 $V/bin/python3; : >$V/pyvenv.cfg; : >$S/pyproject.toml
command() { (cd "${AT:-$S}" && VIRTUAL_ENV=$V exec "$SEAM" "$@"); }
in_work() { AT=/tmp command "$@"; }
state() { (cd $W && find . -mindepth 1 -path "./build-3" -prune -o -path "./pkg-1" -prune -o -printf "%P %y %m %U\n" | sort); }
'
beside() { in_place in_hook_rig "$COMMANDS$1" "${@:2}"; }

# The same with Rind and without it. SCRIPT
same_beside() {
  expect_status 0 beside "SEAM=env; $1"
  local control=$OUTPUT
  expect_contains "control: without Rind" "$control" "status 0"
  expect_status 0 beside "$1"
  expect_equal "with Rind" "$control" "$OUTPUT"
}

# shellcheck disable=SC2016
test_a_directory_beside_the_sources() {
  same_beside 'command sh -c "mkdir ../build && echo x >../build/x && mkdir -m 0750 ../build/sub && ln -s x ../build/l"; echo "status $?"
    command sh -c "cat ../build/l; echo y >../build/sub/y; rm ../build/x; mv ../build/l ../build/m"; echo "status $?"; state'
}

# As cp -a, cargo, cmake and automake leave it: a project, names of one file, and links to anywhere.
# shellcheck disable=SC2016
test_what_a_build_tree_holds() {
  same_beside 'command sh -c "cp -a . ../copy; echo x >../copy/x; mkdir ../copy/deps; ln ../copy/x ../copy/deps/x; ln -s /usr/bin/true ../copy/t; ln -s ../../.. ../copy/up"; echo "status $?"
    command sh -c "cd ../copy && echo y >y && ln y z && ln -s /usr/bin/true u"; echo "status $?"
    AT=$W/copy command sh -c "echo y >v; echo w >$S/w; rm $S/w"; echo "status $?"; state; stat -c "%h" $W/copy/x $W/copy/y'
}

# A build tree and a prefix that only the first command names; the last one runs elsewhere.
# shellcheck disable=SC2016
test_a_build_tree_and_a_prefix() {
  same_beside 'printf "if [ -e o ]; then mkdir -p $W/dist/lib; cp o $W/dist/lib; else echo o >o; cp $S/pyproject.toml p; fi\n" >$S/rules
    command sh -c "mkdir -p $W/build && cp $S/rules $W/build/rules"; echo "status $?"
    in_work env -C $W/build sh rules; echo "status $?"
    AT=$W/build command sh rules; echo "status $?"
    command cat $W/dist/lib/o; echo "status $?"; state'
}

# shellcheck disable=SC2016
test_a_prefix_that_the_front_end_made() {
  same_beside 'mkdir $W/prefix $W/home; export X_HOME=$W/home
    command sh -c "mkdir -p $W/prefix/lib; echo l >$W/prefix/lib/l"; echo "status $?"
    command sh -c "echo h >\$X_HOME/h"; echo "status $?"
    cp $W/prefix/lib/l $S/
    hook build_wheel "
import os
print(open(os.environ[\"X_HOME\"] + \"/h\").read().strip(), flush=True)
open(os.environ[\"X_HOME\"] + \"/of-hook\", \"w\")
put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")"; echo "status $?"; state'
}

# An attack: the front end runs the tools that it put beside the sources, outside of steps.
# shellcheck disable=SC2016
test_what_the_front_end_put_there_is_read_only() {
  local script='mkdir -p $W/tools/bin $W/later $W/mine; echo real >$W/tools/bin/cc
    command sh -c "echo evil >$W/tools/bin/cc" 2>/dev/null; echo "$? $(cat $W/tools/bin/cc)"
    command sh -c "rm -rf $W/tools; mkdir -p $W/tools/bin; echo evil >$W/tools/bin/cc" 2>/dev/null; echo "$? $(cat $W/tools/bin/cc)"
    command true; echo real >$W/later/cc
    command sh -c "echo evil >$W/later/cc" 2>/dev/null; echo "$? $(cat $W/later/cc)"
    command sh -c "echo >../mine/x"; rm -r $W/mine; mkdir $W/mine; echo real >$W/mine/cc
    command sh -c "echo evil >../mine/cc" 2>/dev/null; echo "$? $(cat $W/mine/cc)"'
  expect_status 0 beside "SEAM=env; $script"
  expect_equal "control: without Rind" $'0 evil\n0 evil\n0 evil\n0 evil' "$OUTPUT"
  expect_status 0 beside "$script"
  expect_equal "with Rind" $'2 real\n2 real\n2 real\n2 real' "$(sed 's/^[12] /2 /' <<<"$OUTPUT")"
}

# An attack: after a kill nobody knows who filled the directory. It is read-only, and its code is run as a step.
# shellcheck disable=SC2016
test_what_the_front_end_put_there_after_a_kill() {
  local script='mkdir $W/tools; (cd $S && VIRTUAL_ENV=$V exec "$SEAM" sh -c ": >started; exec sleep 60") &
    wait_until 20 test -e $S/started; kill_step $!; echo real >$W/tools/cc
    command sh -c "echo evil >$W/tools/cc" 2>/dev/null; cat $W/tools/cc'
  expect_status 0 beside "SEAM=env; $script"
  expect_equal "control: without Rind" evil "$OUTPUT"
  expect_status 0 beside "$script"
  expect_equal "with Rind" real "$OUTPUT"
}

# An attack: Fromager takes a build environment that is there for its own, and reads requirements from files there.
# shellcheck disable=SC2016
test_what_a_front_end_takes_for_its_own() {
  local made script='command sh -c "$1" 2>/dev/null; echo "$(ls -A $W | wc -l) in the work directory"'
  for made in 'mkdir -p ../build-4; echo >../build-4/pyvenv.cfg' 'mkdir -p ../build-4/bin; ln -s /bin/sh ../build-4/bin/python3' \
    'echo evil >../build-system-requirements.txt' 'mkdir ../.git; echo evil >../.git/config' 'ln -s /root ../link' \
    'mkdir ../json; echo >../json/__init__.py' 'mkdir ../a.dist-info; echo >../a.dist-info/entry_points.txt' \
    'mkdir ../a.DIST-INFO; echo >../a.DIST-INFO/entry_points.txt' 'mkdir ../a.Egg-Info; echo >../a.Egg-Info/x' \
    'mkdir -p ../a.egg/EGG-INFO; echo >../a.egg/x' 'mkdir ../build-3.13.1' 'mkdir ../build-3.14.0rc1t; echo x >../build-3.14.0rc1t/x'; do
    expect_status 0 beside "SEAM=env; $script" "$made"
    expect_equal "control: without Rind, $made" "3 in the work directory" "$OUTPUT"
    expect_status 0 beside "$script" "$made"
    expect_equal "with Rind, $made" "2 in the work directory" "$OUTPUT"
    expect_status 0 beside "${script/2>\/dev\/null/2>\&1}" "$made"
    expect_contains "why, $made" "$OUTPUT" "; in the package's work directory it makes directories alone, and none"
  done
}

# Another package's work, and a work directory that is called otherwise, where others may lie: as before.
# shellcheck disable=SC2016
test_other_work_directories() {
  local script='mkdir -p /mnt/builds/other-2/prefix; command sh -c "echo evil >/mnt/builds/other-2/prefix/x" 2>/dev/null; ls /mnt/builds/other-2/prefix
    W=/mnt/place; S=$W/place V=$W/build-3; mkdir -p $S $V $W/other; : >$V/pyvenv.cfg; : >$S/pyproject.toml
    command sh -c "echo evil >$W/other/x" 2>/dev/null; ls $W/other'
  expect_status 0 beside "SEAM=env; $script"
  expect_equal "control: without Rind" $'x\nx' "$OUTPUT"
  expect_status 0 beside "$script"
  expect_equal "with Rind" "" "$OUTPUT"
}

# An environment's name is the front end's also where the directory is empty; and an environment that it made is left alone.
# shellcheck disable=SC2016
test_the_front_ends_environments() {
  local script='mkdir $W/build-3.13.1; command sh -c "echo evil >../build-3.13.1/x" 2>/dev/null; ls $W/build-3.13.1
    mkdir $W/tool; command sh -c "echo x >../tool/x"; mkdir $W/tool/bin; cp /bin/true $W/tool/bin/python; echo a >$W/tool/pyvenv.cfg
    command sh -c "echo evil >../tool/pyvenv.cfg; rm ../tool/x" 2>/dev/null; (cd $W/tool; ls bin; cat pyvenv.cfg; ls x)'
  expect_status 2 beside "SEAM=env; $script"
  expect_equal "control: without Rind" $'x\npython\nevil' "$(head -n 3 <<<"$OUTPUT")"
  expect_status 0 beside "$script"
  expect_equal "with Rind" $'python\na\nx' "$OUTPUT"
}

# In a lower layer of an image an empty directory is made anew when it is written to.
test_a_directory_of_a_lower_layer() {
  # shellcheck disable=SC2016
  RIG_POLICY=$IDENTITY_NONE same_beside 'mkdir -p $W/x /mnt/builds/o/{l/builds,u,w,m}; cd /mnt/builds/o; cp -a $W l/builds
    mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m; W=/mnt/builds/o/m/builds/pkg-1 S=$W/pkg-1 V=$W/build-3
    command sh -c "echo >../x/a"; echo "status $?"; command sh -c "echo >../x/b"; echo "status $?"; state'
}

# The kernel may not tell the two apart: a file system without attributes. A hook makes nothing there.
test_a_file_system_without_attributes() {
  local why="beside its sources a hook makes nothing, and a command only directories, on a file system with user attributes"
  # shellcheck disable=SC2016
  expect_status 0 beside 'mkdir /mnt/r; mount -t ramfs r /mnt/r; cp -a /mnt/builds /mnt/r; W=/mnt/r/builds/pkg-1; S=$W/pkg-1; V=$W/build-3
    command sh -c "mkdir ../new" 2>&1; echo "status $?"; mkdir $W/x; command sh -c "echo >../x/x" 2>&1; ls -A $W/x'
  expect_contains "a new one" "$OUTPUT" "Read-only file system"
  expect_contains "why" "$OUTPUT" "$why"
  expect_status 0 beside 'hook build_wheel "import os; os.mkdir(\"../new\")" 2>&1; echo "status $?"'
  expect_contains "a hook" "$OUTPUT" "status 1"
  expect_contains "why" "$OUTPUT" "$why"
}

source "$RIND_SOURCE/tests/system/interpreter.inc"
# What lies there is a package's code, for the image's own interpreters, too. A step that removes all attributes it can
# changes nothing, nor does one that leaves no room for another, or whose supervisor is killed.
# shellcheck disable=SC2016
in_a_package() {
  in_place in_interpreter_rig "$COMMANDS"'
    command sh -c "mkdir ../x; echo \"import os; print(os.getpid() < 9, flush=True); open(os.path.dirname(__file__) + chr(47) + chr(111), chr(119))\" >../x/gen.py"
    cat >$S/attributes.py <<"PY"
import os, sys, time
for path in ("..", "../x"):
    for name in os.listxattr(path): os.removexattr(path, name)
size, n = 4000, 0
while size and n < 500:
    try: os.setxattr("../x", f"user.{n}", bytes(size)); n += 1
    except OSError: size //= 2
if sys.argv[1:]: open("../x/o", "w"); time.sleep(60)
PY
    if [[ ${KILLED:-} ]]; then
      (cd $S && VIRTUAL_ENV=$V exec "$SEAM" /usr/bin/python3 attributes.py wait) &
      wait_until 20 test -e $W/x/o; kill_step $!; rm $W/x/o
    else
      command /usr/bin/python3 attributes.py
    fi
    cd $W/x; '"$1"
}
test_its_code_is_a_packages() {
  local call
  for call in '/usr/bin/python3 gen.py' 'cd /tmp; /usr/bin/python3 $W/x/gen.py' 'PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -c "import gen"' 'VIRTUAL_ENV=$V $V/bin/python3 gen.py'; do
    expect_status 0 in_a_package "$call; ls \$W/x | tr '\\n' ' '"
    expect_contains "$call: a step, which writes there" "$OUTPUT" $'True\ngen.py o '
    KILLED=yes expect_status 0 in_a_package "$call"
    expect_contains "$call: a step, after a kill" "$OUTPUT" True
  done
  expect_status 0 in_a_package '/dev/rind/originals/0 gen.py'
  expect_equal "control: the original" False "$OUTPUT"
}

# An attack: what a later step makes of a directory that is the package's, and the names that belong to the front end.
# shellcheck disable=SC2016
test_an_environment_that_a_step_makes_there() {
  local how script='command sh -c "mkdir -p ../x/sub && echo >../x/file"
    command sh -c "cd ../x && $1" 2>&1 | grep -o "Rind removed $W/[^ ,]*" | sort; cd $W/x; find . -name "pyvenv.cfg" -o -name "python*" -o -name "__*" | sort'
  while IFS='|' read -r how left removed; do
    expect_status 0 in_place in_interpreter_rig "${COMMANDS}SEAM=env; $script" "$how"
    expect_equal "control: without Rind, $how" "${left//,/$'\n'}" "$OUTPUT"
    expect_status 0 in_place in_interpreter_rig "$COMMANDS$script" "$how"
    expect_equal "with Rind, $how" "${removed//,/$'\n'}" "$OUTPUT"
  done <<'X'
echo >pyvenv.cfg; mkdir bin; cp /bin/true bin/python3|./bin/python3,./pyvenv.cfg|Rind removed /mnt/builds/pkg-1/x/bin/python3,Rind removed /mnt/builds/pkg-1/x/pyvenv.cfg
echo >__init__.py; mkdir y; echo >y/__init__.py|./__init__.py,./y/__init__.py|Rind removed /mnt/builds/pkg-1/x/__init__.py,./y/__init__.py
mkdir pyvenv.cfg|./pyvenv.cfg|Rind removed /mnt/builds/pkg-1/x/pyvenv.cfg
mkdir -p .v/bin; echo >.v/pyvenv.cfg; cp /bin/true .v/bin/python|./.v/bin/python,./.v/pyvenv.cfg|Rind removed /mnt/builds/pkg-1/x/.v/bin/python,./.v/pyvenv.cfg
mkdir -p real/bin; echo >real/pyvenv.cfg; cp /bin/true real/bin/python; ln -s real venv|./real/bin/python,./real/pyvenv.cfg|Rind removed /mnt/builds/pkg-1/x/real/bin/python,Rind removed /mnt/builds/pkg-1/x/venv,./real/pyvenv.cfg
X
}

# The same where no interpreter is covered, and by a hook in a second tree there.
# shellcheck disable=SC2016
test_what_a_later_step_makes_there() {
  local rig prelude script='mkdir $W/x; command sh -c "echo >../x/file; cp -a . ../copy"
    command sh -c "echo >../x/__init__.py; echo >../x/pyvenv.cfg; mkdir ../x/y; echo >../x/y/__init__.py" 2>/dev/null; cd $W; find x copy -name "__*" -o -name "pyvenv.cfg" | sort
    S=$W/copy hook build_wheel "open(\"../x/__init__.py\", \"w\"); open(\"__init__.py\", \"w\"); put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")" 2>/dev/null
    find x copy -name "__init__.py" | sort'
  expect_status 0 beside "SEAM=env; $script"
  expect_equal "control: without Rind" $'x/__init__.py\nx/pyvenv.cfg\nx/y/__init__.py\ncopy/__init__.py\nx/__init__.py\nx/y/__init__.py' "$OUTPUT"
  for rig in in_hook_rig in_interpreter_rig; do
    prelude=$COMMANDS
    [[ $rig == in_hook_rig ]] || prelude=$HOOK_PRELUDE$COMMANDS
    expect_status 0 in_place $rig "$prelude$script"
    expect_equal "with Rind, $rig" $'x/y/__init__.py\nx/y/__init__.py' "$OUTPUT"
  done
}

# An attack: Python puts all directories of a namespace package together, and the one in the working directory comes first.
# shellcheck disable=SC2016
test_a_namespace_package_of_the_image() {
  local name script='L=/mnt/tools/lib/python3.11/site-packages; mkdir -p /mnt/tools/bin $L/space/auth $L/regular $L/data
    echo "print(\"own\")" >$L/space/auth/__init__.py; : >$L/regular/__init__.py; : >$L/data/text
    sed -i "s|\"path\": \[|&\"/mnt/tools/bin\", |" /dev/rind/manifest.json; flat-kit /dev/rind
    command sh -c "mkdir -p ../$1/auth; echo \"print(123)\" >../$1/auth/__init__.py" 2>/dev/null; ls $W | tr "\n" " "
    cd $W; PYTHONPATH=$L /dev/rind/originals/0 -c "import $1.auth" 2>&1 | tail -n 1; true'
  expect_status 0 in_place in_interpreter_rig "${COMMANDS}SEAM=env; $script" space
  expect_equal "control: without Rind" "build-3 pkg-1 space 123" "$OUTPUT"
  expect_status 0 in_place in_interpreter_rig "$COMMANDS$script" space
  expect_equal "with Rind" "build-3 pkg-1 own" "$OUTPUT"
  for name in regular data build; do
    expect_status 0 in_place in_interpreter_rig "$COMMANDS$script" $name
    expect_contains "no namespace of the image: $name" " $OUTPUT" " $name "
  done
}

# An attack: an environment in the sources whose interpreter is a link to one of the image's by way of a directory beside
# them. A later step would lead it elsewhere.
# shellcheck disable=SC2016
test_an_interpreter_by_way_of_a_directory_there() {
  local script='command sh -c "mkdir ../x; ln -s $(readlink -f /usr/bin/python3) ../x/p"
    command sh -c "mkdir -p .venv/bin; echo >.venv/pyvenv.cfg; ln -s $W/x/p .venv/bin/python3" 2>&1 | grep -o "Rind removed [^ ,]*"
    command sh -c "printf \"#!/bin/sh\necho evil outside of steps\n\" >../x/own; chmod 0755 ../x/own; ln -sf own ../x/p"
    $S/.venv/bin/python3 -c "print(1)" 2>&1'
  expect_status 0 in_place in_interpreter_rig "${COMMANDS}SEAM=env; $script"
  expect_equal "control: without Rind" "evil outside of steps" "$OUTPUT"
  in_place in_interpreter_rig "$COMMANDS$script" >"$RIND_TMP/with" 2>&1 || true
  expect_contains "with Rind" "$(cat "$RIND_TMP/with")" "Rind removed /mnt/builds/pkg-1/pkg-1/.venv/bin/python3"
  expect_lacks "with Rind" "$(cat "$RIND_TMP/with")" evil
}
