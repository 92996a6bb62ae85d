# OCI bundles run by crun and runc themselves, without an engine around them.
#
# bundle_make          makes a bundle whose rootfs is the builder image's, each test's own (an overlay). Sets
#                      BUNDLE (its directory) and ROOTFS (BUNDLE/rootfs, to be changed at will). Removed when the
#                      test's subshell ends. With an argument: that directory is the overlay's lower one.
# bundle_set OPTION... options of bundle_config.py for this bundle's config.json, added to the earlier ones
# bundle_run COMMAND...
#     writes config.json with the hooks of use_rind and runs COMMAND in it by the runtime of use_runtime. Output
#     is the container's and the runtime's, then what the hook said; the status is the runtime's.
# bundle_builder       bundle_set for the annotation that makes it a builder
# bundle_refused TEXT COMMAND...    the hook refuses to start it, in one line that has TEXT; it is in $OUTPUT
# bundle_isolated_through SEAM      a step through it sees BUNDLE_LOOK's secrets not, and ran
# BUNDLE_LIMIT         seconds after which a container is killed: a hook that hangs is a failure

BUNDLE_LIMIT=60
BUNDLE_LOOK='readlink /proc/self/ns/pid; cat /opt/app-root/src/.netrc; true'

# The builder image's rootfs as a directory, nobody's to write in.
_bundle_tree() {
  mkdir -p "$RIND_TEST_CACHE"
  (
    exec 9>"$RIND_TEST_CACHE/lock"
    flock 9
    local archive tree
    archive=$(make_image_archive 9>&-)
    tree=$RIND_TEST_CACHE/unpacked-$(basename "$archive" .tar)
    if [[ ! -d $tree ]]; then
      rm -rf -- "$tree.new"
      mkdir "$tree.new"
      tar --numeric-owner --xattrs -C "$tree.new" -xf "$archive"
      mv "$tree.new" "$tree"
    fi
    touch "$tree"
    # Those of older images, unless another run may be at work in them.
    find "$RIND_TEST_CACHE" -maxdepth 1 -name 'unpacked-*' -mmin +1440 -exec rm -rf -- {} +
    printf '%s\n' "$tree"
  )
}

bundle_make() {
  local lower=${1:-}
  [[ -n $lower ]] || lower=$(_bundle_tree)
  # The overlay's directories may not lie in an overlay, and a bundle must not be another user's.
  BUNDLE=$(mktemp -d "$RIND_TMP/bundle.XXXXXX")
  ROOTFS=$BUNDLE/rootfs
  BUNDLE_OPTIONS=()
  mkdir "$ROOTFS" "$BUNDLE/upper" "$BUNDLE/work" "$BUNDLE/state"
  chmod 0755 "$BUNDLE" "$BUNDLE/upper"
  mount -t overlay overlay -o "lowerdir=$lower,upperdir=$BUNDLE/upper,workdir=$BUNDLE/work" "$ROOTFS"
  trap bundle_remove EXIT
}

# Never through a mount: there could be anything below it. Tests may have mounted more beside the rootfs.
bundle_remove() {
  [[ -d $BUNDLE ]] || return 0
  cut -d' ' -f5 /proc/self/mountinfo | grep "^$BUNDLE/" | sort -r | xargs -r umount --lazy
  rm -rf --one-file-system -- "$BUNDLE"
}

bundle_set() { BUNDLE_OPTIONS+=("$@"); }
bundle_builder() { bundle_set --annotation "$BUILDER_ANNOTATION"; }

_bundle_runtime() {
  local options=(--root "$BUNDLE/state")
  [[ $RIND_RUNTIME != crun ]] || options+=(--cgroup-manager=disabled)
  timeout --kill-after 5 "$BUNDLE_LIMIT" "$RIND_RUNTIME" "${options[@]}" "$@"
}

bundle_run() {
  local hooks=() status=0 id=bundle-$$-$RANDOM
  [[ -z $RIND_HOOKS ]] || hooks=(--hook "$RIND_HOOKS/50-oci-rind.json")
  [[ $RIND_RUNTIME != runc ]] || hooks+=(--cgroups-path "/rind-tests-$id")
  python3 "$RIND_SOURCE/tests/lib/bundle_config.py" --annotation "run.oci.hooks.stderr=$BUNDLE/hook.log" \
    "${hooks[@]}" "${BUNDLE_OPTIONS[@]}" -- "$@" >"$BUNDLE/config.json"
  : >"$BUNDLE/hook.log"
  _bundle_runtime run --bundle "$BUNDLE" "$id" 2>&1 || status=$?
  cat "$BUNDLE/hook.log"
  # What a refused or killed one leaves would be in the way of nothing but the next runs' cleanliness.
  _bundle_runtime delete --force "$id" >/dev/null 2>&1 || true
  return "$status"
}

bundle_refused() {
  local text=$1 status=0 lines
  shift
  OUTPUT=$(bundle_run "$@" 2>&1) || status=$?
  printf '%s\n' "$OUTPUT"
  ((status != 0)) || fail "it started"
  ((status != 124 && status != 137)) || fail "it hung: the limit is $BUNDLE_LIMIT s"
  expect_contains "the reason" "$OUTPUT" "$text"
  # runc quotes the hook's output, crun's is a file of its own.
  lines=$(grep -c 'rind-hook: ' <<<"$OUTPUT") || true
  expect_equal "lines of the hook" 1 "$lines"
}

bundle_isolated_through() {
  expect_status 0 bundle_run "$1" sh -c "$BUNDLE_LOOK"
  expect_contains "it ran" "$OUTPUT" "pid:["
  expect_lacks "the step" "$OUTPUT" RIND-TEST-SECRET
}
