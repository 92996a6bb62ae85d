# Rind as it is installed, at its real paths: the stage lies over /usr and /etc.

setup() { installed_on_top "$RIND_STAGE"; }
teardown() { installed_taken_off; }

checks() { # prints `STATE ID FOUND` of the checks of the installation
  rind-hook check --json | python3 -c '
import json, sys
for check in json.load(sys.stdin)["checks"]:
    if check["id"].startswith(("install.", "hooks.")):
        print(check["state"], check["id"], check["found"], check["remedy"])' || true
}

test_check_by_the_link_in_the_path() {
  expect_equal "what is called" /usr/bin/rind-hook "$(type -P rind-hook)"
  local found
  found=$(checks)
  printf '%s\n' "$found"
  expect_contains "the hook" "$found" "ok install.hook /usr/libexec/oci/hooks.d/rind-hook"
  expect_contains "the helper" "$found" "ok install.helper /usr/libexec/rind/rind"
  expect_contains "the policy" "$found" "ok install.policy version 1: /usr/share/rind/policy.json, /etc/rind/policy.json"
  expect_contains "the hook file" "$found" "ok hooks.file /usr/share/containers/oci/hooks.d/50-oci-rind.json"
}

# A policy of the operator's that is wrong is found by the same command.
test_check_finds_a_wrong_policy() {
  trap installed_policy EXIT
  installed_policy '{"version": 1, "wiews": {}}'
  expect_contains "the policy" "$(rind-hook check || true)" "wiews is not a known key"
}

test_each_starting_policy_can_be_used() {
  trap installed_policy EXIT
  local policy found
  for policy in fromager strict generic-pep517; do
    installed_policy "$(<"/usr/share/rind/policies/$policy.json")"
    found=$(rind-hook check || true)
    grep -qE "^ok +install.policy .*/etc/rind/policy.json" <<<"$found" || fail "$policy: $found"
  done
}

test_manuals_and_completion_are_found() {
  local page
  for page in 8/rind-hook.8 1/rind.1 5/rind-policy.5; do
    expect_equal "where man finds it" "/usr/share/man/man$page" "$(man --path --section "${page%%/*}" "$(basename "$page" ".${page%%/*}")")"
  done
  # shellcheck disable=SC2016
  expect_contains "what bash loads" "$(bash -c '
    source /usr/share/bash-completion/bash_completion
    for name in rind-hook rind; do _completion_loader "$name" || true; complete -p "$name"; done')" \
    $'complete -F _rind_hook rind-hook\ncomplete -F _rind rind'
}

test_the_operators_file_says_nothing() {
  expect_equal "the file" '{"version": 1}' "$(<"$RIND_STAGE/etc/rind/policy.json")"
  expect_equal "its mode" "644 0:0" "$(stat -c '%a %u:%g' "$RIND_STAGE/etc/rind/policy.json")"
}
