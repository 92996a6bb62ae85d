# A test that exceeds its limit leaves no container behind, whoever would have removed it.

hang() {
  trap 'podman_rootful rm -f -t 0 "limit-named-$$" >/dev/null' EXIT
  podman_rootful run -d --name "limit-named-$$" --network none "$IMAGE_PLAIN" sleep 600
  podman_rootful run -d --rm --name "limit-detached-$$" --network none "$IMAGE_PLAIN" sleep 600
  podman_rootful run --rm --name "limit-front-$$" --network none "$IMAGE_PLAIN" sh -c 'touch /up; sleep 600'
}

test_containers_of_a_test_that_hangs() {
  local name TEST_SECONDS=15
  run_limited hang
  expect_equal "the status" "$TIMED_OUT" "$LIMITED_STATUS"
  for name in named detached front; do
    expect_status 1 podman_rootful container exists "limit-$name-$$"
  done
}
