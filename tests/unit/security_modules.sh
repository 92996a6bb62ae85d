# The SELinux module and the AppArmor profile are what their compilers accept, and say of paths what
# the build installs. What a kernel makes of them is not tested here: docs/lsm.md says what was tried.

_need() { command -v "$1" >/dev/null || skip "there is no $1"; }

_selinux_module() {
  local name
  for name in checkmodule semodule_package make bzip2; do _need "$name"; done
  MODULE=$(mktemp -d "$RIND_TMP/selinux.XXXXXX")
  make -s -C "$RIND_SOURCE/packaging/selinux" O="$MODULE"
}

test_selinux_module_builds() {
  _selinux_module
  bzip2 -t "$MODULE/rind.pp.bz2"
  expect_contains "the package" "$(strings "$MODULE/rind.pp")" rind_exec_t
}

test_selinux_labels_the_installed_helper() {
  local path
  read -r path _ <"$RIND_SOURCE/packaging/selinux/rind.fc"
  [[ -x $RIND_STAGE$path ]] || fail "no program is installed at $path"
}

# What the helper executes must leave its domain, or the image's programs could mount a /proc.
test_selinux_nothing_stays_in_the_helpers_domain() {
  local rules types type
  rules=$(sed 's/#.*//' "$RIND_SOURCE/packaging/selinux/rind.te")
  expect_lacks "rules of rind_t" "$(grep -E '^ *allow rind_t ' <<<"$rules")" execute_no_trans
  types=$(grep -E '^ *allow rind_t .*:file .*\bexecute\b' <<<"$rules" | sed -E 's/^ *allow rind_t (.*):file.*/\1/' | tr -d '{}')
  [[ -n $types ]] || fail "no type that rind_t may execute was found"
  for type in $types; do
    expect_contains "transitions" "$rules" "type_transition rind_t $type:process container_t;"
  done
}

# Without it, a step with the builder's uid 0 (identity `self`) does not start, in a container with a user namespace or without.
test_selinux_ids_can_be_mapped() {
  local class
  for class in capability cap_userns; do
    expect_contains "$class" "$(grep -E "^allow rind_t self:$class " "$RIND_SOURCE/packaging/selinux/rind.te")" setfcap
  done
}

# Each pipe that becomes a step's: its caller's and the helper's own (helper/supervisor/output_copy.cpp).
test_selinux_pipes_are_given_to_a_step() {
  local owner
  for owner in self container_t; do
    expect_contains "rules of pipes" "$(grep -E "^allow rind_t $owner:fifo_file " "$RIND_SOURCE/packaging/selinux/rind.te")" " setattr "
  done
}

# Of what a procfs has, the helper reads processes, mounts, routes and /proc/sys/fs/protected_symlinks (proc_security_t): /proc/kcore
# and its kind are types of their own.
test_selinux_procfs_is_narrow() {
  local read
  read=$(sed 's/#.*//' "$RIND_SOURCE/packaging/selinux/rind.te" | grep -E '^ *allow rind_t .*\bproc_[a-z_]*\b.*:(file|dir) .*\b(open|read|write)\b' | sed 's/^ *//')
  expect_equal "what it may open" $'allow rind_t { proc_t proc_net_t }:dir { getattr open read search };\nallow rind_t { proc_t proc_net_t }:file { getattr open read };\nallow rind_t proc_security_t:file { getattr open read };' "$read"
  expect_lacks "what every policy must have" "$(sed '/^optional {/,/^}/d' "$RIND_SOURCE/packaging/selinux/rind.te")" proc_security_t
}

test_apparmor_profile_parses() {
  _need apparmor_parser
  local said
  # -Q: not into the kernel, -K: no cache. It warns of the kernel that it was not asked for.
  apparmor_parser -Q -K "$RIND_SOURCE/packaging/apparmor/rind-builder"
  # The control: the parser that finds nothing wrong would find this.
  said=$(sed 's/^  mount,$/  mounted,/' "$RIND_SOURCE/packaging/apparmor/rind-builder" | apparmor_parser -Q -K 2>&1) &&
    fail "the parser takes a rule that does not exist"
  expect_contains "the parser" "$said" "syntax error"
  cmp "$RIND_SOURCE/packaging/apparmor/rind-builder" "$RIND_STAGE/usr/share/rind/apparmor/rind-builder"
}
