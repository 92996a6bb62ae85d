# Bundles as CRI-O 1.3x makes them, run by crun and runc themselves: there is no CRI-O in Debian.
#
# cri_o_make [CAPABILITY...]   bundle_make, and what CRI-O writes for a container of a pod: its default capabilities
#                       and those named, the pod's network, ipc and uts namespaces joined by path, the kubelet's
#                       masked paths, files of the pod bound in, its annotations. Without a seccomp profile.
# cri_o_seccomp FILE    the profile of the pod's seccompProfile: FILE as CRI-O reads it (the format of podman's)
# SECCOMP_SHIPPED, SECCOMP_DOCKER, SECCOMP_CRI_O   the profile that Rind ships; what Docker's and CRI-O's defaults
#                       deny, in essence

SECCOMP_SHIPPED=$RIND_SOURCE/packaging/seccomp/rind-builder.json
SECCOMP_DOCKER=$RIND_SOURCE/tests/profiles/docker-like.json
SECCOMP_CRI_O=$RIND_SOURCE/tests/profiles/cri-o-like.json

_CRI_O_CAPABILITIES=(CHOWN DAC_OVERRIDE FSETID FOWNER SETGID SETUID SETPCAP NET_BIND_SERVICE KILL)

cri_o_make() {
  local capabilities=("${_CRI_O_CAPABILITIES[@]}" "$@") name
  bundle_make
  # A pod's namespaces outlive its containers: they are kept by files.
  mkdir "$BUNDLE/pod"
  mount --bind --make-private "$BUNDLE/pod" "$BUNDLE/pod"
  touch "$BUNDLE/pod/net" "$BUNDLE/pod/ipc" "$BUNDLE/pod/uts"
  unshare --net="$BUNDLE/pod/net" --ipc="$BUNDLE/pod/ipc" --uts="$BUNDLE/pod/uts" hostname the-pod
  trap 'umount --recursive --lazy "$BUNDLE/pod"; bundle_remove' EXIT
  mkdir -p "$BUNDLE/files/serviceaccount"
  printf '127.0.0.1 localhost\n' >"$BUNDLE/files/hosts"
  printf 'RIND-TEST-SECRET-serviceaccount\n' >"$BUNDLE/files/serviceaccount/token"
  : >"$BUNDLE/files/termination-log"
  bundle_set --cap-drop ALL --cwd /opt/app-root/src
  for name in "${capabilities[@]}"; do bundle_set --cap-add "$name"; done
  bundle_set --mount "/etc/hosts::$BUNDLE/files/hosts:bind,rprivate,rw" \
    --mount "/dev/termination-log::$BUNDLE/files/termination-log:bind,rprivate,rw" \
    --mount "/run/secrets/kubernetes.io/serviceaccount::$BUNDLE/files/serviceaccount:rbind,rprivate,ro" \
    --annotation io.container.manager=cri-o --annotation io.kubernetes.cri-o.ContainerType=container \
    --annotation io.kubernetes.cri-o.SandboxName=k8s_builder_default --annotation io.kubernetes.cri-o.TTY=false \
    --annotation "io.kubernetes.cri-o.Annotations={\"${BUILDER_ANNOTATION%=*}\":\"true\"}" \
    --annotation io.kubernetes.pod.name=builder --annotation "$BUILDER_ANNOTATION"
  bundle_set --patch "{\"linux\": {
    \"namespaces\": [{\"type\": \"pid\"}, {\"type\": \"mount\"}, {\"type\": \"network\", \"path\": \"$BUNDLE/pod/net\"},
      {\"type\": \"ipc\", \"path\": \"$BUNDLE/pod/ipc\"}, {\"type\": \"uts\", \"path\": \"$BUNDLE/pod/uts\"}],
    \"maskedPaths\": [\"/proc/asound\", \"/proc/acpi\", \"/proc/kcore\", \"/proc/keys\", \"/proc/latency_stats\",
      \"/proc/timer_list\", \"/proc/timer_stats\", \"/proc/sched_debug\", \"/proc/scsi\", \"/sys/firmware\"],
    \"readonlyPaths\": [\"/proc/bus\", \"/proc/fs\", \"/proc/irq\", \"/proc/sys\", \"/proc/sysrq-trigger\"]},
    \"hostname\": null}"
}

cri_o_seccomp() {
  local names=("${_CRI_O_CAPABILITIES[@]/#/CAP_}") patch
  patch=$(python3 "$RIND_SOURCE/tests/lib/oci_seccomp.py" "$1" "${names[@]}")
  bundle_set --patch "$patch"
}
