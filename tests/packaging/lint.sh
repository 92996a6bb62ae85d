# What rpmlint says of the spec and of the packages: nothing, but for what packaging/rind.rpmlintrc explains.
# Only with --all: the RPM is a third build, with all unit tests in it

setup() {
  FILES=("$RPM_TOP/SOURCES/rind.spec" "$(rpm_file src)" "$(rpm_file rind)" "$(rpm_file rind-selinux)")
  FILTERS=$RIND_SOURCE/packaging/rind.rpmlintrc
}

test_rpmlint() {
  expect_status 0 rpm_lint --rpmlintrc "$FILTERS" "${FILES[@]}"
  expect_contains "the sum" "$OUTPUT" "0 errors, 0 warnings"
}

# A filter that nothing needs would hide what comes later.
test_filters_are_needed() {
  local said pattern filters
  said=$(rpm_lint "${FILES[@]}" || true)
  filters=$(sed -nE 's/^addFilter\("(.*)"\)$/\1/p' "$FILTERS")
  expect_equal "filters that are understood" "$(grep -c addFilter "$FILTERS")" "$(wc -l <<<"$filters")"
  while IFS= read -r pattern; do
    grep -qP -- "$pattern" <<<"$said" || fail "no line for the filter $pattern in: $said"
  done <<<"$filters"
}

# Each has its reason, in the lines above it.
test_filters_have_reasons() {
  local line before=
  while IFS= read -r line; do
    [[ $line != addFilter* || $before == "# "* ]] || fail "no reason above $line"
    before=$line
  done <"$FILTERS"
}

test_source_archive_is_enough() {
  local top=$RIND_TMP/from-archive
  mkdir "$top"
  expect_status 0 _rpmbuild "$top" -ts "$RPM_TOP"/SOURCES/rind-*.tar.gz
  rpm_file src "$top"
}

# What semodule will read: the module and the file's label.
test_selinux_module() {
  local module=$RIND_TMP/module
  mkdir "$module"
  make -C "$RIND_SOURCE/packaging/selinux" "O=$module"
  (cd "$RPM_TOP/root/usr/share/selinux/packages/targeted" && bunzip2 -c rind.pp.bz2) | cmp - "$module/rind.pp"
  (cd "$module" && semodule_unpackage rind.pp unpacked.mod unpacked.fc)
  expect_contains "the label" "$(cat "$module/unpacked.fc")" "/usr/libexec/rind/rind"
}

test_scripts_of_the_selinux_package() {
  local scripts
  scripts=$(rpm_query --scripts "$(rpm_file rind-selinux)")
  expect_contains "installed" "$scripts" "rind.pp.bz2"
  expect_contains "and taken away" "$scripts" "-r rind"
  # shellcheck disable=SC2016 # a script of rpm's
  expect_contains "not by an upgrade" "$scripts" 'if [ $1 -eq 0 ]'
  expect_equal "of the package itself" "" "$(rpm_query --scripts "$(rpm_file rind)")"
}
