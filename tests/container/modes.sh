# How a container is started: what a whole build needs there. What a step gets in each mode is in matrix.sh.

build_hello() { builder "$@" "$IMAGE_BUILDER" fromager --network-isolation build --sdist --metadata /srv/packages/hello-ext; }

works() { # with these options of the engine, a build is isolated and ends well
  use_rind
  expect_status 0 build_hello "$@"
  expect_contains "the result" "$OUTPUT" "built "
}

# Below a read-only root, what a build writes must be mounted writable, with Rind or without.
test_read_only_root() {
  works --read-only --tmpfs /opt/app-root/src/work-dir --tmpfs /opt/app-root/src/wheels-repo \
    --tmpfs /opt/app-root/src/sdists-repo
}

work_on_a_volume() {
  mkdir -p "$RIND_TMP/volume-$RIND_RUNTIME"
  works -v "$RIND_TMP/volume-$RIND_RUNTIME:/work" --workdir /work
}
on_each_runtime work_on_a_volume

# A container user that is not root, as OpenShift has it: a made-up number, and HOME set by hand.
other_user() { works --user 1234567:0 --tmpfs /work:mode=1777 --workdir /work --env HOME=/work; }
user_without_home() { works --user 1234 --tmpfs /work:mode=1777 --workdir /work --env HOME=/; }
on_each_runtime other_user
on_each_runtime user_without_home

# The step's own errors: the container starts, the step does not, and says why.
step_refused() { step_refused_by "" "$@"; }
step_refused_by() { # POLICY WHY OPTION...
  local why=$2
  use_rind ${1:+"$1"}
  shift 2
  expect_status 125 builder "$@" "$IMAGE_BUILDER" /dev/rind/rind run -- echo started
  expect_contains "the reason" "$OUTPUT" "$why"
  expect_lacks "the command" "$OUTPUT" started
}

# With a uid of the step's own root is not mapped; with the builder's number it is, which takes SETFCAP.
without_setfcap_as_self() { step_refused_by '{"identity": {"ephemeral": "none"}}' "lacks CAP_SETFCAP" --cap-drop SETFCAP; }
on_each_runtime without_setfcap_as_self

# The front end does not go on without isolation: its probe succeeds, its first step fails.
test_no_namespaces_by_seccomp() {
  step_refused "seccomp profile denies new namespaces (clone3" --security-opt "seccomp=$SECCOMP_DOCKER"
  expect_contains "the remedy" "$OUTPUT" "/usr/share/rind/seccomp/rind-builder.json"
  # Through the first seam that it comes to: uv asks the build environment's interpreter.
  expect_status 1 builder --security-opt "seccomp=$SECCOMP_DOCKER" "$IMAGE_BUILDER" fromager build /srv/packages/probe
  expect_contains "the front end's choice" "$OUTPUT" "network isolation: script"
}

# One that was made for namespaces alone.
test_no_mounts_by_seccomp() {
  python3 - "$SECCOMP_DOCKER" "$RIND_TMP/no-mounts.json" <<'PY'
import json, sys
profile = json.load(open(sys.argv[1]))
profile["syscalls"] = [entry for entry in profile["syscalls"] if not entry["names"][0].startswith("clone")]
json.dump(profile, open(sys.argv[2], "w"))
PY
  step_refused "seccomp profile denies a step the system call open_tree" --security-opt "seccomp=$RIND_TMP/no-mounts.json"
  expect_contains "the remedy" "$OUTPUT" "/usr/share/rind/seccomp/rind-builder.json"
}

# The profile that is shipped lets a whole build through, and keeps what it says it keeps.
test_shipped_profile() {
  expect_status 0 builder "$IMAGE_BUILDER" unshare --user true
  works --security-opt "seccomp=$SECCOMP_SHIPPED"
  expect_status 1 builder --security-opt "seccomp=$SECCOMP_SHIPPED" "$IMAGE_BUILDER" unshare --user true
  expect_contains "unshare" "$OUTPUT" "Operation not permitted"
}

# A socket of an engine, bound in under an innocent name.
test_engine_socket_is_hidden() {
  local socket=$RIND_TMP/engine.sock
  python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$socket"
  use_rind
  expect_status 0 builder -v "$socket:/srv/innocent" "$IMAGE_BUILDER" bash -c '
    [[ -S /srv/innocent ]] && echo "control: a socket"
    /dev/rind/rind run -- sh -c "test -S /srv/innocent && echo \"the step: a socket\"; true"'
  expect_equal "what is seen" "control: a socket" "$OUTPUT"
}
