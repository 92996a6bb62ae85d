# What an operator wrote is kept: by an upgrade, and by the removal.
# Only with --all: the RPM is a third build, with all unit tests in it

OWN='{"version": 1, "network": "none"}'

# A package of the next release, whose defaults and whose /etc/rind/policy.json are others.
setup() {
  NEXT=$(rpm_file rind "$(rpm_repackage 2 '
    sed -i "1s/{/{ /" usr/share/rind/policy.json
    sed -i "s/}/ }/" etc/rind/policy.json')")
  # And of one that brings the same /etc/rind/policy.json again.
  SAME=$(rpm_file rind "$(rpm_repackage 3 'sed -i "1s/{/{ /" usr/share/rind/policy.json')")
}

first() {
  rpm_root
  rpm_there -i --nodeps --noscripts "$(rpm_file rind)"
  ETC=$RPM_ROOT/etc/rind
}

upgrade() { rpm_there -U --nodeps --noscripts "$1"; }

test_changed_policy_is_kept() {
  first
  local old
  old=$(sha256sum <"$RPM_ROOT/usr/share/rind/policy.json")
  printf '%s\n' "$OWN" >"$ETC/policy.json"
  printf '%s\n' "$OWN" >"$ETC/policy.d/10-own.json"
  upgrade "$NEXT"
  expect_equal "releases" 2 "$(rpm_there -q --qf '%{RELEASE}' rind)"
  expect_equal "the policy" "$OWN" "$(cat "$ETC/policy.json")"
  expect_equal "beside it" $'policy.d\npolicy.json\npolicy.json.rpmnew' "$(ls "$ETC")"
  expect_equal "in policy.d" "$OWN" "$(cat "$ETC/policy.d/10-own.json")"
  [[ $old != "$(sha256sum <"$RPM_ROOT/usr/share/rind/policy.json")" ]] || fail "the defaults were not replaced"
}

test_changed_policy_is_kept_where_the_default_is_the_same() {
  first
  printf '%s\n' "$OWN" >"$ETC/policy.json"
  upgrade "$SAME"
  expect_equal "the policy" "$OWN" "$(cat "$ETC/policy.json")"
  expect_equal "beside it" $'policy.d\npolicy.json' "$(ls "$ETC")"
}

test_unchanged_policy_is_replaced() {
  first
  upgrade "$NEXT"
  expect_equal "beside it" $'policy.d\npolicy.json' "$(ls "$ETC")"
  expect_contains "the new one" "$(cat "$ETC/policy.json")" " }"
  expect_equal "differences" "" "$(rpm_there -V --nodeps --noscripts rind)"
}

# Defaults are the package's: what somebody wrote there is gone, as docs/policy.md says.
test_changed_defaults_are_replaced() {
  first
  printf '%s\n' "$OWN" >"$RPM_ROOT/usr/share/rind/policy.json"
  upgrade "$NEXT"
  expect_lacks "the defaults" "$(cat "$RPM_ROOT/usr/share/rind/policy.json")" "$OWN"
}

# .rpmsave keeps what was written, and where nothing reads it.
test_removal_saves_it() {
  first
  printf '%s\n' "$OWN" >"$ETC/policy.json"
  rpm_there -e --nodeps --noscripts rind
  expect_equal "left" ./etc/rind/policy.json.rpmsave \
    "$(cd "$RPM_ROOT" && find . -path ./var/lib/rpm -prune -o -name '*rind*' ! -type d -print -o -path './etc/rind/*' -print)"
  expect_equal "it" "$OWN" "$(cat "$ETC/policy.json.rpmsave")"
}

# The same without RPM: an install by hand over an older one.
test_installed_again_by_hand() {
  local root=$RIND_TMP/by-hand
  DESTDIR=$root cmake --install "$RIND_BUILD" >/dev/null
  printf '%s\n' "$OWN" >"$root/etc/rind/policy.json"
  DESTDIR=$root cmake --install "$RIND_BUILD" >/dev/null
  expect_equal "the policy" "$OWN" "$(cat "$root/etc/rind/policy.json")"
  cmp "$root/usr/share/rind/policy.json" "$RIND_SOURCE/policy/policy.json"
}
