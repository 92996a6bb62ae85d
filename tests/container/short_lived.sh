# Containers that end at once, of every kind, by each crun that there is: poststart finds them ended, or ending. Since
# crun 1.27 a poststart that fails ends the container; older ones forget it, and the hook's line is left.

SHORT=$RIND_SOURCE/tests/container/short_lived_inside
EACH=100

setup() {
  local release making=()
  for release in "${DISTRO_RELEASES[@]}"; do
    distro_tree "$release" >"$RIND_TMP/distro-tree-$release" &
    making+=($!)
  done
  for release in "${making[@]}"; do wait "$release"; done
  BUSYBOX=$(<"$RIND_TMP/distro-tree-trixie")/usr/bin/busybox
}

ended_well() { # RUNTIME EACH KIND
  expect_contains "$1" "$OUTPUT" "$3: $2 ended well, 0 failed, 0 lines of the hook"
}

test_on_this_machine() {
  expect_status 0 env BUSYBOX="$BUSYBOX" RIND_STAGE="$RIND_STAGE" "$SHORT" crun "$EACH"
  ended_well crun "$EACH" plain
  ended_well crun "$EACH" builder
}

test_on_this_machine_with_runc() {
  expect_status 0 env BUSYBOX="$BUSYBOX" RIND_STAGE="$RIND_STAGE" "$SHORT" runc 20
  ended_well runc 20 plain
  ended_well runc 20 builder
}

in_release() { # RELEASE RUNTIME EACH
  # shellcheck disable=SC2016
  expect_status 0 in_distro "$1" bash -c 'source "$1/tests/lib/distro.sh"; distro_engine_config; exec "$2" "$3" "$4"' \
    bash "$RIND_SOURCE" "$SHORT" "$2" "$3"
  ended_well "$2" "$3" plain
  ended_well "$2" "$3" builder
}

test_on_trixie() { in_release trixie crun "$EACH"; }

# The newest crun: the one that matters.
test_on_sid() {
  in_release sid crun "$EACH"
  local version
  version=$(sed -n 's/^crun version \([0-9]*\.[0-9]*\).*/\1/p' <<<"$OUTPUT")
  printf '1.27\n%s\n' "$version" | sort -VC || fail "sid has crun $version, older than 1.27: nothing was shown"
}

test_on_sid_with_runc() { in_release sid runc 20; }

all_only "other versions of the same runtimes; the oldest and the newest crun stay" on_trixie on_this_machine_with_runc on_sid_with_runc
