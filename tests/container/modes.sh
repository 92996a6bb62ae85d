# How a container is started: what Rind works under, and what it refuses.

build_hello() { builder "$@" "$IMAGE_BUILDER" fromager --network-isolation build --sdist --metadata /srv/packages/hello-ext; }

works() { # with these options of the engine, a build is isolated and ends well
  use_rind
  expect_status 0 build_hello "$@"
  expect_contains "the result" "$OUTPUT" "built "
}

# The hook's refusal: WHY, and the options. Control: without Rind such a container starts.
refused() {
  local why=$1
  shift
  expect_status 0 builder "$@" "$IMAGE_BUILDER" echo started
  use_rind
  : >"$RIND_TMP/hook.log"
  local status=0
  OUTPUT=$(builder "$@" "$IMAGE_BUILDER" echo started 2>&1) || status=$?
  ((status != 0)) || fail "it was started: $OUTPUT"
  expect_lacks "the container" "$OUTPUT" started
  expect_contains "the reason" "$(hook_messages)$OUTPUT" "$why"
}

privileged() { refused "CAP_SYS_ADMIN" --privileged; }
sys_admin() { refused "CAP_SYS_ADMIN" --cap-add SYS_ADMIN; }
hosts_dev() { refused "/dev is not a tmpfs of its own" -v /dev:/dev; }
hosts_pids() { refused "shares the host's pid namespace" --pid host; }
on_each_runtime privileged
on_each_runtime sys_admin
on_each_runtime hosts_dev
on_each_runtime hosts_pids

user_namespace() { works --uidmap 0:200000:65536; }
small_user_namespace() { works --uidmap 0:200000:1024 --gidmap 0:300000:1024; }
on_each_runtime user_namespace
on_each_runtime small_user_namespace

# Below a read-only root, what a build writes must be mounted writable, with Rind or without.
read_only_root() {
  works --read-only --tmpfs /opt/app-root/src/work-dir --tmpfs /opt/app-root/src/wheels-repo \
    --tmpfs /opt/app-root/src/sdists-repo
}
on_each_runtime read_only_root

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

init_process() { works --init; }
on_each_runtime init_process

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
without_setfcap() { works --cap-drop SETFCAP; }
without_setfcap_as_self() { step_refused_by '{"identity": {"ephemeral": "none"}}' "lacks CAP_SETFCAP" --cap-drop SETFCAP; }
without_setfcap_as_another_user() { works --cap-drop SETFCAP --user 1234 --tmpfs /work:mode=1777 --workdir /work --env HOME=/work; }
on_each_runtime without_setfcap
on_each_runtime without_setfcap_as_self
on_each_runtime without_setfcap_as_another_user

# As Docker's default profile does without CAP_SYS_ADMIN: clone3 is unknown, the rest not permitted.
no_namespaces_by_seccomp() {
  cat >"$RIND_TMP/no-namespaces.json" <<'JSON'
{"defaultAction": "SCMP_ACT_ALLOW",
 "syscalls": [{"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
              {"names": ["unshare", "mount"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]}
JSON
  step_refused "seccomp profile" --security-opt "seccomp=$RIND_TMP/no-namespaces.json"
  # And the front end does not go on without: its probe succeeds, its first step fails.
  expect_status 125 builder --security-opt "seccomp=$RIND_TMP/no-namespaces.json" "$IMAGE_BUILDER" \
    fromager build /srv/packages/probe
  expect_contains "the front end's choice" "$OUTPUT" "network isolation: script"
}
on_each_runtime no_namespaces_by_seccomp

# A socket of an engine, bound in under an innocent name.
engine_socket_is_hidden() {
  local socket=$RIND_TMP/engine-$RIND_RUNTIME.sock
  python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$socket"
  use_rind
  expect_status 0 builder -v "$socket:/srv/innocent" "$IMAGE_BUILDER" bash -c '
    [[ -S /srv/innocent ]] && echo "control: a socket"
    /dev/rind/rind run -- sh -c "test -S /srv/innocent && echo \"the step: a socket\"; true"'
  expect_equal "what is seen" "control: a socket" "$OUTPUT"
}
on_each_runtime engine_socket_is_hidden
