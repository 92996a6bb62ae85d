# The other engines: podman without root, buildah run, podman build.

build_hello() {
  expect_status 0 builder "$IMAGE_BUILDER" fromager build /srv/packages/hello-ext
  expect_contains "isolation" "$OUTPUT" "network isolation: script"
  expect_contains "the wheel" "$OUTPUT" "built"
}

rootless() {
  RIND_ENGINE=podman_rootless
  import_image podman_rootless
  use_rind
  build_hello
  # Isolated indeed: a step does not see what the container sees.
  expect_status 0 builder "$IMAGE_BUILDER" fromager step /srv/packages/probe -- \
    sh -c 'cat /root/.ssh/id_ed25519 /etc/builder/netrc /proc/1/environ 2>/dev/null; true'
  expect_lacks "secrets" "$OUTPUT" "RIND-TEST-SECRET"
}
on_each_runtime rootless

test_rootless_control() {
  RIND_ENGINE=podman_rootless
  import_image podman_rootless
  expect_status 0 builder "$IMAGE_BUILDER" fromager step /srv/packages/probe -- \
    sh -c 'cat /root/.ssh/id_ed25519 /etc/builder/netrc'
  expect_contains "secrets" "$OUTPUT" "RIND-TEST-SECRET"
}

buildah_run() {
  local container
  container=$(buildah_rootful from "$IMAGE_BUILDER")
  # shellcheck disable=SC2064
  trap "buildah_rootful rm $container >/dev/null" EXIT
  buildah_rootful config --annotation "$BUILDER_ANNOTATION" "$container"
  use_rind
  expect_status 0 buildah_rootful run -v "$RIND_TMP/shared/packages:/srv/packages:ro" "$container" -- \
    fromager build /srv/packages/hello-ext
  expect_contains "isolation" "$OUTPUT" "network isolation: script"
  expect_contains "the wheel" "$OUTPUT" "downloads/hello_ext"
}
on_each_runtime buildah_run

# A RUN step of podman build: annotations do not reach it, the seam in the rootfs does.
podman_build() {
  local context=$RIND_TMP/context.$RIND_RUNTIME
  mkdir "$context"
  cp -r "$RIND_TMP/shared/packages/hello-ext" "$context/"
  printf 'FROM %s\nCOPY hello-ext /srv/hello-ext\nRUN fromager build /srv/hello-ext\n' "$IMAGE_BUILDER" >"$context/Containerfile"
  use_rind
  expect_status 0 podman_build_rootful "$context"
  expect_contains "isolation" "$OUTPUT" "network isolation: script"
}
on_each_runtime podman_build
