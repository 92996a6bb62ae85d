# What a step leaves on files and in its sources beside their content: ACLs, attributes, setgid bits, trees that
# nobody can handle, links for the front end to follow. Attacks have their control, the same without Rind.
source "$RIND_SOURCE/tests/system/hook.inc"
source "$RIND_SOURCE/tests/system/front_end.inc"

WHEEL=pkg-1-py3-none-any.whl

# acl(PATH, ID, KIND): an ACL that gives ID everything.
ACL='
import struct
def acl(path, id, kind="access"):
    entries = [(1, 7, 0xffffffff), (2, 7, id), (4, 5, 0xffffffff), (8, 7, id), (16, 7, 0xffffffff), (32, 5, 0xffffffff)]
    os.setxattr(path, "system.posix_acl_" + kind, struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in entries))
'
# What tells about files: their modes and attributes.
# shellcheck disable=SC2016
TELL='
tell() { ${PYTHON:-/usr/bin/python3} -c "
import os, sys
for path in sys.argv[1:]: print(os.path.basename(path), oct(os.lstat(path).st_mode & 0o7777)[2:], *sorted(os.listxattr(path)))" "$@"; }
'

on_the_wheel() {
  in_front_end_rig "$TELL"'call build_wheel /srv/wheels "$1
acl(out, os.getuid(), \"default\")
put(\"$2\"); acl(out + \"/$2\", os.getuid()); os.setxattr(out + \"/$2\", \"user.note\", b\"x\"); result(\"$2\")"; echo $?; tell /srv/wheels/$2' "$ACL" "$WHEEL"
}
test_on_the_wheel() {
  expect_status 0 on_the_wheel
  expect_equal "status, wheel, the supervisor's mark" $'0\n'"$WHEEL 644 user.rind.project" "$OUTPUT"
}
test_on_the_wheel_control() {
  CONTROL=yes expect_status 0 on_the_wheel
  expect_contains "control" "$OUTPUT" "system.posix_acl_access user.note"
}

test_on_metadata() {
  expect_status 0 in_hook_rig "$TELL"'hook prepare_metadata_for_build_wheel "$1
d = out + \"/pkg-1.dist-info\"; os.makedirs(d + \"/in\"); open(d + \"/METADATA\", \"w\")
for path in d, d + \"/in\":
    acl(path, os.getuid()); acl(path, os.getuid(), \"default\"); os.setxattr(path, \"user.note\", b\"x\")
os.chmod(d, 0o2777); open(d + \"/in/F\", \"w\"); result(\"pkg-1.dist-info\")"; tell $OUT/* $OUT/*/* $OUT/*/*/*' "$ACL"
  expect_equal "the tree" $'pkg-1.dist-info 755\nMETADATA 644\nin 755\nF 644' "$OUTPUT"
}

in_the_sources() {
  in_front_end_rig "$TELL"'mkdir $P/before; call get_requires_for_build_wheel "" "$1
for path in \".\", \"before\":
    acl(path, os.getuid()); acl(path, os.getuid(), \"default\")
os.mkdir(\"new\"); os.chmod(\"new\", 0o2777); open(\"new/file\", \"w\"); os.mkfifo(\"new/fifo\"); os.symlink(\"file\", \"new/link\"); os.chmod(\".\", 0o2755)
result([])"; echo $?; tell $P $P/before $P/new $P/new/file' "$ACL"
}
test_in_the_sources() {
  expect_status 0 in_the_sources
  expect_equal "status, tree" $'0\np 755\nbefore 775\nnew 777\nfile 664' "$OUTPUT"
}
test_in_the_sources_control() {
  CONTROL=yes expect_status 0 in_the_sources
  expect_contains "control" "$OUTPUT" "new 2777 system.posix_acl_access system.posix_acl_default"
}

# What the builder had there is its own affair.
test_what_the_builder_had_stays() {
  expect_status 0 in_front_end_rig "$TELL"'mkdir -p $P/shared $P/listed; chmod 2775 $P/shared
    ${PYTHON:-/usr/bin/python3} -c "import os$1
acl(\"$P/listed\", 1001); acl(\"$P/listed\", 1001, \"default\")"
    call get_requires_for_build_wheel "" "os.mkdir(\"shared/new\"); os.mkdir(\"listed/new\"); os.mkdir(\"other\"); os.chmod(\"other\", 0o2755); result([])"
    echo $?; tell $P/shared $P/shared/new $P/listed $P/listed/new $P/other' "$ACL"
  expect_equal "status, tree" $'0\nshared 2775\nnew 2755\nlisted 775 system.posix_acl_access system.posix_acl_default
new 775 system.posix_acl_access system.posix_acl_default\nother 755' "$OUTPUT"
}

# --- how large a tree may be

DEEP='
import os
here = os.getcwd()
for _ in range(300): os.mkdir("d"); os.chdir("d")
os.chdir(here)'
# The front end removes the tree; its descriptors are fewer than the levels.
REMOVE='strange() { find $P \( ! -uid 0 -o ! -gid 0 \) | wc -l; }
remove() { (ulimit -n 200; ${PYTHON:-/usr/bin/python3} -c "import shutil; shutil.rmtree(\"$P\")" 2>&1 | tail -n 1); }
'

test_a_deep_tree() {
  expect_status 0 in_front_end_rig "$REMOVE"'call get_requires_for_build_wheel "" "$1
result([])" 2>&1; echo $?; strange; call get_requires_for_build_wheel "" "result([])" 2>&1; echo $?; strange; rm -rf $P; echo removed $?' "$DEEP"
  expect_contains "after the step" "$OUTPUT" "/srv/repo/p has directories nested deeper than 256 levels (limits.tree_depth)"
  expect_contains "status, what is not the builder's" "$OUTPUT" $'\n125\n0\n'
  expect_contains "the next step" "$OUTPUT" "rind: lend /srv/repo/p: it has directories nested deeper than 256 levels"
  expect_equal "the next step, end" $'125\n0\nremoved 0' "$(tail -n 3 <<<"$OUTPUT")"
}
test_a_deep_tree_control() {
  CONTROL=yes expect_status 0 in_front_end_rig "$REMOVE"'call get_requires_for_build_wheel "" "$1
result([])"; echo $?; remove; true' "$DEEP"
  expect_contains "the front end" "$OUTPUT" $'0\nOSError: [Errno 24] Too many open files'
}

test_a_tree_of_many_files() {
  RIG_POLICY='{"limits": {"tree_entries": 100}}'
  expect_status 0 in_front_end_rig "$REMOVE"'
    for n in 99 100; do call get_requires_for_build_wheel "" "
for i in range($n): open(str(i), \"w\")
result([])" 2>&1; echo $?; strange; done; call get_requires_for_build_wheel "" "result([])" 2>&1; echo $?; strange'
  expect_equal "as many as may be" $'0\n0' "$(head -n 2 <<<"$OUTPUT")"
  expect_contains "one more" "$OUTPUT" "/srv/repo/p has more than 100 files and directories (limits.tree_entries)"
  expect_contains "the next step" "$OUTPUT" "rind: lend /srv/repo/p: it has more than 100 files"
  expect_equal "the next step, end" $'125\n0' "$(tail -n 2 <<<"$OUTPUT")"
}

# What the operator lends is not the front end's to remove.
test_a_view_that_is_lent_has_no_limit() {
  RIG_POLICY='{"limits": {"tree_entries": 10}}'
  expect_status 0 in_rig 'mkdir /tmp/w/tree; touch /tmp/w/tree/{1..50}; "$RIND" run --rw /tmp/w/tree -- touch /tmp/w/tree/new; echo $?'
  expect_equal "status" 0 "$OUTPUT"
}

# --- names that front ends open

# As Fromager does it: a PKG-INFO is written where there is none.
# shellcheck disable=SC2016
WRITES='write_pkg_info() { ${PYTHON:-/usr/bin/python3} -c "
import pathlib, sys
file = pathlib.Path(sys.argv[1])
if not file.is_file(): file.write_text(\"written by the builder\")" $1/PKG-INFO; }
'
link_out() {
  in_front_end_rig "$WRITES"'call get_requires_for_build_wheel "" "os.symlink(\"/srv/wheels/planted\", \"PKG-INFO\"); result([])" 2>&1; echo $?; write_pkg_info $P; ls /srv/wheels; ls -F $P'
}
test_a_link_out_of_the_sources() {
  expect_status 0 link_out
  expect_contains "why" "$OUTPUT" "the step made /srv/repo/p/PKG-INFO a link to /srv/wheels/planted; Rind removed it, because front ends open that file outside of steps"
  expect_equal "status; what the front end wrote" $'125\nPKG-INFO\npyproject.toml' "$(tail -n 3 <<<"$OUTPUT")"
}
test_a_link_out_of_the_sources_control() {
  CONTROL=yes expect_status 0 link_out
  expect_equal "control" $'0\nplanted\nPKG-INFO@\npyproject.toml' "$OUTPUT"
}

# By the script's seam, in the working directory of a build_dir, of a step that fails, and as a fifo.
test_a_link_out_of_the_sources_by_script() {
  expect_status 0 in_hook_rig 'mkdir -p $S/sub; make_call get_requires_for_build_wheel "
import shutil
os.mkfifo(\"../setup.cfg\"); os.symlink(\"../../../x\", \"PKG-INFO\"); sys.exit(3)"; mv $S/backend.py $S/sub
    cd $S/sub; VIRTUAL_ENV=$V "$SEAM" $V/bin/python3 /tmp/front/_in_process.py get_requires_for_build_wheel $CTL 2>&1; echo $?; ls -A $S $S/sub'
  expect_contains "why" "$OUTPUT" "the step made /tmp/w/pkg-1/pkg-1/sub/PKG-INFO a link to ../../../x"
  expect_equal "status, left" $'125\n/tmp/w/pkg-1/pkg-1:\nsub\n\n/tmp/w/pkg-1/pkg-1/sub:\nbackend.py' "$(tail -n 6 <<<"$OUTPUT")"
}

test_links_that_may_stay() {
  expect_status 0 in_front_end_rig 'echo x >/srv/repo/shared.cfg; ln -s ../shared.cfg $P/setup.cfg; mkdir $P/src; call get_requires_for_build_wheel "" "
os.symlink(\"src/PKG-INFO\", \"PKG-INFO\"); os.symlink(\"src\", \"elsewhere\"); os.symlink(\"/etc\", \"etc\"); result([])" 2>&1; echo $?; find $P -type l | sort'
  expect_equal "status, links" $'0\n/srv/repo/p/PKG-INFO\n/srv/repo/p/elsewhere\n/srv/repo/p/etc\n/srv/repo/p/setup.cfg' "$OUTPUT"
}

# --- records

# The documented question for failed steps finds those that Rind refused.
test_the_record_of_a_refused_output() {
  local query
  query=$(sed -n "s/^jq -c '\(.*\)' .*jsonl$/\1/p" "$RIND_SOURCE/docs/record.md")
  RIG_POLICY='{"record": {"place": "container", "directory": "/srv/log"}}'
  # shellcheck disable=SC2031
  expect_status 0 in_hook_rig 'mount -t tmpfs srv /srv; mkdir /srv/log; hook build_wheel "result([])" 2>/dev/null; hook get_requires_for_build_wheel "result([])"
    hook build_wheel "os.symlink(\"/etc/shadow\", out + \"/$1\"); result(\"$1\")" 2>/dev/null; jq -c "$2" /srv/log/steps.jsonl' "$WHEEL" "$query"
  expect_contains "a query" "$query" "outcome"
  expect_equal "lines" 2 "$(wc -l <<<"$OUTPUT")"
  expect_contains "the refused one" "$OUTPUT" 'is not a regular file'
}

# Inside after one step, outside after the next.
test_a_link_that_a_second_step_leads_out() {
  expect_status 0 in_front_end_rig 'mkdir /tmp/precious; echo keep >/tmp/precious/PKG-INFO
    call get_requires_for_build_wheel "" "os.mkdir(\"d\"); open(\"d/PKG-INFO\", \"w\"); os.symlink(\"d/PKG-INFO\", \"PKG-INFO\"); result([])" 2>&1; echo $?
    call get_requires_for_build_wheel "" "os.rename(\"d\", \"e\"); os.symlink(\"/tmp/precious\", \"d\"); result([])" 2>&1; echo $?
    [[ -L $P/PKG-INFO ]] && echo still there; cat /tmp/precious/PKG-INFO'
  expect_equal "first status" 0 "$(sed -n 1p <<<"$OUTPUT")"
  expect_equal "second status, and what is left" $'125\nkeep' "$(tail -n 2 <<<"$OUTPUT")"
}
