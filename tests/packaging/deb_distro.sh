# The package in Debian's other releases: their dpkg accepts its dependencies, their podman starts its hook by itself.
# Only with --all: the package is another build, with all unit tests in it

TEST_SECONDS=600 # builds, or another distribution

setup() {
  mkdir "$RIND_TMP/deb"
  cp "$(deb_file rind)" "$RIND_TMP/deb/rind.deb"
  chmod -R a+rX "$RIND_TMP/deb"
}

on_release() {
  expect_status 0 in_distro "$1" "$RIND_SOURCE/tests/packaging/deb_distro_inside" "$RIND_TMP/deb/rind.deb"
  expect_contains "control: without the package" "$OUTPUT" "control: no kit"
  expect_contains "the hook, found by podman's own configuration" "$OUTPUT" "installed: kit"
  expect_contains "a step" "$OUTPUT" "ok       step.namespaces"
  expect_contains "no builder" "$OUTPUT" "plain: no kit"
  expect_contains "after the removal" "$OUTPUT" "removed: no kit"
  expect_contains "at the end" "$OUTPUT" "left: nothing"
}

test_trixie() { on_release trixie; }
test_sid() { on_release sid; }
