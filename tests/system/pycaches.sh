# What a step compiles of its build environment's modules is there for the next one.
source "$RIND_SOURCE/tests/system/hook.inc"

# shellcheck disable=SC2016
MODULES='unset PYTHONDONTWRITEBYTECODE; SP=$V/lib/python3.11/site-packages; mkdir -p $SP/one/deep $SP/two.dist-info
for file in top.py one/__init__.py one/deep/__init__.py; do echo "import sys; x = 1" >$SP/$file; done
path="import os, sys; SP = \"$SP\"; sys.path.insert(0, SP); "
caches() { find $V -name "*.pyc" -printf "%P %u %m\n" | sed "s/cpython-[0-9]*/N/" | sort; }
'
# The interpreter is one that a seam covers, here by itself.
COVERED='python=$(readlink -f /usr/bin/python3); mkdir /dev/rind/originals; touch /dev/rind/originals/1; mount --bind $python /dev/rind/originals/1
/usr/bin/python3 - $python <<"PY"
import json, sys
manifest = json.load(open("/dev/rind/manifest.json"))
manifest["seams"].append({"kind": "interpreter", "path": sys.argv[1], "original": "/dev/rind/originals/1"})
json.dump(manifest, open("/dev/rind/manifest.json", "w"))
PY
flat-kit /dev/rind
'
in_module_rig() { in_hook_rig "$COVERED$MODULES$1" "${@:2}"; }

KEPT='lib/python3.11/site-packages/__pycache__/top.N.pyc root 644
lib/python3.11/site-packages/one/__pycache__/__init__.N.pyc root 644
lib/python3.11/site-packages/one/deep/__pycache__/__init__.N.pyc root 644'

test_kept_for_the_next_step() {
  expect_status 0 in_module_rig 'hook get_requires_for_build_wheel "$path import top, one.deep; result([])"; caches
    touch -d "+1 hour" /tmp/w/later; find $SP -name "*.pyc" -exec touch -r /tmp/w/later {} +
    hook get_requires_for_build_wheel "$path import top, one.deep; result([])"
    find $SP -name "*.pyc" -newer $V/pyvenv.cfg ! -newermt "+50 minutes"; find $V ! -user root -o -name "*.tmp"'
  expect_equal "made by the first step, and not again" "$KEPT" "$OUTPUT"
}

# By a step of another package nothing is run, so nothing is kept: the environment is not beside its sources.
test_not_in_a_shared_environment() {
  expect_status 0 in_module_rig 'mkdir /tmp/shared; mv $V /tmp/shared/build-3; V=/tmp/shared/build-3; SP=$V/lib/python3.11/site-packages
    path="import sys; sys.path.insert(0, \"$SP\"); "; mkdir -p /tmp/shared/proj; S=/tmp/shared/proj; touch $S/setup.py
    hook get_requires_for_build_wheel "$path import top; result([])"; caches; find $V -name __pycache__'
  expect_equal "nothing" "" "$OUTPUT"
}

# The front end, uv for one, may run such an interpreter as the builder.
test_not_where_an_interpreter_is_not_covered() {
  expect_status 0 in_hook_rig "$MODULES"'hook get_requires_for_build_wheel "$path import top; result([])"; caches; find $V -name __pycache__'
  expect_equal "no seam" "" "$OUTPUT"
  expect_status 0 in_module_rig 'cp /bin/true $V/bin/python3.99; hook get_requires_for_build_wheel "$path import top; result([])" 2>&1; caches'
  expect_contains "a package's interpreter" "$OUTPUT" "is not one of the image's interpreters"
}

test_with_the_builders_identity() {
  RIG_POLICY=$IDENTITY_NONE
  expect_status 0 in_module_rig 'hook get_requires_for_build_wheel "$path import top; result([])" 2>&1; caches'
  expect_equal "nothing" "" "$OUTPUT"
}

# Only __pycache__ is its own, and only compiled modules stay there.
test_nothing_else_can_be_left() {
  expect_status 0 in_module_rig 'echo s >/mnt/key; chmod 0600 /mnt/key
    hook get_requires_for_build_wheel "$path
import shutil, socket, subprocess
def attempt(what, *args):
    try: what(*args); print(\"LOOT\", args)
    except OSError: pass
for path in \"/new.py\", \"/one/new.py\", \"/top.py\", \"/one/__pycache__/../x\", \"/../../../bin/tool\", \"/two.dist-info/RECORD\":
    attempt(open, SP + path, \"w\")
attempt(os.rename, SP + \"/one/__pycache__\", SP + \"/one/cache\")
attempt(os.rmdir, SP + \"/__pycache__\")
attempt(os.mkdir, SP + \"/new\")
os.chdir(SP + \"/one/__pycache__\")
os.symlink(\"/mnt/key\", \"link.pyc\"); os.mkfifo(\"fifo.pyc\"); open(\"evil.py\", \"w\").write(\"1\"); open(\"suid.pyc\", \"w\").write(\"1\"); os.chmod(\"suid.pyc\", 0o6777)
os.makedirs(\"dir.pyc/deep\"); open(\"dir.pyc/deep/x\", \"w\"); os.chmod(\"dir.pyc\", 0)
open(\"a.pyc\", \"w\"); os.link(\"a.pyc\", \"b.pyc\"); socket.socket(socket.AF_UNIX).bind(\"s.pyc\")
os.setxattr(\"suid.pyc\", \"user.note\", b\"x\"); os.chmod(\".\", 0o2777)
result([])"
    find $V -path "*__pycache__*" -printf "%P %u %m %y\n" | sort; getfattr -d $SP/one/__pycache__/suid.pyc; find $V ! -user root; ls $SP $V/bin'
  expect_equal "what stays" "lib/python3.11/site-packages/__pycache__ root 755 d
lib/python3.11/site-packages/one/__pycache__ root 755 d
lib/python3.11/site-packages/one/__pycache__/suid.pyc root 644 f
lib/python3.11/site-packages/one/deep/__pycache__ root 755 d
/tmp/w/pkg-1/build-3/bin:
python3

/tmp/w/pkg-1/build-3/lib/python3.11/site-packages:
__pycache__
one
top.py
two.dist-info" "$OUTPUT"
}

# Links and mounts of the environment are not entered.
test_links_and_mounts_are_left() {
  expect_status 0 in_module_rig 'mkdir -p /mnt/elsewhere/__pycache__ $SP/mounted/__pycache__ /mnt/m; touch /mnt/elsewhere/m.py /mnt/m/m.py
    ln -s /mnt/elsewhere $SP/linked; ln -s /mnt/elsewhere/__pycache__ $SP/one/deep/__pycache__; mount --bind /mnt/m $SP/mounted
    before=$(find /mnt/elsewhere /mnt/m -printf "%p %U %m\n" | sort)
    hook get_requires_for_build_wheel "print([os.stat(p).st_uid for p in (\"/mnt/elsewhere/__pycache__\", \"/mnt/m\")] if (os := __import__(\"os\")) else 0, flush=True); result([])"
    diff <(echo "$before") <(find /mnt/elsewhere /mnt/m -printf "%p %U %m\n" | sort)'
  expect_equal "of others, and as before" "[65534, 65534]" "$OUTPUT"
}

test_killed_supervisor() {
  expect_status 0 in_module_rig 'make_call get_requires_for_build_wheel "$path import top, time; open(SP + \"/one/__pycache__/left.py\", \"w\"); open(\"ready\", \"w\"); time.sleep(4321)"
    (cd $S; VIRTUAL_ENV=$V exec "$SEAM" $V/bin/python3 /tmp/front/_in_process.py get_requires_for_build_wheel $CTL) & pid=$!
    wait_until 20 test -e $S/ready; kill_step $pid
    find $V ! -user root | sed "s|.*packages/||" | sort
    hook get_requires_for_build_wheel "result([])"; caches; find $V ! -user root; find $V -name left.py'
  expect_equal "left by the killed one, afterwards" "__pycache__
__pycache__/top.cpython-311.pyc
one/__pycache__
one/__pycache__/left.py
one/deep/__pycache__
${KEPT%%$'\n'*}" "$OUTPUT"
}

# `build` calls pip of its environment after a hook: an install, which has a network. The hook must leave nothing for it.
# shellcheck disable=SC2016
POISON='
import importlib.util, marshal, os, struct, sys
source = next(os.path.join(d, "__main__.py") for d, _, _ in os.walk("/tmp/build-env-x") if d.endswith("/pip"))
cache, st = importlib.util.cache_from_source(source), os.stat(source)
code = marshal.dumps(compile("print(chr(76) + chr(79) + chr(79) + chr(84))", source, "exec"))
try:
    if os.path.exists(cache): os.unlink(cache)
    open(cache, "wb").write(importlib.util.MAGIC_NUMBER + struct.pack("<III", 0, int(st.st_mtime), st.st_size) + code)
    print("left")
except OSError as e: print(type(e).__name__)'
test_nothing_for_an_install() {
  source "$RIND_SOURCE/tests/system/interpreter.inc"
  local script='unset PYTHONDONTWRITEBYTECODE; touch -d "-1 hour" $SP/pip/*.py; install'
  # Without Rind, as the builder.
  expect_status 0 in_interpreter_rig "$script"'; umount "$python"; python3 -c "$1"; install' "$POISON"
  expect_equal "control" $'installed\nleft\nLOOT' "$OUTPUT"
  expect_status 0 in_interpreter_rig "$script"'; project_hook "$1"; install; find $V ! -user root' "$POISON"
  expect_equal "with Rind" $'installed\nOSError\ninstalled' "$OUTPUT"
}

# A front end that calls V/bin/python -m pip between two hooks.
# shellcheck disable=SC2016
test_not_with_a_pip_of_its_own() {
  expect_status 0 in_module_rig 'hook get_requires_for_build_wheel "$path import top; result([])"; caches; find $V -name "*.pyc" -delete
    mkdir $SP/pip; echo "x = 1" >$SP/pip/__main__.py; hook get_requires_for_build_wheel "$path import top, pip.__main__; result([])"; caches'
  expect_equal "what stays without pip, and with it" "${KEPT%%$'\n'*}" "$OUTPUT"
}
