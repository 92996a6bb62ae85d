# Where results go: the directory that the front end named, whatever a step does to the names above it; and what
# may be replaced there. Through the script's seam (hook.inc) and an interpreter's (front_end.inc); each attack
# has its control, the same hook without Rind.
source "$RIND_SOURCE/tests/system/hook.inc"
source "$RIND_SOURCE/tests/system/front_end.inc"
source "$RIND_SOURCE/tests/system/interpreter.inc"

WHEEL=pkg-1-py3-none-any.whl

# A hook that builds a good wheel and puts another tree in the place of a directory above it.
replace_above() { # DIRECTORY   below which dist lies
  echo "
put('$WHEEL', 'good'); result('$WHEEL')
os.rename('$1', 'moved'); os.makedirs('$1/dist'); os.symlink('/etc/hostname', '$1/dist/$WHEEL')"
}
FOUND='find $OUT -name "*.whl" -printf "%y %l\n"'

test_a_directory_above_the_output_is_replaced() {
  local code
  code=$(replace_above build)
  expect_status 0 in_hook_rig 'OUT=$S/build/dist; mkdir -p $S/build; hook build_wheel "$1" 2>/tmp/log; echo $?; '"$FOUND"'; cat /tmp/log' "$code"
  expect_contains "status; what the package put there" "$OUTPUT" $'125\nl /etc/hostname'
  expect_contains "why" "$OUTPUT" "the step replaced /tmp/w/pkg-1/pkg-1/build/dist (wheel_directory of the front end), or a directory above it"
  expect_status 0 in_hook_rig 'OUT=$S/build/dist; mkdir -p $S/build; hook build_wheel "$1" >/dev/null 2>&1; ls $S/moved/dist $CTL' "$code"
  expect_equal "of the step nothing was delivered" $'/tmp/control:\ninput.json\n\n/tmp/w/pkg-1/pkg-1/moved/dist:' "$OUTPUT"
}

by_interpreter() { in_front_end_rig 'OUT=$P/build/dist; mkdir -p $OUT; call build_wheel $OUT "$1" 2>&1; echo $?; '"$FOUND" "$1"; }

test_a_directory_above_the_output_is_replaced_by_interpreter() {
  expect_status 0 by_interpreter "$(replace_above build)"
  expect_contains "status; what the package put there" "$OUTPUT" $'\n125\nl /etc/hostname'
  expect_contains "why" "$OUTPUT" "the step replaced "
}

test_a_directory_above_the_output_is_replaced_control() {
  CONTROL=yes expect_status 0 by_interpreter "$(replace_above build)"
  expect_equal "the front end gets the link" $'0\nl /etc/hostname' "$OUTPUT"
}

# Of a hook that fails, too: what it said is in the way of nobody, what it put there is.
test_a_failing_hook_is_looked_at_as_well() {
  expect_status 0 by_interpreter "$(replace_above build); sys.exit(3)"
  expect_contains "status" "$OUTPUT" $'\n125\nl /etc/hostname'
}

test_the_output_directory_itself_cannot_be_moved() {
  expect_status 0 in_front_end_rig 'mkdir $P/dist; call build_wheel $P/dist "
put(\"$1\", \"good\"); result(\"$1\")
try: os.rename(\"dist\", \"moved\")
except OSError as e: print(e.strerror)"; echo $?; cat $P/dist/$1' "$WHEEL"
  expect_equal "said, status, wheel" $'Device or resource busy\n0\ngood' "$OUTPUT"
}

# The front end goes by the link; the package makes it lead elsewhere.
by_a_link() {
  in_front_end_rig 'mkdir -p $P/a/dist $P/b; ln -s a $P/build; call build_wheel $P/build/dist "
put(\"$1\", \"good\"); result(\"$1\")
os.makedirs(\"b/dist\", exist_ok=True); os.symlink(\"/etc/hostname\", \"b/dist/$1\"); os.remove(\"build\"); os.symlink(\"b\", \"build\")" 2>&1
    echo $?; find $P/build/dist/ -name "*.whl" -printf "%y %l\n"' "$WHEEL"
}
test_a_link_above_the_output_is_replaced() {
  expect_status 0 by_a_link
  expect_contains "status" "$OUTPUT" $'\n125\nl /etc/hostname'
  expect_contains "why" "$OUTPUT" "the step replaced /srv/repo/p/build/dist (wheel_directory of the front end)"
}
test_a_link_above_the_output_is_replaced_control() {
  CONTROL=yes expect_status 0 by_a_link
  expect_equal "the front end gets the link" $'0\nl /etc/hostname' "$OUTPUT"
}

test_a_link_above_the_output_that_stays() {
  expect_status 0 in_front_end_rig 'mkdir -p /srv/wheels/dist; ln -s /srv/wheels $P/build; call build_wheel $P/build/dist "put(\"$1\"); result(\"$1\")"; echo $?; ls /srv/wheels/dist' "$WHEEL"
  expect_equal "status, wheel" $'0\n'"$WHEEL" "$OUTPUT"
}

# The working directory (build_dir), in which front ends write a PKG-INFO.
test_the_working_directory_is_replaced() {
  expect_status 0 in_hook_rig 'mkdir -p $S/sub; make_call get_requires_for_build_wheel "
os.rename(\"../sub\", \"../moved\"); os.symlink(\"/tmp\", \"../sub\"); result([])"; mv $S/backend.py $S/sub
    cd $S/sub; VIRTUAL_ENV=$V "$SEAM" $V/bin/python3 /tmp/front/_in_process.py get_requires_for_build_wheel $CTL 2>&1; echo $?; ls $CTL'
  expect_contains "why" "$OUTPUT" "the step replaced /tmp/w/pkg-1/pkg-1/sub (the working directory of the front end)"
  expect_equal "status; no answer" $'125\ninput.json' "$(tail -n 2 <<<"$OUTPUT")"
}

# pip's --log and --wheel-dir in the sources.
test_a_directory_above_the_log_is_replaced() {
  expect_status 0 in_hook_rig 'mkdir -p $S/logs/deep /tmp/wheels; ln -sf /bin/true $V/bin/pip
    cat >$V/bin/python3.sh <<"X"
#!/bin/sh
cd '"/tmp/w/pkg-1/pkg-1"' && mv logs moved && mkdir -p logs/deep && ln -s /etc/hostname logs/deep/build.log
X
    chmod +x $V/bin/python3.sh; cd $S
    VIRTUAL_ENV=$V "$SEAM" $V/bin/python3.sh -m pip wheel --wheel-dir /tmp/wheels --log $S/logs/deep/build.log $S 2>&1; echo $?; readlink $S/logs/deep/build.log'
  expect_contains "why" "$OUTPUT" "logs/deep/build.log (--log of the front end), or a directory above it"
  expect_equal "status; the link" $'125\n/etc/hostname' "$(tail -n 2 <<<"$OUTPUT")"
}

# --- what may be replaced

EVIL=torch-2.9.0-cp313-cp313-linux_x86_64.whl
evil() {
  in_front_end_rig 'echo real >/srv/wheels/$1; call build_wheel /srv/wheels "put(\"$1\", \"evil\"); result(\"$1\")" 2>&1; echo $?; cat /srv/wheels/$1; ls $CTL' "$EVIL"
}
test_a_wheel_of_another_package() {
  expect_status 0 evil
  expect_contains "why" "$OUTPUT" "/srv/wheels/$EVIL already exists, and may belong to another package; remove that file, or give each package an output directory of its own"
  expect_equal "status, wheel; no answer" $'125\nreal\ninput.json' "$(tail -n 3 <<<"$OUTPUT")"
}
test_a_wheel_of_another_package_control() {
  CONTROL=yes expect_status 0 evil
  expect_contains "control" "$OUTPUT" $'0\nevil'
}

# The same project again, into a directory that others share.
again() { # same | other: the project of the second build
  in_front_end_rig 'build() { call build_wheel /srv/wheels "put(\"pkg-1-py3-none-any.whl\", \"$1\"); result(\"pkg-1-py3-none-any.whl\")" 2>&1; }
    cd $P; build first; echo $?
    if [[ $1 == other ]]; then cp -r $P /srv/repo/other; P=/srv/repo/other; cd $P; fi
    build second; echo $?; cat /srv/wheels/pkg-1-py3-none-any.whl' "$1"
}
test_again_from_the_same_project() {
  expect_status 0 again same
  expect_equal "statuses, wheel" $'0\n0\nsecond' "$(grep -v '^rind: .* succeeded' <<<"$OUTPUT")"
}
test_again_from_another_project() {
  expect_status 0 again other
  expect_equal "status, wheel" $'125\nfirst' "$(tail -n 2 <<<"$OUTPUT")"
}

# The front end runs the interpreters of an environment in the project: pip, uv, tox.
environment_in_the_project() { # [PREPARE]
  in_front_end_rig "${1:-}"'
    for e in .venv .tox/py; do mkdir -p $P/$e/bin; echo "home = /usr/bin" >$P/$e/pyvenv.cfg; ln -s $PYTHON $P/$e/bin/python; done
    call get_requires_for_build_wheel "" "
for e in \".venv\", \".tox/py\":
    for what in lambda: os.unlink(e + \"/pyvenv.cfg\"), lambda: os.unlink(e + \"/bin/python\"), lambda: os.rename(e, e + \"-old\"):
        try: what()
        except OSError: pass
result([])" 2>&1; echo $?; ls -A $P/.venv $P/.venv/bin $P/.tox/py' 2>&1
}
test_an_environment_in_the_project() {
  expect_status 0 environment_in_the_project
  expect_equal "status, files" 3 "$(grep -c "pyvenv.cfg\|^python$" <<<"$OUTPUT")"
  expect_equal "status" 0 "$(head -n 1 <<<"$OUTPUT")"
}
# However many files a package puts before it.
test_an_environment_among_many_files() {
  expect_status 0 environment_in_the_project '(cd $P; seq 6000 | xargs touch; mkdir .many; cd .many; seq 6000 | xargs touch)'
  expect_equal "status, files" 3 "$(grep -c "pyvenv.cfg\|^python$" <<<"$OUTPUT")"
}
test_an_environment_in_the_project_control() {
  CONTROL=yes expect_status 2 environment_in_the_project
}
test_a_directory_above_an_environment_is_replaced() {
  expect_status 0 in_front_end_rig 'mkdir -p $P/.tox/py/bin; echo "home = /usr/bin" >$P/.tox/py/pyvenv.cfg
    call get_requires_for_build_wheel "" "os.rename(\".tox\", \"moved\"); os.makedirs(\".tox/py/bin\"); result([])" 2>&1; echo $?'
  expect_equal "status" 125 "$(tail -n 1 <<<"$OUTPUT")"
  expect_contains "why" "$OUTPUT" "(an environment of the front end), or a directory above it"
}

# Fromager's layout names the package; another one does not.
script_seam() { # WORK WHEEL   in WORK, with WHEEL of somebody's in the repository
  in_hook_rig 'mkdir -p /tmp/w/$1; mv $W/pkg-1 /tmp/w/$1/$1; mv $W/build-3 /tmp/w/$1/; W=/tmp/w/$1 S=$W/$1 V=$W/build-3
    make_call build_wheel "put(\"$2\", \"new\"); result(\"$2\")"; echo old >$OUT/$2; call_hook build_wheel 2>&1; echo $?; cat $OUT/$2' "$@"
}
test_by_work_directory() {
  expect_status 0 script_seam pkg-1.0 pkg-1-py3-none-any.whl
  expect_equal "its own" $'0\nnew' "$OUTPUT"
  expect_status 0 script_seam pkg-1.0 pkg-1.0.0+cu124-py3-none-any.whl
  expect_equal "a local part" $'0\nnew' "$OUTPUT"
  expect_status 0 script_seam pkg-1.0 pkg-2.0-py3-none-any.whl
  expect_contains "another version" "$OUTPUT" 'has a version other than that of the work directory pkg-1.0; its name would be pkg-1.0-*.whl'
  expect_equal "another version" $'125\nold' "$(tail -n 2 <<<"$OUTPUT")"
  expect_status 0 script_seam pkg-1.0 pkg-core-1.0-py3-none-any.whl
  expect_contains "no version" "$OUTPUT" 'is not a valid name for a wheel'
  expect_status 0 script_seam work pkg-2.0-py3-none-any.whl
  expect_contains "not NAME-VERSION" "$OUTPUT" "already exists, and may belong to another package"
  expect_equal "not NAME-VERSION" $'125\nold' "$(tail -n 2 <<<"$OUTPUT")"
}

# What lies in the project's own directory is the package's: a second build replaces it.
test_in_the_projects_own_directory() {
  expect_status 0 in_front_end_rig 'mkdir $P/dist; echo old >$P/dist/$1; call build_wheel $P/dist "put(\"$1\", \"new\"); result(\"$1\")"; echo $?; cat $P/dist/$1' "$WHEEL"
  expect_equal "status, wheel" $'0\nnew' "$OUTPUT"
}

# By way of the sdist: the hook runs in the unpacked one.
test_from_the_unpacked_sdist() {
  local script='mkdir -p $P/dist /tmp/unpacked/pkg-1; : >/tmp/unpacked/pkg-1/pyproject.toml; SOURCES=/tmp/unpacked/pkg-1
    echo old >$P/dist/$1; call build_wheel $P/dist "put(\"$1\", \"new\"); result(\"$1\")" 2>&1; echo $?; cat $P/dist/$1'
  expect_status 0 in_front_end_rig "$script" "$WHEEL"
  expect_equal "by working directory" $'0\nnew' "$OUTPUT"
  expect_status 0 in_front_end_rig "cd /; FRONT_END='-n /srv/repo/p'; $script" "$WHEEL"
  expect_equal "by a word" $'0\nnew' "$OUTPUT"
  # A repository of several packages: what is built is another directory than the one that dist lies in.
  expect_status 0 in_front_end_rig "mkdir /srv/repo/p/q; : >/srv/repo/p/q/setup.py; FRONT_END='q --outdir dist'; $script" "$WHEEL"
  expect_equal "another package's" $'125\nold' "$(tail -n 2 <<<"$OUTPUT")"
  # Named as the directory for results alone.
  expect_status 0 in_front_end_rig "cd /; FRONT_END='--outdir /srv/repo/p'; $script" "$WHEEL"
  expect_equal "not what is built" $'125\nold' "$(tail -n 2 <<<"$OUTPUT")"
}

# --- an output directory that holds sources

test_the_output_is_the_sources() {
  expect_status 0 in_front_end_rig 'mkdir $P/src; call build_wheel $P "
print(sorted(os.listdir(\".\"))); put(\"$1\", \"new\"); put(\"beside\"); result(\"$1\")" 2>&1; echo $?; cd $P; stat -c "%n %u:%g %a" * $CTL/output.json' "$WHEEL"
  expect_equal "seen, status, left" "['pyproject.toml', 'src']
0
beside 0:0 644
$WHEEL 0:0 644
pyproject.toml 0:0 644
src 0:0 755
/tmp/control/output.json 0:0 600" "$OUTPUT"
}

test_the_output_holds_some_of_the_sources() {
  expect_status 0 in_front_end_rig 'mkdir -p $P/src/in; call build_wheel $P/src "print(os.listdir(\"src\")); put(\"$1\"); result(\"$1\")" 2>&1; echo $?; ls $P/src' "$WHEEL"
  expect_equal "seen, status, left" "['in']"$'\n0\nin\n'"$WHEEL" "$OUTPUT"
}

test_the_output_holds_the_working_directory() {
  expect_status 0 in_hook_rig 'mkdir -p $S/sub/x; make_call build_wheel "print(sorted(os.listdir(\".\"))); put(\"$1\"); result(\"$1\")"; mv $S/backend.py $S/sub
    sed -i "s|/tmp/out|$S/sub|" $CTL/input.json; cd $S/sub; VIRTUAL_ENV=$V "$SEAM" $V/bin/python3 /tmp/front/_in_process.py build_wheel $CTL 2>&1; echo $?; ls $S/sub' "$WHEEL"
  expect_equal "seen, status, left" "['backend.py', 'x']"$'\n0\nbackend.py\n'"$WHEEL"$'\nx' "$OUTPUT"
}

# Of a directory for results alone the step sees nothing, whatever results they are.
test_the_output_holds_earlier_results() {
  expect_status 0 in_front_end_rig 'mkdir $P/dist; cd $P/dist; touch a-1.whl a-1.tar.gz a-1.whl.asc SHA256SUMS .gitignore; call build_wheel $P/dist "print(os.listdir(out)); put(\"$1\"); put(\"x\"); result(\"$1\")" 2>/dev/null; ls $P/dist' "$WHEEL"
  expect_equal "seen, left" $'[]\nSHA256SUMS\na-1.tar.gz\na-1.whl\na-1.whl.asc\n'"$WHEEL" "$OUTPUT"
}

# The gate is the same.
test_in_place_what_is_no_artefact_is_refused() {
  local code
  for code in 'os.symlink("/etc/hostname", out + "/'$WHEEL'")' 'put("x"); os.link(out + "/x", out + "/'$WHEEL'")' 'os.mkfifo(out + "/'$WHEEL'")'; do
    expect_status 0 in_front_end_rig 'call build_wheel $P "$1; result(\"$2\")" 2>&1; echo $?; ls $CTL' "$code" "$WHEEL"
    expect_contains "why" "$OUTPUT" "is not a regular file"
    expect_equal "status; no answer" $'125\ninput.json' "$(tail -n 2 <<<"$OUTPUT")"
  done
  expect_status 0 in_front_end_rig 'call build_wheel $P "put(\"../x\"); result(\"../x\")" 2>&1; echo $?'
  expect_contains "no name" "$OUTPUT" "Read-only file system"
}

test_in_place_without_an_identity() {
  RIG_POLICY=$IDENTITY_NONE
  expect_status 0 in_front_end_rig 'call build_wheel $P "put(\"$1\"); result(\"$1\")"; echo $?; ls $P' "$WHEEL"
  expect_equal "status, left" $'0\n'"$WHEEL"$'\npyproject.toml' "$OUTPUT"
}

test_the_output_is_above_the_sources() {
  expect_status 0 in_front_end_rig 'echo other >/srv/repo/other; call build_wheel /srv/repo "
print(os.listdir(\".\"), os.listdir(\"..\")); put(\"$1\"); result(\"$1\")" 2>&1; echo $?; ls -A /srv/repo $P' "$WHEEL"
  expect_equal "seen, status, left" "['pyproject.toml'] ['p']
0
/srv/repo:
other
p
$WHEEL

/srv/repo/p:
pyproject.toml" "$OUTPUT"
}

# Of links that were in the places that a call names: those that the step changed do not leave, and a line says so.
# shellcheck disable=SC2016
RELINK='mount -t tmpfs -o mode=0755 srv /srv; mkdir -p /tmp/script /tmp/named /srv/wheels
  links() { for d in /tmp/script /tmp/named /srv/wheels; do "$@"; done; }
  links eval "touch \$d/a \$d/b; ln -s a \$d/kept; ln -s a \$d/changed"
  echo "import os, sys
open(sys.argv[1], \"w\").write(\"{}\")
for d in os.path.dirname(sys.argv[1]), sys.argv[3], sys.argv[5]:
    open(d + \"/project-1-py3-none-any.whl\", \"w\"); os.symlink(\"b\", d + \"/new\"); os.rename(d + \"/new\", d + \"/changed\")" >/tmp/script/relink.py
  (cd $P && $V/bin/python /tmp/script/relink.py /tmp/script/answer.json --work /tmp/named --outdir /srv/wheels 2>&1); echo $?
  cat /tmp/script/answer.json; echo; links eval "readlink \$d/kept \$d/changed" | tr -d "\n"'
test_links_that_a_step_changes() {
  expect_status 0 in_interpreter_rig "$RELINK"
  expect_equal "line, status, answer, links" "rind: the step left files that Rind dropped: /tmp/script/changed, /tmp/named/changed, /srv/wheels/changed
0
{}
aaaaaa" "$OUTPUT"
}
test_links_that_a_step_changes_control() {
  expect_status 0 in_interpreter_rig 'umount "$python"; '"$RELINK"
  expect_equal "status, answer, links" $'0\n{}\nababab' "$OUTPUT"
}

# What variables of the front end's name in the sources is not the step's to write. It can move a directory above.
# MOVE: of .cache, and what it puts there. Prints the status, what the front end finds, and the step's tree
cache_in_the_sources() {
  # shellcheck disable=SC2016
  in_front_end_rig 'mkdir -p $P/.cache/pip $P/ci/settings; echo good >$P/.cache/pip/wheel; echo "index-url = good" >$P/ci/settings/pip.conf
    export PIP_CACHE_DIR=$P/.cache/pip PIP_CONFIG_FILE=$P/ci/settings/pip.conf
    call get_requires_for_build_wheel "" "
import os, shutil
def plant(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, \"w\").write(\"planted\")
$1
result([])"; echo $?; cat $P/.cache/pip/wheel $P/ci/settings/pip.conf 2>&1' "$1"
}
NONE='No such file or directory'
test_a_directory_above_a_cache_is_replaced() {
  local code='os.rename(".cache", "old"); plant(".cache/pip/wheel")'
  expect_status 1 cache_in_the_sources "$code"
  expect_contains "why" "$OUTPUT" "the step replaced a directory above /srv/repo/p/.cache/pip"
  expect_contains "status, the cache" "$OUTPUT" $'\n125\ncat: /srv/repo/p/.cache/pip/wheel: '"$NONE"
  CONTROL=yes expect_status 0 cache_in_the_sources "$code"
  expect_contains "control" "$OUTPUT" planted
}
test_a_link_in_the_place_above_a_cache() {
  expect_status 1 cache_in_the_sources 'os.rename(".cache", "old"); plant("new/pip/wheel"); os.symlink("new", ".cache")'
  expect_contains "why" "$OUTPUT" "Rind removed /srv/repo/p/.cache: "
  expect_contains "status, the cache" "$OUTPUT" $'\n125\ncat: /srv/repo/p/.cache/pip/wheel: '"$NONE"
}
test_a_directory_above_settings_is_replaced() {
  expect_status 1 cache_in_the_sources 'os.rename("ci", "old"); plant("ci/settings/pip.conf")'
  expect_contains "status, the settings" "$OUTPUT" $'\n125\ngood'
  expect_contains "the settings" "$OUTPUT" "/srv/repo/p/ci/settings/pip.conf: $NONE"
}
# A step that fails gets no further, either.
test_a_failed_step_that_replaces_a_cache() {
  expect_status 1 cache_in_the_sources 'os.rename(".cache", "old"); plant(".cache/pip/wheel"); raise SystemExit(3)'
  expect_lacks "the cache" "$OUTPUT" planted
}
test_a_cache_that_is_moved_away() {
  expect_status 1 cache_in_the_sources 'os.rename(".cache", "old")'
  expect_contains "status, the cache" "$OUTPUT" $'0\ncat: /srv/repo/p/.cache/pip/wheel: '"$NONE"
}
test_a_cache_that_stays() {
  expect_status 0 cache_in_the_sources 'plant(".cache/pip/wheel"); plant(".cache/other/file"); os.rename(".cache/other", ".cache/third")'
  expect_equal "status, cache, settings" $'0\ngood\nindex-url = good' "$OUTPUT"
}

# A front end looks for .venv in the project, and runs its interpreter.
# MAKE: what the step does; PROGRAM in the project is run afterwards. `evil` prints who it is
run_afterwards() {
  # shellcheck disable=SC2016
  in_front_end_rig '[[ -z ${3:-} ]] || sed -i "s|\"environments\": \[|&\"$3\", |" /dev/rind/manifest.json && flat-kit /dev/rind
    mkdir /srv/env; echo "home = /usr/bin" >/srv/env/pyvenv.cfg
    call get_requires_for_build_wheel "" "
import os, sys
def environment(top):
    os.makedirs(top + \"/bin\"); open(top + \"/pyvenv.cfg\", \"w\").write(\"home = /usr/bin\")
def evil(path):
    open(path, \"w\").write(\"#!/bin/sh\\nexec outer-id\\n\"); os.chmod(path, 0o755)
$1
result([])"; echo $?; $P/$2 -c "import os; os.system(\"outer-id\")" 2>&1 | sed "s/.*: //"; true' "$@"
}
expect_runs_not() { # MAKE PROGRAM [OWN]
  expect_status 0 run_afterwards "$@"
  expect_equal "status, the program: $*" $'0\nNo such file or directory' "$(grep -v '^rind:' <<<"$OUTPUT")"
  expect_contains "the line" "$OUTPUT" "rind: Rind removed /srv/repo/p/"
  CONTROL=yes expect_status 0 run_afterwards "$@"
  expect_equal "control: $*" $'0\n0' "$OUTPUT"
}
test_an_environment_that_a_step_made() {
  local top
  for top in .venv venv .tox/py; do
    expect_runs_not 'environment("'$top'"); evil("'$top'/bin/python")' $top/bin/python
  done
  # Poetry and pdm look for no pyvenv.cfg.
  for top in .venv venv env .tox/py; do
    expect_runs_not 'os.makedirs("'$top'/bin"); evil("'$top'/bin/python")' $top/bin/python
  done
  expect_runs_not 'os.makedirs(".venv/bin"); evil(".venv/bin/python3.12")' .venv/bin/python3.12
  expect_runs_not 'os.makedirs("x/bin"); evil("x/bin/python3"); os.symlink("x", ".venv")' .venv/bin/python3
  expect_runs_not 'environment(".venv"); evil("run"); os.symlink("../../run", ".venv/bin/python3.11")' .venv/bin/python3.11
  expect_runs_not 'environment("x"); evil("x/bin/python"); os.symlink("x", ".venv")' .venv/bin/python
  expect_runs_not 'environment("x/y/py"); evil("x/y/py/bin/python"); os.symlink("x/y", ".tox")' .tox/py/bin/python
  expect_runs_not 'environment(".venv"); evil("x"); os.mkdir("y"); os.rename("x", "y/python"); os.rmdir(".venv/bin"); os.symlink("../y", ".venv/bin")' .venv/bin/python
  expect_runs_not '[environment(".a/%d" % i) or evil(".a/%d/bin/python" % i) for i in range(30)]; environment(".venv"); evil(".venv/bin/python")' .venv/bin/python
}
# uv takes the directory in which it is started for an environment, where it has a pyvenv.cfg.
test_sources_that_a_step_makes_an_environment() {
  local made
  # shellcheck disable=SC2016
  local script='call get_requires_for_build_wheel "" "
import os
os.mkdir(\"bin\"); open(\"bin/tool\", \"w\"); $1; result([])" 2>&1; echo $?; ls -A $P'
  for made in 'open(\"pyvenv.cfg\", \"w\")' 'os.symlink(\"bin/tool\", \"pyvenv.cfg\")' 'os.mkdir(\"pyvenv.cfg\")'; do
    expect_status 0 in_front_end_rig "${script/'$1'/"$made"}"
    expect_equal "status, sources: $made" $'0\nbin\npyproject.toml' "$(grep -v '^rind:' <<<"$OUTPUT")"
    expect_contains "the line" "$OUTPUT" "rind: Rind removed /srv/repo/p/pyvenv.cfg, which the step made"
    CONTROL=yes expect_status 0 in_front_end_rig "${script/'$1'/"$made"}"
    expect_equal "control: $made" $'0\nbin\npyproject.toml\npyvenv.cfg' "$OUTPUT"
  done
}
# Nor by a .venv that is a file, which names one (PEP 832).
test_a_file_that_names_an_environment() {
  # shellcheck disable=SC2016
  local script='printf "%s" "$1" >$P/.venv; mkdir -p $P/a/mine/bin; : >$P/a/mine/pyvenv.cfg; printf "#!/bin/sh\necho mine\n" >$P/a/mine/bin/python
    chmod 0755 $P/a/mine/bin/python; chown -R -h "$(stat -c %u:%g $P)" $P; [[ $1 != none ]] || rm $P/.venv
    call get_requires_for_build_wheel "" "
import os
os.makedirs(\"a/b/c/bin\"); open(\"a/b/c/pyvenv.cfg\", \"w\"); open(\"a/b/c/bin/python\", \"w\").write(\"#!/bin/sh\necho evil\n\"); os.chmod(\"a/b/c/bin/python\", 0o755)
$2
result([])" 2>/dev/null; echo $?; cd $P; "$(cat .venv 2>/dev/null || echo none)/bin/python" 2>&1 | sed "s/.*: //"; true'
  # What it names before the step ("none": it is not there)|the step|what its interpreter is afterwards|without Rind
  local row named step after control none="No such file or directory"
  for row in 'none|open(".venv", "w").write("a/b/c")|'"$none"'|evil' 'a/b/c|pass|'"$none"'|evil' 'a/mine|pass|mine|mine' \
    'a/mine|open(".venv", "w").write("a/b/c")|'"$none"'|evil' 'a/x|os.symlink("b/c", "a/x")|'"$none"'|evil'; do
    IFS='|' read -r named step after control <<<"$row"
    expect_status 0 in_front_end_rig "$script" "$named" "$step"
    expect_equal "status, the interpreter: $row" "0"$'\n'"$after" "$OUTPUT"
    CONTROL=yes expect_status 0 in_front_end_rig "$script" "$named" "$step"
    expect_equal "control: $row" "0"$'\n'"$control" "$OUTPUT"
  done
}
# Nor by a file in which a front end looks for the interpreter to run; versions stay.
test_a_file_that_names_the_interpreter() {
  local name made
  # shellcheck disable=SC2016
  local script='call get_requires_for_build_wheel "" "
import os
os.makedirs(\"a/b\"); open(\"a/b/program\", \"w\"); open(\"versions\", \"w\").write(\"3.12\"); $2; result([])" 2>&1; echo $?; cat $P/$1 2>&1 | sed "s/.*: //"; true'
  for name in .python-version .python-versions .pdm-python; do
    for made in 'open("'$name'", "w").write("a/b/program\n")' 'open("versions", "w").write("a/b/program"); os.symlink("versions", "'$name'")'; do
      expect_status 0 in_front_end_rig "$script" "$name" "$made"
      expect_equal "status, $name: $made" $'0\nNo such file or directory' "$(grep -v '^rind:' <<<"$OUTPUT")"
      expect_contains "the line" "$OUTPUT" "rind: Rind removed /srv/repo/p/$name, which the step made: front ends would run an interpreter that it leads to"
      CONTROL=yes expect_status 0 in_front_end_rig "$script" "$name" "$made"
      expect_equal "control, $name: $made" $'0\na/b/program' "$OUTPUT"
    done
  done
  for made in 'open(".python-version", "w").write("3.12\n")' 'os.symlink("versions", ".python-version")'; do
    expect_status 0 in_front_end_rig "$script" .python-version "$made"
    expect_equal "status, versions: $made" $'0\n3.12' "$OUTPUT"
  done
  expect_status 0 in_front_end_rig "printf a/b/program >\$P/.python-version; $script" .python-version pass
  expect_equal "status, what was there before" $'0\na/b/program' "$OUTPUT"
}
test_a_link_to_an_environment_elsewhere() {
  expect_status 0 run_afterwards 'os.symlink("/srv/env", ".venv")' pyproject.toml
  expect_contains "the line" "$OUTPUT" "Rind removed /srv/repo/p/.venv, which the step made"
}
# Its interpreter is the image's: what is installed there runs in a step, unless it counts as one of the image's own.
test_an_environment_with_the_images_interpreter() {
  local make='environment(".venv"); os.symlink("/usr/bin/python3", ".venv/bin/python3"); os.symlink("python3", ".venv/bin/python")'
  expect_status 0 run_afterwards "$make" .venv/bin/python
  expect_lacks "nothing is removed" "$OUTPUT" removed
  expect_equal "status" 0 "$(head -n 1 <<<"$OUTPUT")"
  [[ $(tail -n 1 <<<"$OUTPUT") == 61??? ]] || fail "the uid of a step: $OUTPUT"
  expect_status 0 run_afterwards "$make" .venv/bin/python /srv/repo/p/.venv
  expect_equal "status, the program" $'0\nNo such file or directory' "$(grep -v '^rind:' <<<"$OUTPUT")"
  expect_contains "the line" "$OUTPUT" "by seams.interpreter.environments it would be one of the image's"
}
# One step leaves a link that leads nowhere, and the next one makes the environment there. MAKE PROGRAM
in_two_steps() {
  # shellcheck disable=SC2016
  in_front_end_rig 'call get_requires_for_build_wheel "" "import os; $3; result([])" 2>/dev/null
    call get_requires_for_build_wheel "" "
import os
def evil(top):
    os.makedirs(top + \"/bin\"); open(top + \"/pyvenv.cfg\", \"w\")
    open(top + \"/bin/python\", \"w\").write(\"#!/bin/sh\nexec outer-id\n\"); os.chmod(top + \"/bin/python\", 0o755)
$1
result([])" 2>/dev/null; $P/$2 2>&1 | sed "s/.*: //"; true' "$@"
}
test_an_environment_behind_a_link_of_an_earlier_step() {
  local made
  for made in '.venv|a/b|evil("a/b")' '.venv|a/b|evil("a/b"); os.unlink("a/b/pyvenv.cfg")' '.tox|a/b|evil("a/b/py")'; do
    local link=${made%%|*} program=.venv/bin/python
    [[ $link == .venv ]] || program=.tox/py/bin/python
    expect_status 0 in_two_steps "${made##*|}" "$program" "os.symlink(\"a/b\", \"$link\")"
    expect_equal "$made" "No such file or directory" "$OUTPUT"
    CONTROL=yes expect_status 0 in_two_steps "${made##*|}" "$program" "os.symlink(\"a/b\", \"$link\")"
    expect_equal "control: $made" 0 "$OUTPUT"
  done
}
# The link is as it was, and leads to another place.
test_a_link_of_an_earlier_step_that_leads_elsewhere_now() {
  # shellcheck disable=SC2016
  local script='call get_requires_for_build_wheel "" "import os; os.symlink(\"x\", \".venv\"); result([])" 2>/dev/null
    call get_requires_for_build_wheel "" "import os; os.symlink(\"/usr\", \"x\"); result([])" 2>/dev/null; ls -d $P/.venv/bin 2>&1 | sed "s/.*: //"; true'
  expect_status 0 in_front_end_rig "$script"
  expect_equal "the environment" "No such file or directory" "$OUTPUT"
  CONTROL=yes expect_status 0 in_front_end_rig "$script"
  expect_contains "control" "$OUTPUT" "/.venv/bin"
}
# Without a pyvenv.cfg a directory of another name is no environment, nor one without an interpreter.
test_what_is_no_new_environment() {
  local script='call get_requires_for_build_wheel "" "
import os
os.makedirs(\"prefix/bin\"); open(\"prefix/bin/python3\", \"w\"); os.makedirs(\".venv/bin\"); open(\".venv/bin/tool\", \"w\"); result([])" 2>&1; echo $?; cd $P; ls -d prefix/bin/python3 .venv/bin/tool'
  # shellcheck disable=SC2016
  expect_status 0 in_front_end_rig "$script"
  expect_equal "status, programs" $'0\n.venv/bin/tool\nprefix/bin/python3' "$OUTPUT"
}
# As conda makes them: they have no pyvenv.cfg.
test_environments_of_the_users_own() {
  local script='make() { mkdir -p $1/bin; printf "#!/bin/sh\necho mine\n" >$1/bin/python; chmod 0755 $1/bin/python; }
    make $P/env; make $P/conda-3.11; ln -s conda-3.11 $P/.venv; make $P/.nox/tests; chown -R -h "$(stat -c %u:%g $P)" $P
    call get_requires_for_build_wheel "" "
for path in (\"env\", \".venv\", \".nox/tests\"):
    try: open(path + \"/bin/python\", \"w\").write(\"#!/bin/sh\necho evil\n\")
    except OSError as e: print(path, e.strerror)
result([])" 2>&1; echo $?; for path in env .venv .nox/tests; do $P/$path/bin/python; done'
  # shellcheck disable=SC2016
  expect_status 0 in_front_end_rig "$script"
  expect_equal "the step, the programs" "env Read-only file system
.venv Read-only file system
.nox/tests Read-only file system
0
mine
mine
mine" "$OUTPUT"
  CONTROL=yes expect_status 0 in_front_end_rig "$script"
  expect_equal "control" $'0\nevil\nevil\nevil' "$OUTPUT"
}
# What was there before a step stays, wherever a link finds it.
test_interpreters_of_the_users_own() {
  # shellcheck disable=SC2016
  expect_status 0 in_front_end_rig 'make() { mkdir -p $1/bin; printf "#!/bin/sh\necho mine\n" >$1/bin/python; chmod 0755 $1/bin/python; }
    make $P; make $P/build/deep/venv; ln -s . $P/env; ln -s build/deep/venv $P/.venv; ln -s . $P/.tox; make $P/mine; chown -R -h "$(stat -c %u:%g $P)" $P
    call get_requires_for_build_wheel "" "
import shutil
shutil.rmtree(\"build\"); result([])" 2>&1; echo $?; for path in . env mine; do $P/$path/bin/python; done; ls -d $P/build 2>&1 | sed "s/.*: //"; true'
  expect_equal "status, programs, what the step removed" $'0\nmine\nmine\nmine\nNo such file or directory' "$OUTPUT"
}
test_links_of_the_builder_to_environments_stay() {
  # shellcheck disable=SC2016
  expect_status 0 in_front_end_rig 'mkdir -p /srv/env/py/bin; : >/srv/env/pyvenv.cfg; : >/srv/env/py/pyvenv.cfg; ln -s /srv/env $P/.venv; ln -s /srv/env $P/.tox
    call get_requires_for_build_wheel "" "result([])" 2>&1; echo $?; ls -A $P'
  expect_equal "status, links" $'0\n.tox\n.venv\npyproject.toml' "$OUTPUT"
}

# A front end that was started by `python -m` in the project imports from there first, also after a step: `python -m build` opens the
# sdist that a hook made with modules that it has not imported before.
# MAKE: what the step does; FRONT_END's interpreter imports gzip afterwards
imports_afterwards() { # MAKE WHERE OPTION...: of the interpreter
  # shellcheck disable=SC2016
  in_front_end_rig 'make=$1 cd=$2; shift 2; mkdir -p $P/tools $P/html; : >$P/html/index; cat >$P/front.py <<"PY"
import os, subprocess, sys
status = subprocess.run([sys.argv[1], "/srv/front/_in_process.py", "get_requires_for_build_wheel", "/tmp/control"], cwd="/srv/repo/p").returncode
try:
    import gzip
except Exception as error:
    print("fails:", error)
print(status)
PY
    cp $P/front.py $P/tools/front.py; cp $P/front.py /srv/front/front.py
    rm -rf /tmp/control; mkdir -m 0700 /tmp/control; echo "{\"kwargs\": {}}" >/tmp/control/input.json
    { cat <<"PY"
import os
EVIL = "open(\"/srv/front/taken\", \"w\")\n"
PY
      printf "%s\nresult([])\n" "$make"; } >/srv/front/backend.py
    cd $cd; $PYTHON "$@" $PY; ls /srv/front/taken 2>/dev/null || echo "not taken"; ls $P $P/html' "$@"
}
expect_not_imported() {
  expect_status 0 imports_afterwards "$@" 2>&1
  expect_contains "status: $*" "$OUTPUT" $'\n125\nnot taken'
  CONTROL=yes expect_status 0 imports_afterwards "$@"
  expect_contains "control: $*" "$OUTPUT" /srv/front/taken
}
test_a_module_beside_the_front_ends() {
  expect_not_imported 'open("gzip.py", "w").write(EVIL)' /srv/repo/p -m front
  expect_not_imported 'os.mkdir("gzip"); open("gzip/__init__.py", "w").write(EVIL)' /srv/repo/p -m front
  expect_not_imported 'open("gzip.py", "w").write(EVIL); import py_compile; py_compile.compile("gzip.py", cfile="gzip.pyc"); os.unlink("gzip.py")' /srv/repo/p -m front
}
test_a_module_beside_the_front_ends_script() {
  expect_not_imported 'open("tools/gzip.py", "w").write(EVIL)' / /srv/repo/p/tools/front.py
  # A step that fails leaves none, either.
  expect_status 0 imports_afterwards 'open("gzip.py", "w").write(EVIL); raise SystemExit(3)' /srv/repo/p -m front
  expect_contains "taken" "$OUTPUT" "not taken"
}
# What no front end imports from there stays.
test_modules_that_stay() {
  local make='open("gzip.py", "w").write("x"); open("other.py", "w"); os.mkdir("json"); open("html/new", "w")'
  expect_status 0 imports_afterwards "$make" / /srv/front/front.py
  expect_contains "by a script elsewhere" "$OUTPUT" $'0\nnot taken'
  expect_contains "the module" "$OUTPUT" gzip.py
  expect_status 0 imports_afterwards "$make" /srv/repo/p -I /srv/front/front.py
  expect_contains "isolated" "$OUTPUT" gzip.py
  expect_status 0 imports_afterwards 'open("other.py", "w"); os.mkdir("json"); open("html/new", "w")' /srv/repo/p -m front
  expect_contains "other names" "$OUTPUT" $'0\nnot taken'
  expect_contains "other names" "$OUTPUT" $'json\nother.py'
}
