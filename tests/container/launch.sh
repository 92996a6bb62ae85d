# A container that requires the hook: `/dev/rind/rind launch -- COMMAND` is there only when the hook ran.

LAUNCH=(/dev/rind/rind launch --)
SCRIPT=/opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh

# not_started COMMAND...: the container's command, which says "started", does not run.
not_started() {
  local status=0
  OUTPUT=$("$@" 2>&1) || status=$?
  printf '%s\n' "$OUTPUT"
  ((status != 0)) || fail "it was started: $OUTPUT"
  # Alone on its line: engines repeat the command that they could not start.
  if grep -qx started <<<"$OUTPUT"; then fail "its command ran: $OUTPUT"; fi
}

# A hook file whose program is not there: podman starts containers as if there were no hook file.
use_hook_without_program() {
  use_rind
  python3 - "$RIND_HOOKS/50-oci-rind.json" <<'PY'
import json, sys
hook = json.load(open(sys.argv[1]))
hook["hook"]["path"] += "-missing"
json.dump(hook, open(sys.argv[1], "w"))
PY
}

# with_and_without FUNCTION: FUNCTION's container (it says "started") starts with the hook, and not without.
with_and_without() {
  use_rind
  expect_status 0 "$1"
  expect_contains "with the hook" "$OUTPUT" started
  use_no_rind
  not_started "$1"
  use_hook_without_program
  not_started "$1"
}

# Control: without the launch, each of these starts unprotected.
test_control_nothing_required() {
  use_no_rind
  expect_status 0 plain "$IMAGE_BUILDER" echo started
  use_hook_without_program
  expect_status 0 plain "$IMAGE_BUILDER" echo started
}

by_command() { plain "$IMAGE_BUILDER" "${LAUNCH[@]}" echo started; }
by_entry_point() { plain --entrypoint '["/dev/rind/rind", "launch", "--", "echo"]' "$IMAGE_BUILDER" started; }
behind_an_init() { plain --init "$IMAGE_BUILDER" "${LAUNCH[@]}" echo started; }
as_a_user() { plain --user 1234:5678 "$IMAGE_BUILDER" "${LAUNCH[@]}" echo started; }
command_line() { with_and_without by_command; }
entry_point() { with_and_without by_entry_point; }
init() { with_and_without behind_an_init; }
user() { with_and_without as_a_user; }
on_each_runtime command_line
on_each_runtime entry_point
on_each_runtime init
on_one_runtime user

rootless() {
  RIND_ENGINE=podman_rootless
  import_image podman_rootless
  with_and_without by_command
}
on_one_runtime rootless

# The launch alone makes a builder, of an image in which nothing else does.
alone() {
  use_rind
  expect_status 0 plain "$IMAGE_PLAIN" sh -c '[ ! -e /dev/rind ]'
  expect_status 0 plain "$IMAGE_PLAIN" "${LAUNCH[@]}" /dev/rind/rind check
  use_rind '{"no-such-key": 1}'
  not_started plain "$IMAGE_PLAIN" "${LAUNCH[@]}" echo started
}
on_one_runtime alone

pod() {
  local name=rind-pod-$$-$RIND_RUNTIME file=$RIND_TMP/pod.yaml
  cat >"$file" <<YAML
apiVersion: v1
kind: Pod
metadata: {name: $name}
spec:
  restartPolicy: Never
  containers:
    - name: builder
      image: $IMAGE_BUILDER
      command: [/dev/rind/rind, launch, --]
      args: [sh, -c, 'fromager build /srv/packages/hello-ext && echo started']
      volumeMounts: [{name: packages, mountPath: /srv/packages}]
  volumes: [{name: packages, hostPath: {path: $RIND_TMP/shared/packages}}]
YAML
  # shellcheck disable=SC2064
  trap "podman_rootful pod rm -f $name >/dev/null 2>&1 || true" EXIT
  use_no_rind
  not_started play_pod
  use_rind
  expect_status 0 play_pod
  expect_contains "with the hook" "$OUTPUT" started
  expect_contains "isolation" "$OUTPUT" "network isolation: script"
}
play_pod() {
  local status=0
  podman_rootful pod rm -f "$name" >/dev/null 2>&1 || true
  podman_rootful kube play --network none "$file" || return
  status=$(podman_rootful wait "$name-builder")
  podman_rootful logs "$name-builder"
  return "$status"
}
on_each_runtime pod

# In a Containerfile the words of RUN as JSON: without a shell, nothing is in between.
by_build() { podman_build_rootful "$RIND_TMP/launch-context"; }
build() {
  mkdir -p "$RIND_TMP/launch-context"
  # shellcheck disable=SC2016
  printf 'FROM %s\nRUN ["/dev/rind/rind", "launch", "--", "sh", "-c", "echo star${X}ted"]\n' "$IMAGE_BUILDER" \
    >"$RIND_TMP/launch-context/Containerfile"
  with_and_without by_build
}
on_each_runtime build

# SHELL makes it every RUN's, but only an image in Docker's format has a SHELL: in the other one it is ignored.
build_by_shell() { podman_build_rootful --format docker "$RIND_TMP/shell-context"; }
shell_of_a_build() {
  mkdir -p "$RIND_TMP/shell-context"
  # shellcheck disable=SC2016
  printf 'FROM %s\nSHELL ["/dev/rind/rind", "launch", "--", "/bin/sh", "-c"]\nRUN echo star${X}ted\n' "$IMAGE_BUILDER" \
    >"$RIND_TMP/shell-context/Containerfile"
  with_and_without build_by_shell
}
on_one_runtime shell_of_a_build

buildah_run() {
  local container
  container=$(buildah_rootful from "$IMAGE_BUILDER")
  # shellcheck disable=SC2064
  trap "buildah_rootful rm $container >/dev/null" EXIT
  use_rind
  expect_status 0 buildah_rootful run "$container" -- "${LAUNCH[@]}" echo started
  use_no_rind
  not_started buildah_rootful run "$container" -- "${LAUNCH[@]}" echo started
}
on_each_runtime buildah_run

# It becomes the command: the same process, its words, environment, directory and status.
becomes_the_command() {
  # shellcheck disable=SC2016
  local tell='echo "$$|$0|$1|$2|$PWD|$VALUE"; readlink /proc/$$/exe; grep -E "^(Cap|NoNewPrivs|Sig[BIC])" /proc/self/status; env | sort; exit 7'
  local options=(-w /srv -e "VALUE=a b" --hostname same "$IMAGE_BUILDER")
  expect_status 7 plain "${options[@]}" sh -c "$tell" name '' '*'
  local without=$OUTPUT
  use_rind '{"containers": {"host_name": ""}}'
  expect_status 7 plain "${options[@]}" "${LAUNCH[@]}" sh -c "$tell" name '' '*'
  expect_equal "what the command gets" "$(grep -v container_uuid <<<"$without")" "$(grep -v container_uuid <<<"$OUTPUT")"
  expect_status 7 plain "${options[@]}" /dev/rind/rind launch sh -c 'exit 7'
  expect_status 127 plain "${options[@]}" "${LAUNCH[@]}" no-such-command
  expect_status 126 plain "${options[@]}" "${LAUNCH[@]}" /etc/passwd
  expect_status 125 plain "${options[@]}" /dev/rind/rind launch --
  expect_status 125 plain "${options[@]}" /dev/rind/rind launch --no-such-option true
}
on_one_runtime becomes_the_command

narrowed_environment() {
  use_rind '{"narrow": {"environment": ["TWINE_*", "*_TOKEN"]}}'
  expect_status 0 plain "$IMAGE_BUILDER" "${LAUNCH[@]}" env
  expect_lacks "the environment" "$OUTPUT" TWINE_
  expect_lacks "the environment" "$OUTPUT" _TOKEN
  expect_contains "the environment" "$OUTPUT" NGC_API_KEY
  expect_status 0 plain --annotation "io.rind.narrow.environment=NGC_*" "$IMAGE_BUILDER" "${LAUNCH[@]}" env
  expect_lacks "the environment" "$OUTPUT" NGC_API_KEY
  expect_lacks "the environment" "$OUTPUT" TWINE_
}
on_one_runtime narrowed_environment

# A kit that is there and no longer whole; with CAP_SYS_ADMIN somebody can take a cover away.
test_open_seam() {
  use_rind '{"containers": {"privileged": "start"}}'
  local status=0
  expect_status 0 plain --cap-add SYS_ADMIN "$IMAGE_BUILDER" sh -c '/dev/rind/rind launch -- echo started'
  # shellcheck disable=SC2016
  OUTPUT=$(plain --cap-add SYS_ADMIN "$IMAGE_BUILDER" sh -c \
    'umount "$0" && exec /dev/rind/rind launch -- echo started' "$SCRIPT" 2>&1) || status=$?
  expect_equal "status" 125 "$status"
  expect_contains "the reason" "$OUTPUT" "is not covered by the helper"
}
