# Commands that the policy trusts are no steps, and they succeed where Fromager's own script fails.

SCRIPT=/opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh

# Today: the engine forbids to set a host name, so the probe fails and isolation turns itself off.
test_control_probe_fails() {
  expect_status 1 builder "$IMAGE_BUILDER" "$SCRIPT" true
  expect_status 0 builder "$IMAGE_BUILDER" fromager build /srv/packages/probe
  expect_contains "the front end's choice" "$OUTPUT" "network isolation: off"
}

probe_succeeds() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" "$SCRIPT" true
  expect_equal "output of true" "" "$OUTPUT"
  expect_status 0 builder "$IMAGE_OLDER" unshare --net --map-current-user true
}
on_each_runtime probe_succeeds

host_name() {
  use_rind
  # It is set at poststart, when the container's first process runs already.
  expect_status 0 builder "$IMAGE_BUILDER" sh -c 'sleep 1; hostname'
  expect_equal "the container's host name" "localhost" "$OUTPUT"
}
on_each_runtime host_name

# What is no call of Fromager's goes to the real program, unchanged.
test_other_unshare_calls() {
  use_rind
  expect_status 0 builder "$IMAGE_OLDER" unshare --version
  expect_contains "the real unshare" "$OUTPUT" "util-linux"
  expect_status 0 builder "$IMAGE_OLDER" unshare --map-root-user id -u
  expect_equal "mapped root" "0" "$OUTPUT"
}

test_no_command_is_an_error_as_the_scripts() {
  expect_status 2 builder "$IMAGE_BUILDER" "$SCRIPT"
  use_rind
  expect_status 2 builder "$IMAGE_BUILDER" "$SCRIPT"
}

# Only a host name of the container's own is changed: not that of a pod, or of another container.
host_name_of_another() {
  use_rind
  podman_rootful run -d --rm --name "uts-$$" --hostname myapp --network none "$IMAGE_PLAIN" sleep 60 >/dev/null
  builder --uts "container:uts-$$" "$IMAGE_BUILDER" sleep 1
  OUTPUT=$(podman_rootful exec "uts-$$" hostname)
  podman_rootful rm -f -t 0 "uts-$$" >/dev/null
  expect_equal "the other container's host name" myapp "$OUTPUT"
}
on_each_runtime host_name_of_another
