# `rind-hook policy test`, and what messages and pages tell people to write into a policy.

HOOK=$RIND_STAGE/usr/libexec/oci/hooks.d/rind-hook
DEFAULTS=$RIND_STAGE/usr/share/rind/policy.json

policy_test() { # STATUS POLICY FILE...
  rm -rf -- "$RIND_TMP/etc"
  mkdir "$RIND_TMP/etc"
  [[ -z $2 ]] || printf '%s\n' "$2" >"$RIND_TMP/etc/policy.json"
  expect_status "$1" "$HOOK" policy test --defaults "$DEFAULTS" --config "$RIND_TMP/etc" "${@:3}"
}

test_shipped_expectations_hold() {
  local expected=$RIND_SOURCE/policy/expected strict
  policy_test 0 '' "$expected/defaults.json"
  expect_lacks "the defaults" "$OUTPUT" "failed"
  strict=$(<"$RIND_SOURCE/policy/policies/strict.json")
  policy_test 0 "$strict" "$expected/strict.json" "$expected/strict-user.json"
  expect_contains "both files" "$OUTPUT" "refused"
  # Control: the defaults are not as strict.
  policy_test 1 '' "$expected/strict.json" "$expected/strict-user.json"
  expect_contains "the defaults" "$OUTPUT" "failed  a wheel: terminals required: it is preferred"
}

test_files_that_cannot_be_used() {
  local file=$RIND_TMP/test.json
  printf '{\n "version": 1,\n "steps": [{"hook": "build_wheel", "expect": {"paths": {"/a": "row"}}}]}\n' >"$file"
  policy_test 2 '' "$file"
  expect_contains "the line" "$OUTPUT" "read $file:3:"
  printf '{"version": 1,\n "steps": [],}\n' >"$file"
  policy_test 2 '' "$file"
  expect_contains "the line" "$OUTPUT" "parse $file:2:13: a comma before }"
  policy_test 2 '{"netwrok": "none"}' "$RIND_SOURCE/policy/expected/defaults.json"
  expect_contains "the policy" "$OUTPUT" "policy.json:1:2: netwrok is not a known key; did you mean \"network\"?"
  policy_test 2 '' "$RIND_TMP/nothing.json"
  expect_contains "no file" "$OUTPUT" "No such file"
  policy_test 2 ''
}

# The same for the schema: what it refuses and accepts, the command does.
test_schema_and_command_agree() {
  local group line status file=$RIND_TMP/case.json count=0
  while read -r group line; do
    printf '%s' "$line" >"$file"
    status=0
    /usr/bin/python3 -B "$RIND_SOURCE/tests/unit/schema.py" tests "$file" >/dev/null || status=1
    expect_equal "the schema: $line" "$([[ $group == valid ]] && echo 0 || echo 1)" "$status"
    if [[ $group == valid ]]; then policy_test 1 '' "$file"; else policy_test 2 '' "$file"; fi
    count=$((count + 1))
  done <"$RIND_SOURCE/tests/unit/policy_test_cases.txt"
  ((count > 30)) || fail "only $count cases"
}

test_snippets_are_policies() {
  expect_status 0 /usr/bin/python3 -B "$RIND_SOURCE/tests/unit/snippets.py" "$RIND_SOURCE" "$HOOK" "$DEFAULTS"
}

test_control_a_snippet_that_is_none() {
  local copy=$RIND_TMP/copy
  mkdir "$copy"
  cp -r "$RIND_SOURCE"/{common,hook,helper,docs} "$copy"
  # shellcheck disable=SC2016 # code spans
  echo 'Write `"$HOME": {"view": "cow"}` or `"seccomp": "off"`.' >>"$copy/docs/writing-policy.md"
  expect_status 1 /usr/bin/python3 -B "$RIND_SOURCE/tests/unit/snippets.py" "$copy" "$HOOK" "$DEFAULTS"
  expect_contains "a word" "$OUTPUT" 'seccomp is "off"'
}
