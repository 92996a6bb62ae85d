# Rules of some packages' own.

# facts PACKAGE [OPTION...]   builds a copy of the probe that is called PACKAGE; prints what its build_wheel
# saw, and what the container has, in lines of `NAME VALUE`
FACTS='
  set -e
  cp -r /srv/packages/probe /tmp/source
  sed -i "s/^name = .*/name = \"$1\"/" /tmp/source/pyproject.toml
  sed -i "s/probe-1.0/${1//-/_}-1.0/g; s/Name: probe/Name: $1/" /tmp/source/backend/probe_backend.py
  fromager build /tmp/source >&2
  python3 -c "
import json, os, sys
facts = json.load(open(sys.argv[1]))
print(\"network\", \"container\" if facts[\"namespaces\"][\"net\"] == os.readlink(\"/proc/self/ns/net\") else \"none\")
print(\"key\", \"kept\" if \"NGC_API_KEY\" in facts[\"environment\"] else \"dropped\")
print(\"token\", \"kept\" if \"HF_TOKEN\" in facts[\"environment\"] else \"dropped\")" work-dir/$1-1.0/$1-1.0/facts.json'

facts() { builder "${@:2}" "$IMAGE_BUILDER" bash -c "$FACTS" facts "$1"; }
expect_facts() { # NETWORK KEY PACKAGE
  expect_status 0 facts "$3"
  expect_equal "what $3 has" "network $1"$'\n'"key $2"$'\n'"token dropped" "$(grep -E '^(network|key|token) ' <<<"$OUTPUT" | grep -v isolation)"
}

rule() { # PACKAGES HOOKS   the policy with one rule; HOOKS may be empty
  printf '{"packages": {"loose": {"packages": ["%s"], %s "policy": {"network": "container", "environment": {"keep_also": ["NGC_*"]}}}}}' \
    "$1" "${2:+\"hooks\": [\"$2\"],}"
}

one_package() {
  use_rind "$(rule 'probe' '')"
  expect_facts container kept probe
  expect_facts none dropped other
  # The name is more than this one's beginning.
  expect_facts none dropped not-probe
}
on_one_runtime one_package

# Two packages at once in one container: each has its own.
test_neighbours() {
  use_rind "$(rule 'probe' '')"
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    net=$(readlink /proc/self/ns/net)
    for package in probe hello-ext; do
      fromager step /srv/packages/$package -- sh -c "[ \$(readlink /proc/self/ns/net) = $net ] && echo $package: network; echo $package: \$NGC_API_KEY" &
    done; wait'
  expect_contains "probe" "$OUTPUT" "probe: network"
  expect_contains "probe" "$OUTPUT" "probe: RIND-TEST-SECRET-ngc"
  expect_lacks "hello-ext" "$OUTPUT" "hello-ext: network"
  expect_lacks "hello-ext" "$OUTPUT" "hello-ext: RIND-TEST-SECRET"
}

# Only some hooks: what comes through the seam as another hook, or as none, has what all have.
test_hooks() {
  use_rind "$(rule 'probe' 'build_*')"
  expect_facts container kept probe
  expect_status 0 builder "$IMAGE_BUILDER" fromager step /srv/packages/probe -- sh -c 'echo "key: $NGC_API_KEY."'
  expect_contains "a command" "$OUTPUT" "key: ."
  use_rind "$(rule 'probe' 'get_requires_*')"
  expect_facts none dropped probe
}

# The container's network in a rule is that: a server of the builder's can be reached; without it, not.
test_network_is_usable() {
  local ask='
    python3 -m http.server --bind 127.0.0.1 8765 >/dev/null 2>&1 &
    wait_until 20 python3 -c "import socket; socket.create_connection((\"127.0.0.1\", 8765))" 2>/dev/null
    for package in probe hello-ext; do
      fromager step /srv/packages/$package -- python3 -c "import urllib.request; print(urllib.request.urlopen(\"http://127.0.0.1:8765/\").status)" 2>&1 | grep -x 200 | sed "s/^/$package /"
    done; true'
  use_rind "$(rule 'probe' '')"
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$WAIT_UNTIL$ask"
  expect_equal "who reaches it" "probe 200" "$OUTPUT"
}

# A view: more or less than others see.
test_view() {
  use_rind '{"packages": {
    "less": {"packages": ["probe"], "policy": {"views": {"/srv/packages/shifty": "hidden"}}},
    "more": {"packages": ["hello-*"], "policy": {"views": {"/etc/pki/entitlement": "ro"}, "identity": {"ephemeral": "none"}}}}}'
  local look='ls -d /srv/packages/shifty/sub; cat /etc/pki/entitlement/1-key.pem; read -r _ id _ </proc/self/uid_map; echo $id; true'
  expect_status 0 builder "$IMAGE_BUILDER" fromager step /srv/packages/probe -- sh -c "$look"
  expect_contains "less" "$OUTPUT" "cannot access '/srv/packages/shifty/sub'"
  expect_lacks "less" "$OUTPUT" RIND-TEST-SECRET
  expect_status 0 builder "$IMAGE_BUILDER" fromager step /srv/packages/hello-ext -- sh -c "$look"
  expect_contains "more" "$OUTPUT" $'\n/srv/packages/shifty/sub\n'
  expect_contains "more" "$OUTPUT" RIND-TEST-SECRET-entitlement
  expect_contains "its identity" "$OUTPUT" $'\n0'
}

# A remedy opens no more than the call names: tools of the front end may lie beside it.
test_a_remedy_names_what_the_call_writes() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    mkdir -p /srv/open/tools; fromager step /srv/packages/probe -- sh -c "mkdir -p /srv/open/out/a; touch /srv/open/out/a/probe; true"; true'
  expect_contains "remedy" "$OUTPUT" 'make the directory /srv/open/out before and let steps write there by {"views": {"/srv/open/out": {"view": "rw", "lend": true}}}'
}

# `null` in a rule takes a key away, as the policy's patches do everywhere.
test_null_in_a_rule() {
  use_rind '{"views": {"/srv/open": {"view": "rw", "lend": true}},
    "packages": {"closed": {"packages": ["probe"], "policy": {"views": {"/srv/open": null}}}}}'
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    mkdir /srv/open
    for package in hello-ext probe; do
      fromager step /srv/packages/$package -- sh -c "touch /srv/open/$package 2>/dev/null; true"
    done
    ls /srv/open'
  expect_contains "what is said of the other" "$OUTPUT" "the call names /srv/open/probe, which is no artefact of the package"
  expect_equal "who could write" $'network isolation: script\nnetwork isolation: script\nhello-ext' "$(grep -v '^rind:\|^fromager:\|^$' <<<"$OUTPUT")"
}

# What a package says of itself pulls no rule: not its files, not where it runs below its tree.
test_package_data() {
  use_rind "$(rule 'probe' '')"
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    fromager step /srv/packages/hello-ext -- true
    cd work-dir/hello-ext-1.0/hello-ext-1.0
    sed -i "s/^name = .*/name = \"probe\"/" pyproject.toml
    printf "Name: probe\nVersion: 1.0\n" >PKG-INFO
    mkdir -p probe-1.0/probe-1.0 probe-1.0/build-3.13/bin
    cp ../build-3*/pyvenv.cfg probe-1.0/build-3.13/
    ln -s ../hello-ext-1.0 probe-1.0/hello-ext-1.0
    cd /opt/app-root/src
    for command in "cd probe-1.0/probe-1.0" "cd probe-1.0/hello-ext-1.0" "export VIRTUAL_ENV=\$PWD/probe-1.0/build-3.13"; do
      fromager step /srv/packages/hello-ext -- sh -c "$command; echo \"key: \$NGC_API_KEY.\""
    done'
  expect_equal "its steps' keys" 3 "$(grep -c '^key: \.$' <<<"$OUTPUT")"
  expect_lacks "its steps" "$OUTPUT" RIND-TEST-SECRET
}

# A rule cannot be applied: builders do not start, and the message has the way to the key.
broken() { # KEY POLICY
  use_rind "$2"
  : >"$RIND_TMP/hook.log"
  local status=0
  OUTPUT=$(builder "$IMAGE_BUILDER" echo started 2>&1) || status=$?
  ((status != 0)) || fail "it was started"
  expect_lacks "the container" "$OUTPUT" started
  local key
  for key in $1; do expect_contains "the key" "$(hook_messages)$OUTPUT" "$key"; done
  expect_status 0 plain "$IMAGE_PLAIN" echo started
}
test_unknown_key() { broken packages.loose.policy.nettwork '{"packages": {"loose": {"packages": ["probe"], "policy": {"nettwork": "container"}}}}'; }
test_bad_value() { broken "packages.loose.policy network" '{"packages": {"loose": {"packages": ["probe"], "policy": {"network": "open"}}}}'; }
test_not_a_packages() { broken packages.loose.policy.trusted '{"packages": {"loose": {"packages": ["probe"], "policy": {"trusted": [["sh"]]}}}}'; }
test_no_package() { broken packages.loose.packages '{"packages": {"loose": {"packages": [], "policy": {"network": "none"}}}}'; }
