# What people are told: explain and shell for any hook of a package, and the line of a step that failed.

HOOKS="get_requires_for_build_wheel get_requires_for_build_sdist prepare_metadata_for_build_wheel build_sdist build_wheel"

# After a build, from outside of it: one line of JSON a hook.
explained() {
  builder "$IMAGE_BUILDER" bash -c '
    set -e
    fromager build --sdist --metadata /srv/packages/hello-ext >&2
    for hook in $1; do
      /dev/rind/rind explain --json --hook "$hook" --source work-dir/hello-ext-1.0/hello-ext-1.0 | tr "\n" " "; echo
      /dev/rind/rind explain --hook "$hook" --source work-dir/hello-ext-1.0/hello-ext-1.0 >>/tmp/text
    done
    cat /tmp/text >&2
    find /tmp -name "rind-*" -printf "left: %p\n"' explain "$HOOKS"
}

every_hook() {
  use_rind '{"packages": {"roomy": {"packages": ["hello-*"], "policy": {"limits": {"open_files": 512}}}}}'
  explained >"$RIND_TMP/explained" 2>"$RIND_TMP/explained.text" || fail "$(tail -n 3 "$RIND_TMP/explained.text")"
  expect_lacks "values of secrets" "$(cat "$RIND_TMP/explained" "$RIND_TMP/explained.text")" RIND-TEST-SECRET
  expect_contains "the rule, in words" "$(cat "$RIND_TMP/explained.text")" "packages.roomy"
  python3 - "$RIND_TMP/explained" $HOOKS <<'PY' || fail "explain --json, see above"
import json, sys
lines = open(sys.argv[1]).read().splitlines()
hooks = sys.argv[2:]
plans = [json.loads(line) for line in lines]  # nothing but JSON, so nothing was left behind either
assert [p["step"]["hook"] for p in plans] == hooks, lines
outputs = {
    "build_wheel": ["wheel_directory"],
    "build_sdist": ["sdist_directory"],
    "prepare_metadata_for_build_wheel": ["metadata_directory"],
}
for plan in plans:
    step, hook = plan["step"], plan["step"]["hook"]
    assert step["kind"] == "hook" and step["package"] == "hello-ext-1.0", step
    assert step["source"].endswith("/work-dir/hello-ext-1.0/hello-ext-1.0"), step
    assert [o["name"] for o in step["outputs"]] == outputs.get(hook, []), step
    assert plan["identity"]["mode"] == "ephemeral" and step["source"] in plan["identity"]["lent"], plan["identity"]
    assert plan["limits"]["open_files"] == 512 and plan["limits"]["wall_clock_seconds"] == 86400, plan["limits"]
    assert plan["seccomp"] == "native" and plan["network"] == "none", plan
    assert plan["rules"] == ["roomy"], plan["rules"]
    views = {v["path"]: v["view"] for v in plan["views"]}
    assert views[step["source"]] == "rw" and views[step["build_environment"]] == "ro", views
    kept = {e["name"]: e["kept"] for e in plan["environment"]}
    assert not kept["TWINE_PASSWORD"] and kept["VIRTUAL_ENV"], kept
PY
}
on_one_runtime every_hook

# What a hook was shown, and what a shell in its place is shown.
test_shell_sees_the_same() {
  use_rind
  builder "$IMAGE_BUILDER" bash -c '
    set -e
    fromager build /srv/packages/probe >&2
    cd work-dir/probe-1.0/probe-1.0
    tr "\n" " " <facts.json; echo
    /dev/rind/rind shell --hook build_wheel --source "$PWD" -- python3 backend/facts.py; echo
    find /tmp -name "rind-*" -printf "left: %p\n"' >"$RIND_TMP/shell" 2>"$RIND_TMP/shell.log" || fail "$(tail -n 3 "$RIND_TMP/shell.log")"
  python3 - "$RIND_TMP/shell" <<'PY' || fail "the shell differs, see above"
import json, sys
hook, shell = (json.loads(line) for line in open(sys.argv[1]) if line.strip())
# The front end's own additions, of which the shell cannot know; and what is each step's own.
for facts in hook, shell:
    facts["environment"] = [n for n in facts["environment"] if not n.startswith(
        ("_PYPROJECT_HOOKS_", "PEP517_", "MAKEFLAGS", "MAX_JOBS", "CMAKE_BUILD", "UV_", "OLDPWD", "_"))]
    for key in "namespaces", "uid", "uid_map", "gid_map", "processes", "session", "stdin_is_null":
        del facts[key]
for key in sorted(hook.keys() | shell.keys()):
    assert hook.get(key) == shell.get(key), (key, hook.get(key), shell.get(key))
PY
}

# In the shell the work can be done, its output is dropped, and its status comes out.
test_shell_works() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    fromager step /srv/packages/probe -- true
    cd work-dir/probe-1.0/probe-1.0
    /dev/rind/rind shell --hook build_wheel --source . -- sh -c "touch made; cat /opt/app-root/src/.netrc; id -u; exit 7"; echo "status $?"
    stat -c "owner %u" made
    echo "echo from a shell; exit 3" | /dev/rind/rind shell; echo "status $?"' 
  expect_lacks "secrets" "$OUTPUT" RIND-TEST-SECRET
  expect_contains "its status" "$OUTPUT" "status 7"
  expect_contains "what it made in the sources" "$OUTPUT" "owner 0"
  expect_contains "input" "$OUTPUT" "from a shell"
  expect_contains "its status" "$OUTPUT" "status 3"
}

# failing [OPTION...]   builds a package whose build_wheel fails; prints the end of build.log and does what
# its last line says
failing() {
  builder "$@" "$IMAGE_BUILDER" bash -c '
    fromager build /srv/packages/failing >/tmp/log 2>&1
    echo "status $?"
    tail -n 2 work-dir/failing-1.0/build.log
    closer=$(sed -n "\$s/.*; for details run //p" work-dir/failing-1.0/build.log)
    cd / && $closer 2>/dev/null | grep "^build_wheel of"'
}

test_line_of_a_failure() {
  use_rind
  expect_status 0 failing
  local lines
  mapfile -t lines <<<"$OUTPUT"
  expect_equal "status" "status 1" "${lines[0]}"
  expect_equal "the backend's last word" "the backend gives up" "${lines[1]}"
  expect_contains "the line" "${lines[2]}" "rind: build_wheel of failing-1.0 ended with exit status 1; it ran isolated (ephemeral uid "
  expect_contains "the line" "${lines[2]}" "network none, seccomp native)"
  expect_lacks "nothing was refused" "${lines[2]}" "network:"
  expect_contains "it fails by itself" "${lines[2]}" "Rind denied no system call"
  expect_equal "what it tells to do" "build_wheel of failing-1.0 ended with exit status 1." "${lines[3]}"
}

# Counted by the kernel, not by what the build says.
test_line_of_a_connection() {
  use_rind
  expect_status 0 failing --env FAILING=connect
  expect_contains "the line" "$(grep '^rind: ' <<<"$OUTPUT")" "network: 2 packets or connections had no route"
  # With the container's network nothing is counted.
  use_rind '{"packages": {"net": {"packages": ["failing"], "policy": {"network": "container"}}}}'
  expect_status 0 failing --env FAILING=connect
  expect_lacks "the line" "$(grep '^rind: ' <<<"$OUTPUT")" "network: "
  expect_contains "the line" "$(grep '^rind: ' <<<"$OUTPUT")" "network container"
}

# A step that ends well leaves no line.
test_no_line() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c 'fromager build /srv/packages/probe; cat work-dir/probe-1.0/build.log'
  expect_lacks "a line" "$OUTPUT" "rind: "
}

# rind run: options for one command.
test_options_of_run() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    mkdir /srv/out
    rind=/dev/rind/rind
    $rind run -- sh -c "touch /srv/out/a" 2>/dev/null || echo "control: read-only"
    $rind run --allow-read-write /srv/out -- sh -c "touch /srv/out/a" && stat -c "made, owner %u" /srv/out/a
    $rind run --hide /srv/packages -- ls -A /srv/packages | sed "s/^/hidden: /"
    $rind run --allow-read /usr/bin/true -- /usr/bin/true 2>/dev/null || echo "control: not executable"
    $rind run --replace-policy --ro /usr --ro /bin --ro /lib --ro /lib64 -- /usr/bin/ls -A /srv 2>/dev/null | sed "s/^/left: /"
    [ "$($rind run --allow-network -- readlink /proc/self/ns/net)" = "$(readlink /proc/self/ns/net)" ] && echo "its network"
    [ "$($rind run -- readlink /proc/self/ns/net)" = "$(readlink /proc/self/ns/net)" ] || echo "control: its own"'
  expect_equal "what they do" $'control: read-only\nmade, owner 0\ncontrol: not executable\nits network\ncontrol: its own' "$OUTPUT"
}

# With --replace-policy a step finds nothing at the top level but what was named: whatever kind of file lies there, and
# whatever its name. What the policy hides for good stays out of sight also inside of what was named.
test_replaced_policy_shows_what_is_named() {
  use_rind '{"hide": ["/srv/named/hidden"]}'
  local volume=$RIND_TMP/replaced
  mkdir -p "$volume"
  python3 -c 'import os, socket, sys; p = sys.argv[1] + "/engine.sock"; os.path.exists(p) or socket.socket(socket.AF_UNIX).bind(p)' "$volume"
  expect_status 0 builder -v "$volume:/srv/volume" "$IMAGE_BUILDER" bash -c '
    echo s >/file; echo s >/.file; mkdir /directory /.directory; echo s >/directory/f; echo s >/.directory/f
    cd /; mkfifo /fifo; python3 -c "import socket; socket.socket(socket.AF_UNIX).bind(\"/socket\")"
    ln -s file /link; ln -s .directory /link-to-directory; echo s >"/two words"; chmod -R a+rwX /file /.file /directory /.directory /fifo /socket
    mkdir -p /srv/named/hidden /srv/named/shown; echo s >/srv/named/hidden/f; echo s >/srv/named/shown/f
    look="
import os, stat
for name in sorted(os.listdir(\"/\")):
    path = \"/\" + name
    if os.path.realpath(path).split(\"/\")[1] in (\"usr\", \"dev\", \"proc\"): continue
    try: kind = stat.S_IFMT(os.stat(path).st_mode)
    except OSError: continue
    left = os.listdir(path) if kind == stat.S_IFDIR else [] if kind == stat.S_IFREG and os.path.getsize(path) == 0 else [oct(kind)]
    if left: print(name, *sorted(left))
for path in (\"/srv/named/hidden/f\", \"/srv/named/shown/f\", \"/srv/volume/engine.sock\"):
    print(path, os.path.exists(path) and stat.S_IFMT(os.stat(path).st_mode) in (stat.S_IFSOCK, stat.S_IFREG) and (os.path.getsize(path) > 0 or stat.S_ISSOCK(os.stat(path).st_mode)))
"
    /dev/rind/rind run -- /usr/bin/python3 -c "$look" | grep -c "^file\|^.file\|^directory\|^.directory\|^fifo\|^socket\|^two words\|^link"
    /dev/rind/rind run --replace-policy --ro /usr --ro /srv/named --ro /srv/volume -- /usr/bin/python3 -c "$look"'
  expect_equal "control: what is seen of nine; with the option" '9
etc passwd
srv named volume
/srv/named/hidden/f False
/srv/named/shown/f True
/srv/volume/engine.sock False' "$OUTPUT"
}
