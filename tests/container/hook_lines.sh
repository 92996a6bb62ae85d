# What the hook says: one line, with the container in front, the reason and what to do.

ID='[0-9a-f]{12}'

# line PATTERN OPTION...: a container of IMAGE_PLAIN with these options; the hook's only line matches.
line() {
  local pattern=$1 said
  shift
  : >"$RIND_TMP/hook.log"
  # Those without --rm stay in the storage's other list.
  podman_rootful run --network none --annotation "run.oci.hooks.stderr=$RIND_TMP/hook.log" "$@" \
    "$IMAGE_PLAIN" echo started >/dev/null 2>&1 || true
  said=$(hook_messages)
  printf '%s\n' "$said"
  expect_equal "lines" 1 "$(grep -c . <<<"$said")"
  grep -qE "^$pattern\$" <<<"$said" || fail "not as $pattern: $said"
}

named_by_podman() {
  local name=my-builder-$$
  use_rind
  line "rind-hook: $ID \\($name\\): isolate the builder container: it may have CAP_SYS_ADMIN, .*; start it without .*" \
    --rm --name "$name" --cap-add SYS_ADMIN --annotation "$BUILDER_ANNOTATION"
  # shellcheck disable=SC2064
  trap "podman_rootful rm -f $name >/dev/null 2>&1" EXIT
  line "rind-hook: $ID \\($name\\): isolate the builder container: it may have CAP_SYS_ADMIN, .*; start it without .*" \
    --name "$name" --cap-add SYS_ADMIN --annotation "$BUILDER_ANNOTATION"
}

# runc's output of a hook goes into its own error.
test_named_by_podman() { named_by_podman; }

test_warning_names_the_container() {
  local name=plain-$$
  use_rind '{"hidden": []}'
  line "rind-hook: $ID \\($name\\): builder containers are refused: the policy cannot be used: .*" --rm --name "$name"
}

test_annotation_that_is_not_understood() {
  use_rind
  local option
  for option in io.rind.builder=True io.rind.builder=yes io.rind/builder=true Io.Rind.Builder=true; do
    line "rind-hook: $ID \\([a-z_]+\\): apply the annotation ${option%=*}: .*(set it to \"true\"|use one of io.rind.builder, ).*" \
      --rm --annotation "$option"
  done
  # What is allowed says nothing.
  : >"$RIND_TMP/hook.log"
  expect_status 0 plain --annotation io.rind.builder=false "$IMAGE_PLAIN" sh -c '[ ! -e /dev/rind ]'
  expect_status 0 plain --annotation io.rind.builder=false "$IMAGE_BUILDER" ls /dev/rind/rind
}

# The names that other engines give, and those that an image could.
test_named_by_annotations() {
  bundle_make
  bundle_builder
  bundle_set --annotation "io.kubernetes.cri.container-name=build"
  use_rind
  bundle_set --mount "/dev:bind:/dev:rbind"
  bundle_refused "its /dev is not a private tmpfs" echo started
  grep -qE "rind-hook: bundle-[0-9-]+ \\(build\\): isolate the builder container" <<<"$OUTPUT" || fail "$OUTPUT"
}

# Two hook files that start the hook: the second one finds the first one's kit.
test_two_hook_files() {
  use_rind
  cp "$RIND_HOOKS/50-oci-rind.json" "$RIND_HOOKS/60-other.json"
  line "rind-hook: $ID \\([a-z_]+\\): install the kit: /dev/rind exists already; if two hook files start rind-hook, .*" \
    --rm --annotation "$BUILDER_ANNOTATION"
}

test_helper_that_is_gone() {
  use_rind
  sed -i 's|/rind/rind"|/rind/gone"|' "$RIND_HOOKS/50-oci-rind.json"
  line "rind-hook: $ID \\([a-z_]+\\): install the kit: open .*/rind/gone: No such file or directory; install rind again, .*" \
    --rm --annotation "$BUILDER_ANNOTATION"
}
