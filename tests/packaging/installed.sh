# What the RPM installs works: the engines find the hook by their own configuration, the hook its helper and its policy
# where it was built to look for them. Of the container suite two files run again: what a step is, and how each engine
# comes to it. The others look at the same programs.
# Only with --all: the RPM is a third build, with all unit tests in it

TEST_SECONDS=900 # a function is a whole file of the suite container

setup() {
  rpm_root
  rpm_there -i --nodeps --noscripts "$(rpm_file rind)"
  # A user's engine of its own, which is first started when the files are there.
  podman_rootless info >/dev/null # makes the user
  RIND_USER_RUN=$(mktemp -d "$RIND_TMP/u.XXX")
  chown "$RIND_TEST_USER" "$RIND_USER_RUN"
  installed_on_top "$RPM_ROOT"
}

teardown() {
  [[ ! -e $RIND_USER_RUN/libpod/tmp/pause.pid ]] || end_user_run
  installed_taken_off
}

# The package's helper is stripped, so it is no other that is at hand here.
test_kit_is_the_packages() {
  local helper
  helper=$(sha256sum <"$RPM_ROOT/usr/libexec/rind/rind")
  [[ $helper != "$(sha256sum <"$RIND_STAGE/usr/libexec/rind/rind")" ]] || fail "no test: the stage has the same file"
  import_image podman_rootless
  local engine
  for engine in podman_rootful podman_rootless; do
    use_rind
    expect_equal "$engine" "$helper" "$(installed_kit "$engine")"
    use_no_rind
    expect_equal "$engine with another hooks directory" none "$(installed_kit "$engine")"
  done
}

test_check_is_content() {
  expect_status 0 rind-hook check
  expect_lacks "what it found" "$OUTPUT" "failed "
  expect_contains "podman" "$(grep '^ok *engine.podman_rootful ' <<<"$OUTPUT")" "50-oci-rind.conf): starts the hook"
  expect_contains "the helper" "$(grep '^ok *install.helper ' <<<"$OUTPUT")" /usr/libexec/rind/rind
}

# The drop-in names the second directory: a hook file that lies there is read instead of the package's.
test_etc_is_read() {
  use_rind
  mkdir -p /etc/containers/oci/hooks.d
  sed 's|"rind-hook", "hook"|"rind-hook", "no-such-verb"|' /usr/share/containers/oci/hooks.d/50-oci-rind.json \
    >/etc/containers/oci/hooks.d/50-oci-rind.json
  trap 'rm -r /etc/containers/oci' EXIT
  expect_status 126 podman_rootful run --rm --network none "$IMAGE_PLAIN" true
}

tests_isolation() { container_file isolation; }
tests_engines() { container_file engines; }
