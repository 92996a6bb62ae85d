# With what the Debian package installs, engines find the hook by their own configuration, and a builder is isolated.
# The same files as the RPM's (deb_install.sh), with which installed.sh runs more.
# Only with --all: the package is another build, with all unit tests in it

TEST_SECONDS=900 # a function is a whole file of the suite container

setup() {
  deb_root
  deb_there -i "$(deb_file rind)"
  installed_on_top "$DEB_ROOT"
}

teardown() { installed_taken_off; }

# The package's helper is stripped, and of another build than the RPM's.
test_kit_is_the_packages() {
  local helper
  helper=$(sha256sum <"$DEB_ROOT/usr/libexec/rind/rind")
  [[ $helper != "$(sha256sum <"$RIND_STAGE/usr/libexec/rind/rind")" ]] || fail "no test: the stage has the same file"
  use_rind
  expect_equal "installed" "$helper" "$(installed_kit podman_rootful)"
  use_no_rind
  expect_equal "with another hooks directory" none "$(installed_kit podman_rootful)"
}

test_check_is_content() {
  expect_status 0 rind-hook check
  expect_lacks "what it found" "$OUTPUT" "failed "
  expect_contains "podman" "$(grep '^ok *engine.podman_rootful ' <<<"$OUTPUT")" "50-oci-rind.conf): starts the hook"
}

tests_isolation() { container_file isolation; }
