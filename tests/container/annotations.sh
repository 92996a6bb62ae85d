# Annotations of a container: they choose among the policies that are offered, and tighten.

# Of itself it gives away what the annotations take, to packages by their own rules, too.
POLICY='{
  "network": "container",
  "identity": {"ephemeral": "none"},
  "views": {"/data/deep": {"view": "rw"}},
  "packages": {"open": {"packages": ["*"], "policy": {"network": "container", "identity": {"ephemeral": "none"}}}},
  "choices": {"strict": {"hide": ["/data"]}, "alone": {"network": "none", "packages": {"open": null}}}
}'

setup() {
  mkdir -p "$RIND_TMP/data/deep"
  echo SHOWN-top >"$RIND_TMP/data/file"
  echo SHOWN-deep >"$RIND_TMP/data/deep/file"
  cat >"$RIND_TMP/shared/look" <<'LOOK'
#!/bin/sh
cat /data/file /data/deep/file 2>/dev/null
read -r _ uid _ </proc/self/uid_map
echo "uid $uid"
[ "$(readlink /proc/self/ns/net)" = "$1" ] && echo "network of the container"
exit 0
LOOK
  chmod -R a+rX "$RIND_TMP/data" && chmod 0755 "$RIND_TMP/shared/look"
}

# $OUTPUT: what a step saw in a container with these options.
step_in() {
  # shellcheck disable=SC2016
  expect_status 0 builder -v "$RIND_TMP/data:/data" -v "$RIND_TMP/shared/look:/srv/look:ro" "$@" "$IMAGE_BUILDER" \
    sh -c 'fromager step /srv/packages/probe -- /srv/look "$(readlink /proc/self/ns/net)"'
}

# The control of all that follow: by this policy a step sees, shares and is all of it.
nothing_asked() {
  use_rind "$POLICY"
  step_in
  expect_contains "a file" "$OUTPUT" SHOWN-top
  expect_contains "a file further in" "$OUTPUT" SHOWN-deep
  expect_contains "its user" "$OUTPUT" "uid 0"
  expect_contains "its network" "$OUTPUT" "network of the container"
}
on_each_runtime nothing_asked

hide() {
  use_rind "$POLICY"
  step_in --annotation io.rind.hide=/data
  expect_lacks "the step" "$OUTPUT" SHOWN
  step_in --annotation io.rind.hide=/srv/other:/data/deep
  expect_contains "beside it" "$OUTPUT" SHOWN-top
  expect_lacks "the step" "$OUTPUT" SHOWN-deep
}
on_each_runtime hide

network_none() {
  use_rind "$POLICY"
  step_in --annotation io.rind.network=none
  expect_lacks "its network" "$OUTPUT" "network of the container"
  expect_contains "its user" "$OUTPUT" "uid 0"
}
on_each_runtime network_none

identity_required() {
  use_rind "$POLICY"
  step_in --annotation io.rind.identity=required
  expect_lacks "its user" "$OUTPUT" "uid 0"
  # Where it cannot be had no step runs.
  expect_status 125 builder --cap-drop SETUID --annotation io.rind.identity=required "$IMAGE_BUILDER" \
    fromager step /srv/packages/probe -- echo IT-RAN
  # Alone on its line: the front end repeats the command that failed.
  if grep -qx IT-RAN <<<"$OUTPUT"; then fail "the step ran: $OUTPUT"; fi
}
on_each_runtime identity_required

seccomp_native() {
  use_rind '{"seccomp": "none"}'
  local filters='grep Seccomp_filters: /proc/self/status'
  expect_status 0 builder "$IMAGE_BUILDER" fromager step /srv/packages/probe -- sh -c "$filters"
  local without=${OUTPUT##*[[:space:]]}
  expect_status 0 builder --annotation io.rind.seccomp=native "$IMAGE_BUILDER" \
    fromager step /srv/packages/probe -- sh -c "$filters"
  ((${OUTPUT##*[[:space:]]} > without)) || fail "no filter: $OUTPUT, without $without"
}
on_each_runtime seccomp_native

choice() {
  use_rind "$POLICY"
  step_in --annotation io.rind.policy=strict
  expect_lacks "the step" "$OUTPUT" SHOWN
  expect_contains "its network" "$OUTPUT" "network of the container"
  step_in --annotation io.rind.policy=alone
  expect_contains "a file" "$OUTPUT" SHOWN-top
  expect_lacks "its network" "$OUTPUT" "network of the container"
  # Tightened on top, and what was not chosen does not come along.
  step_in --annotation io.rind.policy=strict --annotation io.rind.network=none
  expect_lacks "the step" "$OUTPUT" SHOWN
  expect_lacks "its network" "$OUTPUT" "network of the container"
  expect_status 0 builder --annotation io.rind.policy=strict "$IMAGE_BUILDER" \
    python3 -c 'import json; print(json.load(open("/dev/rind/policy.json"))["choices"])'
  expect_contains "the kit's choices" "$OUTPUT" "{}"
}
on_each_runtime choice

# refused WHY OPTION...: with these no container starts, this one is no builder. Control: without Rind it does.
refused() {
  local why=$1 status=0
  shift
  use_no_rind
  expect_status 0 plain "$@" "$IMAGE_PLAIN" echo started
  use_rind "$POLICY"
  : >"$RIND_TMP/hook.log"
  OUTPUT=$(plain "$@" "$IMAGE_PLAIN" echo started 2>&1) || status=$?
  ((status != 0)) || fail "it was started: $OUTPUT"
  expect_lacks "the container" "$OUTPUT" started
  expect_contains "the reason" "$(hook_messages)$OUTPUT" "$why"
}

not_understood() {
  refused "there is no such annotation" --annotation io.rind.netwerk=none
  refused "annotations only tighten" --annotation io.rind.network=container
  refused "annotations only tighten" --annotation io.rind.identity=none
  refused "absolute path" --annotation io.rind.hide=data
  refused "the host's policy offers only: alone, strict" --annotation io.rind.policy=loose
}
on_each_runtime not_understood

# Whoever tightens means a builder, whatever the rest of the container says.
makes_a_builder() {
  use_rind
  expect_status 0 plain "$IMAGE_PLAIN" sh -c '[ ! -e /dev/rind ]'
  expect_status 0 plain --annotation io.rind.network=none "$IMAGE_PLAIN" sh -c 'cd /dev/rind && ./rind check'
  use_rind '{"no-such-key": 1}'
  expect_status 0 plain "$IMAGE_PLAIN" echo started
  OUTPUT=$(plain --annotation io.rind.network=none "$IMAGE_PLAIN" echo started 2>&1) || OUTPUT+=" refused"
  expect_lacks "the container without a policy" "$OUTPUT" started
}
on_each_runtime makes_a_builder

# Whether the engine hands an image's annotations to the runtime: podman 4.3 does, 5.4 does not.
hands_over() { # IMAGE ANNOTATION
  local container
  container=$(podman_rootful create --pull=never "$1" true)
  OUTPUT=$(podman_rootful inspect "$container")
  podman_rootful rm "$container" >/dev/null
  grep -q "\"$2\"" <<<"$OUTPUT"
}

# What an image says of itself.
test_carried_by_an_image() {
  local container said handed=false image=$IMAGE_REPOSITORY/annotated-$$
  container=$(buildah_rootful from "$IMAGE_BUILDER")
  # shellcheck disable=SC2064
  trap "buildah_rootful rm $container >/dev/null; podman_rootful rmi -f $image:{plain,strict,loose} >/dev/null" EXIT
  for said in plain strict loose; do
    case $said in
      strict) buildah_rootful config --annotation io.rind.policy=strict --annotation io.rind.network=none "$container" ;;
      loose) buildah_rootful config --annotation io.rind.policy- --annotation io.rind.network=container "$container" ;;
    esac
    buildah_rootful commit -q "$container" "$image:$said" >/dev/null
  done
  ! hands_over "$image:strict" io.rind.policy || handed=true
  use_rind "$POLICY"
  for RIND_RUNTIME in "${RUNTIMES[@]}"; do
    IMAGE_BUILDER=$image:plain step_in
    expect_contains "control: the step" "$OUTPUT" SHOWN-deep
    expect_contains "control: its network" "$OUTPUT" "network of the container"
    if ! "$handed"; then
      # The hook cannot know of them: they do nothing, neither good nor harm.
      IMAGE_BUILDER=$image:strict step_in
      expect_contains "the step" "$OUTPUT" SHOWN-deep
      expect_status 0 plain "$image:loose" echo started
      continue
    fi
    IMAGE_BUILDER=$image:strict step_in
    expect_contains "a step ran" "$OUTPUT" "uid 0"
    expect_lacks "the step" "$OUTPUT" SHOWN
    expect_lacks "its network" "$OUTPUT" "network of the container"
    : >"$RIND_TMP/hook.log"
    OUTPUT=$(plain "$image:loose" echo started 2>&1) || OUTPUT+=" refused"
    expect_lacks "the container" "$OUTPUT" started
    expect_contains "the reason" "$(hook_messages)$OUTPUT" "annotations only tighten"
  done
}
