# What the hook must be: a program that starts for every container, on this distribution and others, and loads nothing.

HOOK=$RIND_STAGE/usr/libexec/oci/hooks.d/rind-hook

# A loader would read the caller's environment, and take a third of the time that a container without Rind's work pays.
test_hook_is_static() {
  local headers
  headers=$(readelf --program-headers --dynamic "$HOOK")
  expect_lacks "program headers" "$headers" INTERP
  expect_lacks "dynamic section" "$headers" NEEDED
  expect_contains "position-independent" "$(readelf --file-header "$HOOK")" "DYN"
}

# What people call it for is in the other program.
test_hook_has_no_code_for_people() {
  local symbols
  symbols=$(nm -C "$RIND_BUILD/rind-hook")
  expect_contains "control" "$symbols" "rind::hook::run_stage"
  expect_contains "control" "$(nm -C "$RIND_BUILD/rind-hook-commands")" "CLI::App"
  expect_lacks "symbols" "$symbols" "CLI::App"
  expect_lacks "symbols" "$symbols" "std::ios_base::Init"
  # It loads libraries at run time.
  expect_contains "control" "$(nm -C "$RIND_BUILD/rind-hook-commands")" "rind::hook::LibMount"
  expect_lacks "symbols" "$symbols" "rind::hook::LibMount"
}

# A host's upgrade to another libsodium must not end the commands.
test_commands_need_only_the_c_library() {
  local name
  readelf --dynamic "$RIND_STAGE/usr/libexec/rind/rind-hook-commands" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' >"$RIND_TMP/needed"
  cat "$RIND_TMP/needed"
  grep -q '^libc\.so' "$RIND_TMP/needed" || fail "control: it does not even need the C library"
  while read -r name; do
    [[ $name =~ ^(libc|libm|ld-linux[-a-z0-9_]*|libgcc_s)\.so ]] || fail "it needs $name: the distribution has an archive of it"
  done <"$RIND_TMP/needed"
}

# said STATUS ARGUMENT...: of the hook, which gets a state that is none.
said() {
  local status=0 expected=$1
  shift
  OUTPUT=$("$HOOK" "$@" <<<"{}" 2>&1) || status=$?
  printf '%s\n' "$OUTPUT"
  expect_equal "status of: $*" "$expected" "$status"
}

# Each form of the call that the option parser for people takes, with the same answer.
test_forms_of_the_call() {
  local words
  for words in "hook" "hook --helper /h --defaults /d --config /c" "hook --config=/c --helper=/h" "hook --defaults=/d"; do
    # shellcheck disable=SC2086
    said 1 $words
    expect_contains "of the hook: $words" "$OUTPUT" "rind-hook: read the container's state: pid is missing"
  done
  for words in "hook --helper" "hook --helper /a --helper /b" "hook --other" "hook x" "hook --helper --defaults /d"; do
    # shellcheck disable=SC2086
    said 2 $words
    expect_lacks "not run: $words" "$OUTPUT" "the container's state"
  done
  said 0 hook --help
  expect_contains "help" "$OUTPUT" "--defaults"
  said 2 chekc
  expect_contains "of the commands" "$OUTPUT" 'did you mean "check"'
}

# Both programs of one tree, wherever it lies.
test_hook_finds_the_commands_of_its_own_tree() {
  local tree=$RIND_TMP/elsewhere version
  mkdir -p "$tree/usr"
  cp -r "$RIND_STAGE/usr/libexec" "$tree/usr/"
  version=$("$tree/usr/libexec/oci/hooks.d/rind-hook" --version)
  expect_equal "the commands'" "$version" "$("$tree/usr/libexec/rind/rind-hook-commands" --version)"
  mkdir "$tree/bin"
  ln -s ../usr/libexec/oci/hooks.d/rind-hook "$tree/bin/rind-hook"
  expect_status 0 "$tree/bin/rind-hook" --help
  expect_contains "through a link" "$OUTPUT" check
  rm "$tree/usr/libexec/rind/rind-hook-commands"
  expect_status 1 "$tree/bin/rind-hook" --help
  expect_contains "without them" "$OUTPUT" "rind-hook-commands: No such file or directory; install rind again"
}
