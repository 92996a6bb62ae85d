# `rind explain --path` and a real step agree: random policies, identities, working directories and paths.
source "$RIND_SOURCE/tests/system/rig.inc"

# agree SEED POLICIES PATHS   prints what differs, and the counts
# shellcheck disable=SC2016
agree() {
  in_rig 'mkdir -p /tmp/w/pkg-1/build-3/bin; ln -s /usr/bin/python3 /tmp/w/pkg-1/build-3/bin/python3; : >/tmp/w/pkg-1/build-3/pyvenv.cfg
    cp "$1"/access_*.py /mnt/bin/; chmod 0644 /mnt/bin/*.py; shift
    /usr/bin/python3 /mnt/bin/access_property.py "$RIND" /mnt/bin/access_probe.py /usr/bin/python3 "$@"' "$RIND_SOURCE/tests/system" "$@"
}

test_explain_says_what_a_step_can_do() {
  expect_status 0 agree "${RIND_SEED:-15}" 300 80
  expect_contains "$OUTPUT" "${OUTPUT##*$'\n'}" " 0 wrong"
}
