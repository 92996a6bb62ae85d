# What an operator wrote is kept: by an upgrade of the Debian package, and by its removal. A purge takes what it brought.
# Only with --all: the package is another build, with all unit tests in it

OWN='{"version": 1, "network": "none"}'

setup() {
  # The next one's defaults and its /etc/rind/policy.json are others.
  # shellcheck disable=SC2016
  NEXT=$(deb_repackage 0rind2 '
    sed -i "1s/{/{ /" usr/share/rind/policy.json
    sed -i "s/}/ }/" etc/rind/policy.json')
  # And this one brings the same /etc/rind/policy.json again.
  SAME=$(deb_repackage 0rind3 'sed -i "1s/{/{ /" usr/share/rind/policy.json')
}

first() {
  deb_root
  deb_there -i "$(deb_file rind)"
  ETC=$DEB_ROOT/etc/rind
}

test_changed_policy_is_kept() {
  first
  local old
  old=$(sha256sum <"$DEB_ROOT/usr/share/rind/policy.json")
  printf '%s\n' "$OWN" >"$ETC/policy.json"
  printf '%s\n' "$OWN" >"$ETC/policy.d/10-own.json"
  deb_there -i "$NEXT"
  expect_contains "version" "$(dpkg-query --admindir="$DEB_ROOT/var/lib/dpkg" -W -f '${Version}' rind)" -0rind2
  expect_equal "the policy" "$OWN" "$(cat "$ETC/policy.json")"
  expect_equal "beside it" $'policy.d\npolicy.json\npolicy.json.dpkg-dist' "$(ls "$ETC")"
  expect_equal "in policy.d" "$OWN" "$(cat "$ETC/policy.d/10-own.json")"
  [[ $old != "$(sha256sum <"$DEB_ROOT/usr/share/rind/policy.json")" ]] || fail "the defaults were not replaced"
}

test_changed_policy_is_kept_where_the_default_is_the_same() {
  first
  printf '%s\n' "$OWN" >"$ETC/policy.json"
  deb_there -i "$SAME"
  expect_equal "the policy" "$OWN" "$(cat "$ETC/policy.json")"
  expect_equal "beside it" $'policy.d\npolicy.json' "$(ls "$ETC")"
}

test_unchanged_policy_is_replaced() {
  first
  deb_there -i "$NEXT"
  expect_equal "beside it" $'policy.d\npolicy.json' "$(ls "$ETC")"
  expect_contains "the new one" "$(cat "$ETC/policy.json")" " }"
  expect_equal "differences" "" "$(deb_there --verify rind)"
}

# Who took the policy or podman's drop-in away does not get it back.
test_removed_configuration_stays_away() {
  first
  rm "$ETC/policy.json" "$DEB_ROOT/etc/containers/containers.conf.d/50-oci-rind.conf"
  deb_there -i "$SAME"
  expect_equal "in /etc" /etc/rind/policy.d "$(cd "$DEB_ROOT" && find etc -mindepth 2 -path '*rind*' -printf '/%p\n')"
}

# Defaults are the package's: what somebody wrote there is gone, as docs/policy.md says.
test_changed_defaults_are_replaced() {
  first
  printf '%s\n' "$OWN" >"$DEB_ROOT/usr/share/rind/policy.json"
  deb_there -i "$NEXT"
  expect_lacks "the defaults" "$(cat "$DEB_ROOT/usr/share/rind/policy.json")" "$OWN"
}

test_removal_keeps_it_and_a_purge_does_not() {
  first
  printf '%s\n' "$OWN" >"$ETC/policy.json"
  printf '%s\n' "$OWN" >"$ETC/policy.d/10-own.json"
  deb_there --remove rind
  expect_equal "the policy" "$OWN" "$(cat "$ETC/policy.json")"
  deb_there --purge rind
  # What the package did not bring is nobody's but the operator's.
  expect_equal "left" /etc/rind/policy.d/10-own.json \
    "$(cd "$DEB_ROOT" && find . -path ./var/lib/dpkg -prune -o ! -type d -printf '/%P\n')"
}
