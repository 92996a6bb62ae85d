# How debian/rules builds: with dpkg's flags, with the unit tests unless `nocheck` is asked for, from the source package.
#
# The package that the other files look at has the flags of the preset `release` (tests/lib/deb.sh).
# Only with --all: the package is another build, with all unit tests in it

TEST_SECONDS=600 # builds, or another distribution

# source_tree   unpacks the source package; sets TREE
source_tree() {
  TREE=$(mktemp -d "$RIND_TMP/source.XXXXXX")/rind
  dpkg-source --no-check -x "$(deb_file dsc)" "$TREE" >/dev/null
}

test_unit_tests_ran() {
  expect_contains "the log" "$(cat "$RIND_SOURCE/build/tests-deb.log")" "100% tests passed, 0 tests failed out of "
}

# configured [OPTION...]   the source package, configured with DEB_BUILD_OPTIONS; the working directory is its
configured() {
  source_tree
  cd "$TREE"
  export DEB_BUILD_OPTIONS="$*" DH_OPTIONS="--buildsystem=cmake+ninja --builddirectory=build/release"
  debian/rules override_dh_auto_configure
}

test_unit_tests_are_built_unless_nocheck() {
  configured parallel=3
  expect_contains "targets" "$(ninja -C build/release -t targets all)" "rind-unit: "
  expect_contains "the tests" "$(debian/rules --dry-run override_dh_auto_test)" "-L unit -j3"
  configured nocheck
  expect_lacks "targets with nocheck" "$(ninja -C build/release -t targets all)" "rind-unit: "
  expect_lacks "the tests with nocheck" "$(debian/rules --dry-run override_dh_auto_test)" ctest
}

# One file is compiled so: a build with these flags takes minutes.
test_dpkgs_flags() {
  configured
  local compiled linked line object
  compiled=$(ninja -C build/release -t commands rind rind-hook | grep ' -c ')
  expect_contains "control" "$compiled" " -Wconversion "
  while IFS= read -r line; do
    # Of every level of _FORTIFY_SOURCE the last is taken: a second is a warning.
    expect_equal "levels of _FORTIFY_SOURCE in: $line" 1 "$(grep -o -- '-D_FORTIFY_SOURCE=' <<<"$line" | wc -l)"
    expect_contains "of dpkg" "$line" " -Werror=format-security "
    expect_contains "of debian/rules" "$line" " -DNDEBUG "
    expect_lacks "warnings" "$line" " -Werror "
  done <<<"$compiled"
  linked=$(ninja -C build/release -t commands rind rind-hook rind-hook-commands | grep -E ' -o rind(-hook|-hook-commands)? ')
  expect_equal "programs" 3 "$(wc -l <<<"$linked")"
  while IFS= read -r line; do
    expect_contains "of dpkg" "$line" " -Wl,-z,relro -Wl,-z,now "
  done <<<"$linked"
  object=$(sed -n 's/.* -o \([^ ]*\.o\) -c .*/\1/p' <<<"$compiled" | sort | sed -n 1p)
  ninja -C build/release "$object"
}

# What lintian does not see: it looks at no static program.
test_programs_are_hardened() {
  local tree=$RIND_TMP/hardened program headers
  dpkg-deb --extract "$(deb_file rind)" "$tree"
  for program in oci/hooks.d/rind-hook rind/rind rind/rind-hook-commands; do
    headers=$(readelf --wide --file-header --program-headers --dynamic --symbols "$tree/usr/libexec/$program")
    expect_contains "$program: position-independent" "$headers" "DYN (Position-Independent Executable file)"
    expect_contains "$program: read-only after relocation" "$headers" GNU_RELRO
    expect_contains "$program: all symbols bound at the start" "$headers" "NOW PIE"
    expect_equal "$program: the stack" RW "$(sed -nE 's/^ *GNU_STACK .* (R[WE ]*[WE]) +0x.*/\1/p' <<<"$headers" | tr -d ' ')"
  done
  for program in oci/hooks.d/rind-hook rind/rind; do
    headers=$(readelf --wide --program-headers --dynamic "$tree/usr/libexec/$program")
    expect_lacks "$program: program headers" "$headers" INTERP
    expect_lacks "$program: dynamic section" "$headers" "(NEEDED)"
  done
}
