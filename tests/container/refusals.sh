# What must not start or run, and what must not be touched.

# A container that starts says so; the hook's reason is looked for in what the engine and the hook said.
refused() {
  local status=0
  : >"$RIND_TMP/hook.log"
  OUTPUT=$("$@" 2>&1) || status=$?
  OUTPUT+=$(hook_messages)
  printf '%s\n' "$OUTPUT"
  ((status != 0)) || fail "it started"
  expect_lacks "the container's command" "$OUTPUT" "started"
}

bad_policy() {
  use_rind '{"version": 1, "no-such-key": true}'
  refused builder "$IMAGE_BUILDER" echo started
  expect_contains "the key that is wrong" "$OUTPUT" "no-such-key"
  refused plain "$IMAGE_BUILDER" echo started
  expect_status 0 plain "$IMAGE_PLAIN" echo started
}
on_each_runtime bad_policy

test_policy_that_is_no_json() {
  use_rind '{"version": 1'
  refused builder "$IMAGE_BUILDER" echo started
  expect_contains "the file" "$OUTPUT" "policy.json"
  expect_status 0 plain "$IMAGE_PLAIN" echo started
}

no_seam() {
  use_rind "$POLICY_FROMAGER_ONLY"
  refused builder "$IMAGE_SEAMLESS" echo started
  expect_contains "the reason" "$OUTPUT" "seam"
}
on_each_runtime no_seam

# Mounts (without what differs from container to container), devices and host name of a container.
surroundings() {
  plain --hostname other "$IMAGE_PLAIN" bash -c '
    cut -d" " -f5,6 /proc/self/mountinfo | sort; ls /dev; hostname; env -u HOSTNAME -u container_uuid | sort'
}

no_builder_is_untouched() {
  local without
  without=$(surroundings)
  use_rind
  expect_status 0 surroundings
  expect_equal "what the container sees" "$without" "$OUTPUT"
  expect_lacks "devices" "$OUTPUT" "rind"
}
on_each_runtime no_builder_is_untouched

# What a build leaves in the container's layer, without byte code, and without the time of /var/tmp: a step's own was in it.
changes() {
  builder_named "$IMAGE_BUILDER" fromager build /srv/packages/hello-ext >&2
  podman_rootful diff "builder-$$" | grep -v -e __pycache__ -e "^C /var/tmp$" | sort
  podman_rootful rm "builder-$$" >/dev/null
}

builder_named() {
  podman_rootful rm -i -f "builder-$$" >/dev/null
  podman_rootful run --name "builder-$$" --network none --annotation "$BUILDER_ANNOTATION" \
    -v "$RIND_TMP/shared/packages:/srv/packages:ro" "$@"
}

no_residue() {
  local without with
  without=$(changes)
  use_rind
  with=$(changes)
  expect_contains "the build did something" "$with" "work-dir"
  expect_lacks "changes" "${with,,}" rind
  expect_equal "changes" "$without" "$with"
}
on_each_runtime no_residue

# The first hook makes the build directory a link out of the tree: the next one's cwd is elsewhere.
build_shifty() { builder "$IMAGE_BUILDER" fromager build --build-dir sub /srv/packages/shifty; }

test_control_moved_build_directory() { expect_status 0 build_shifty; }

moved_build_directory() {
  use_rind
  expect_status 125 build_shifty
  expect_lacks "the hook" "$OUTPUT" "the hook runs in"
}
on_each_runtime moved_build_directory

test_kit_is_closed() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    for attempt in "touch /dev/rind/x" "ls /dev/rind/anchor/proc" "umount /dev/rind/anchor" "rm /dev/rind/policy.json" \
      "cp /bin/true /dev/rind/rind" "cp /bin/true $1" "umount $1" "mv $1 $1.old" "chmod 0 /dev/rind/rind"; do
      if $attempt 2>/dev/null; then echo "done: $attempt"; fi
    done' attempts /opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh
  expect_equal "what could be done" "" "$OUTPUT"
}

# The helper runs as pid 1 of every step; whoever can write its file owns the next container (CVE-2019-5736).
helper_is_out_of_reach() {
  local before
  before=$(sha256sum "$RIND_TMP/shared/stage/usr/libexec/rind/rind")
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" fromager step /srv/packages/probe -- sh -c '
    for file in exe mem environ maps fd/0 root/etc/passwd cwd/etc/passwd; do
      if head -c 1 "/proc/1/$file" >/dev/null 2>&1; then echo "pid 1: $file can be read"; fi
    done
    if (: >/proc/1/exe) 2>/dev/null; then echo "pid 1: exe can be written"; fi
    if [ -e /dev/rind ]; then echo "the kit is there"; fi
    exit 0'
  expect_equal "what could be reached" "network isolation: script" "$OUTPUT"
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '(: >/dev/rind/rind) 2>/dev/null; (: >>"$1") 2>/dev/null; exit 0' \
    write /opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh
  expect_equal "the helper" "$before" "$(sha256sum "$RIND_TMP/shared/stage/usr/libexec/rind/rind")"
}
on_each_runtime helper_is_out_of_reach

# Another container of the host, with ids of its own: its bundle is closed to root without capabilities.
no_builder_with_id_map() {
  use_rind
  expect_status 0 plain --uidmap 0:200000:65536 "$IMAGE_PLAIN" sh -c 'sleep 0.5; echo started'
  expect_contains "output" "$OUTPUT" started
}
on_each_runtime no_builder_with_id_map
