# Rind as it is installed, at its real paths: the stage is laid over /usr and /etc, in a mount namespace of each
# command's own.

installed() { # COMMAND...
  # shellcheck disable=SC2016
  unshare --mount --propagation private -- bash -c '
    set -e
    for top in usr etc; do mount -t overlay overlay -o "lowerdir=$0/$top:/$top" "/$top"; done
    exec "$@"' "$RIND_STAGE" "$@"
}

checks() { # prints `STATE ID FOUND` of the checks of the installation
  installed rind-hook check --json | python3 -c '
import json, sys
for check in json.load(sys.stdin)["checks"]:
    if check["id"].startswith(("install.", "hooks.")):
        print(check["state"], check["id"], check["found"], check["remedy"])' || true
}

test_check_by_the_link_in_the_path() {
  expect_equal "what is called" /usr/bin/rind-hook "$(installed bash -c 'type -P rind-hook')"
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
  local wrong=$RIND_TMP/wrong.json found
  printf '{"version": 1, "wiews": {}}' >"$wrong"
  # shellcheck disable=SC2016
  found=$(installed bash -c 'mount --bind "$1" /etc/rind/policy.json; rind-hook check' check "$wrong" || true)
  expect_contains "the policy" "$found" "wiews is not a key that is known here"
}

test_each_starting_policy_can_be_used() {
  local policy found
  for policy in fromager strict generic-pep517; do
    # shellcheck disable=SC2016
    found=$(installed bash -c 'mount --bind "/usr/share/rind/policies/$1.json" /etc/rind/policy.json
      rind-hook check' check "$policy" || true)
    grep -qE "^ok +install.policy .*/etc/rind/policy.json" <<<"$found" || fail "$policy: $found"
  done
}

test_manuals_and_completion_are_found() {
  local page
  for page in 8/rind-hook.8 1/rind.1 5/rind-policy.5; do
    expect_equal "where man finds it" "/usr/share/man/man$page" "$(installed man --path --section "${page%%/*}" "$(basename "$page" ".${page%%/*}")")"
  done
  # shellcheck disable=SC2016
  expect_contains "what bash loads" "$(installed bash -c '
    source /usr/share/bash-completion/bash_completion
    for name in rind-hook rind; do _completion_loader "$name" || true; complete -p "$name"; done')" \
    $'complete -F _rind_hook rind-hook\ncomplete -F _rind rind'
}

test_the_operators_file_says_nothing() {
  expect_equal "the file" '{"version": 1}' "$(<"$RIND_STAGE/etc/rind/policy.json")"
  expect_equal "its mode" "644 0:0" "$(stat -c '%a %u:%g' "$RIND_STAGE/etc/rind/policy.json")"
}

# Who installs again keeps the policy.
test_an_installed_policy_is_not_written_over() {
  local top=$RIND_TMP/again
  DESTDIR=$top cmake --install "$RIND_BUILD"
  expect_equal "the first" '{"version": 1}' "$(<"$top/etc/rind/policy.json")"
  echo '{"leases": 7}' >"$top/etc/rind/policy.json"
  DESTDIR=$top cmake --install "$RIND_BUILD"
  expect_equal "the second" '{"leases": 7}' "$(<"$top/etc/rind/policy.json")"
}
