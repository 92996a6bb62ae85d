# `rind explain --path` and a real step agree: random policies, identities, calls, working directories and paths. RIND_SEED
# takes other ones.
source "$RIND_SOURCE/tests/system/rig.inc"

# agree SEED POLICIES PATHS   prints what differs, and the counts
# shellcheck disable=SC2016
agree() {
  in_rig 'mkdir -p /tmp/w/pkg-1/build-3/bin; ln -s /usr/bin/python3 /tmp/w/pkg-1/build-3/bin/python3; : >/tmp/w/pkg-1/build-3/pyvenv.cfg
    cp "$1"/access_*.py /mnt/bin/; chmod 0644 /mnt/bin/*.py; shift
    /usr/bin/python3 /mnt/bin/access_property.py "$RIND" "$SEAM" /mnt/bin/access_probe.py /usr/bin/python3 "$@"' "$RIND_SOURCE/tests/system" "$@"
}

expect_agreement() { # SEED
  expect_status 0 agree "$1" 100 80
  local counts=${OUTPUT##*$'\n'}
  say "$counts"
  expect_contains "$OUTPUT" "$counts" " 0 wrong"
}

# In parts: each has its own tree, and a test has a time limit.
test_explain_says_what_a_step_can_do_1() { expect_agreement "${RIND_SEED:-1500}"; }
test_explain_says_what_a_step_can_do_2() { expect_agreement "$((${RIND_SEED:-1500} + 1))"; }
test_explain_says_what_a_step_can_do_3() { expect_agreement "$((${RIND_SEED:-1500} + 2))"; }
