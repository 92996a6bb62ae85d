# `rind` as a tool for people: the options of run, explain and shell.
source "$RIND_SOURCE/tests/system/hook.inc"

test_allow_read_does_not_execute() {
  local prepare='mkdir /mnt/data; cp /bin/echo /mnt/data/echo; printf "#!/bin/sh\necho script\n" >/mnt/data/script; chmod +x /mnt/data/script; '
  local try='sh -c "/mnt/data/echo program; /mnt/data/script; cat /mnt/data/script | tail -n 1; touch /mnt/data/new; true" 2>&1'
  expect_status 0 in_rig "$prepare"'"$RIND" run --allow-read /mnt/data -- '"$try"
  expect_equal "denied to execute" 2 "$(grep -c 'Permission denied' <<<"$OUTPUT")"
  expect_contains "reading" "$OUTPUT" "echo script"
  expect_contains "writing" "$OUTPUT" "Read-only file system"
  expect_status 126 in_rig "$prepare"'"$RIND" run --allow-read /mnt/data -- /mnt/data/echo'
  # By the loader or as a mapping, too.
  expect_status 0 in_rig "$prepare"'cp /lib*/libz.so.1 /lib/*/libz.so.1 /mnt/data/ 2>/dev/null
    for option in --allow-read --allow-read-execute; do
      "$RIND" run $option /mnt/data -- /usr/bin/python3 -c "
import ctypes
try: ctypes.CDLL(\"/mnt/data/libz.so.1\"); print(\"mapped\")
except OSError as e: print(\"denied\")"
    done'
  expect_equal "mapping a library: --allow-read, --allow-read-execute" $'denied\nmapped' "$OUTPUT"
  local option
  for option in --allow-read-execute --ro; do
    expect_status 0 in_rig "$prepare\"\$RIND\" run $option /mnt/data -- $try"
    expect_contains "$option" "$OUTPUT" $'program\nscript\necho script'
    expect_contains "$option: writing" "$OUTPUT" "Read-only file system"
  done
}

test_allow_read_write() {
  local option
  for option in --allow-read-write --rw; do
    expect_status 1 in_rig 'mkdir /mnt/data; "$RIND" run -- touch /mnt/data/new'
    expect_status 0 in_rig 'mkdir /mnt/data; "$RIND" run '"$option"' /mnt/data -- touch /mnt/data/new; stat -c "%U %n" /mnt/data/*'
    expect_equal "$option" "root /mnt/data/new" "$OUTPUT"
  done
}

test_allow_read_write_of_a_file() {
  expect_status 0 in_rig 'echo x >/tmp/w/f; echo y >/tmp/w/g; "$RIND" run --rw /tmp/w/f -- sh -c "echo z >/tmp/w/f; ls /tmp/w"; cat /tmp/w/f; stat -c %U /tmp/w/f; ls /tmp/w'
  expect_equal "in the step, afterwards" $'f\nz\nroot\nf\ng\npkg-1' "$OUTPUT"
}

test_hide() {
  expect_status 0 in_rig 'mkdir /mnt/data; echo s >/mnt/data/key; echo s >/mnt/key; "$RIND" run -- cat /mnt/data/key /mnt/key; "$RIND" run --hide /mnt/data --hide /mnt/key -- sh -c "ls -A /mnt/data; cat /mnt/key"'
  expect_equal "control, and hidden" $'s\ns' "$OUTPUT"
}

# The command line goes before the policy.
test_options_go_before_the_policy() {
  RIG_POLICY='{"views": {"/mnt/data": "hidden"}}'
  expect_status 0 in_rig 'mkdir /mnt/data; echo x >/mnt/data/f; "$RIND" run -- ls -A /mnt/data; "$RIND" run --ro /mnt/data -- ls -A /mnt/data; "$RIND" run --ro /mnt/data --hide /mnt/data/f -- cat /mnt/data/f'
  expect_equal "hidden; shown; shown but for a file" f "$OUTPUT"
}

test_allow_network() {
  expect_status 0 in_rig 'readlink /proc/self/ns/net; "$RIND" run -- readlink /proc/self/ns/net; "$RIND" run --allow-network -- readlink /proc/self/ns/net'
  local lines
  mapfile -t lines <<<"$OUTPUT"
  [[ ${lines[0]} != "${lines[1]}" ]] || fail "a step has the container's network namespace"
  expect_equal "with the option" "${lines[0]}" "${lines[2]}"
  # The other namespaces are its own all the same; the network is not its to change.
  local namespace
  for namespace in user mnt pid ipc uts; do
    expect_status 0 in_rig "readlink /proc/self/ns/$namespace; \"\$RIND\" run --allow-network -- readlink /proc/self/ns/$namespace"
    expect_equal "$namespace namespaces" 2 "$(sort -u <<<"$OUTPUT" | wc -l)"
  done
  expect_status 0 in_rig '/usr/bin/python3 -c "
import socket, time
s = socket.socket(); s.bind((\"127.0.0.1\", 0)); s.listen(9)
print(s.getsockname()[1], flush=True); time.sleep(4321)" >/tmp/w/port & server=$!; disown
    wait_until 20 test -s /tmp/w/port
    for option in --allow-network ""; do
      "$RIND" run $option -- /usr/bin/python3 -c "
import socket, sys
print(socket.socket().connect_ex((\"127.0.0.1\", int(sys.argv[1]))))" $(cat /tmp/w/port)
    done; kill $server'
  expect_equal "a server of the container: with the option, without (refused)" $'0\n111' "$OUTPUT"
}

test_container_network_by_policy() {
  RIG_POLICY='{"network": "container"}'
  expect_status 0 in_rig 'readlink /proc/self/ns/net; "$RIND" run -- readlink /proc/self/ns/net'
  expect_equal "namespaces" 1 "$(sort -u <<<"$OUTPUT" | wc -l)"
  expect_status 0 in_rig 'mount -t tmpfs run /run; echo s >/run/f; "$RIND" run -- ls -A /run'
  expect_equal "the views hold all the same" "" "$OUTPUT"
}

# The option, and what running any program takes.
replace_policy() {
  local path
  printf '%s' --replace-policy
  for path in /usr /bin /sbin /lib /lib64; do [[ ! -e $path ]] || printf ' %s' --allow-read-execute "$path"; done
}

test_replace_policy() {
  expect_status 0 in_rig 'echo s >/mnt/key; cd /; "$RIND" run '"$(replace_policy)"' -- sh -c "ls -A /etc /mnt /home /root /var /tmp /sys /run; test -e /etc/passwd && echo passwd; grep -c \" 61\" /proc/self/uid_map; ls /dev/null /proc/self/status"'
  local line
  while read -r line; do
    case $line in
      '' | /etc: | /mnt: | /home: | /root: | /var: | /tmp: | /sys: | /run: | 1 | /dev/null | /proc/self/status) ;;
      # The step's own name.
      passwd | group) ;;
      *) fail "the step sees $line: $OUTPUT" ;;
    esac
  done <<<"$OUTPUT"
  expect_contains "devices and proc" "$OUTPUT" $'/dev/null\n/proc/self/status'
}

# Nothing is named: there is no program either.
test_replace_policy_hides_programs() {
  expect_status 127 in_rig 'cd /; "$RIND" run --replace-policy -- /usr/bin/id'
  expect_status 0 in_rig 'cd /; "$RIND" run -- /usr/bin/id'
}

test_replace_policy_with_trees() {
  expect_status 0 in_rig 'mkdir -p /tmp/w/in /tmp/w/not; cd /tmp/w; "$RIND" run '"$(replace_policy)"' --rw /tmp/w/in -- sh -c "ls /tmp /tmp/w; echo x >/tmp/w/in/f"; cat in/f'
  expect_equal "in the step, afterwards" $'/tmp:\nw\n\n/tmp/w:\nin\nx' "$OUTPUT"
}

test_explain_hook() {
  expect_status 0 in_hook_rig '"$RIND" explain --hook build_wheel --source $S; ls /tmp'
  expect_contains "what" "$OUTPUT" "step: hook build_wheel of pkg-1"
  expect_contains "standard input" "$OUTPUT" "standard input: /dev/null"
  expect_contains "the sources" "$OUTPUT" "owned by the step while it runs: /tmp/w/pkg-1/pkg-1"
  expect_contains "the environment" "$(tr -s ' ' <<<"$OUTPUT")" "/tmp/w/pkg-1/build-3 the build environment"
  expect_equal "what is left of the call that was made up" $'front\nseam\nw' "$(tail -n 3 <<<"$OUTPUT")"
}

test_explain_hook_as_json() {
  expect_status 0 in_hook_rig '"$RIND" explain --json --hook build_wheel --source $S | /usr/bin/python3 -c "
import json, sys
plan = json.load(sys.stdin)
step = plan[\"step\"]
print(step[\"kind\"], step[\"hook\"], step[\"package\"], step[\"source\"], step[\"build_environment\"], plan[\"network\"], plan[\"identity\"][\"mode\"])
print([o[\"name\"] for o in step[\"outputs\"]], plan[\"cwd\"], plan[\"stdin\"])
print({v[\"path\"]: v[\"view\"] for v in plan[\"views\"]}[step[\"source\"]])"'
  expect_equal "the plan" "hook build_wheel pkg-1 /tmp/w/pkg-1/pkg-1 /tmp/w/pkg-1/build-3 none ephemeral
['wheel_directory'] /tmp/w/pkg-1/pkg-1 null
rw" "$OUTPUT"
}

# Every hook can be asked about.
test_explain_each_hook() {
  local hook
  for hook in build_wheel build_sdist build_editable get_requires_for_build_wheel get_requires_for_build_sdist \
    get_requires_for_build_editable prepare_metadata_for_build_wheel prepare_metadata_for_build_editable; do
    expect_status 0 in_hook_rig "\"\$RIND\" explain --hook $hook --source \$S | head -n 1; ls /tmp | wc -l"
    expect_equal "$hook" "step: hook $hook of pkg-1"$'\n3' "$OUTPUT"
  done
}

test_explain_path() {
  local path expected
  while IFS='|' read -r path expected; do
    expect_status 0 in_hook_rig "export HOME=/mnt/home; mkdir /mnt/home; \"\$RIND\" explain --path $path --hook build_wheel --source \$S"
    expect_contains "$path" "$OUTPUT" "\"$path\" is $expected"
  done <<'PATHS'
/usr/bin|ro: the root is read-only
/etc/shadow|hidden: views./etc/shadow
/tmp|private: views./tmp
/tmp/w/pkg-1/pkg-1|rw: the step's sources
/tmp/w/pkg-1/pkg-1/setup.py|rw: the step's sources
/tmp/w/pkg-1/build-3/bin|ro: the build environment
/mnt/home|private: views.$HOME
/run|hidden: views./run
PATHS
}

test_explain_command_and_views() {
  expect_status 0 in_rig 'mkdir /mnt/data; "$RIND" explain --allow-read /mnt/data --allow-network -- make all; "$RIND" explain -- true'
  expect_contains "the command" "$OUTPUT" "command: make all"
  expect_contains "the view" "$(tr -s ' ' <<<"$OUTPUT")" "ro,noexec /mnt/data the command line"
  expect_contains "the network" "$OUTPUT" "network: the container's"
  expect_contains "a trusted command" "$OUTPUT" "a trusted command, not a step"
}

test_explain_rules_of_a_package() {
  RIG_POLICY='{"packages": {"more": {"packages": ["pkg"], "policy": {"network": "container"}}}}'
  expect_status 0 in_hook_rig '"$RIND" explain --hook build_wheel --source $S'
  expect_contains "the rule" "$OUTPUT" "rule for this package: packages.more"
  expect_contains "what it changes" "$OUTPUT" "network: the container's"
}

# It runs nothing and changes nothing.
test_explain_changes_nothing() {
  expect_status 0 in_hook_rig 'snapshot() { find /tmp/w /dev/rind -path /dev/rind/anchor -prune -o -printf "%p %U %G %m %T@\n" | sort; }
    echo "open(\"/tmp/w/ran\", \"w\")" >$S/backend.py; snapshot >/mnt/before; "$RIND" explain --hook build_wheel --source $S >/dev/null; snapshot | diff /mnt/before - && echo same'
  expect_equal "the container" same "$OUTPUT"
}

test_shell() {
  expect_status 7 in_rig 'echo theirs >/tmp/theirs; "$RIND" shell -- sh -c "outer-id; ls -A /tmp; exit 7"'
  [[ $OUTPUT == 61??? ]] || fail "not in a sandbox: $OUTPUT"
  expect_status 0 in_rig 'echo "outer-id; exit 3" | SHELL=/bin/sh "$RIND" shell; echo $?'
  [[ $OUTPUT == 61???$'\n'3 ]] || fail "a shell does not read standard input: $OUTPUT"
  expect_status 143 in_rig '"$RIND" shell -- sh -c "kill -TERM \$\$"'
}

# In the hook's sandbox; what it makes is dropped, but for the sources.
test_shell_of_a_hook() {
  expect_status 0 in_hook_rig 'echo "pwd; echo \$VIRTUAL_ENV; echo x >in-sources; f=\$(ls -d /tmp/rind-call-*/wheel_directory); echo x >\$f/pkg-1-py3-none-any.whl; ls \$f; echo x >\$VIRTUAL_ENV/f; exit 5" |
      SHELL=/bin/sh "$RIND" shell --hook build_wheel --source $S 2>&1; echo $?; ls /tmp $S; stat -c %U $S/in-sources'
  expect_contains "the build environment" "$OUTPUT" "Read-only file system"
  expect_equal "in the sandbox, its status; afterwards" '/tmp/w/pkg-1/pkg-1
/tmp/w/pkg-1/build-3
pkg-1-py3-none-any.whl
5
/tmp:
front
seam
w

/tmp/w/pkg-1/pkg-1:
in-sources
root' "$(grep -v 'Read-only' <<<"$OUTPUT")"
}

test_usage_errors() {
  local arguments
  for arguments in '' 'run' 'run --' 'run --bogus -- true' 'run --ro' 'run --ro /nonexistent -- true' 'run --rw / -- true' \
    'run --allow-read /nonexistent -- true' 'run --allow-network=yes -- true' 'run --hook build_wheel --source /tmp/w/pkg-1/pkg-1' \
    'run --json -- true' 'run --path /x -- true' 'explain' 'explain --hook build_wheel' 'explain --source /tmp/w/pkg-1/pkg-1' \
    'explain --hook build_wheel --source /tmp/w/pkg-1/pkg-1 -- true' 'shell --hook build_wheel' 'shell --json' 'bogus' 'check now'; do
    expect_status 125 in_hook_rig "\"\$RIND\" $arguments"
    expect_contains "remedy of '$arguments'" "$OUTPUT" "rind --help"
    expect_equal "one line of '$arguments'" 1 "$(wc -l <<<"$OUTPUT")"
  done
}

test_hook_that_cannot_be_asked_about() {
  expect_status 125 in_hook_rig '"$RIND" explain --hook build_bogus --source $S'
  expect_contains "why" "$OUTPUT" "is not a hook of PEP 517"
  expect_status 125 in_hook_rig '"$RIND" explain --hook build_wheel --source $S/nowhere'
  expect_contains "why" "$OUTPUT" "is not a source directory"
  expect_status 125 in_hook_rig 'rm $V/pyvenv.cfg; "$RIND" explain --hook build_wheel --source $S; status=$?; ls -d /tmp/rind-call-* 2>/dev/null; exit $status'
  expect_contains "why" "$OUTPUT" "there is no build environment in /tmp/w/pkg-1"
  expect_lacks "what is left" "$OUTPUT" "rind-call"
}
