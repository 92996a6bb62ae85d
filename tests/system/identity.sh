# A uid and gid of each step's own.
source "$RIND_SOURCE/tests/system/hook.inc"

ONE_LEASE='{"leases": 1, "identity": {"ephemeral": "required", "first": 61184}}'

# As outside: a result that says who made it is the same with Rind and without.
test_who_it_is_inside() {
  RIG_POLICY=$ONE_LEASE
  local look='id; getent passwd $(id -u); getent group $(id -g); echo "${USER-none} ${LOGNAME-none}"
/usr/bin/python3 -c "
import getpass, io, os, tarfile
open(\"/tmp/who\", \"w\").close()
info = tarfile.open(fileobj=io.BytesIO(), mode=\"w\").gettarinfo(\"/tmp/who\")
print(getpass.getuser(), os.getresuid(), os.getresgid(), info.uid, info.gid, info.uname, info.gname)"'
  expect_status 0 in_rig 'unset USER LOGNAME; HOME=/root; eval "$1"; echo --; "$RIND" run -- bash -c "$1; outer-id; outer-id -g"' "$look"
  expect_equal "inside as outside, with ids of its own" "${OUTPUT%%--*}61184
61184" "${OUTPUT#*--
}"
  expect_status 0 in_rig 'USER=u LOGNAME=l "$RIND" run -- sh -c "echo \$USER \$LOGNAME"'
  expect_equal "names that the caller gives" "u l" "$OUTPUT"
}

# Programs that are root give files to root, and to others when they unpack or copy with owners.
test_root_gives_files_away() {
  local give='set -e; cd /tmp; touch f; ln -s nowhere l; chown 0:0 f; chown -h 0:0 l; install -o root -g root -m 0644 f g; stat -c %u:%g f l g
    chown 1000:1000 f; chown -h 1000 l; chgrp 7 g; tar -xf /mnt/files/theirs.tar; cp -p /mnt/files/theirs.tar c; cp -a /usr/share/base-files d
    cat theirs; ! chown 0:0 missing 2>/dev/null
    /usr/bin/python3 -c "import os; os.chown(\"f\", 5, 6); os.lchown(\"l\", 5, -1); os.fchown(0, -1, -1); os.chown(\"f\", -1, 6, dir_fd=os.open(\".\", 0))"'
  expect_status 0 in_rig 'cd /mnt/files; echo theirs >theirs; chown 1000:1000 theirs; tar -cf theirs.tar theirs; chown 1234:1234 theirs.tar
    mkdir /tmp/control; cd /tmp/control; (eval "${1//cd \/tmp;/}") >/dev/null && echo control
    "$RIND" run -- bash -c "$1; stat -c %u:%g f g theirs c; find d ! -uid 0"' "$give"
  expect_equal "control; own files; what is another's" "control
0:0
0:0
0:0
theirs
0:0
0:0
0:0
0:0" "$OUTPUT"
}

# Root inside is nobody: no capability, now or after an exec or a change of ids, and no file of the real root.
test_root_inside_has_no_rights() {
  expect_status 0 in_rig 'echo s >/mnt/key; chmod 0600 /mnt/key; cp /bin/cat /mnt/bin/suid; chmod 4755 /mnt/bin/suid
    id -u; cat /mnt/key
    "$RIND" run -- sh -c "id -u; grep -c \"^Cap.*:.0*\$\" /proc/self/status; cat /mnt/key; suid /mnt/key; echo x >>/mnt/key
      /usr/bin/python3 -c \"
import os
for ids in (0, 0, 0), (0, 1, 0), (61184, 0, 0):
    try: os.setresuid(*ids); print(\\\"set\\\", ids)
    except OSError as e: print(e.strerror, ids)
print(sum(l[:3] == \\\"Cap\\\" and int(l.split()[1], 16) == 0 for l in open(\\\"/proc/self/status\\\")))
for path in \\\"/proc/sys/kernel/hostname\\\", \\\"/mnt/key\\\":
    try: open(path, \\\"w\\\"); print(\\\"LOOT\\\", path)
    except OSError as e: print(e.strerror, path)\"; mount -t tmpfs x /tmp; chroot /; true" 2>&1'
  expect_contains "control; id and capabilities of the step" "$OUTPUT" $'0\ns\n0\n5\n'
  expect_equal "who reads it" 1 "$(grep -cx s <<<"$OUTPUT")"
  expect_contains "its own number can be set" "$OUTPUT" "set (0, 0, 0)"
  expect_contains "no other" "$OUTPUT" "Invalid argument (0, 1, 0)"
  expect_contains "capabilities afterwards" "$OUTPUT" $'\n5\n'
  expect_lacks "no write" "$OUTPUT" LOOT
}

test_home_in_passwd_is_home() {
  expect_status 0 in_rig 'export HOME=/mnt/files; "$RIND" run -- /usr/bin/python3 -c "
import os, pwd
home = pwd.getpwuid(os.getuid()).pw_dir
assert home == os.environ[\"HOME\"] == \"/mnt/files\", home
open(home + \"/f\", \"w\")"; ls /mnt/files'
}

test_other_names_stay() {
  expect_status 0 in_rig 'getent passwd daemon nobody >/tmp/w/before; "$RIND" run -- getent passwd daemon nobody | diff /tmp/w/before -'
}

# Each waits until all are there, so all have their uid at the same time.
test_steps_at_once_share_none() {
  expect_status 0 in_rig 'mkfifo /tmp/w/go; exec 9<>/tmp/w/go
    for i in {1..20}; do "$RIND" run -- sh -c "outer-id; outer-id -g; read x; true" </tmp/w/go >/tmp/w/ids.$i 9>&- & done
    for _ in {1..400}; do [[ $(cat /tmp/w/ids.* | wc -l) == 40 ]] && break; sleep 0.05; done
    exec 9>&-; wait
    for i in {1..20}; do sort -u /tmp/w/ids.$i; done | sort -n | uniq -c | sort -u -k1,1 | tr -s " " | cut -d" " -f2
    cat /tmp/w/ids.* | sort -u | wc -l'
  expect_equal "how often each id is there, and how many there are" $'1\n20' "$OUTPUT"
}

test_all_leases_taken() {
  RIG_POLICY='{"leases": 2}'
  expect_status 0 in_rig 'mkfifo /tmp/w/go; exec 9<>/tmp/w/go
    for i in 1 2; do "$RIND" run -- sh -c "outer-id; read x; true" </tmp/w/go >/tmp/w/ids.$i 9>&- & done
    for _ in {1..400}; do [[ $(cat /tmp/w/ids.* | wc -l) == 2 ]] && break; sleep 0.05; done
    "$RIND" run -- true; echo $?
    exec 9>&-; wait; "$RIND" run -- true; echo $?'
  expect_contains "why" "$OUTPUT" "all 2 leases are taken"
  expect_contains "remedy" "$OUTPUT" 'raise "leases" in the policy'
  expect_equal "statuses: with all taken, afterwards" $'125\n0' "$(grep -x '[0-9]*' <<<"$OUTPUT")"
}

test_killed_supervisor_frees_its_lease() {
  RIG_POLICY=$ONE_LEASE
  expect_status 0 in_rig '"$RIND" run --rw /tmp/w -- sh -c "touch /tmp/w/ready; sleep 4321" & pid=$!
    wait_until 20 test -e /tmp/w/ready
    "$RIND" run -- true 2>/dev/null; echo $?
    kill_step $pid; "$RIND" run -- true; echo $?'
  expect_equal "statuses: while it runs, after the kill" $'125\n0' "$(grep -x '[0-9]*' <<<"$OUTPUT")"
}

# The lock can be free while a process of that uid lives. START makes one and sets pid; the control is one
# of another uid, which nobody ends.
expect_evicted() {
  RIG_POLICY=$ONE_LEASE
  expect_status 0 in_rig '
    as() { exec setpriv --reuid $1 --regid $1 --clear-groups "${@:2}"; }
    state() { [[ -e /proc/$1/stat ]] && sed "s/.*) //" /proc/$1/stat | cut -c1 || echo gone; }
    as 61185 sleep 4321 & other=$!
    eval "$1"
    disown -a
    sleep 0.5; [[ $(state $pid) != gone ]] && echo control
    "$RIND" run -- sh -c "outer-id"; echo $?
    [[ $(state $pid) == [ZX] || $(state $pid) == gone ]] && echo ended
    [[ $(state $other) == S ]] && echo other
    kill -KILL $other' "$1"
  expect_equal "what happened" $'control\n61184\n0\nended\nother' "$OUTPUT"
}

test_survivor_is_ended() { expect_evicted 'as 61184 sleep 4321 & pid=$!'; }
test_survivor_that_ignores_signals() { expect_evicted 'as 61184 sh -c "trap \"\" HUP INT TERM QUIT; sleep 4321; :" & pid=$!'; }
test_survivor_that_is_stopped() { expect_evicted 'as 61184 sleep 4321 & pid=$!; sleep 0.2; kill -STOP $pid'; }
# It kills all of its own uid as fast as it can, the one that comes to end it included.
test_survivor_that_kills() {
  expect_evicted 'as 61184 /usr/bin/python3 -c "
import os
while True:
    try: os.kill(-1, 9)
    except OSError: pass" & pid=$!'
}
# Each of its processes lives for a moment only, so that a look at /proc may miss all of them. They hold a pipe open.
test_survivor_that_forks() {
  RIG_POLICY=$ONE_LEASE
  expect_status 0 in_rig 'as() { exec setpriv --reuid $1 --regid $1 --clear-groups "${@:2}"; }
    mkfifo /tmp/w/alive; exec 8<>/tmp/w/alive 7</tmp/w/alive
    as 61184 /usr/bin/python3 -c "
import os
os.setsid()
while True:
    if os.fork() != 0: os._exit(0)" 3>/tmp/w/alive 7<&- 8>&- &
    exec 8>&-
    wait $!
    timeout 1 cat <&7; echo $?
    "$RIND" run -- outer-id 7<&-; timeout 20 cat <&7; echo $?'
  expect_equal "the pipe before, the uid of the step, the pipe afterwards" $'124\n61184\n0' "$OUTPUT"
}
# Of this uid only by its effective one; a process in a user namespace of its own.
test_survivor_in_a_namespace() { expect_evicted 'as 61184 unshare --user --map-root-user sleep 4321 & pid=$!'; }

# Nobody reaps it, ever: it does nothing any more, and must not keep a lease.
test_zombie_does_not_keep_a_lease() {
  RIG_POLICY=$ONE_LEASE
  expect_status 0 in_rig '/usr/bin/python3 -c "
import os, time
pid = os.fork()
if pid == 0:
    os.setgid(61184); os.setuid(61184); os._exit(0)
time.sleep(0.3); print(pid, flush=True); time.sleep(4321)" >/tmp/w/zombie & parent=$!
    wait_until 20 test -s /tmp/w/zombie
    sed "s/.*) //" /proc/$(cat /tmp/w/zombie)/stat | cut -c1; stat -c %u /proc/$(cat /tmp/w/zombie)
    "$RIND" run -- outer-id; kill -KILL $parent'
  expect_equal "state and uid of the zombie, uid of the step" $'Z\n61184\n61184' "$(grep -v Killed <<<"$OUTPUT")"
}

# As --userns=auto: a container that has 1024 ids and not those of the policy.
# shellcheck disable=SC2016
IN_SMALL_NAMESPACE='small() { /usr/bin/python3 - "$@" <<"PY"
import ctypes, os, sys
a, b = os.pipe(); c, d = os.pipe()
count, command = int(sys.argv[1]), sys.argv[2:]
pid = os.fork()
if pid == 0:
    assert ctypes.CDLL(None).unshare(0x10000000 | 0x20000) == 0
    os.write(b, b"x"); os.read(c, 1)
    os.setgid(0); os.setuid(0); os.execvp(command[0], command)
os.read(a, 1)
for ids in "uid", "gid": open(f"/proc/{pid}/{ids}_map", "w").write(f"0 0 {count}\n")
os.write(d, b"x"); sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
}
'

test_container_of_1024_ids() {
  expect_status 0 in_rig "$IN_SMALL_NAMESPACE"'small 1024 cat /proc/self/uid_map; small 1024 "$RIND" run --rw /tmp/w -- sh -c "outer-id; outer-id -g; touch /tmp/w/made"; stat -c %u /tmp/w/made'
  local lines
  mapfile -t lines <<<"$OUTPUT"
  expect_equal "control: the map" "0 0 1024" "$(tr -s ' ' <<<"${lines[0]# }" | sed 's/^ *//')"
  ((lines[1] >= 960 && lines[1] < 1024)) || fail "not one of the highest ids: ${lines[1]}"
  expect_equal "gid" "${lines[1]}" "${lines[2]}"
  expect_equal "owner of what it made" 0 "${lines[3]}"
}

test_container_of_one_id() {
  expect_status 0 in_rig "$IN_SMALL_NAMESPACE"'small 1 "$RIND" run -- outer-id'
  expect_equal "the caller's own, and that it is said" "0
rind: the command succeeded; it ran as the builder's uid 0, without an identity of its own: the container's user namespace has no spare id" "$OUTPUT"
  RIG_POLICY=$ONE_LEASE
  expect_status 125 in_rig "$IN_SMALL_NAMESPACE"'small 1 "$RIND" run -- outer-id'
  expect_contains "why" "$OUTPUT" "no spare id"
}

# shellcheck disable=SC2016
NAMED='name() { cp /etc/$1 /tmp/$1; echo "$2" >>/tmp/$1; mount --bind /tmp/$1 /etc/$1; }
'

test_ids_that_have_a_name_are_nobody_elses() {
  RIG_POLICY='{"leases": 3, "identity": {"ephemeral": "required"}}'
  expect_status 0 in_rig 'for _ in {1..40}; do "$RIND" run -- outer-id; done | sort -u'
  expect_equal "control: all are used" $'61184\n61185\n61186' "$OUTPUT"
  expect_status 0 in_rig "$NAMED"'name passwd u:x:61184:1::/:/bin/sh; name group g:x:61186:; for _ in {1..20}; do "$RIND" run -- outer-id; done | sort -u'
  expect_equal "the one that has no name" 61185 "$OUTPUT"
  RIG_POLICY=$ONE_LEASE
  expect_status 125 in_rig "$NAMED"'name group g:x:61184:; "$RIND" run -- outer-id'
  expect_contains "none left" "$OUTPUT" "no spare id"
}

# systemd has a file for each uid that it gave to a service: whoever leased one would end the service.
test_ids_of_systemds_services_are_nobody_elses() {
  RIG_POLICY='{"leases": 2, "identity": {"ephemeral": "required"}}'
  local script='mount -t tmpfs run /run; as() { exec setpriv --reuid $1 --regid $1 --clear-groups "${@:2}"; }
    as 61184 sleep 4321 & service=$!; eval "$1"
    for _ in {1..20}; do "$RIND" run -- outer-id; done | sort -u
    [[ -e /proc/$service/stat && $(sed "s/.*) //" /proc/$service/stat) != Z* ]] && echo lives; kill -KILL $service 2>/dev/null'
  expect_status 0 in_rig "$script; true" ''
  expect_lacks "control: it is ended" "$OUTPUT" lives
  expect_status 0 in_rig "$script; true" 'mkdir -p /run/systemd/dynamic-uid; touch /run/systemd/dynamic-uid/61184 "/run/systemd/dynamic-uid/direct:x"'
  expect_equal "the other id, and the service" $'61185\nlives' "$(grep -v Killed <<<"$OUTPUT")"
}

# What cannot lend ids keeps its caller's; where the policy requires one, that is an error.
test_builder_that_cannot_lend() {
  local how
  for how in '--reuid 1234 --regid 1234 --clear-groups' '--bounding-set -setuid' '--bounding-set -setgid' \
    '--bounding-set -chown' '--bounding-set -dac_override' '--bounding-set -fowner'; do
    RIG_POLICY=
    expect_status 1 in_rig "setpriv $how"' "$RIND" run -- sh -c "outer-id; exit 1"'
    [[ $(head -n 1 <<<"$OUTPUT") == @(0|1234) ]] || fail "$how: not its caller's number: $OUTPUT"
    expect_contains "$how: the line of the failed step" "$OUTPUT" "without an identity of its own: the builder lacks CAP_"
    RIG_POLICY='{"identity": {"ephemeral": "required"}}'
    expect_status 125 in_rig "setpriv $how"' "$RIND" run -- outer-id'
    expect_contains "$how: why" "$OUTPUT" "the builder lacks CAP_"
    expect_contains "$how: remedy" "$OUTPUT" "run the container as root with its default capabilities"
  done
  expect_status 0 in_rig '"$RIND" run -- true'
}

test_policy_none() {
  RIG_POLICY=$IDENTITY_NONE
  expect_status 0 in_rig '"$RIND" run -- outer-id'
  expect_equal "its caller's" 0 "$OUTPUT"
}

# The step's things lie behind a directory that its uid may not search. OWNER of /tmp/w.
expect_to_work_behind() {
  expect_status 0 in_hook_rig 'echo s >/tmp/w/secret; echo s >$W/secret; chmod 0700 /tmp/w; chown $1 /tmp/w
    ls -A /tmp/w $W | sort | tr "\n" " "; echo
    hook build_wheel "
print(*sorted(os.listdir(\"/tmp/w\") + os.listdir(\"..\")), flush=True)
try: open(\"/tmp/w/secret\")
except OSError as e: print(type(e).__name__)
open(\"made\", \"w\"); put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")"
    stat -c "%u %n" /tmp/w /tmp/w/secret $S/made $OUT/*' "$1"
  local lines
  mapfile -t lines <<<"$OUTPUT"
  expect_contains "control: the builder" "${lines[0]}" "secret"
  expect_equal "what is seen in /tmp/w and W" "build-3 pkg-1 pkg-1" "${lines[1]}"
  expect_equal "a file beside" FileNotFoundError "${lines[2]}"
  expect_equal "owners afterwards" "${1%:*} /tmp/w
0 /tmp/w/secret
0 /tmp/w/pkg-1/pkg-1/made
0 /tmp/out/pkg-1-py3-none-any.whl" "$(printf '%s\n' "${lines[@]:3}")"
}

test_closed_directory_of_root() { expect_to_work_behind 0:0; }
test_closed_directory_of_a_third_uid() { expect_to_work_behind 1234:1234; }
test_closed_directory_of_a_third_uid_and_another_gid() { expect_to_work_behind 1234:4321; }

test_closed_home() {
  expect_status 0 in_hook_rig 'mkdir -p /mnt/home; mv /tmp/w /mnt/home/w; chmod 0700 /mnt/home; echo s >/mnt/home/.netrc
    W=/mnt/home/w/pkg-1 S=$W/pkg-1 V=$W/build-3 HOME=/mnt/home
    hook build_wheel "print(os.environ[\"HOME\"], *sorted(os.listdir(\"/mnt/home\"))); open(os.environ[\"HOME\"] + \"/.f\", \"w\"); put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")"
    ls -A /mnt/home | tr "\n" " "; ls $OUT'
  expect_equal "in the step, in the builder" $'/mnt/home .gitconfig w\n.netrc w pkg-1-py3-none-any.whl' "$OUTPUT"
}

# Two packages in V, made under umask $1, and a file of the builder's that only it may read.
# shellcheck disable=SC2016
FILL='fill() { umask "$1"
  SP=$V/lib/python3/site-packages; rm -rf $V; mkdir -p $V/bin $SP/one/deep $SP/two; ln -s /usr/bin/python3 $V/bin/python3; echo "home = /usr/bin" >$V/pyvenv.cfg
  for file in one/__init__.py one/deep/data two/__init__.py three.py; do echo "x = 1" >$SP/$file; done
  printf "#!/bin/sh\necho tool\n" >$V/bin/tool; chmod u+x $V/bin/tool
  echo secret >/mnt/key; chmod 0600 /mnt/key; }
read_all='"'"'
def read(path):
    try: return open(path).read()
    except OSError as e: return type(e).__name__
top = os.environ["VIRTUAL_ENV"]
tree = [os.path.join(d, f) for d, _, names in os.walk(top) for f in names]
closed = [p for p in tree if "bin/python" not in p and read(p) == "PermissionError"]
print(len(tree), closed, int(open("/proc/self/uid_map").read().split()[1]) > 60000, read("/mnt/key"), flush=True)
put("pkg-1-py3-none-any.whl"); result("pkg-1-py3-none-any.whl")
'"'"'
'

# expect_read_in PREPARE: a hook has a uid of its own and reads all of V, but no file of the builder's.
expect_read_in() {
  expect_status 0 in_hook_rig "$FILL$1"'; hook build_wheel "$read_all"'
  expect_equal "files, those that are closed, a uid of its own, the key" "7 [] True PermissionError" "$OUTPUT"
}

# The control is the number of its caller: it reads the key, and would hide that nothing was opened.
test_environment_made_under_a_umask_control() {
  RIG_POLICY=$IDENTITY_NONE
  expect_status 0 in_hook_rig "$FILL"'fill 077; hook build_wheel "$read_all"'
  expect_equal "files, those that are closed, a uid of its own, the key" $'7 [] False secret\n' "$OUTPUT"$'\n'
}

test_environment_made_under_umask_022() { expect_read_in 'fill 022'; }
test_environment_made_under_umask_027() { expect_read_in 'fill 027'; }
test_environment_made_under_umask_077() { expect_read_in 'fill 077'; }
test_environment_without_any_mode() { expect_read_in 'fill 022; chmod -R 0 $V'; }
test_environment_whose_top_is_closed() { expect_read_in 'fill 022; chmod 0700 $V'; }
test_environment_whose_lib_is_closed() { expect_read_in 'fill 022; chmod 0700 $V/lib'; }
test_environment_whose_top_and_lib_are_closed() { expect_read_in 'fill 022; chmod 0700 $V $V/lib'; }
test_environment_whose_top_has_no_mode() { expect_read_in 'fill 022; chmod 0 $V $V/bin $V/lib'; }
test_environment_with_a_closed_package() { expect_read_in 'fill 022; chmod 0700 $SP/two'; }
test_environment_with_a_closed_file() { expect_read_in 'fill 022; chmod 0600 $SP/three.py $SP/two/__init__.py'; }
test_environment_of_a_program_for_root_alone() {
  expect_status 0 in_hook_rig "$FILL"'fill 077; hook build_wheel "import subprocess; print(subprocess.check_output([os.environ[\"VIRTUAL_ENV\"] + \"/bin/tool\"]).decode(), end=\"\", flush=True); put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")"'
  expect_equal "what it prints" tool "$(tail -n 1 <<<"$OUTPUT")"
}

# Modes outside of what is the packages' stay: behind a link, a hard link, a mount, a name that the policy hides.
test_nothing_else_is_opened() {
  expect_status 0 in_hook_rig "$FILL"'fill 077; chmod 0755 $V
    mkdir -m 0700 /mnt/keys; echo secret >/mnt/keys/key; chmod 0600 /mnt/keys/key
    mount -t tmpfs x $W; mkdir -p $V $S; fill 077; chmod 0755 $V
    echo linked >$W/builders; chmod 0600 $W/builders; ln $W/builders $SP/one/hard
    ln -s /mnt/keys $SP/keys; ln -s /mnt/keys/key $SP/one/key; ln -s ../../../../../builders $SP/one/up
    mkdir $SP/mounted; mount --bind /mnt/keys $SP/mounted; touch $SP/file; mount --bind /mnt/keys/key $SP/file
    echo token >$V/pip.conf; ln $V/pip.conf $SP/one/conf
    cp /bin/id $V/bin/su; chmod 4700 $V/bin/su
    hook build_wheel "
def read(path):
    try: return open(path).read().strip()
    except OSError as e: return type(e).__name__
for name in \"one/__init__.py\", \"keys/key\", \"one/key\", \"one/up\", \"one/hard\", \"mounted/key\", \"file\", \"one/conf\": print(name, read(os.environ[\"VIRTUAL_ENV\"] + \"/lib/python3/site-packages/\" + name), flush=True)
print(read(os.environ[\"VIRTUAL_ENV\"] + \"/pip.conf\") == \"\")
put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")" 2>/mnt/errors
    stat -c "%a %n" /mnt/keys /mnt/keys/key $W/builders $V/pip.conf $V/bin/su $SP/one; cat /mnt/errors'
  expect_contains "the package's own" "$OUTPUT" "one/__init__.py x = 1"
  local name
  for name in keys/key one/key one/up one/hard mounted/key file one/conf; do
    grep -Eq "^$name (PermissionError|FileNotFoundError)$" <<<"$OUTPUT" || fail "$name is open: $OUTPUT"
  done
  expect_contains "the policy hides it" "$OUTPUT" $'\nTrue\n'
  expect_contains "modes" "$OUTPUT" $'700 /mnt/keys\n600 /mnt/keys/key\n600 /tmp/w/pkg-1/builders\n600 /tmp/w/pkg-1/build-3/pip.conf\n4704 /tmp/w/pkg-1/build-3/bin/su\n705 /tmp/w/pkg-1/build-3/lib/python3/site-packages/one'
  expect_contains "it is said, though the step succeeds" "$OUTPUT" "without read access to /tmp/w/pkg-1/build-3/lib/python3/site-packages/one/hard"
}

# As uv links files from its cache: what RECORD lists with that content is the package's, by whatever names.
test_hard_links_of_a_cache() {
  expect_status 0 in_hook_rig "$FILL"'fill 077; mkdir $SP/one-1.dist-info $W/cache
    /usr/bin/python3 -c "
import base64, hashlib, sys
for name in \"one/__init__.py\", \"one/deep/data\":
    digest = base64.urlsafe_b64encode(hashlib.sha256(open(sys.argv[1] + \"/\" + name, \"rb\").read()).digest()).rstrip(b\"=\").decode()
    print(f\"{name},sha256={digest},6\")" $SP >$SP/one-1.dist-info/RECORD
    ln $SP/one/__init__.py $W/cache/init; ln $SP/one/deep/data $W/cache/data
    echo other >>$W/cache/data
    ln $SP/two/__init__.py $SP/two/twice
    hook build_wheel "$read_all" 2>&1; stat -c "%a %n" $W/cache/*'
  expect_equal "what is read, modes" "9 ['/tmp/w/pkg-1/build-3/lib/python3/site-packages/one/deep/data'] True PermissionError
600 /tmp/w/pkg-1/cache/data
604 /tmp/w/pkg-1/cache/init" "$(grep -v '^rind: ' <<<"$OUTPUT")"
}

# What lies in uv's cache, which steps see, is the packages' too: not every RECORD has digests.
test_hard_links_of_uvs_cache() {
  expect_status 0 in_hook_rig "$FILL"'fill 077; mkdir -p $W/uv/archive; ln $SP/three.py $W/uv/archive/three; ln $SP/one/deep/data $W/elsewhere; export UV_CACHE_DIR=$W/uv
    hook build_wheel "$read_all" 2>/dev/null'
  expect_equal "what is read" "7 ['/tmp/w/pkg-1/build-3/lib/python3/site-packages/one/deep/data'] True PermissionError" "$OUTPUT"
}

# What cannot be opened is an error, with a remedy of its own; whatever it is, the uid stays the step's own.
test_environment_that_cannot_be_opened() {
  expect_status 125 in_hook_rig "$FILL"'fill 022; chmod 0700 $V/lib; chown 1234:1234 $V/lib; hook build_wheel pass'
  expect_contains "why" "$OUTPUT" "other users may not read /tmp/w/pkg-1/build-3/lib, and Rind could not change that: it belongs to uid 1234"
  expect_contains "remedy" "$OUTPUT" "chmod -R go+rX /tmp/w/pkg-1/build-3"
  expect_status 125 in_hook_rig "$FILL"'fill 022; chmod 0700 $V/lib; mount --bind $V $V; mount -o remount,bind,ro $V; hook build_wheel pass'
  expect_contains "why" "$OUTPUT" "Read-only file system"
  # A file may be one that nobody needs.
  expect_status 0 in_hook_rig "$FILL"'fill 022; chmod 0600 $SP/three.py; chown 1234:1234 $SP/three.py; hook build_wheel "print(int(open(\"/proc/self/uid_map\").read().split()[1]) > 60000, flush=True)"'
  expect_contains "uid" "$OUTPUT" True
  expect_contains "it is said" "$OUTPUT" "without read access to /tmp/w/pkg-1/build-3/lib/python3/site-packages/three.py"
}

# Where front ends read what is printed, nothing is said: after a command of the environment.
test_success_without_an_identity_is_said() {
  # shellcheck disable=SC2016
  local script="$FILL"'fill 022; make_call get_requires_for_build_wheel "result([])"
    in_environment() { (cd "$S" && VIRTUAL_ENV=$V exec $1 "$SEAM" "${@:2}"); }
    in_environment "$1" $V/bin/python3 /tmp/front/_in_process.py get_requires_for_build_wheel $CTL
    in_environment "$1" $V/bin/python3 -c "print(7)"'
  expect_status 0 in_hook_rig "$script" 'setpriv --bounding-set -chown'
  expect_equal "of the hook alone" "rind: get_requires_for_build_wheel of pkg-1 succeeded; it ran as the builder's uid 0, without an identity of its own: the builder lacks CAP_CHOWN
7" "$OUTPUT"
  expect_status 0 in_hook_rig "$script" ''
  expect_equal "with one" 7 "$OUTPUT"
}

test_closed_hook_script() {
  expect_status 0 in_hook_rig "$FILL"'fill 022; chmod 0600 /tmp/front/_in_process.py; chmod 0700 /tmp/front; hook build_wheel "$read_all"'
  expect_equal "as ever" "7 [] True PermissionError" "$OUTPUT"
}

# The ids of third owners are mapped, so setuid of such a one would work but for nosuid.
test_setuid_of_a_mapped_uid() {
  expect_status 0 in_hook_rig 'cp /bin/id /mnt/bin/id; chown 1234:1234 /mnt/bin/id; chmod 6755 /mnt/bin/id; /mnt/bin/id -u
    chmod 0700 /tmp/w; chown 1234:1234 /tmp/w
    hook build_wheel "
import subprocess
print(len(open(\"/proc/self/uid_map\").readlines()), flush=True)
print(int(subprocess.check_output([\"/mnt/bin/id\", \"-u\"])) == os.getuid(), int(subprocess.check_output([\"/mnt/bin/id\", \"-g\"])) == os.getgid())"'
  expect_equal "control's euid; uids mapped in the step; its own euid and egid" $'1234\n2\nTrue True' "$OUTPUT"
}

# A mapped id is not the step's to take on: it has no capabilities.
test_mapped_uid_cannot_be_taken_on() {
  expect_status 0 in_hook_rig 'chmod 0700 /tmp/w; chown 1234:1234 /tmp/w
    hook build_wheel "
for call in os.setuid, os.setgid, os.seteuid:
    try: call(1234); print(\"taken\")
    except PermissionError: print(\"denied\")"'
  expect_equal "setuid, setgid, seteuid" $'denied\ndenied\ndenied' "$OUTPUT"
}

# What lies open in the container, but for its owner only. The control is a step with its caller's number.
test_files_and_sockets_of_others_are_closed() {
  local script='echo secret >/mnt/secret; chmod 0600 /mnt/secret; mkdir -m 0700 /mnt/closed; echo secret >/mnt/closed/key
    umask 022; /usr/bin/python3 -c "
import socket, time
s = socket.socket(socket.AF_UNIX); s.bind(\"/mnt/s.sock\"); s.listen(9); time.sleep(4321)" & server=$!
    wait_until 20 test -S /mnt/s.sock
    wait_until 20 grep -q "00010000 0001 01 .*/mnt/s.sock" /proc/net/unix
    stat -c %a /mnt/s.sock
    "$RIND" run -- /usr/bin/python3 -c "
import os, socket
def file(): return open(\"/mnt/secret\").read()
def directory(): return os.listdir(\"/mnt/closed\")
def unix(): socket.socket(socket.AF_UNIX).connect(\"/mnt/s.sock\")
for attempt in file, directory, unix:
    try: attempt(); print(attempt.__name__, \"open\")
    except PermissionError: print(attempt.__name__, \"closed\")"
    kill -KILL $server'
  RIG_POLICY=$IDENTITY_NONE
  expect_status 0 in_rig "$script"
  expect_equal "control" $'755\nfile open\ndirectory open\nunix open' "$(grep -v Killed <<<"$OUTPUT")"
  RIG_POLICY=
  expect_status 0 in_rig "$script"
  expect_equal "with an identity of its own" $'755\nfile closed\ndirectory closed\nunix closed' "$(grep -v Killed <<<"$OUTPUT")"
}
