# One version, in CMakeLists.txt: everything else has it from there.

declared() { sed -nE 's/^project\(rind VERSION ([0-9.]+) .*/\1/p' "$RIND_SOURCE/CMakeLists.txt"; }

all_only "it looks at both packages" all_agree
test_all_agree() {
  local version
  version=$(declared)
  [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "CMakeLists.txt declares no version: '$version'"
  expect_equal "rind-hook" "rind-hook $version" "$("$RIND_STAGE/usr/libexec/oci/hooks.d/rind-hook" --version)"
  expect_equal "rind" "rind $version" "$("$RIND_STAGE/usr/libexec/rind/rind" --version)"
  expect_equal "the changelog's topmost" "$version" \
    "$(sed -nE 's/^## \[([^]]*)\].*/\1/p' "$RIND_SOURCE/CHANGELOG.md" | sed -n 1p)"
  expect_equal "the spec" "Version:        $version" "$(grep '^Version:' "$RPM_TOP/SOURCES/rind.spec")"
  local name
  for name in rind rind-selinux src; do
    expect_equal "the package $name" "$version" "$(rpm_query --qf '%{VERSION}' "$(rpm_file "$name")")"
  done
  expect_equal "the Debian package" "$version-0rind1" "$(deb_field Version)"
  [[ -f $RPM_TOP/SOURCES/rind-$version.tar.gz ]] || fail "the archive has another name: $(ls "$RPM_TOP/SOURCES")"
  expect_equal "in what they are made of" "" \
    "$(grep -rF "$version" "$RIND_SOURCE"/packaging/{rind.spec.in,debian,source-archive,make-deb} || true)"
}

# A checkout with nothing but what the archive is made of.
checkout() {
  TREE=$(mktemp -d "$RIND_TMP/checkout.XXXXXX")
  mkdir "$TREE/packaging"
  cp "$RIND_SOURCE"/{CMakeLists.txt,CHANGELOG.md} "$TREE/"
  cp "$RIND_SOURCE"/packaging/{source-archive,rind.spec.in} "$TREE/packaging/"
  echo committed >"$TREE/changed"
  echo committed >"$TREE/deleted"
  git -C "$TREE" init -q
  git -C "$TREE" add .
  git -C "$TREE" -c user.name=test -c user.email=test@example.org commit -q -m test
}

archive() { (cd "$RIND_TMP" && "$TREE/packaging/source-archive" "$TREE/packaging"); }

test_archive_is_the_work_tree() {
  checkout
  echo changed >"$TREE/changed"
  rm "$TREE/deleted"
  echo unknown >"$TREE/unknown"
  archive
  local top file list
  top=rind-$(declared)
  file=$TREE/packaging/$top.tar.gz
  list=$(tar -tzf "$file" | sort)
  expect_equal "the files" "$(printf '%s\n' "$top/" "$top/"{CHANGELOG.md,CMakeLists.txt,changed,packaging/,packaging/rind.spec.in,packaging/source-archive,rind.spec} | sort)" "$list"
  expect_equal "an uncommitted change" changed "$(tar -xzOf "$file" "$top/changed")"
  cp "$file" "$TREE/first.tar.gz"
  touch -d "+1 hour" "$TREE/changed" # not of the same second
  archive
  cmp "$file" "$TREE/first.tar.gz"
}

# Whoever has an archive can make it again.
test_archive_of_an_unpacked_archive() {
  checkout
  rm -rf "$TREE/.git"
  mkdir "$TREE/build"
  touch "$TREE/build/object"
  archive
  local top
  top=rind-$(declared)
  expect_equal "the files" "$(printf '%s\n' "$top/" "$top/"{CHANGELOG.md,CMakeLists.txt,changed,deleted,packaging/,packaging/rind.spec.in,packaging/source-archive,rind.spec} | sort)" \
    "$(tar -tzf "$TREE/packaging/$top.tar.gz" | sort)"
}

test_archive_of_two_versions_is_refused() {
  checkout
  sed -i "s/VERSION $(declared)/VERSION 9.9.9/" "$TREE/CMakeLists.txt"
  expect_status 1 archive
  expect_contains "the message" "$OUTPUT" "CHANGELOG.md's topmost version is $(declared), CMakeLists.txt's is 9.9.9"
  [[ ! -e $TREE/packaging/rind.spec ]] || fail "it left a spec"
}
