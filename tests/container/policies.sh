# The policies that operators start from, each as /etc/rind/policy.json.

starting_policy() { use_rind "$(cat "$RIND_STAGE/usr/share/rind/policies/$1.json")"; }

# Builds the probe and a package with an extension; says how the probe's step differs from the container.
BUILD='
  set -e
  fromager build /srv/packages/probe >&2
  fromager build --sdist --metadata /srv/packages/hello-ext >&2
  ls wheels-repo/downloads
  python3 -c "
import json, os
facts = json.load(open(\"work-dir/probe-1.0/probe-1.0/facts.json\"))
print(\"identity\", \"self\" if facts[\"uid_map\"][1] == str(os.getuid()) else \"own\")
print(\"network\", \"container\" if facts[\"namespaces\"][\"net\"] == os.readlink(\"/proc/self/ns/net\") else \"own\")
print(\"secrets\", sorted(set(facts[\"environment\"]) & {n for n, v in os.environ.items() if \"RIND-TEST-SECRET\" in v}))"
  echo "builder has ${AWS_ACCESS_KEY_ID-no AWS_ACCESS_KEY_ID}, ${HF_TOKEN-no HF_TOKEN}"'

builds() { # POLICY
  starting_policy "$1"
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$BUILD"
  expect_contains "the seam" "$OUTPUT" "network isolation: script"
  expect_contains "the wheel" "$OUTPUT" "hello_ext-1.0-0-"
  expect_contains "the step" "$OUTPUT" "identity own"$'\n'"network own"$'\n'"secrets []"
}

fromager_builds() {
  builds fromager
  expect_contains "what Fromager keeps" "$OUTPUT" "builder has RIND-TEST-SECRET-aws-id, RIND-TEST-SECRET-hf"
}
on_one_runtime fromager_builds

# Cloud credentials are no front end's business; a token that fetches sources may be.
test_strict_builds() {
  builds strict
  expect_contains "what Fromager keeps" "$OUTPUT" "builder has no AWS_ACCESS_KEY_ID, RIND-TEST-SECRET-hf"
}

test_control_without_rind() {
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$BUILD"
  expect_contains "the step" "$OUTPUT" "identity self"
  expect_contains "the step" "$OUTPUT" "'HF_TOKEN'"
}

# What cannot be had: a uid of the step's own, where the container may not give files away.
test_without_an_own_id() {
  starting_policy fromager
  expect_status 0 builder --cap-drop CHOWN "$IMAGE_BUILDER" /dev/rind/rind run -- id -u
  expect_contains "control: goes without" "$OUTPUT" 0
  starting_policy strict
  expect_status 125 builder --cap-drop CHOWN "$IMAGE_BUILDER" /dev/rind/rind run -- echo started
  expect_lacks "the command" "$OUTPUT" started
  expect_contains "the reason" "$OUTPUT" "CAP_CHOWN"
  expect_contains "the policy's key" "$OUTPUT" "identity.ephemeral"
}

test_strict_hides_and_drops_more() {
  local look='ls -A /srv; ls /dev; echo "PLAIN IS ${PLAIN-gone}"'
  starting_policy fromager
  expect_status 0 builder --env PLAIN=kept "$IMAGE_BUILDER" /dev/rind/rind run -- sh -c "$look"
  expect_contains "control: volumes" "$OUTPUT" packages
  expect_contains "control: devices" "$OUTPUT" $'\ntty'
  expect_contains "control: variables" "$OUTPUT" "IS kept"
  starting_policy strict
  expect_status 0 builder --env PLAIN=kept "$IMAGE_BUILDER" /dev/rind/rind run -- sh -c "$look"
  expect_lacks "volumes" "$OUTPUT" packages
  expect_lacks "devices" "$OUTPUT" $'\ntty'
  expect_contains "terminals of its own" "$OUTPUT" pts
  expect_contains "variables" "$OUTPUT" "IS gone"
}

# docs/policy.md says how strict gets records: a directory, and a file beside it.
test_strict_with_records() {
  local records policy
  records=$(mktemp -d "$RIND_TMP/records.XXXXXX")
  starting_policy strict
  policy=$(dirname "$RIND_HOOKS")/etc/policy.d
  mkdir "$policy"
  printf '{"record": {"place": "host", "directory": "%s"}}' "$records" >"$policy/50-record.json"
  expect_status 0 builder "$IMAGE_BUILDER" fromager build /srv/packages/hello-ext
  expect_status 0 /usr/bin/python3 -B "$RIND_SOURCE/tests/unit/schema.py" records "$records"/*.jsonl
  rm -r "$records"
  local status=0
  OUTPUT=$(builder "$IMAGE_BUILDER" echo started 2>&1) || status=$?
  ((status != 0)) || fail "it started without a place for its record"
  expect_contains "the reason" "$OUTPUT$(hook_messages)" "$records"
}

# Other front ends, in an image without Fromager's script. The build dependency says who it is.
front_end() { # COMMAND...
  wheels
  rm -rf "$RIND_TMP/sources"
  cp -r "$RIND_TMP/shared/packages/two-installs" "$RIND_TMP/sources"
  OUTPUT=$(plain --timeout 300 -v "$RIND_TMP/shared/wheels:/srv/wheels:ro" -v "$RIND_TMP/sources:/sources" \
    --env BUILDER_TOKEN=RIND-TEST-SECRET-token --env PIP_NO_INDEX=1 \
    --env "PIP_FIND_LINKS=/srv/wheels /usr/share/python-wheels" "$IMAGE_PLAIN" "$@" 2>&1) || fail "it failed: $OUTPUT"
  printf '%s\n' "$OUTPUT"
  expect_contains "the wheel" "$OUTPUT" "two_installs-1.0-py3-none-any.whl"
}

# The command alone makes the builder.
isolates() {
  starting_policy generic-pep517
  front_end "$@"
  expect_contains "the build dependency ran" "$OUTPUT" "TELLTALE uid=6"
  expect_lacks "root" "$OUTPUT" "TELLTALE uid=0"
  expect_lacks "a secret" "$OUTPUT" "secret=True"
  use_no_rind
  front_end "$@"
  expect_contains "control: root" "$OUTPUT" "TELLTALE uid=0"
  expect_contains "control: a secret" "$OUTPUT" "secret=True"
}

test_pip_wheel() { isolates python3 -m pip -v wheel --no-deps -w /tmp/out /sources; }
test_python_build() { isolates python3 -m build -v --wheel -o /tmp/out /sources; }

# Of the other two policies such a container is none of their business.
test_control_no_builder_by_its_command() {
  starting_policy fromager
  front_end python3 -m pip -v wheel --no-deps -w /tmp/out /sources
  expect_contains "control: root" "$OUTPUT" "TELLTALE uid=0"
}
