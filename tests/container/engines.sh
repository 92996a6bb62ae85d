# The other engines: podman without root, kube play. What a step gets under each is in matrix.sh, builds by buildah and
# podman build are in identity.sh.

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

# What engines make of an annotation: an image without a seam is a builder by it alone, and then refused.
refuses_seamless() { # COMMAND...
  local status=0
  : >"$RIND_TMP/hook.log"
  OUTPUT=$("$@" 2>&1) || status=$?
  OUTPUT+=$(hook_messages)
  expect_contains "the hook" "$OUTPUT" "no seam"
}

play() { # IMAGE ANNOTATIONS(YAML) COMMAND(YAML): prints what its container does
  local yaml=$RIND_TMP/play-$RIND_RUNTIME.yaml name=play-$$
  printf '%s\n' "apiVersion: v1" "kind: Pod" "metadata: {name: $name, annotations: $2}" \
    "spec: {restartPolicy: Never, containers: [{name: c, image: '$1:latest', imagePullPolicy: Never, command: $3}]}" >"$yaml"
  podman_rootful pod rm --force --ignore rind-builder >/dev/null  # of a run that was ended
  podman_rootful kube play --network none "$yaml" || true
  podman_rootful wait "$name-c"
  podman_rootful logs "$name-c"
  podman_rootful kube down "$yaml"
}

annotation_by_kube_play() {
  use_rind "$POLICY_FROMAGER_ONLY"
  refuses_seamless play "$IMAGE_SEAMLESS" "{io.rind.builder: 'true', run.oci.hooks.stderr: $RIND_TMP/hook.log}" '[echo, started]'
  expect_lacks "the command" "$OUTPUT" started
  # Control: without it, it starts.
  OUTPUT=$(play "$IMAGE_SEAMLESS" "{other: 'true'}" '[echo, started]' 2>&1)
  expect_contains "without the annotation" "$OUTPUT" started
}
on_each_runtime annotation_by_kube_play

# The pod of the documentation, with the tests' image. Its seccompProfile podman ignores.
test_example_pod() {
  local yaml=$RIND_TMP/example.yaml
  sed -n '/^```yaml$/,/^```$/{/^```/!p}' "$RIND_SOURCE/docs/kubernetes.md" |
    sed "s|image: .*|image: $IMAGE_BUILDER:latest\n    imagePullPolicy: Never|" >"$yaml"
  use_rind
  podman_rootful pod rm --force --ignore rind-builder >/dev/null  # of a run that was ended
  podman_rootful kube play --network none "$yaml"
  expect_status 0 podman_rootful wait rind-builder-builder
  expect_equal "its status" 0 "$(tail -n 1 <<<"$OUTPUT")"
  expect_status 0 podman_rootful logs rind-builder-builder
  expect_contains "rind check" "$OUTPUT" "ok       step.namespaces"
  podman_rootful kube down "$yaml"
}
