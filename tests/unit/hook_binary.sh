# What the hook must be: a program that starts on other distributions, and on this one after an upgrade of libraries.

# A host's upgrade to another libsodium must not end each container's start.
test_hook_needs_only_the_c_library() {
  local name
  readelf --dynamic "$RIND_STAGE/usr/libexec/oci/hooks.d/rind-hook" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' >"$RIND_TMP/needed"
  cat "$RIND_TMP/needed"
  grep -q '^libc\.so' "$RIND_TMP/needed" || fail "control: it does not even need the C library"
  while read -r name; do
    [[ $name =~ ^(libc|libm|ld-linux[-a-z0-9_]*|libgcc_s)\.so ]] || fail "it needs $name: the distribution has an archive of it"
  done <"$RIND_TMP/needed"
}
