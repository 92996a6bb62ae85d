# An upgrade on the host while a builder runs.

# As a package manager does it: another file of that name. The old one stays, mounted in the container.
replace_helper() {
  local helper=$RIND_TMP/shared/stage/usr/libexec/rind/rind  # where engines find it
  cp -a "$helper" "$helper.new"
  mv "$helper.new" "$helper"
}

helper_is_replaced() {
  local container
  use_rind
  container=$(builder -d "$IMAGE_BUILDER" sleep 60)
  # shellcheck disable=SC2064
  trap "podman_rootful kill $container >/dev/null 2>&1 || true" EXIT
  expect_status 0 podman_rootful exec "$container" /dev/rind/rind run -- python3 -c 'print("control: a step")'
  replace_helper
  expect_status 0 podman_rootful exec "$container" python3 -c 'print("no step")'
  expect_equal "the front end's own call" "no step" "$OUTPUT"
  expect_status 125 podman_rootful exec "$container" /dev/rind/rind run -- python3 -c 'print("a step")'
  expect_contains "why, and what to do" "$OUTPUT" \
    "the helper that covers it was replaced or removed on the host after this container started; recreate the container"
  expect_status 0 builder "$IMAGE_BUILDER" /dev/rind/rind run -- python3 -c 'print("in a new container")'
}
on_each_runtime helper_is_replaced
