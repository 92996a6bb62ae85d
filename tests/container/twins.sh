# Trees on a volume: the step owns them in an id-mapped twin, and on disk nothing changes.
# shellcheck disable=SC2016

setup() {
  VOLUMES=$(mktemp -d /var/tmp/rind-twins.XXXXXX)
  chmod 0755 "$VOLUMES"
  VOLUME=$VOLUMES/of-all
  mkdir -m 0755 "$VOLUME"
}

teardown() { rm -rf -- "$VOLUMES"; }

own_volume() {
  VOLUME=$(mktemp -d "$VOLUMES/XXXXXX")
  chmod 0755 "$VOLUME"
}

# Runs in the builder: a tree with what lending could change, and a step that waits in it.
PRELUDE='exec 2>&1; T=/volume/tree
make_tree() {
  rm -rf $T; mkdir -p $T/a/b $T/shared; echo x >$T/f; echo x >$T/a/b/f; ln $T/f $T/a/second; ln -s /nowhere $T/link
  chgrp -R 1234 $T/shared; chmod 2775 $T/shared; touch $T/shared/f; chmod 0600 $T/a/b/f
}
snapshot() { find $T -printf "%p %i %U %G %m %n %l\n" | sort; }
# What is not root'"'"'s.
strange() { find $T ! -uid 0 -printf "strange: %p %U %G\n"; }
run() { /dev/rind/rind run --rw $T -- "$@"; }
make_tree
'

in_volume() { # SCRIPT [OPTION...]
  local script=$1
  shift
  builder -v "$VOLUME:/volume" "$@" "$IMAGE_BUILDER" bash -c "$PRELUDE$WAIT_UNTIL
$script"
}

OWNS='run sh -c "id -u; find $T ! -user 0; echo y >>$T/f; echo y >$T/a/new; mkdir $T/shared/d; echo z >$T/shared/d/f; rm $T/a/b/f; chmod 0700 $T/a
  touch $T/ready; while [ -e $T/ready ]; do sleep 0.05; done" & step=$!
wait_until 20 test -e $T/ready
strange; stat -c "%n %u %g %a" $T/a $T/a/new $T/shared/d $T/shared/d/f | tee /volume/during
rm $T/ready; wait $step; echo "status $?"
strange; stat -c "%n %u %g %a" $T/a $T/a/new $T/shared/d $T/shared/d/f | diff /volume/during -; cat $T/f'
OWNED=$'0\n/volume/tree/a 0 0 700\n/volume/tree/a/new 0 0 644\n/volume/tree/shared/d 0 1234 2755\n/volume/tree/shared/d/f 0 1234 644\nstatus 0\nx\ny'

owns() {
  expect_status 0 in_volume "$OWNS" "$@"
  expect_equal "who owns what" "$OWNED" "$OUTPUT"
}
step_owns_it_and_nothing_changes_its_owner() {
  use_rind '{"lend": {"idmapped": "required"}}'
  owns
}
on_each_runtime step_owns_it_and_nothing_changes_its_owner

test_in_a_user_namespace() {
  own_volume
  use_rind '{"lend": {"idmapped": "required"}}'
  chown 200000:300000 "$VOLUME"
  owns --uidmap 0:200000:1024 --gidmap 0:300000:4096
  expect_equal "on the host" "200000 300000" "$(stat -c '%u %g' "$VOLUME/tree/a/new")"
}

# The same, lent file by file, says who would have owned what.
test_control_without_twins() {
  use_rind '{"lend": {"idmapped": "none"}}'
  expect_status 0 in_volume "chgrp -R 0 \$T; $OWNS"
  expect_contains "while the step runs" "$OUTPUT" "strange: /volume/tree/f 61"
  expect_status 0 in_volume 'ls /dev/rind'
  expect_lacks "the kit" "$OUTPUT" twins
}

# Its caretaker restores what git runs; until that is done git refuses the tree.
test_killed_supervisor_leaves_nothing() {
  own_volume
  use_rind '{"lend": {"idmapped": "required"}}'
  expect_status 0 in_volume 'git init -q $T; printf "#!/bin/sh\necho MINE >>/volume/log\n" >$T/.git/hooks/post-checkout; chmod 755 $T/.git/hooks/post-checkout
    /dev/rind/rind run --rw $T -- sh -c "printf \"#!/bin/sh\necho HACKED >>/volume/log\n\" >$T/.git/hooks/post-checkout; git -C $T config core.pager x; echo \$\$ >$T/ready; sleep 4321" & step=$!
    wait_until 20 test -s $T/ready; grep -c HACKED $T/.git/hooks/post-checkout
    kill -KILL $step; wait $step
    wait_until 20 grep -q MINE $T/.git/hooks/post-checkout
    wait_until 20 test -O $T
    git -C $T -c user.name=x -c user.email=x@x commit -q --allow-empty -m x; git -C $T checkout -q -b other; cat /volume/log
    strange; run sh -c "find $T ! -user 0; echo next"; cat /proc/[0-9]*/comm | grep -c sleep; true'
  expect_equal "control; hook; the next step; processes" $'1\nMINE\nnext\n0' "$(grep -v Killed <<<"$OUTPUT")"
}

# All owners, modes and groups, also of what is executed and of closed directories.
test_afterwards_all_is_as_before() {
  use_rind '{"lend": {"idmapped": "required"}}'
  expect_status 0 in_volume 'snapshot >/volume/before; run true; snapshot | diff /volume/before - && echo same
    getfacl --version >/dev/null 2>&1; cp -a $T /volume/copy; run cp -a $T/shared $T/copy; stat -c "%a %G" $T/copy'
  expect_equal "the tree" $'same\n2775 root' "$(grep -v '^rind' <<<"$OUTPUT")"
}

# bash -c SCRIPT bash ARG... of in_volume
in_volume_with() { # SCRIPT ARG...
  local script=$1
  shift
  builder -v "$VOLUME:/volume" "$IMAGE_BUILDER" bash -c "$PRELUDE$WAIT_UNTIL
$script" bash "$@"
}

ATTEMPTS=$(cat "$RIND_SOURCE/tests/container/setid_attempts.py")

test_no_setuid_file() {
  local profile
  for profile in native multiarch; do
    use_rind '{"seccomp": "'$profile'", "lend": {"idmapped": "required"}}'
    local more=
    [[ $profile == native ]] || more=int80
    expect_status 0 in_volume_with 'mkdir $T/x; run python3 -c "$1" $T/x $2; find $T -type f -perm /6000 -printf "LEFT %p\n"' "$ATTEMPTS" "$more"
    expect_lacks "a file with these bits" "$OUTPUT" SETID
    expect_lacks "a file that is left" "$OUTPUT" LEFT
    expect_contains "a directory" "$OUTPUT" $'directory: 2775\nbelow: 2000\nplain: 1751\npasswd: OSError\nabsent: FileNotFoundError'
    expect_contains "outside of the tree" "$OUTPUT" "outside: 4755"
  done
}

# Nothing is given back in a twin, so a step must not be able to leave a file that is not the builder's there.
OTHER_OWNERS='import ctypes, os, sys
T, libc = sys.argv[1], ctypes.CDLL(None)
def attempt(act, *args):
    try: act(*args)
    except OSError: pass
for n, uid in enumerate((1, 1000, 61184, 61185, 65534)):
    os.makedirs(f"{T}/owners/{n}/d")
    for name in ("f", "g", "h"): open(f"{T}/owners/{n}/{name}", "w")
    os.symlink("f", f"{T}/owners/{n}/l")
    for name in ("f", "d"): attempt(os.chown, f"{T}/owners/{n}/{name}", uid, -1)
    attempt(os.fchown, os.open(f"{T}/owners/{n}/g", os.O_RDWR), uid, uid)
    attempt(os.lchown, f"{T}/owners/{n}/l", uid, -1)
    libc.setfsuid(uid)
    attempt(open, f"{T}/owners/{n}/made", "w")
    libc.setfsuid(0)
    if os.fork() == 0:
        attempt(os.setresuid, uid, uid, uid)
        attempt(open, f"{T}/owners/{n}/h2", "w")
        os._exit(0)
    os.wait()
'

test_no_file_of_another_owner_is_left() {
  use_rind '{"lend": {"idmapped": "required"}}'
  expect_status 0 in_volume_with 'run python3 -c "$1" $T; find $T/owners | wc -l; strange' "$OTHER_OWNERS"
  expect_lacks "a file" "$OUTPUT" strange
  expect_contains "what it made" "$OUTPUT" 41
}

test_no_file_of_another_owner_is_left_control() {
  use_no_rind
  expect_status 0 in_volume_with 'python3 -c "$1" $T; strange' "$OTHER_OWNERS"
  local name
  for name in 2/f 2/g 2/d 2/l 0/f 4/g; do expect_contains "$name" "$OUTPUT" "/owners/$name "; done
}

# Repositories that a step makes, one of them far below the levels of which a walk keeps the directory open. TWINS: as ever.
REPOSITORIES='p=$1; for i in $(seq 100); do p=$p/d; done; set -- $p $1/a $1/z
for p; do mkdir -p $p; git init -q $p; printf "#!/bin/sh\necho HACKED\n" >$p/.git/hooks/post-checkout; chmod 755 $p/.git/hooks/post-checkout; done'
repositories() { # RUN
  expect_status 0 in_volume_with "$1"' sh -c "$1" sh $T 2>/dev/null; find $T -name HEAD -path "*.git*" | wc -l; find $T -name post-checkout | wc -l' "$REPOSITORIES"
}

test_repositories_that_it_makes() {
  local idmapped
  for idmapped in required none; do
    use_rind '{"lend": {"idmapped": "'$idmapped'"}}'
    [[ $idmapped == required ]] || PRELUDE+='chgrp -R 0 $T
'
    repositories run
    expect_equal "$idmapped: repositories, hooks" $'3\n0' "$(grep -v '^rind:' <<<"$OUTPUT")"
  done
}

test_repositories_that_it_makes_control() {
  use_no_rind
  repositories ''
  expect_equal "repositories, hooks" $'3\n3' "$OUTPUT"
}

# Without Rind each of them leaves one.
test_no_setuid_file_control() {
  use_no_rind
  expect_status 0 in_volume_with 'mkdir $T/x; python3 -c "$1" $T/x int80' "$ATTEMPTS"
  local way name
  for way in native int80; do
    for name in chmod fchmod fchmodat open creat openat mknod mknodat; do
      expect_contains "$name" "$OUTPUT" "SETID $name-$way-4755 4755"
      expect_contains "$name" "$OUTPUT" "SETID $name-$way-2755 2755"
    done
  done
  for name in openat2 by-link by-descriptor by-dots copied cp setid socket tmpfile-native-4755; do
    expect_contains "$name" "$OUTPUT" "SETID $name "
  done
}

# What has no twin is lent as ever.
walked() { # SCRIPT OPTION...: the tree is the step's by its owner
  expect_status 0 in_volume "chgrp -R 0 \$T; $1"'
    run sh -c "echo y >>$T/f && touch $T/ready; while [ -e $T/ready ]; do sleep 0.05; done" & step=$!
    wait_until 20 test -e $T/ready; stat -c "owner %u" $T; rm $T/ready; wait $step; echo "status $?"; stat -c "afterwards %u" $T' "${@:2}"
  expect_contains "it is lent" "$OUTPUT" "owner 61"
  expect_contains "it works" "$OUTPUT" "status 0"
}
required() { # WHY SCRIPT OPTION...
  use_rind '{"lend": {"idmapped": "required"}}'
  expect_status 125 in_volume "$2"' run true' "${@:3}"
  expect_contains "why" "$OUTPUT" "by an id-mapped mount: "
  expect_contains "why" "$OUTPUT" "$1"
  expect_contains "the remedy" "$OUTPUT" "lend.idmapped"
}

test_setuid_file_in_the_tree() {
  use_rind
  walked 'touch $T/s; chmod 4755 $T/s;'
  required "is setuid or setgid" 'touch $T/s; chmod 4755 $T/s;'
}

# The reason for which a tree in a twin is looked at before each step: also a link that was made since the last one, which
# changes no directory of the tree.
LINKED='rm -f /volume/o*; echo x >/volume/o1; ln /volume/o1 $T/a/in; chgrp -R 0 $T
  RUN sh -c "echo y >>$T/a/in"; rm $T/a/in; RUN true; ln $T/f /volume/o2; RUN sh -c "echo y >>$T/f"; cat $T/f /volume/o1 /volume/o2'

test_hard_link_to_the_outside() {
  use_rind
  expect_status 0 in_volume "${LINKED//RUN/run}"
  expect_equal "in the tree; outside" $'x\ny\nx\nx' "$OUTPUT"
  required "has a hard link outside" 'rm -f /volume/o; ln $T/f /volume/o;'
}

test_hard_link_to_the_outside_control() {
  use_no_rind
  expect_status 0 in_volume "${LINKED//RUN/}"
  expect_equal "in the tree; outside" $'x\ny\nx\ny\nx\ny' "$OUTPUT"
}

test_file_of_another_owner() {
  required "belongs to uid 1234" 'chown 1234 $T/a/second;'
}

test_without_a_filter() {
  use_rind '{"seccomp": "none"}'
  walked ''
}

test_more_steps_than_twins() {
  own_volume
  use_rind
  expect_status 0 in_volume 'for i in $(seq 1 10); do mkdir /volume/t$i; T=/volume/t$i; run sh -c "touch $T/ready; while [ -e $T/ready ]; do sleep 0.05; done; echo ended" & done
    for i in $(seq 1 10); do wait_until 60 test -e /volume/t$i/ready; done
    find /volume -maxdepth 1 -name "t[0-9]*" ! -uid 0 | wc -l; rm /volume/t*/ready; wait'
  expect_equal "lent by owner; ended" $'2\n10' "$(grep -v ended <<<"$OUTPUT")"$'\n'"$(grep -c ended <<<"$OUTPUT")"
}

test_the_containers_own_layer() {
  use_rind '{"lend": {"idmapped": "required"}}'
  expect_status 0 in_volume 'T=/opt/tree; make_tree; chgrp -R 0 $T; run sh -c "echo y >>$T/f"; strange; cat $T/f'
  expect_equal "the tree" $'x\ny' "$OUTPUT"
}

# There an ACL is found by the list of attributes. What names the step goes, what names others stays.
ACLS='import os, struct, sys
def acl(path, id, kind):
    entries = [(1, 6, 2**32 - 1), (2, 7, id), (4, 4, 2**32 - 1), (16, 7, 2**32 - 1), (32, 4, 2**32 - 1)]
    os.setxattr(path, "system.posix_acl_" + kind, struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in entries))
T, who, id = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.makedirs(f"{T}/{who}/d"); open(f"{T}/{who}/f", "w").close(); open(f"{T}/{who}/many", "w").close()
for n in range(40): os.setxattr(f"{T}/{who}/many", f"user.note-{n}", b"x")
for path in (f"{T}/{who}/f", f"{T}/{who}/many", f"{T}/{who}/d"): acl(path, id, "access")
acl(f"{T}/{who}/d", id, "default")
'
SHOW_ACLS='import os, sys
for path, _, files in sorted(os.walk(sys.argv[1])):
    for p in [path] + [path + "/" + f for f in sorted(files)]:
        print(os.path.relpath(p, sys.argv[1]), *sorted(a[7:] for a in os.listxattr(p) if "acl" in a))'

test_acls_in_the_containers_own_layer() {
  local none=$'step\nstep/f\nstep/many\nstep/d' all=$'step\nstep/f posix_acl_access\nstep/many posix_acl_access\nstep/d posix_acl_access posix_acl_default'
  use_rind
  expect_status 0 in_volume_with 'T=/opt/acls; mkdir $T; run python3 -c "$1" $T step 0; python3 -c "$1" $T other 1234; python3 -c "$2" $T/step | sed "s|^\.|step|; t; s|^|step/|"
    run true; python3 -c "$2" $T/other' "$ACLS" "$SHOW_ACLS"
  expect_equal "what the step made, and what the builder made" "$none"$'\n.\nf posix_acl_access\nmany posix_acl_access\nd posix_acl_access posix_acl_default' "$OUTPUT"
  use_no_rind
  expect_status 0 in_volume_with 'T=/opt/acls; mkdir $T; python3 -c "$1" $T step 0; python3 -c "$2" $T/step | sed "s|^\.|step|; t; s|^|step/|"' "$ACLS" "$SHOW_ACLS"
  expect_equal "control" "$all" "$OUTPUT"
}

# Two steps do not work in one tree, nor in a part of it.
test_one_step_at_a_time() {
  use_rind
  expect_status 0 in_volume 'rm $T/a/second; for first in $T $T/a; do for second in $T $T/a; do
      /dev/rind/rind run --rw $first -- sh -c "touch $first/ready; while [ -e $first/ready ]; do sleep 0.05; done" & step=$!
      wait_until 20 test -e $first/ready
      timeout 2 /dev/rind/rind run --rw $second -- true && echo both
      rm $first/ready; wait $step
    done; done; run true && echo afterwards'
  expect_lacks "a second step" "$OUTPUT" both
  expect_contains "a step afterwards" "$OUTPUT" afterwards
}

# The kit's twins are nobody's but the container's root's.
test_out_of_reach() {
  use_rind
  expect_status 0 in_volume 'stat -c "%a %u" /dev/rind/twins; setpriv --reuid 1000 --clear-groups ls /dev/rind/twins && echo OPEN
    run sh -c "ls /dev/rind; ls /dev/rind/twins/*/*/tree" && echo OPEN; mount | grep -c "/dev/rind/twins.*nosuid,nodev.*idmapped"'
  expect_contains "the directory" "$OUTPUT" "700 0"
  expect_contains "the twins" "$OUTPUT" $'\n8'
  expect_lacks "others" "$OUTPUT" OPEN
}

# A twin would be writable, or would show what a mount covers.
test_volumes_without_twins() {
  use_rind
  mkdir -p "$VOLUMES/other/masked" "$VOLUMES/inner"
  expect_status 0 in_volume 'mount | grep -c /dev/rind/twins; touch /dev/rind/twins/*/1/written; true' -v /:/host -v "$VOLUMES/other:/ro:ro" \
    -v "$VOLUMES/other:/masked" --security-opt mask=/masked/masked -v "$VOLUMES/other:/nested" -v "$VOLUMES/inner:/nested/masked" \
    --mount "type=bind,source=$VOLUMES/inner,destination=/readonly,readonly=true"
  expect_contains "twins of one volume, and of the innermost" "$OUTPUT" 16
  expect_equal "what was written" "" "$(find "$VOLUMES/other" -name written)"
}

# What narrow hides in a volume is not to be had by its twin.
test_narrowed_volume() {
  own_volume
  mkdir "$VOLUME/hidden"
  echo RIND-TEST-SECRET >"$VOLUME/hidden/f"
  use_rind '{"narrow": {"views": {"/volume/hidden": "hidden"}}}'
  expect_status 0 in_volume 'cat /dev/rind/twins/*/*/hidden/f; cat /volume/hidden/f; chgrp -R 0 $T; run echo ran'
  expect_lacks "the secret" "$OUTPUT" RIND-TEST-SECRET
  expect_contains "a step" "$OUTPUT" ran
  use_rind
  expect_status 0 in_volume 'cat /dev/rind/twins/61184/0/hidden/f'
  expect_contains "control" "$OUTPUT" RIND-TEST-SECRET
}

# Podman mounts its storage on itself, and takes that away when it thinks that nobody uses it: files that run beside this one do.
mounts_of_the_host() { awk '{ print $5 }' /proc/self/mountinfo | grep -vx "$RIND_TEST_CACHE/storage/overlay"; }
mounts_are() { [[ $(mounts_of_the_host) == "$1" ]]; }

two_containers() {
  own_volume
  use_rind '{"lend": {"idmapped": "required"}}'
  local before name=rind-twins-$$
  before=$(mounts_of_the_host)
  podman_rootful run -d --name "$name" --network none --annotation "$BUILDER_ANNOTATION" -v "$VOLUME:/volume" "$IMAGE_BUILDER" sleep 300 >/dev/null
  expect_status 0 in_volume 'rm -r $T/shared; run sh -c "echo y >>$T/f"; strange; cat $T/f'
  expect_equal "the second" $'x\ny' "$OUTPUT"
  expect_status 0 podman_rootful exec "$name" /dev/rind/rind run --rw /volume/tree -- sh -c 'echo z >>/volume/tree/f'
  expect_equal "both" $'x\ny\nz' "$(cat "$VOLUME/tree/f")"
  podman_rootful rm -f -t 0 "$name" >/dev/null
  # On a busy machine podman's own clean-up of the container ends later.
  wait_until 10 mounts_are "$before" || true
  expect_equal "mounts of the host" "$before" "$(mounts_of_the_host)"
  expect_lacks "twins on the host" "$(cat /proc/self/mountinfo)" twins
}
on_each_runtime two_containers

# A volume that is a file system of its own can be unmounted when the container is gone.
test_volume_is_free_afterwards() {
  own_volume
  use_rind '{"lend": {"idmapped": "preferred"}}'
  mount -t tmpfs -o mode=0755 tmpfs "$VOLUME"
  local status=0
  OUTPUT=$(in_volume 'run sh -c "echo y >>$T/f"; strange; cat $T/f' 2>&1) || status=$?
  umount "$VOLUME" || fail "the volume is busy"
  expect_equal "status" 0 "$status"
  expect_equal "the tree" $'x\ny' "$OUTPUT"
}

# The engine of an ordinary user may not map these ids.
test_rootless() {
  RIND_ENGINE=podman_rootless
  import_image podman_rootless
  use_rind
  own_volume
  chown "$RIND_TEST_USER:" "$VOLUME"
  expect_status 0 in_volume 'rm -r $T/shared; run sh -c "echo y >>$T/f"; strange; cat $T/f'
  expect_equal "the tree" $'x\ny' "$OUTPUT"
  required "could make no id-mapped mount of /volume" ''
}
