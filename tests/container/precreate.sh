# The precreate filter: podman's own way to narrow the environment, without a cover.
# shellcheck disable=SC2016 # probes are expanded in the container

SECRET=RIND-TEST-SECRET-precreate
NARROWED='{"narrow": {"environment": ["*TOKEN*"]}}'
PROBE='env; cat /proc/[0-9]*/environ | tr "\0" "\n"; echo "exe: $(readlink /proc/$$/exe)"'

# The installed file, with the paths of use_rind's; the directory's name.
precreate_directory() {
  local directory=${RIND_HOOKS%/*}/hooks.d-precreate
  mkdir -p "$directory"
  python3 - "$RIND_TMP/shared/stage" "${RIND_HOOKS%/*}" <<'PY'
import json, sys
stage, target = sys.argv[1:]
name = "50-oci-rind-precreate.json"
hook = json.load(open(f"{stage}/usr/share/rind/hooks.d-precreate/{name}"))
hook["hook"]["path"] = f"{stage}/usr/libexec/oci/hooks.d/rind-hook"
hook["hook"]["args"] += ["--defaults", f"{stage}/usr/share/rind/policy.json", "--config", f"{target}/etc"]
json.dump(hook, open(f"{target}/hooks.d-precreate/{name}", "w"))
PY
  chmod -R a+rX "$directory"
  printf '%s' "$directory"
}

use_precreate() {
  use_rind "$1"
  PRECREATE=$(precreate_directory)
}

rootful() { podman_rootful ${PRECREATE:+--hooks-dir "$PRECREATE"} "$@"; }
rootless() { podman_rootless ${PRECREATE:+--hooks-dir "$PRECREATE"} "$@"; }

narrowed_without_a_cover() {
  PRECREATE=
  expect_status 0 builder -e "FORGE_TOKEN=$SECRET" "$IMAGE_BUILDER" bash -c "$PROBE"
  expect_contains "variables without Rind" "$OUTPUT" "FORGE_TOKEN=$SECRET"
  use_precreate "$NARROWED"
  expect_status 0 builder -e "FORGE_TOKEN=$SECRET" -e KEPT=kept "$IMAGE_BUILDER" bash -c "$PROBE; ls /dev/rind"
  expect_contains "variables" "$OUTPUT" "KEPT=kept"
  expect_contains "the shell, no cover" "$OUTPUT" "exe: /usr/bin/bash"
  expect_contains "the kit" "$OUTPUT" "manifest.json"
  expect_lacks "the kit" "$OUTPUT" "entry.json"
  expect_lacks "variables" "$OUTPUT" "$SECRET"
}

precreate_rootful() {
  RIND_ENGINE=rootful
  narrowed_without_a_cover
}
on_each_runtime precreate_rootful

test_precreate_rootless() {
  import_image podman_rootless
  RIND_ENGINE=rootless
  narrowed_without_a_cover
}

test_no_builder_passes() {
  RIND_ENGINE=rootful
  use_precreate "$NARROWED"
  expect_status 0 plain -e "FORGE_TOKEN=$SECRET" "$IMAGE_PLAIN" bash -c "$PROBE"
  expect_contains "its variables" "$OUTPUT" "FORGE_TOKEN=$SECRET"
}

# The root file system is not asked at that stage: what it makes a builder is narrowed by the cover.
test_seam_is_left_to_the_cover() {
  RIND_ENGINE=rootful
  use_precreate "$NARROWED"
  expect_status 0 plain -e "FORGE_TOKEN=$SECRET" "$IMAGE_BUILDER" bash -c "$PROBE"
  expect_lacks "variables" "$OUTPUT" "$SECRET"
  expect_contains "the shell" "$OUTPUT" "exe: /dev/rind/originals/"
}

test_policy_that_cannot_be_used() {
  RIND_ENGINE=rootful
  use_precreate '{"version": 1, "no-such-key": true}'
  expect_status 0 plain "$IMAGE_PLAIN" echo started
  local status=0
  OUTPUT=$(builder "$IMAGE_PLAIN" echo started 2>&1) || status=$?
  printf '%s\n' "$OUTPUT"
  ((status != 0)) || fail "it started"
  expect_contains "what podman says" "$OUTPUT" "rind-hook precreate"
  # podman throws the reason away; the journal has it, too.
  local policy=${RIND_HOOKS%/*}/etc stage=$RIND_TMP/shared/stage
  expect_status 1 "$stage/usr/libexec/oci/hooks.d/rind-hook" precreate \
    --defaults "$stage/usr/share/rind/policy.json" --config "$policy" \
    <<<'{"root": {"path": "/r"}, "annotations": {"io.rind.builder": "true"}}'
  expect_contains "the reason" "$OUTPUT" "no-such-key"
}

# The documented limit: podman keeps the environment for exec in its own configuration.
precreate_and_exec() {
  local container
  RIND_ENGINE=rootful
  use_precreate "$NARROWED"
  container=$(builder -d -e "FORGE_TOKEN=$SECRET" "$IMAGE_BUILDER" sleep 60)
  # shellcheck disable=SC2064
  trap "podman_rootful kill $container >/dev/null 2>&1 || true" EXIT
  expect_status 0 podman_rootful exec "$container" cat /proc/1/environ
  expect_lacks "the first process's environment" "$OUTPUT" "$SECRET"
  expect_status 0 podman_rootful exec "$container" env
  expect_contains "an executed program's environment" "$OUTPUT" "FORGE_TOKEN=$SECRET"
}
on_each_runtime precreate_and_exec

# Why its file lies in a directory of its own: in a default one, buildah runs nothing any more.
test_buildah_fails_with_it_in_a_default_directory() {
  local container status=0
  container=$(buildah_rootful from "$IMAGE_PLAIN")
  # shellcheck disable=SC2064
  trap "buildah_rootful rm $container >/dev/null" EXIT
  use_precreate "$NARROWED"
  expect_status 0 buildah_rootful run "$container" -- echo started
  cp -r "$RIND_HOOKS" "$RIND_HOOKS.both"
  RIND_HOOKS+=.both
  cp "$PRECREATE"/*.json "$RIND_HOOKS/"
  OUTPUT=$(buildah_rootful run "$container" -- echo started 2>&1) || status=$?
  printf '%s\n' "$OUTPUT"
  ((status != 0)) || fail "buildah runs with it"
  expect_contains "what buildah says" "$OUTPUT" "precreate"
}
