# `rind check` in a builder: what it says of a whole kit, and what it finds when something is not.

SCRIPT=/opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh

# A builder that stays while others look at it: started BUILDER-OPTION...; its name is in $STAYS.
start_builder() {
  STAYS=check-$RIND_RUNTIME-$$
  podman_rootful rm -i -f -t 0 "$STAYS" >/dev/null
  podman_rootful run -d --name "$STAYS" --network none --annotation "$BUILDER_ANNOTATION" "$@" \
    "$IMAGE_BUILDER" sleep 600 >/dev/null
  # shellcheck disable=SC2064
  trap "podman_rootful rm -i -f -t 0 $STAYS >/dev/null" EXIT
}

inside() { podman_rootful exec "$STAYS" "$@"; }

# The states in the last --json of $OUTPUT: `id=state` a line.
states() { python3 -c 'import json, sys
for check in json.load(sys.stdin)["checks"]: print(check["id"] + "=" + check["state"])' <<<"$OUTPUT"; }

whole() {
  use_rind
  start_builder
  expect_status 0 inside /dev/rind/rind check
  expect_contains "the text" "$OUTPUT" "the step's own: user, mnt, pid, ipc, uts, net"
  expect_status 0 inside /dev/rind/rind check --json
  local id
  for id in kit.there kit.whole kit.anchor seams.covered seams.others record step.runs step.namespaces \
    step.identity step.privileges step.seccomp step.root step.proc step.home step.network step.packages; do
    expect_contains "the states" "$(states)" "$id=ok"
  done
  expect_lacks "the states" "$(states)" failed
}
on_one_runtime whole

other_user_checks() {
  use_rind
  start_builder --user 1234 --tmpfs /work:mode=1777 --workdir /work --env HOME=/work
  expect_status 0 inside /dev/rind/rind check --json
  expect_contains "the identity" "$(states)" "step.identity=warning"
}
on_one_runtime other_user_checks

# The step of the check has a build environment that was made under the container's umask.
check_under_a_umask() {
  use_rind
  local umask
  for umask in 0027 0077; do
    start_builder --umask "$umask"
    # `podman exec` has one of its own.
    expect_status 0 inside sed -n 's/^Umask:\t//p' /proc/1/status
    expect_equal "the umask holds" "$umask" "$OUTPUT"
    expect_status 0 inside /dev/rind/rind check --json
    expect_contains "the identity" "$(states)" "step.identity=ok"
    expect_contains "the environment" "$(states)" "step.packages=ok"
    expect_status 0 inside sh -c 'ls -d /tmp/rind-check-* 2>/dev/null | wc -l'
    expect_equal "what is left of it" 0 "$OUTPUT"
  done
}
on_one_runtime check_under_a_umask

# pip install in a running builder brings a script that nothing covers.
uncovered_script_is_found() {
  use_rind
  start_builder
  expect_status 0 inside /dev/rind/rind check
  expect_status 0 inside sh -c "mkdir -p /usr/local/lib/python3.13/site-packages/fromager
    cp /dev/rind/originals/0/run_network_isolation.sh /usr/local/lib/python3.13/site-packages/fromager/run_network_isolation.sh"
  expect_status 1 inside /dev/rind/rind check --json
  expect_contains "the states" "$(states)" "seams.others=failed"
  expect_contains "where" "$OUTPUT" /usr/local/lib/python3.13/site-packages/fromager/run_network_isolation.sh
}
on_one_runtime uncovered_script_is_found

# The host unmounts the helper from the seam: what a damaged kit looks like from inside. Control: `whole`.
damaged_seam_is_found() {
  use_rind
  start_builder
  local pid
  pid=$(podman_rootful inspect -f '{{.State.Pid}}' "$STAYS")
  expect_status 0 nsenter --target "$pid" --mount --pid umount "$SCRIPT"
  expect_status 1 inside /dev/rind/rind check --json
  expect_contains "the states" "$(states)" "seams.covered=failed"
  expect_status 0 nsenter --target "$pid" --mount --pid umount /dev/rind/anchor
  expect_status 1 inside /dev/rind/rind check --json
  expect_contains "the states" "$(states)" "kit.anchor=failed"
}
on_one_runtime damaged_seam_is_found

# A step can tell that it is one, by what is mounted on its /dev; a container without Rind cannot take itself
# for one.
in_a_step() {
  use_rind
  start_builder
  expect_status 3 inside /dev/rind/rind run --ro /dev/rind/rind -- /dev/rind/rind check
  expect_contains "the answer" "$OUTPUT" "this process runs in a step"
  expect_status 3 inside /dev/rind/rind run --ro /dev/rind/rind -- /dev/rind/rind check --json
}
on_one_runtime in_a_step

test_no_kit_is_no_step() {
  local helper=$RIND_TMP/shared/stage/usr/libexec/rind/rind
  expect_status 1 plain -v "$helper:/usr/bin/rind:ro" --read-only --cap-drop all --security-opt no-new-privileges \
    "$IMAGE_PLAIN" /usr/bin/rind check
  expect_contains "the answer" "$OUTPUT" "kit.there"
  expect_contains "the remedy" "$OUTPUT" "the hook did not run"
}
