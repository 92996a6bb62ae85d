# `rind-hook status`: every builder that runs, whether it has its kit, and no other container. Other
# containers may run on this machine: each test asks for its own, by id.

HOOK=$RIND_TMP/shared/stage/usr/libexec/oci/hooks.d/rind-hook
# Matches the policy's "*/fromager *", and stays.
BUILDER_COMMAND=(sh -c "sleep 600 # /fromager build")

started=()

# start ENGINE ARG...: in the background; its id is in $ID.
start() {
  local engine=$1
  shift
  ID=$("$engine" run -d --network none "$@")
  started+=("$engine $ID")
}

remove_started() {
  local each
  for each in "${started[@]}"; do
    # shellcheck disable=SC2086
    ${each% *} rm -i -f -t 0 "${each#* }" >/dev/null
  done
}

# As root, with the policy that use_rind gave: JSON into $OUTPUT.
ask() {
  local status=0
  OUTPUT=$("$@" "$HOOK" status --json --defaults "$RIND_TMP/shared/stage/usr/share/rind/policy.json" \
    --config "${RIND_HOOKS%/hooks.d}/etc") || status=$?
  ((status < 2)) || fail "status $status: $OUTPUT"
  expect_equal "the exit status" "$status" \
    "$(python3 -c 'import json, sys; print(0 if json.load(sys.stdin)["ok"] else 1)' <<<"$OUTPUT")"
}

# KEY of the builder ID in $OUTPUT; `absent` when it is not listed.
value() { python3 -c 'import json, sys
found = [b for b in json.load(sys.stdin)["builders"] if b["id"] == sys.argv[1]]
print(found[0][sys.argv[2]] if found else "absent")' "$1" "$2" <<<"$OUTPUT"; }

with_and_without() {
  local engine=${1:-podman_rootful} whole none plain
  trap remove_started EXIT
  use_rind
  start "$engine" --annotation "$BUILDER_ANNOTATION" "$IMAGE_BUILDER" sleep 600
  whole=$ID
  start "$engine" "$IMAGE_PLAIN" sleep 600
  plain=$ID
  local hooks=$RIND_HOOKS
  use_no_rind
  start "$engine" "$IMAGE_PLAIN" "${BUILDER_COMMAND[@]}"
  none=$ID
  RIND_HOOKS=$hooks
  ask env
  expect_equal "the builder" whole "$(value "$whole" kit)"
  expect_contains "why it is one" "$(value "$whole" reason)" "annotation io.rind.builder"
  expect_equal "its policy" same "$(value "$whole" policy)"
  expect_equal "its engine" podman "$(value "$whole" engine)"
  expect_contains "since" "$(value "$whole" since)" "T"
  expect_equal "no builder" absent "$(value "$plain" kit)"
  expect_equal "without the hook" none "$(value "$none" kit)"
  expect_contains "why it is one" "$(value "$none" reason)" "command */fromager *"
  expect_equal "all of it" False "$(python3 -c 'import json, sys; print(json.load(sys.stdin)["ok"])' <<<"$OUTPUT")"
}
on_one_runtime with_and_without

as_user() {
  (cd / && setpriv --reuid "$RIND_TEST_USER" --regid "$RIND_TEST_USER" --init-groups "$@")
}

rootless() {
  import_image podman_rootless
  with_and_without podman_rootless
  local id=${started[0]#* }
  ask as_user
  expect_equal "as the user" whole "$(value "$id" kit)"
}
on_one_runtime rootless

# Nobody but root sees another user's.
test_other_users_are_not_seen() {
  trap remove_started EXIT
  podman_rootless info >/dev/null # makes the user
  use_rind
  start podman_rootful --annotation "$BUILDER_ANNOTATION" "$IMAGE_BUILDER" sleep 600
  ask as_user
  expect_equal "as a user" absent "$(value "$ID" kit)"
  ask env
  expect_equal "control: as root" whole "$(value "$ID" kit)"
}

damaged_and_changed() {
  trap remove_started EXIT
  use_rind
  start podman_rootful --annotation "$BUILDER_ANNOTATION" "$IMAGE_BUILDER" sleep 600
  echo '{"leases": 63}' >"${RIND_HOOKS%/hooks.d}/etc/policy.json"
  ask env
  expect_equal "the policy" differs "$(value "$ID" policy)"
  expect_equal "control: the kit" whole "$(value "$ID" kit)"
  local pid
  pid=$(podman_rootful inspect -f '{{.State.Pid}}' "$ID")
  nsenter --target "$pid" --mount --pid umount \
    /opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh
  ask env
  expect_equal "the kit" damaged "$(value "$ID" kit)"
  expect_contains "the fault" "$(value "$ID" faults)" "not covered"
}
on_one_runtime damaged_and_changed

# An ordinary user says of root's container that it is another, and puts things in the way that one does not open.
test_what_a_user_says() {
  podman_rootless info >/dev/null # makes the user
  local lie=$RIND_TMP/lie pid run
  run=/run/user/$(id -u "$RIND_TEST_USER")
  [[ ! -e $run ]] || skip "$run is there already"
  # shellcheck disable=SC2064 # now: the variables are the function's
  trap "kill \$(jobs -p); rm -rf '$lie' '$run'; remove_started" EXIT
  install -d -o "$RIND_TEST_USER" -m 0700 "$lie" "$run"
  echo '{"root": {"path": "/"}, "process": {"args": ["sleep"], "env": []}, "linux": {}, "mounts": []}' >"$lie/config.json"
  # Older than the real one, so that it is found first.
  as_user bash -c 'exec -a conmon bash -c "sleep 300; :" conmon "$@"' - -c lie -b "$lie" -p "$lie/pid" &
  as_user bash -c 'exec -a conmon bash -c "sleep 300; :" conmon "$@"' - -c pipe -b "$lie" -p "$lie/pipe" &
  as_user mkfifo "$lie/pipe"
  as_user mkdir -p "$run/crun/lie" "$run/crun/pipe"
  as_user mkfifo "$run/crun/pipe/status"
  use_no_rind
  start podman_rootful "$IMAGE_PLAIN" "${BUILDER_COMMAND[@]}"
  local id=$ID
  pid=$(podman_rootful inspect -f '{{.State.Pid}}' "$id")
  echo "$pid" >"$lie/pid"
  printf '{"pid": %s, "bundle": "%s"}' "$pid" "$lie" >"$run/crun/lie/status"
  use_rind
  ask timeout 20
  expect_equal "the kit" none "$(value "$id" kit)"
  expect_contains "why it is one" "$(value "$id" reason)" "command */fromager *"
}

# A script that came later, by pip: the image was no builder.
test_seam_without_kit() {
  trap remove_started EXIT
  use_no_rind
  start podman_rootful "$IMAGE_BUILDER" sleep 600
  local id=$ID
  use_rind
  ask env
  expect_equal "the kit" none "$(value "$id" kit)"
  expect_equal "why it is one" "seam in the rootfs" "$(value "$id" reason)"
}

# buildah has no conmon, and its container no annotation.
buildah_run() {
  local container=status-$RIND_RUNTIME-$$ job
  use_rind
  buildah_rootful from --name "$container" "$IMAGE_BUILDER" >/dev/null
  buildah_rootful run "$container" sleep 60 &
  job=$!
  # shellcheck disable=SC2064
  trap "kill $job 2>/dev/null; buildah_rootful rm $container >/dev/null" EXIT
  local i found=
  for ((i = 0; i < 50; i++)); do
    ask env
    found=$(python3 -c 'import json, sys
print([b["kit"] for b in json.load(sys.stdin)["builders"] if b["engine"] == "buildah"])' <<<"$OUTPUT")
    [[ $found != "['whole']" ]] || return 0
    sleep 0.2
  done
  fail "buildah's container: $found"
}
on_one_runtime buildah_run

# Whose steps keep the builder's uid, though the policy prefers another.
without_identity() {
  trap remove_started EXIT
  use_rind
  local own user
  start podman_rootful --annotation "$BUILDER_ANNOTATION" "$IMAGE_BUILDER" sleep 600
  own=$ID
  start podman_rootful --annotation "$BUILDER_ANNOTATION" --user 1234:0 "$IMAGE_BUILDER" sleep 600
  user=$ID
  start podman_rootful --annotation "$BUILDER_ANNOTATION" --cap-drop CHOWN "$IMAGE_BUILDER" sleep 600
  ask env
  expect_equal "of root" "" "$(value "$own" without_identity)"
  expect_equal "of a user" "its first process lacks CAP_SETUID" "$(value "$user" without_identity)"
  expect_equal "without the capability" "its first process lacks CAP_CHOWN" "$(value "$ID" without_identity)"
  expect_equal "control: the kit" whole "$(value "$ID" kit)"
  use_rind '{"identity": {"ephemeral": "none"}}'
  ask env
  expect_equal "where the policy wants none" "" "$(value "$ID" without_identity)"
}
on_one_runtime without_identity
