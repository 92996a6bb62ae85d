# Sources on read-only mounts, mounts inside of the sources, and file systems that do not change owners.
source "$RIND_SOURCE/tests/system/hook.inc"

# shellcheck disable=SC2016
MOUNTS='
O=/tmp/w/outside
mkdir $O; echo x >$O/f
TRY="
import os
def write(path):
    try: open(path, \"w\"); print(\"wrote\", path)
    except OSError as e: print(path, e.strerror)
"
try() { make_call get_requires_for_build_wheel "$TRY$1
result([])"; eval "${2:-}"; call_hook get_requires_for_build_wheel; echo $?; find /tmp/w -uid +60000 2>/dev/null; }
'
in_mounts_rig() { in_hook_rig "$MOUNTS$1" "${@:2}"; }

test_sources_on_a_read_only_mount() {
  expect_status 0 in_mounts_rig 'echo x >$S/f; chown 1000:1000 $S/f; try "print(open(\"f\").read()); write(\"new\")" "mount --bind $S $S; mount -o remount,bind,ro $S"; stat -c %u:%g $S/f'
  expect_equal "what it read and wrote, status, owner" $'x\n\nnew Read-only file system\n0\n1000:1000' "$OUTPUT"
}
# `podman build` mounts a context read-only, and a cache in it.
test_a_cache_in_read_only_sources() {
  expect_status 0 in_mounts_rig 'mkdir $S/cache; try "write(\"new\"); write(\"cache/new\")" "mount --bind $S $S; mount --bind $O $S/cache; mount -o remount,bind,ro $S"; ls $O; stat -c %u $O $O/f $O/new'
  expect_equal "what it wrote, status, the cache" $'new Read-only file system\nwrote cache/new\n0\nf\nnew\n0\n0\n0' "$OUTPUT"
}
test_closed_sources_on_a_read_only_mount() {
  expect_status 0 in_mounts_rig 'chmod 0700 $S; try "pass" "mount --bind $S $S; mount -o remount,bind,ro $S"' 2>&1
  expect_contains "why" "$OUTPUT" "/tmp/w/pkg-1/pkg-1 is on a read-only mount, and other users may not enter it"
  expect_contains "status" "$OUTPUT" 125
}
test_closed_files_on_a_read_only_mount() {
  expect_status 0 in_mounts_rig 'echo x >$S/f; chmod 0600 $S/f; try "open(\"f\").read()" "mount --bind $S $S; mount -o remount,bind,ro $S"' 2>&1
  expect_contains "why" "$OUTPUT" "without read access to /tmp/w/pkg-1/pkg-1/f: other users may not read it"
}

# A directory, a file, and a tmpfs: as uv and engines mount them.
test_mounts_in_the_sources() {
  expect_status 0 in_mounts_rig 'mkdir $S/dir $S/tmp $S/ro; touch $S/file; chown -R 1000:2000 $O; chmod 2775 $O
    mount --bind $O $S/dir; mount -t tmpfs -o mode=0755 t $S/tmp; mount --bind $O $S/ro; mount -o remount,bind,ro $S/ro; echo shown >/tmp/w/file; mount --bind /tmp/w/file $S/file; mount -o remount,bind,ro $S/file
    try "
for path in \"new\", \"dir/new\", \"dir/f\", \"tmp/new\", \"ro/new\", \"file\": write(path)
print(open(\"file\").read())"; stat -c "%n %u:%g" $O $O/f $O/new $S/tmp/new $S/new /tmp/w/file'
  expect_equal "what it wrote, status, owners" $'wrote new\nwrote dir/new\nwrote dir/f\nwrote tmp/new\nro/new Read-only file system\nfile Read-only file system\nshown\n\n0
/tmp/w/outside 1000:2000\n/tmp/w/outside/f 1000:2000\n/tmp/w/outside/new 0:2000\n/tmp/w/pkg-1/pkg-1/tmp/new 0:0\n/tmp/w/pkg-1/pkg-1/new 0:0\n/tmp/w/file 0:0' "$OUTPUT"
}
# The same tree at two places, and a part of it in another part.
test_the_tree_is_mounted_in_itself() {
  expect_status 0 in_mounts_rig 'mkdir -p $S/a $S/b $S/c; echo x >$S/a/f; chown -R 1000:1000 $S/a; mount --bind $S/a $S/b; mount --bind $S $S/c; try "write(\"b/f\"); write(\"a/g\"); write(\"c/h\")"; stat -c "%n %u" $S/a/f $S/a $S/a/g $S/h | sed "s|$S/||"'
  expect_equal "what it wrote, status, owners" $'wrote b/f\nwrote a/g\nwrote c/h\n0\na/f 1000\na 1000\na/g 0\nh 0' "$OUTPUT"
}

# --- attacks: what is mounted there may be a secret
secrets() {
  in_mounts_rig 'mkdir $S/dir $S/closed; touch $S/token; echo SECRET >$O/token; chmod 0600 $O/token; mkdir -m 0700 /tmp/w/closed; echo SECRET >/tmp/w/closed/f
    mkdir -m 0700 $O/keys; echo SECRET >$O/keys/key
    mount --bind $O/token $S/token; mount --bind $O $S/dir; mount --bind /tmp/w/closed $S/closed
    try "
for path in \"token\", \"dir/token\", \"dir/keys/key\", \"closed/f\":
    try: print(open(path).read())
    except OSError as e: print(path, e.strerror)"; stat -c "%u %a" $O/token $O/keys $O/keys/key /tmp/w/closed'
}
test_secrets_that_are_mounted() {
  expect_status 0 secrets
  expect_equal "what it read, status, owners" $'token Permission denied\ndir/token Permission denied\ndir/keys/key Permission denied\nclosed/f Permission denied\n0\n0 600\n0 700\n0 644\n0 700' "$OUTPUT"
}
test_secrets_that_are_mounted_control() {
  RIG_POLICY=$IDENTITY_NONE
  expect_status 0 secrets
  expect_equal "control" 4 "$(grep -c SECRET <<<"$OUTPUT")"
}
test_what_the_policy_hides_is_not_lent() {
  RIG_POLICY='{"hide": ["/tmp/w/pkg-1/pkg-1/dir"]}'
  expect_status 0 in_mounts_rig 'mkdir $S/dir; chown 1000 $O; mount --bind $O $S/dir; try "print(os.listdir(\"dir\")); write(\"dir/new\")"; ls $O; stat -c %u $O'
  expect_contains "what it saw" "$OUTPUT" $'[]\ndir/new'
  expect_equal "the mount" $'0\nf\n1000' "$(tail -n 3 <<<"$OUTPUT")"
}
# The mount is a repository that the front end calls git in.
test_a_repository_that_is_mounted() {
  expect_status 0 in_mounts_rig 'git init -q $O; mkdir $S/.git; mount --bind $O/.git $S/.git
    try "
os.makedirs(\".git/hooks\", exist_ok=True); open(\".git/hooks/post-checkout\", \"w\").write(\"#!/bin/sh\"); open(\".git/config\", \"a\").write(\"[core]\n fsmonitor = evil\n\"); open(\".git/description\", \"w\")" 2>/dev/null
    ls $O/.git/hooks | grep -v sample; grep fsmonitor $O/.git/config; stat -c %u $O/.git/config'
  expect_equal "status, owner" $'0\n0' "$OUTPUT"
}

# --- file systems that do not change owners

# OPTION POLICY CODE: the sources and the output directory are on a file system that denies or ignores a change of owner.
in_bindfs_rig() {
  # shellcheck disable=SC2016
  in_mounts_rig 'mknod /dev/fuse c 10 229; mkdir -p /tmp/w/back/pkg-1 /tmp/w/back/out; W=/tmp/w/remote/pkg-1 S=$W/pkg-1 V=$W/build-3 OUT=/tmp/w/remote/out; mkdir /tmp/w/remote
    bindfs $1 /tmp/w/back /tmp/w/remote || exit 1
    mkdir -p $S $V/bin; ln -s /usr/bin/python3 $V/bin/python3; : >$V/pyvenv.cfg; echo x >$S/f
    touch $W/control; chown 77 $W/control 2>&1; stat -c "control %u" $W/control; rm $W/control
    hook build_wheel "$2
put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")" 2>&1; echo $?; ls $OUT; find /tmp/w/back -uid +60000; find /tmp/w/back -name ".rind*"; umount /tmp/w/remote' "$@"
}
CODE='open("f", "a"); open("made", "w")'
SAID="rind: build_wheel of pkg-1 succeeded; it ran as the builder's uid 0, without an identity of its own: the file system of /tmp/w/remote/pkg-1/pkg-1 does not let the builder change the owner of a file"
test_owners_are_denied() {
  expect_status 0 in_bindfs_rig --chown-deny "$CODE"
  expect_equal "control, why, status, output" "chown: changing ownership of '/tmp/w/remote/pkg-1/control': Operation not permitted
control 0
$SAID: Operation not permitted
0
pkg-1-py3-none-any.whl" "$OUTPUT"
}
test_owners_are_ignored() {
  expect_status 0 in_bindfs_rig --chown-ignore "$CODE"
  expect_equal "control, why, status, output" "control 0
$SAID: the change has no effect
0
pkg-1-py3-none-any.whl" "$OUTPUT"
}
test_owners_are_denied_and_nothing_is_lent() {
  RIG_POLICY=$IDENTITY_NONE
  expect_status 0 in_bindfs_rig --chown-deny "$CODE"
  expect_equal "status, output" $'0\npkg-1-py3-none-any.whl' "$(tail -n 2 <<<"$OUTPUT")"
}
test_owners_are_denied_and_an_identity_is_required() {
  RIG_POLICY='{"identity": {"ephemeral": "required"}}'
  expect_status 0 in_bindfs_rig --chown-deny "$CODE"
  expect_contains "why" "$OUTPUT" "rind: give the step an identity of its own: the file system of /tmp/w/remote/pkg-1/pkg-1 does not let the builder change the owner of a file: Operation not permitted; build on a file system on which the builder may change owners, or set identity.ephemeral to \"preferred\" in the policy"
  expect_equal "status" 125 "$(tail -n 1 <<<"$OUTPUT")"
}
# --- an attack: what a package makes does not take the step's uid from it
test_an_immutable_file() {
  expect_status 0 in_mounts_rig 'mknod /dev/loop-control c 10 237; for i in {0..7}; do mknod /dev/loop$i b 7 $i; done; truncate -s 16M /mnt/fs; mkfs.ext2 -q -F /mnt/fs >/dev/null 2>&1; mount -o loop /mnt/fs $S
    echo x >$S/f; chattr +i $S/f; try "print(os.getuid())" 2>&1; chattr -i $S/f; chattr +i $S; try "print(os.getuid())" true 2>&1; chattr -i $S'
  expect_lacks "the builder's uid" "$OUTPUT" "builder's uid"
  expect_contains "why" "$OUTPUT" "change the owner of /tmp/w/pkg-1/pkg-1/f: Operation not permitted"
  expect_lacks "a step that ran" "$OUTPUT" $'\n0\n'
}
