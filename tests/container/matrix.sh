# Every engine in every mode: what a step gets there, and docs/engines.md.
# Backticks in titles are Markdown's; NAME and HOOK_LOG are set for each cell by matrix_row.
# shellcheck disable=SC2016,SC2086,SC2153
# Only with --all: two hundred containers, of which other files look at each kind more closely

TEST_SECONDS=900 # the whole table is one function

# Of one container: started with OPTION..., it runs the probe.
run() {
  local network=(--network none)
  [[ " $* " != *" --net"* && " $* " != *" --pod"* ]] || network=()
  "$RIND_ENGINE" run --rm --timeout 120 "${network[@]}" "${ANNOTATIONS[@]}" --annotation "run.oci.hooks.stderr=$HOOK_LOG" \
    -v "$MATRIX:/srv/matrix:ro" "$@" "$IMAGE_BUILDER" sh /srv/matrix/probe
}
ANNOTATIONS=(--annotation "$BUILDER_ANNOTATION")

held() { # ARG...: a container NAME that only waits
  "$RIND_ENGINE" run -d --name "$NAME" --network none "${ANNOTATIONS[@]}" --annotation "run.oci.hooks.stderr=$HOOK_LOG" \
    -v "$MATRIX:/srv/matrix:ro" "$IMAGE_BUILDER" "$@" >/dev/null
}
drop() { "$RIND_ENGINE" rm -f -t 0 "$NAME" >/dev/null; }

exec_into() {
  held sleep 120
  "$RIND_ENGINE" exec "$@" "$NAME" sh /srv/matrix/probe
  drop
}

start_again() {
  held sh /srv/matrix/probe
  "$RIND_ENGINE" wait "$NAME" >/dev/null
  "$RIND_ENGINE" start --attach "$NAME"
  drop
}

restart() {
  held sleep 120
  "$RIND_ENGINE" restart -t 0 "$NAME" >/dev/null
  "$RIND_ENGINE" exec "$NAME" sh /srv/matrix/probe
  drop
}

in_pod() { # OPTION of pod create...
  "$RIND_ENGINE" pod create --name "$NAME" --network none "$@" >/dev/null
  run --pod "$NAME"
  "$RIND_ENGINE" pod rm -f -t 0 "$NAME" >/dev/null
}

play() {
  cat >"$HOOK_LOG.yaml" <<YAML
apiVersion: v1
kind: Pod
metadata:
  name: $NAME
  annotations: {${BUILDER_ANNOTATION%=*}: "true", run.oci.hooks.stderr: "$HOOK_LOG"}
spec:
  restartPolicy: Never
  containers:
  - name: builder
    image: $IMAGE_BUILDER:latest
    imagePullPolicy: Never
    command: [sh, /srv/matrix/probe]
    volumeMounts: [{name: matrix, mountPath: /srv/matrix, readOnly: true}]
  volumes: [{name: matrix, hostPath: {path: "$MATRIX"}}]
YAML
  chmod 0644 "$HOOK_LOG.yaml"
  "$RIND_ENGINE" kube play --network none "$HOOK_LOG.yaml" >/dev/null
  "$RIND_ENGINE" wait "$NAME-builder" >/dev/null
  "$RIND_ENGINE" logs "$NAME-builder"
  "$RIND_ENGINE" kube down "$HOOK_LOG.yaml" >/dev/null
}

podman_run() {
  matrix_table "podman run" podman_{rootful,rootless}:{crun,runc}
  matrix_row own "no options" run
  matrix_row own "no annotation: told by Fromager's script" not_annotated
  matrix_row self '`--user 1234:0`' run --user 1234:0
  matrix_row own '`--uidmap 0:1000:1024`' run --uidmap 0:1000:1024
  matrix_row own '`--userns=auto:size=4096`' run --userns=auto:size=4096
  matrix_row "engine/self:podman: of rootless containers only" '`--userns=keep-id`' run --userns=keep-id
  matrix_row "engine/own:podman: of rootless containers only" '`--userns=nomap`' run --userns=nomap
  matrix_row own '`--read-only`' run --read-only
  matrix_row own '`--init`' run --init
  matrix_row own '`--security-opt no-new-privileges`' run --security-opt no-new-privileges
  matrix_row own '`--security-opt seccomp=unconfined`' run --security-opt seccomp=unconfined
  matrix_row own '`--security-opt seccomp=`[rind-builder.json](kubernetes.md)' run --security-opt "seccomp=$SECCOMP_SHIPPED"
  matrix_row "step:rind-builder.json" "a seccomp profile like Docker's default" run --security-opt "seccomp=$SECCOMP_DOCKER"
  matrix_row own '`--security-opt unmask=ALL`' run --security-opt unmask=ALL
  matrix_row own '`--cap-drop=SETFCAP`' run --cap-drop=SETFCAP
  matrix_row "step:lacks CAP_SETFCAP" '`--cap-drop=all`' run --cap-drop=all
  matrix_row self '`--cap-drop=all --user 1234:0`' run --cap-drop=all --user 1234:0
  matrix_row own '`--net=host`' run --net=host
  matrix_row own '`--uts=host`' run --uts=host
  matrix_row "own/not:rootless podman wants a /dev/mqueue of the host's, which test machines may lack" '`--ipc=host`' run --ipc=host
  matrix_row "refused:shares the host's pid namespace" '`--pid=host`' run --pid=host
  matrix_row "refused:CAP_SYS_ADMIN" '`--privileged`' run --privileged
  matrix_row "refused:CAP_SYS_ADMIN" '`--cap-add SYS_ADMIN`' run --cap-add SYS_ADMIN
  matrix_row "refused:CAP_SYS_ADMIN" '`--cap-add SYS_ADMIN --user 1234:0`' run --cap-add SYS_ADMIN --user 1234:0
  matrix_row "refused:/dev is not a private tmpfs" '`-v /dev:/dev`' run -v /dev:/dev
  matrix_row own '`-v /proc:/proc`' run -v /proc:/proc
  matrix_row "refused:/proc is read-only" '`-v /proc:/proc:ro`' run -v /proc:/proc:ro
}

not_annotated() { ANNOTATIONS=() && run "$@"; }

podman_otherwise() {
  matrix_table "podman, other ways" podman_{rootful,rootless}:{crun,runc}
  matrix_row own '`podman exec`' exec_into
  matrix_row self '`podman exec --user 1234`' exec_into --user 1234
  matrix_row own '`podman exec --privileged`' exec_into --privileged
  matrix_row own '`podman start` of a stopped container' start_again
  matrix_row own '`podman restart`' restart
  matrix_row own "in a pod" in_pod
  matrix_row own "in a pod that shares pid, ipc, uts and net" in_pod --share pid,ipc,uts,net
  matrix_row own '`podman kube play`' play
  matrix_row "not/not:a quadlet needs podman 4.4 and systemd: see below" "a quadlet" false
}

# podman build and buildah, whose rootless builds have settings of their own to find, or not, hook files by.
built() { # OPTION...
  local options=(--no-cache -q -v "$MATRIX:/srv/matrix:ro" -f "$MATRIX/Containerfile") status=0
  mkdir -p "$MATRIX/context"
  # chroot isolation knows no other network than the host's.
  [[ " $* " == *" chroot "* ]] || options+=(--network none)
  case $BUILDER in
    buildah) "buildah_${RIND_ENGINE#podman_}" build --runtime "$RIND_RUNTIME" "$@" "${options[@]}" -t "$NAME" "$MATRIX/context" ;;
    podman) "$RIND_ENGINE" build "$@" "${options[@]}" -t "$NAME" "$MATRIX/context" ;;
  esac >"$HOOK_LOG.build" 2>&1 || status=$?
  # -q leaves out what RUN prints: it is in the image.
  if ((status == 0)); then
    "$RIND_ENGINE" run --rm --network none "$NAME" cat /srv/seen
  else
    cat "$HOOK_LOG.build"
  fi
  "$RIND_ENGINE" rmi -f "$NAME" >/dev/null 2>&1 || true
  return "$status"
}

podman_built() { BUILDER=podman built "$@"; }
buildah_built() { BUILDER=buildah built "$@"; }

buildah_ran() { # ENGINE's buildah run
  local buildah=buildah_${RIND_ENGINE#podman_} container
  container=$("$buildah" from "$IMAGE_BUILDER")
  "$buildah" config --annotation "$BUILDER_ANNOTATION" "$container"
  case $buildah in
    buildah_rootful) buildah_rootful run -v "$MATRIX:/srv/matrix:ro" "$container" -- sh /srv/matrix/probe ;;
    *) buildah_rootless run --runtime "$RIND_RUNTIME" --network none -v "$MATRIX:/srv/matrix:ro" "$container" -- sh /srv/matrix/probe ;;
  esac
  "$buildah" rm "$container" >/dev/null
}

builds() {
  printf 'FROM %s\nRUN sh /srv/matrix/probe >/srv/seen\n' "$IMAGE_BUILDER" >"$MATRIX/Containerfile"
  chmod 0644 "$MATRIX/Containerfile"
  # Rootful builds look there, those of a user do not.
  _install_default_hooks
  RIND_USER_RUN=$(mktemp -d "$RIND_TMP/u.XXX")
  chown "$RIND_TEST_USER" "$RIND_USER_RUN"
  hook_file_is_there
  matrix_table "builds" podman_{rootful,rootless}:{crun,runc}
  matrix_row own/bare '`RUN` of `podman build`' podman_built
  matrix_row own '`RUN` of `podman build --hooks-dir`' podman_built --hooks-dir "$RIND_HOOKS"
  matrix_row own/bare '`RUN` of `buildah build`' buildah_built
  matrix_row own '`RUN` of `buildah build --hooks-dir`' buildah_built --hooks-dir "$RIND_HOOKS"
  matrix_row bare '`RUN` of `buildah build --isolation chroot`' buildah_built --isolation chroot --hooks-dir "$RIND_HOOKS"
  matrix_row own/bare '`buildah run`' buildah_ran
  end_user_run
  RIND_USER_RUN=
}

# Where the table says that a user's build is not isolated: not for want of a hook file.
hook_file_is_there() {
  local name="container/matrix/control: a user's podman sees the hook file"
  if podman_rootless unshare test -f /usr/share/containers/oci/hooks.d/50-oci-rind.json; then
    report_ok "$name"
  else
    report_not_ok "$name" "$(podman_rootless unshare ls -l /usr/share/containers /usr/share/containers/oci 2>&1)"
  fi
}

bundled() { # PROFILE or none, OPTION of cri_o_make..., --, OPTION of bundle_set...
  local profile=$1 capabilities=()
  shift
  while [[ ${1:---} != -- ]]; do
    capabilities+=("$1")
    shift
  done
  cri_o_make "${capabilities[@]}"
  [[ $profile == none ]] || cri_o_seccomp "$profile"
  (($# < 2)) || bundle_set "${@:2}"
  bundle_set --mount "/srv/matrix::$MATRIX:bind,ro"
  bundle_run sh /srv/matrix/probe
}

# The inner container of an outer one that was started with OPTION..., and is not to be had there without Rind either.
nested_run() { # OPTION...
  local control
  control=$(RIND_HOOKS='' nested_probe "$@" 2>&1) || true
  if [[ $(tail -n 1 <<<"$control") != bare ]]; then
    printf 'without Rind: %s\n' "$control"
    return 1
  fi
  nested_probe "$@"
}

nested_probe() {
  nested "${RIND_ENGINE#nested_}" "$RIND_RUNTIME" "$@" -- '
    status=0
    inner --annotation io.rind.builder=true -v /srv/matrix:/srv/matrix:ro "$IMAGE" sh /srv/matrix/probe || status=$?
    [ $status = 0 ] || refusal
    exit $status'
}

podman_in_podman() {
  local mount="--cap-add sys_admin,mknod" ptrace="--cap-add sys_admin,mknod,sys_ptrace" unmask="--security-opt unmask=ALL" options
  matrix_table "podman in podman, options of the outer container" nested_root:{crun,proc-volume}
  for options in "" "$unmask"; do
    matrix_row failed "${options:+\`}${options:-none}${options:+\`}" nested_run $options
  done
  for options in "$mount" "$mount $unmask"; do
    matrix_row "refused:--cap-add SYS_PTRACE" "\`$options\`" nested_run $options
  done
  for options in "$ptrace" "$ptrace $unmask" --privileged; do
    matrix_row own "\`$options\`" nested_run $options
  done
  matrix_table "podman in podman, options of the outer container" nested_podman:{crun,proc-volume}
  for options in "" "$mount" "$ptrace"; do
    matrix_row "failed/refused:--security-opt unmask=ALL" "${options:+\`}${options:-none}${options:+\`}" nested_run $options
  done
  for options in "$unmask" "$mount $unmask" "$ptrace $unmask" --privileged; do
    matrix_row own "\`$options\`" nested_run $options
  done
}

cri_o() {
  matrix_table "bundles as CRI-O makes them" bundle:{crun,runc}
  matrix_row "step:rind-builder.json" "a profile like CRI-O's default (\`RuntimeDefault\`)" bundled "$SECCOMP_CRI_O"
  matrix_row own "rind-builder.json (\`Localhost\`)" bundled "$SECCOMP_SHIPPED"
  matrix_row own "the same, \`allowPrivilegeEscalation: false\`" bundled "$SECCOMP_SHIPPED" -- --patch '{"process": {"noNewPrivileges": true}}'
  matrix_row self "the same, \`runAsUser: 1000650000\`" bundled "$SECCOMP_SHIPPED" -- --user 1000650000:0 --patch '{"process": {"noNewPrivileges": true}}'
  matrix_row "step:private view of /tmp" "the same, \`readOnlyRootFilesystem: true\`" bundled "$SECCOMP_SHIPPED" -- --read-only
  matrix_row own "the same, and an \`emptyDir\` on /tmp" bundled "$SECCOMP_SHIPPED" -- --read-only --mount /tmp:tmpfs:tmpfs:mode=1777
  matrix_row "not:the rootfs would have to be id-mapped, as podman does it: see \`--userns\` above" "\`hostUsers: false\`" false
  matrix_row own "no profile (\`Unconfined\`)" bundled none
  matrix_row "refused:CAP_SYS_ADMIN" "\`add: [SYS_ADMIN]\`" bundled "$SECCOMP_SHIPPED" SYS_ADMIN
  matrix_row "refused:shares the host's pid namespace" "\`hostPID: true\`" bundled "$SECCOMP_SHIPPED" -- --patch "$CRI_O_HOST_PID"
}

CRI_O_HOST_PID='{"linux": {"namespaces": [{"type": "mount"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"}]}}'

# Rootful --userns=auto takes ids of the user `containers`.
give_ids_to_containers() {
  local file
  for file in subuid subgid; do
    cp "/etc/$file" "$RIND_TMP/$file"
    printf 'containers:1000000:10000000\n' >>"$RIND_TMP/$file"
    mount --bind "$RIND_TMP/$file" "/etc/$file"
  done
}

setup() {
  import_image podman_rootless
  use_rind
  matrix_begin
  give_ids_to_containers
}

tests_page() {
  local before
  before=$(hostname)
  import_outer
  podman_run
  podman_otherwise
  builds
  cri_o
  podman_in_podman
  if [[ $(hostname) == "$before" ]]; then
    report_ok "container/matrix/the host's name"
  else
    report_not_ok "container/matrix/the host's name" "it is $(hostname), it was $before"
  fi
  matrix_end
}

# The probe tells: without Rind a command of the builder is what each line says, and it reads the secrets.
test_control() {
  use_no_rind
  expect_status 0 builder -v "$MATRIX:/srv/matrix:ro" "$IMAGE_BUILDER" sh -c '
    sh /srv/matrix/probe
    sh /srv/matrix/inside "$(sh /srv/matrix/namespaces)"'
  local line
  for line in bare user: mnt: pid: ipc: uts: net: "it reads secrets" "it writes to /usr" TWINE_PASSWORD "uid 0"; do
    expect_contains "without Rind" "$OUTPUT" "$line"
  done
}
