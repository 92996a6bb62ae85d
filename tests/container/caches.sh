# Caches of the builder: a step reads them, what it writes is its own.

# Runs the container's script $1 with a warm ccache; the script has `step` to run a shell command as a step,
# and `listing` for what the cache has.
with_warm_cache() {
  local script=$1
  shift
  builder "$@" "$IMAGE_BUILDER" bash -c '
    set -e
    mkdir /srv/x
    echo "int known(void) { return 1; }" >/srv/x/known.c
    echo "int unknown(void) { return 2; }" >/srv/x/unknown.c
    ccache gcc -c /srv/x/known.c -o /tmp/known.o
    ccache --zero-stats >/dev/null
    listing() { find "$CCACHE_DIR" \( -type f -exec sha256sum {} + \) -o -printf "%p %M %U:%G\n" | sort; }
    step() { fromager step /srv/packages/probe -- sh -c "$1"; }
    compile() { echo "ccache gcc -c /srv/x/$1.c -o out.o && ccache --print-stats | sed -n \"s/^\(direct_cache_hit\|preprocessed_cache_hit\|cache_miss\)\t/$1 \1 /p\";"; }
    '"$script"
}

# A hit of the builder's object; a new object is there within the step and gone afterwards.
ccache_through_cow() {
  use_rind
  expect_status 0 with_warm_cache '
    listing >/tmp/before
    step "$(compile known) $(compile unknown) $(compile unknown)"
    listing >/tmp/after
    cmp /tmp/before /tmp/after && echo "the cache is as before"'
  expect_contains "first compilation" "$OUTPUT" "known direct_cache_hit 1"
  expect_contains "a new file is a miss" "$OUTPUT" "unknown cache_miss 1"
  expect_contains "and a hit in the same step" "$OUTPUT" "unknown direct_cache_hit 2"
  expect_contains "afterwards" "$OUTPUT" "the cache is as before"
}
on_one_runtime ccache_through_cow

# Without Rind a step changes the cache for all that come after it.
test_ccache_control() {
  expect_status 0 with_warm_cache '
    listing >/tmp/before
    step "$(compile known) $(compile unknown) $(compile unknown)"
    listing >/tmp/after
    cmp /tmp/before /tmp/after || echo "the cache was changed"'
  expect_contains "first compilation" "$OUTPUT" "known direct_cache_hit 1"
  expect_contains "afterwards" "$OUTPUT" "the cache was changed"
}

# As the builder's own uid the overlay needs no directories made.
test_ccache_as_self() {
  use_rind '{"identity": {"ephemeral": "none"}}'
  expect_status 0 with_warm_cache '
    listing >/tmp/before
    step "$(compile known) $(compile unknown) $(compile unknown)"
    listing >/tmp/after
    cmp /tmp/before /tmp/after && echo "the cache is as before"'
  expect_contains "first compilation" "$OUTPUT" "known direct_cache_hit 1"
  expect_contains "and a hit in the same step" "$OUTPUT" "unknown direct_cache_hit 2"
  expect_contains "afterwards" "$OUTPUT" "the cache is as before"
}

# A cache on a volume, as CI has it.
test_ccache_on_a_volume() {
  local volume=$RIND_TMP/ccache-$RIND_RUNTIME
  mkdir -p "$volume"
  use_rind
  expect_status 0 with_warm_cache '
    listing >/tmp/before
    step "$(compile known) $(compile unknown)"
    listing >/tmp/after
    cmp /tmp/before /tmp/after && echo "the cache is as before"' -v "$volume:/srv/ccache" --env CCACHE_DIR=/srv/ccache
  expect_contains "first compilation" "$OUTPUT" "known direct_cache_hit 1"
  expect_contains "afterwards" "$OUTPUT" "the cache is as before"
}

# A mount below the cache: the kernel makes no overlay of it, and the policy says what then.
NESTED=(--tmpfs /var/cache/builder/ccache/nested)
test_cow_that_cannot_be_is_empty() {
  use_rind
  expect_status 3 builder "${NESTED[@]}" "$IMAGE_BUILDER" fromager step /srv/packages/probe -- \
    sh -c 'ls -A "$CCACHE_DIR"; touch "$CCACHE_DIR/x" && echo writable; exit 3'
  expect_contains "it can be written" "$OUTPUT" writable
  expect_contains "it is said" "$OUTPUT" "without the cow view of /var/cache/builder/ccache"
}
test_cow_that_cannot_be_is_refused() {
  use_rind '{"views": {"$CCACHE_DIR": {"fallback": "refuse"}}}'
  expect_status 0 builder "$IMAGE_BUILDER" fromager step /srv/packages/probe -- sh -c 'ls "$CCACHE_DIR"'
  expect_status 125 builder "${NESTED[@]}" "$IMAGE_BUILDER" fromager step /srv/packages/probe -- sh -c 'ls "$CCACHE_DIR"'
  expect_contains "the reason" "$OUTPUT" "cow view of /var/cache/builder/ccache"
}

CARGO='
  printf "[registry]\ntoken = \"RIND-TEST-SECRET-cargo\"\n" >"$CARGO_HOME/credentials.toml"
  cp "$CARGO_HOME/credentials.toml" "$CARGO_HOME/credentials"
  fromager step /srv/packages/probe -- sh -c "
    cat \$CARGO_HOME/registry/src/serde/lib.rs \$CARGO_HOME/config.toml
    cat \$CARGO_HOME/credentials.toml \$CARGO_HOME/credentials
    echo new >\$CARGO_HOME/registry/src/serde/new.rs && cat \$CARGO_HOME/registry/src/serde/new.rs
    echo other >\$CARGO_HOME/config.toml && echo \"its file is changed\"
    true"
  cat "$CARGO_HOME/config.toml"; ls "$CARGO_HOME/registry/src/serde"'

test_cargo_control() {
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$CARGO"
  expect_contains "the token" "$OUTPUT" RIND-TEST-SECRET-cargo
  expect_contains "a new file stays" "$OUTPUT" $'other\nlib.rs\nnew.rs'
}
test_cargo_home() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$CARGO"
  expect_contains "a source" "$OUTPUT" "// serde"
  expect_contains "configuration" "$OUTPUT" "[net]"
  expect_lacks "the token" "$OUTPUT" RIND-TEST-SECRET
  expect_contains "a new file in the step" "$OUTPUT" new
  expect_contains "nothing afterwards" "$OUTPUT" $'[net]\nlib.rs'
  expect_lacks "nothing afterwards" "$OUTPUT" "new.rs"
}
