# What a package does to its build environment in an install takes nothing away from later steps.
source "$RIND_SOURCE/tests/system/interpreter.inc"

# A .pth file of a build dependency, which runs at each start of the environment's interpreter: CODE of it where
# it may write. The control has the number of its caller: there the same program does the same.
# shellcheck disable=SC2016
ATTACK='attack() { echo "import os, sys; V = sys.prefix; may = os.access(V, os.W_OK) and V != sys.base_prefix; may and [$1]" >$SP/evil.pth; }
echo secret >/mnt/key; chmod 0600 /mnt/key
look="
try: print(int(open(\"/proc/self/uid_map\").read().split()[1]) >= 60000, open(\"/mnt/key\").read().strip(), flush=True)
except OSError as e: print(int(open(\"/proc/self/uid_map\").read().split()[1]) >= 60000, type(e).__name__, flush=True)"
'

# expect_own_uid_after CODE
expect_own_uid_after() {
  # shellcheck disable=SC2016
  local script="$ATTACK"'attack "$1"; project_hook "$look"; install; project_hook "$look"'
  RIG_POLICY=$IDENTITY_NONE
  expect_status 0 in_interpreter_rig "$script" "$1"
  expect_equal "control" $'False secret\ninstalled\nFalse secret' "$OUTPUT"
  RIG_POLICY=
  expect_status 0 in_interpreter_rig "$script" "$1"
  expect_equal "before, the install, after" $'True PermissionError\ninstalled\nTrue PermissionError' "$OUTPUT"
}

test_top_and_lib_closed_in_an_install() { expect_own_uid_after 'os.chmod(V + "/lib", 0o700), os.chmod(V, 0o700)'; }
test_lib_closed_in_an_install() { expect_own_uid_after 'os.chmod(V + "/lib", 0o700)'; }
# Of this the control fails: without its capabilities not even root passes such directories.
test_all_closed_in_an_install() {
  # shellcheck disable=SC2016
  expect_status 0 in_interpreter_rig "$ATTACK"'attack "$1"; project_hook "$look"; install; find $V ! -perm -404 ! -type l; project_hook "$look"' '[os.chmod(os.path.join(d, n), 0) for d, ns, fs in os.walk(V, topdown=False) for n in ns + fs if not os.path.islink(os.path.join(d, n))], os.chmod(V, 0)'
  expect_contains "the install found itself closed" "$OUTPUT" "No module named pip"
  expect_equal "before, what is still closed, after" $'True PermissionError\n/tmp/build-env-x\nTrue PermissionError' "$(grep -v '^rind: \|No module' <<<"$OUTPUT")"
}
test_a_module_closed_in_an_install() { expect_own_uid_after 'os.chmod(os.path.dirname(os.path.dirname(sys.executable)) + "/pyvenv.cfg", 0o600)'; }
test_closed_by_links_in_an_install() {
  expect_own_uid_after 'os.path.exists(V + "/twice") or [os.link(V + "/pyvenv.cfg", V + "/twice"), os.symlink("/mnt", V + "/mnt")], os.chmod(V + "/twice", 0o600)'
}

# A control of the tests above: the chmod takes place, and is taken back.
test_closed_in_an_install_is_opened_again() {
  RIG_POLICY=$IDENTITY_NONE
  expect_status 0 in_interpreter_rig "$ATTACK"'attack "os.chmod(V + \"/lib\", 0o700)"; install; stat -c %a $V/lib'
  expect_equal "control" $'installed\n700' "$OUTPUT"
  RIG_POLICY=
  expect_status 0 in_interpreter_rig "$ATTACK"'attack "os.chmod(V + \"/lib\", 0o700)"; install; stat -c %a $V/lib'
  expect_equal "with Rind" $'installed\n705' "$OUTPUT"
}

# pip makes its build environments in a directory of its own, which it names by PYTHONPATH.
test_environment_of_pips_under_a_umask() {
  expect_status 0 in_interpreter_rig 'umask 077; E=/tmp/pip-build-env-x; mkdir -p $E/site $E/overlay/lib/python3/site-packages/one
    echo "x = 1" >$E/overlay/lib/python3/site-packages/one/__init__.py; echo >$E/site/sitecustomize.py
    rm -r $V/lib; export PYTHONPATH=$E/site
    project_hook "print(int(open(\"/proc/self/uid_map\").read().split()[1]) >= 60000, open(\"/tmp/pip-build-env-x/overlay/lib/python3/site-packages/one/__init__.py\").read().strip(), flush=True)"'
  expect_equal "a uid of its own, the module" "True x = 1" "$OUTPUT"
}

# What an install names: closed files of any usual size, and closed directories with or without files in them.
test_named_files_and_directories_that_are_closed() {
  expect_status 0 in_interpreter_rig 'umask 077; mkdir -p /tmp/links /tmp/empty; head -c 9000000 /dev/zero >/tmp/links/big.whl; echo pkg >/tmp/requirements.txt
    cat >$SP/pip/__main__.py <<"PY"
import os, sys
print(int(open("/proc/self/uid_map").read().split()[1]) >= 60000, [(n, os.stat("/tmp/links/" + n).st_size, len(open("/tmp/links/" + n).read())) for n in os.listdir("/tmp/links")], os.listdir("/tmp/empty"), open("/tmp/requirements.txt").read().strip())
PY
    cd $P && $V/bin/python -m pip install --find-links /tmp/links --find-links=/tmp/empty -r /tmp/requirements.txt
    stat -c "%a %n" /tmp/links /tmp/links/big.whl /tmp/empty'
  expect_equal "what pip finds, modes afterwards" "True [('big.whl', 9000000, 9000000)] [] pkg
700 /tmp/links
600 /tmp/links/big.whl
700 /tmp/empty" "$OUTPUT"
}

# A project of another user's, as a checkout that is mounted into the container: it is that user's afterwards.
test_project_of_another_user() {
  expect_status 0 in_interpreter_rig 'mkdir -p $P/.git; echo x >$P/.git/config; project_hook pass; chown -R 1000:1001 $P
    project_hook "open(\"made\", \"w\")"; mkdir $P/dist; project_hook pass
    find $P ! -user 1000 -o ! -group 1001; ls $P'
  expect_equal "what the builder made, and all" "/tmp/project/dist
/tmp/project/made
backend.py
dist
made
pyproject.toml" "$OUTPUT"
  expect_status 0 in_interpreter_rig 'echo x >$P/theirs; chown 1234:1234 $P/theirs; chown 1000:1000 $P; project_hook pass; find $P ! -user 0'
  expect_equal "of several users: each keeps its own" $'/tmp/project\n/tmp/project/theirs' "$OUTPUT"
}
