# `rind-hook check`, and what it says of engines held against what the engines do: the same hook file in the
# same directory, with and without the drop-in of containers.conf.

HOOK=$RIND_TMP/shared/stage/usr/libexec/oci/hooks.d/rind-hook
HELPER=$RIND_TMP/shared/stage/usr/libexec/rind/rind
DROP_IN=$RIND_STAGE/etc/containers/containers.conf.d/50-oci-rind.conf

# Copies of /etc/containers and /usr/share/containers that only this test sees, without any hook file, and
# with what podman needs here (see setup_engines). CONTAINERS_CONF would replace it all.
own_configuration() {
  local base
  base=$(mktemp -d "$RIND_TMP/host.XXXXXX")
  chmod 0755 "$base"
  cp -r /usr/share/containers "$base/share"
  cp -r /etc/containers "$base/etc"
  rm -rf "$base"/share/oci "$base/etc/oci" "$base/etc/containers.conf.d"
  mkdir -p "$base"/{share,etc}/oci/hooks.d "$base/etc/containers.conf.d"
  grep -v hooks_dir "$RIND_TMP/containers.conf" >"$base/etc/containers.conf"
  chmod -R a+rX "$base"
  mount --bind "$base/share" /usr/share/containers
  mount --bind "$base/etc" /etc/containers
  trap 'umount /etc/containers /usr/share/containers' EXIT
}

put_hook_file() { cp "$RIND_HOOKS/50-oci-rind.json" "$1"; }
put_drop_in() { install -m 0644 "$DROP_IN" /etc/containers/containers.conf.d/; }

# shellcheck disable=SC2154 # of tests/lib/engine.sh
# As the harness calls it, without --hooks-dir and CONTAINERS_CONF.
rootful_by_configuration() {
  env -u CONTAINERS_CONF podman --root "$RIND_TEST_CACHE/storage" --runroot "$_engine_run/containers" \
    --tmpdir "$_engine_run/libpod" --storage-driver overlay --runtime "$RIND_RUNTIME" "$@"
}

# A rootless podman works in the mount namespace of the one that was called first, which does not see what was
# mounted here: so it gets directories, and thus a first one, of its own, and for an image nothing but the helper.
make_rootless() {
  podman_rootless info >/dev/null # makes the user
  OWN=$(mktemp -d "$RIND_TMP/rootless.XXXXXX")
  mkdir "$OWN/rootfs"
  cp "$HELPER" "$OWN/rootfs/rind"
  tar -C "$OWN/rootfs" -cf "$OWN/image.tar" .
  chmod 0644 "$OWN/image.tar"
  chown "$RIND_TEST_USER" "$OWN"
  trap 'kill "$(cat "$OWN/libpod/tmp/pause.pid")"; umount /etc/containers /usr/share/containers' EXIT
  rootless_by_configuration import "$OWN/image.tar" localhost/helper
}

rootless_by_configuration() {
  local home
  home=$(getent passwd "$RIND_TEST_USER" | cut -d: -f6)
  (cd / && setpriv --reuid "$RIND_TEST_USER" --regid "$RIND_TEST_USER" --init-groups \
    env -i PATH="$PATH" HOME="$home" USER="$RIND_TEST_USER" XDG_RUNTIME_DIR="$OWN" \
    podman --root "$OWN/storage" --runroot "$OWN/run" --storage-driver vfs --runtime "$RIND_RUNTIME" "$@")
}

# As outcome, where there is no shell: the state of the check kit.there, in the builder.
rootless_outcome() {
  local status=0 said
  said=$(rootless_by_configuration run --rm --network none --annotation "$BUILDER_ANNOTATION" localhost/helper \
    /rind check) || status=$?
  grep -q "kit.there" <<<"$said" || fail "status $status: $said"
  if grep -q "^ok  *kit.there" <<<"$said"; then echo kit; else echo none; fi
}

# kit or none: whether the hook ran for a builder of ENGINE.
outcome() {
  "$1" run --rm --network none --annotation "$BUILDER_ANNOTATION" "$IMAGE_BUILDER" \
    sh -c 'if [ -e /dev/rind/rind ]; then echo kit; else echo none; fi'
}

host_check() { env -u CONTAINERS_CONF "$HOOK" check --hook "$HOOK" --helper "$HELPER" "$@" \
  --defaults "$RIND_TMP/shared/stage/usr/share/rind/policy.json" --config "${RIND_HOOKS%/hooks.d}/etc"; }

# The state of the check ID.
state_of() { host_check --json | python3 -c 'import json, sys
print(next(c["state"] for c in json.load(sys.stdin)["checks"] if c["id"] == sys.argv[1]))' "$1"; }

etc_needs_the_drop_in() {
  use_rind
  own_configuration
  put_hook_file /etc/containers/oci/hooks.d/
  expect_equal "without the drop-in" none "$(outcome rootful_by_configuration)"
  expect_equal "the check says so" failed "$(state_of engine.podman_rootful)"
  put_drop_in
  expect_equal "with the drop-in" kit "$(outcome rootful_by_configuration)"
  expect_equal "the check says so" ok "$(state_of engine.podman_rootful)"
}
on_one_runtime etc_needs_the_drop_in

etc_needs_the_drop_in_rootless() {
  use_rind '{"containers": {"without_seam": "start"}}'
  own_configuration
  make_rootless
  put_hook_file /etc/containers/oci/hooks.d/
  expect_equal "without the drop-in" none "$(rootless_outcome)"
  expect_equal "the check says so" failed "$(state_of engine.podman_rootless)"
  put_drop_in
  expect_equal "with the drop-in" kit "$(rootless_outcome)"
  expect_equal "the check says so" ok "$(state_of engine.podman_rootless)"
}
on_one_runtime etc_needs_the_drop_in_rootless

# A later drop-in takes the directory away again, and an environment variable everything.
test_configuration_that_undoes_it() {
  use_rind
  own_configuration
  put_hook_file /usr/share/containers/oci/hooks.d/
  expect_equal "before" ok "$(state_of engine.podman_rootful)"
  printf '[engine]\nhooks_dir = [\n  "%s", # nothing there\n]\n' "$RIND_TMP/no-hooks" \
    >/etc/containers/containers.conf.d/99-other.conf
  expect_equal "the hook" none "$(outcome rootful_by_configuration)"
  expect_equal "the check says so" failed "$(state_of engine.podman_rootful)"
  expect_contains "which file" "$(host_check || true)" 99-other.conf
}

test_in_both_directories_once() {
  use_rind
  own_configuration
  put_drop_in
  put_hook_file /usr/share/containers/oci/hooks.d/
  put_hook_file /etc/containers/oci/hooks.d/
  expect_equal "the hook" kit "$(outcome rootful_by_configuration)"
  expect_equal "podman" ok "$(state_of engine.podman_rootful)"
  expect_equal "buildah" warning "$(state_of engine.build_rootful)"
}

test_a_whole_host() {
  use_rind
  own_configuration
  put_drop_in
  put_hook_file /usr/share/containers/oci/hooks.d/
  expect_status 0 host_check
  expect_lacks "the states" "$OUTPUT" "failed "
  expect_contains "what a rootless build must be told" "$OUTPUT" "--hooks-dir"
  expect_status 0 host_check --json
  local id
  for id in install.helper install.hook install.policy hooks.file engine.podman_rootful engine.crio \
    sysctl.user.max_user_namespaces kernel.user_namespace kernel.mount_setattr kernel.overlay kernel.seccomp; do
    expect_equal "$id" ok "$(state_of "$id")"
  done
}

# Each fault of an installation, and that it alone is what fails.
test_faults_of_the_installation() {
  use_rind
  own_configuration
  put_hook_file /usr/share/containers/oci/hooks.d/
  local copy=$RIND_TMP/faulty bad
  for bad in "chmod 4755" "chmod 0777" "chown 1234" "setcap cap_net_raw=ep"; do
    cp "$HELPER" "$copy"
    $bad "$copy"
    HELPER=$copy expect_status 1 host_check
    expect_equal "after $bad" failed "$(HELPER=$copy state_of install.helper)"
  done
  cp /usr/bin/true "$copy"
  expect_equal "a dynamic helper" failed "$(HELPER=$copy state_of install.helper)"
  expect_equal "no helper" failed "$(HELPER=$copy.none state_of install.helper)"
  expect_equal "control" ok "$(state_of install.helper)"

  mkdir -p "${RIND_HOOKS%/hooks.d}/etc/policy.d"
  echo '{"network": "some"}' >"${RIND_HOOKS%/hooks.d}/etc/policy.d/10-wrong.json"
  expect_status 1 host_check
  expect_contains "the file" "$OUTPUT" 10-wrong.json
  expect_contains "the key" "$OUTPUT" network
  expect_contains "the remedy" "$OUTPUT" "-> write one of \"none\" \"container\"; until then no builder container starts"
}

# A host where no builder starts is not whole: the check and the hook agree on each directory.
test_record_directory() {
  own_configuration
  local records=$RIND_TMP/records make
  agree() { # STATE KIT
    use_rind "{\"record\": {\"place\": \"host\", \"directory\": \"$records\"}}"
    put_hook_file /usr/share/containers/oci/hooks.d/
    expect_equal "the check, after: $make" "$1" "$(state_of install.record)"
    expect_equal "the builder, after: $make" "$2" "$(outcome rootful_by_configuration 2>/dev/null || true)"
  }
  make="install -d -m 0700 $records"
  $make
  agree ok kit
  for make in "chmod 0755 $records" "chown 1234 $records" "ln -s /var $records" "true" \
    "mount -t tmpfs -o ro,mode=0700 none $records"; do
    rm -rf -- "$records"
    [[ $make != ch* && $make != mount* ]] || install -d -m 0700 "$records"
    $make
    agree failed ""
    expect_contains "the remedy, after: $make" "$(host_check || true)" "-> "
  done
  umount "$records"
}

# The hook and the check look at the helper by one function: on a file system mounted noexec no step could run it.
test_a_helper_on_a_file_system_without_exec() {
  use_rind
  own_configuration
  put_hook_file /usr/share/containers/oci/hooks.d/
  local place=$RIND_TMP/helper
  mkdir "$place"
  mount -t tmpfs -o mode=0755,exec none "$place"
  install -m 0755 "$HELPER" "$place/rind"
  sed -i "s|$HELPER|$place/rind|" /usr/share/containers/oci/hooks.d/50-oci-rind.json
  expect_equal "control: the check" ok "$(HELPER=$place/rind state_of install.helper)"
  expect_equal "control: the builder" kit "$(outcome rootful_by_configuration)"
  mount -o remount,noexec "$place"
  HELPER=$place/rind expect_status 1 host_check
  expect_contains "the check" "$OUTPUT" "is on a file system that is mounted noexec"
  expect_equal "the builder" "" "$(outcome rootful_by_configuration 2>/dev/null || true)"
  umount "$place"
}

# A helper of another release, and one that does not start.
test_a_helper_that_is_not_of_this_release() {
  use_rind
  own_configuration
  local copy=$RIND_TMP/other/rind
  mkdir "$RIND_TMP/other"
  head -c 20000 "$HELPER" >"$copy"
  chmod 0755 "$copy"
  HELPER=$copy expect_status 1 host_check
  expect_contains "a piece of the helper" "$OUTPUT" "run $copy --version"
  install -m 0755 "$HELPER" "$copy"
  expect_equal "control" ok "$(HELPER=$copy state_of install.helper)"
}

# The hook would end with a usage error at each container.
test_a_hook_file_with_other_arguments() {
  use_rind
  own_configuration
  sed 's|"hook"\]|"hok"]|; s|"hook",|"hok",|' "$RIND_HOOKS/50-oci-rind.json" >/usr/share/containers/oci/hooks.d/50-oci-rind.json
  expect_status 1 host_check
  expect_contains "the check" "$OUTPUT" 'does not understand the argument "hok" of hook.args: no container starts'
  expect_equal "the builder" "" "$(outcome rootful_by_configuration 2>/dev/null || true)"
}

# Valid, and of no effect: the check names the line.
test_rules_without_effect() {
  use_rind '{"packages": {"t": {"packages": ["torch >= 2"], "hooks": ["build_weel"],
 "policy": {"network": "container"}}},
 "views": {"/srv/x": "rw"}}'
  own_configuration
  put_hook_file /usr/share/containers/oci/hooks.d/
  local policy=${RIND_HOOKS%/hooks.d}/etc/policy.json
  expect_status 0 host_check
  expect_equal "rules" warning "$(state_of policy.rules)"
  expect_contains "a package" "$OUTPUT" "$policy:1:34: packages.t.packages[0] matches no package"
  expect_contains "a hook" "$OUTPUT" 'packages.t.hooks[0] matches no build hook'
  expect_contains "its remedy" "$OUTPUT" '-> did you mean "build_wheel"?'
  expect_contains "a view" "$OUTPUT" "$policy:3:12: views./srv/x is \"rw\" without \"lend\""
  use_rind
  expect_equal "control" ok "$(state_of policy.rules)"
}

# What the files are together is found here and at the start of a builder, not by its steps.
test_policy_files_that_do_not_fit_together() {
  use_rind
  own_configuration
  put_hook_file /usr/share/containers/oci/hooks.d/
  local files=${RIND_HOOKS%/hooks.d}/etc/policy.d
  mkdir -p "$files"
  echo '{"hide": ["/b"]}' >"$files/100-b.json"
  expect_equal "control" ok "$(state_of install.policy)"
  echo '{"hide": ["/a"]}' >"$files/20-a.json"
  expect_status 1 host_check
  expect_contains "a list" "$OUTPUT" "20-a.json:1:2: hide replaces the list of $files/100-b.json:1:2 and lacks its entry \"/b\""
  ! builder "$IMAGE_BUILDER" true || fail "a builder starts"
  local letter
  rm "$files"/*
  for letter in a b; do
    printf '{"packages": {"%s": {"packages": ["%0140000d"], "policy": {}}}}' $letter 0 >"$files/$letter.json"
    [[ $letter == b ]] || expect_equal "control" ok "$(state_of install.policy)"
  done
  expect_status 1 host_check
  expect_contains "the size" "$OUTPUT" "merge the policy: it has"
  ! builder "$IMAGE_BUILDER" true || fail "a builder starts"
}

# A missing program: podman passes over the file without a word, and the container starts.
test_a_hook_file_without_its_program() {
  use_rind
  own_configuration
  sed "s|/rind-hook\"|/nowhere/rind-hook\"|" "$RIND_HOOKS/50-oci-rind.json" \
    >/usr/share/containers/oci/hooks.d/50-oci-rind.json
  expect_equal "the hook" none "$(outcome rootful_by_configuration)"
  expect_equal "the file" failed "$(state_of hooks.file)"
  expect_equal "podman" failed "$(state_of engine.podman_rootful)"
}

test_no_user_namespaces() {
  use_rind
  own_configuration
  put_hook_file /usr/share/containers/oci/hooks.d/
  # In a user namespace of its own: the setting of this one, not of the host.
  OUTPUT=$(unshare --user --map-root-user --mount bash -c "
    echo 0 >/proc/sys/user/max_user_namespaces; '$HOOK' check --hook '$HOOK' --helper '$HELPER' \
      --defaults '$RIND_TMP/shared/stage/usr/share/rind/policy.json' --config /nonexistent" || true)
  expect_contains "the setting" "$OUTPUT" "sysctl user.max_user_namespaces=10000"
  expect_contains "the probe" "$OUTPUT" "make a user namespace"
}

test_usage() {
  expect_status 2 "$HOOK" check --no-such-option
  expect_status 2 "$HOOK" chek
  expect_contains "a command" "$OUTPUT" '"chek" is no command; did you mean "check"?'
  expect_status 2 "$HOOK"
  expect_status 0 "$HOOK" check --help
}
