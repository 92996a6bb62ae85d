# What `rind explain` says of calls: by the seam that takes them, and of hooks without a front end.
source "$RIND_SOURCE/tests/system/interpreter.inc"
source "$RIND_SOURCE/tests/system/hook.inc"

# shellcheck disable=SC2016
SAID='said() { "$RIND" explain --json -- "$@" | /usr/bin/python3 -c "
import json, sys
d = json.load(sys.stdin)
print(d[\"step\"] and d[\"step\"][\"kind\"], d.get(\"network\", d.get(\"reason\")), d[\"seam\"] and d[\"seam\"][\"kind\"])"; }
'

# shellcheck disable=SC2016
test_a_command_is_what_its_seam_makes_of_it() {
  expect_status 0 in_interpreter_rig "$SAID"'cd $P
    printf "#!%s\n" $V/bin/python >$V/bin/pip; chmod +x $V/bin/pip
    printf "#!/usr/bin/env python3\n" >$V/bin/tool; chmod +x $V/bin/tool
    printf "#!/bin/sh\n%sexec%s \"$V/bin/python\" \"\$0\" \"\$@\"\n" "'"'''"'" "'"'"'" >$V/bin/pip3; chmod +x $V/bin/pip3
    said $V/bin/python -m pip install x
    said $V/bin/pip install x
    (PATH=$V/bin:$PATH; said pip3 install x; said tool)
    said $V/bin/python -m pip list
    said $V/bin/python -c pass
    said /usr/bin/python3 -m build
    said /usr/bin/python3 -c pass
    said $SEAM make
    said make
    said true'
  expect_equal "kind, network or reason, seam" 'install container interpreter
install container interpreter
install container interpreter
environment-command none interpreter
environment-command none interpreter
environment-command none interpreter
None front-end interpreter
command none None
command none script
command none None
None trusted None' "$OUTPUT"
}

# The step that runs is the one that was explained.
# shellcheck disable=SC2016
test_the_call_that_was_explained_is_the_one_that_runs() {
  expect_status 0 in_interpreter_rig 'cd $P; readlink /proc/self/ns/net
    echo "import os; print(os.readlink(\"/proc/self/ns/net\")); open(__file__ + \".new\", \"w\")" >$SP/pip/__main__.py
    $V/bin/python -m pip install x
    "$RIND" explain --path $SP/pip/new --path /tmp/new -- $V/bin/python -m pip install x | grep made'
  local lines
  mapfile -t lines <<<"$OUTPUT"
  expect_equal "an install has the container's network" "${lines[0]}" "${lines[1]}"
  expect_equal "and may write to its environment" "  it can be made" "${lines[2]}"
}

# shellcheck disable=SC2016
test_a_call_that_is_refused_is_refused() {
  expect_status 125 in_interpreter_rig 'cd $P; "$RIND" explain -- $V/bin/python /tmp/front/_in_process.py get_requires_for_build_wheel /tmp/none'
  expect_contains "why" "$OUTPUT" "look at the control directory /tmp/none"
}

# shellcheck disable=SC2016
test_outputs_have_their_real_names() {
  expect_status 0 in_hook_rig 'mkdir -p /mnt/out /tmp/wheels-repo/build
    ask() { "$RIND" explain --hook build_wheel --source $S "$@"; }
    ask --path /tmp/wheels-repo/build | head -n 2
    ask --output /mnt/out --path /mnt/out | head -n 2
    ask | grep -c rind-call; ask --output /mnt/out | grep "output wheel"
    rmdir /tmp/wheels-repo/build
    ask --path /mnt/out | tail -n 1; ask | sed -n 2p; find /tmp -maxdepth 1 -name "rind-call*"'
  local taken='  the step has a private directory in its place; the wheel of pkg-1 is taken from it when the step ends well'
  expect_equal "what it says" '"/tmp/wheels-repo/build" is private: the step'"'"'s wheel_directory, by the view of "/tmp/wheels-repo/build"
'"$taken"'
"/mnt/out" is private: the step'"'"'s wheel_directory, by the view of "/mnt/out"
'"$taken"'
1
output wheel_directory: /mnt/out:'"${taken:1}"'
  where a front end names it as wheel_directory: the step has a private directory in its place, empty at first; what the hook made is taken from it when the step ends well (--output /mnt/out shows it)
<control>, <wheel_directory>: directories of the front end'"'"'s, made up for this question (--output names the real one)' "$OUTPUT"
  expect_status 125 in_hook_rig '"$RIND" explain --hook build_wheel --source $S --output /mnt/none'
  expect_contains "why" "$OUTPUT" "/mnt/none is not a directory"
  expect_status 125 in_hook_rig '"$RIND" explain --hook get_requires_for_build_wheel --source $S --output /mnt'
  expect_contains "why" "$OUTPUT" "leaves nothing in a directory"
}

# shellcheck disable=SC2016
test_rules_that_do_not_hold_are_said() {
  RIG_POLICY='{"packages": {"gpu": {"packages": ["torch"], "policy": {"network": "container"}}, "ours": {"packages": ["pkg"], "hooks": ["build_sdist"], "policy": {"network": "container"}}}}'
  expect_status 0 in_hook_rig '"$RIND" explain --hook build_wheel --source $S | grep ^rule; "$RIND" explain -- make | grep ^rule
    "$RIND" explain --json --hook build_sdist --source $S | /usr/bin/python3 -c "import json, sys; d = json.load(sys.stdin); print(d[\"rules\"], [r[\"name\"] for r in d[\"rules_not_held\"]])"'
  expect_equal "the rules" "rules that do not hold here: gpu (it is for torch; this is build_wheel of pkg-1)
rules that do not hold here: ours (it is for pkg, hooks build_sdist; this is build_wheel of pkg-1)
rules that do not hold here: gpu (it is for torch; the package of this step is not known)
rules that do not hold here: ours (it is for pkg, hooks build_sdist; the package of this step is not known)
['ours'] ['gpu']" "$OUTPUT"
}

# shellcheck disable=SC2016
test_variables_are_sorted_and_the_dropped_come_first() {
  expect_status 0 in_rig 'env -i PATH="$PATH" Z_TOKEN=x B_TOKEN=x ZLIB=1 ALPHA=2 DOCS_URL=https://u:p@host/simple "$RIND" explain -- make | sed -n "/^environment/,\$p" | awk "{print \$1, \$2}"'
  expect_equal "what becomes of them" 'environment (names
dropped B_TOKEN
dropped Z_TOKEN
cut DOCS_URL
kept ALPHA
kept PATH
kept ZLIB' "$(grep -v ' OLDPWD\| PWD\| SHLVL\| _$' <<<"$OUTPUT")"
}

# shellcheck disable=SC2016
test_sizes_of_views_are_said() {
  RIG_POLICY='{"views": {"/mnt/small": {"view": "private", "backing": "memory", "size": 100000}}}'
  expect_status 0 in_rig 'mkdir /mnt/small; "$RIND" explain -- make | grep -o "/dev/shm .*\|/mnt/small .*" | tr -s " "'
  expect_equal "the sizes" '/dev/shm views./dev/shm (at most 1 GiB in memory)
/mnt/small views./mnt/small (at most 100000 bytes in memory)' "$OUTPUT"
}

# The answers for which people ask, in words.
# shellcheck disable=SC2016
test_paths_in_words() {
  local path expected
  while IFS='|' read -r path expected; do
    expect_status 0 in_rig 'echo s >/mnt/tool.conf; chmod 0600 /mnt/tool.conf; mkdir -m 0700 /mnt/closed; echo >/mnt/closed/f; mkdir -p /mnt/home/.config
      mknod -m 0666 /dev/kvm c 10 232; export HOME=/mnt/home; cd /tmp; "$RIND" explain --path "$1" -- cat' "$path"
    expect_contains "$path" "$OUTPUT" "$expected"
  done <<'PATHS'
/mnt/tool.conf|not readable: mode 0600 of uid 0, the step is another user
/mnt/tool.conf|to read: the policy cannot give it: run `chmod o+r /mnt/tool.conf` where the image is made
/mnt/closed/f|not readable: /mnt/closed cannot be searched: mode 0700 of uid 0
/mnt/closed/f|to read: {"views":{"/mnt/closed/f":"ro"}}
new|"new" is private (not there at first): views./tmp
new|it can be made
../mnt/new|it cannot be made: the root is read-only
~/new|it leads to /mnt/home/new
/mnt/none|it does not exist in the container
/mnt/none/deep|it cannot be made: /mnt/none does not exist in the step
/dev/kvm|the container has the device, and `devices` in the policy does not name it
/dev/kvm|to read: {"devices":["null","zero"
/dev/none|it does not exist in the container
/root/none|it does not exist in the container
/etc/shadow|readable, and empty
/proc/version|readable, and empty
PATHS
}

# A line of the policy that is printed opens the path.
# shellcheck disable=SC2016
test_the_line_that_is_printed_opens_the_path() {
  local prepare='mkdir -m 0711 /mnt/closed; mkdir -m 0700 /mnt/closed/in; echo model >/mnt/closed/in/f; mkdir -p /home/me; echo tool >/home/me/tool; mkdir /mnt/cache; cd /
    mount -t tmpfs home /home; mkdir /home/me; echo tool >/home/me/tool; '
  local try='cat /mnt/closed/in/f /home/me/tool; touch /mnt/cache/new && echo made'
  expect_status 0 in_rig "$prepare"'"$RIND" run -- sh -c "$1" 2>/dev/null; "$RIND" explain --json --path /mnt/closed/in/f --path /home/me/tool --path /mnt/cache/new -- cat' "$try"
  expect_lacks "control" "$OUTPUT" $'model\n'
  RIG_POLICY=$(python3 -c '
import json, sys
views = {}
for p, action in zip(json.load(sys.stdin)["paths"], ("read", "read", "create")):
    assert not p["access"][action], p
    views.update(p["opens"][action]["policy"]["views"])
print(json.dumps({"views": views}))' <<<"$OUTPUT")
  expect_status 0 in_rig "$prepare"'"$RIND" run -- sh -c "$1"; ls /mnt/cache' "$try"
  expect_equal "with these lines" $'model\ntool\nmade' "$OUTPUT"
}
