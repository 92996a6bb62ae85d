# What the Debian package installs, that it is what the RPM installs, and that it takes all of it away again.
# Only with --all: the package is another build, with all unit tests in it

setup() {
  deb_root
  BEFORE=$(everything)
  deb_there -i "$(deb_file rind)"
  rpm_root
  rpm_there -i --nodeps --noscripts "$(rpm_file rind)"
}

# Every path of the root with its kind and mode, but for the database.
everything() { (cd "$DEB_ROOT" && find . -path ./var/lib/dpkg -prune -o -printf '%M %p\n' | sort); }

# MODE OWNER GROUP PATH [-> TARGET] of each file of the package that is no directory
deb_listed() {
  dpkg-deb --contents "$(deb_file rind)" | sed -nE 's|^([^d]\S+) (\S+)/(\S+) .* \./|\1 \2 \3 /|p' | LC_ALL=C sort -k4
}
rpm_listed() {
  rpm_query --qf '[%{FILEMODES:perms} %{FILEUSERNAME} %{FILEGROUPNAME} %{FILENAMES} %{FILELINKTOS}\n]' "$(rpm_file rind)" |
    awk '$1 !~ /^d/ { print $1, $2, $3, $4 (NF > 4 ? " -> " $5 : "") }' | LC_ALL=C sort -k4
}

# Debian's policy gives these their names.
as_debian_has_it() {
  sed -e 's|/usr/share/licenses/rind/LICENSE$|/usr/share/doc/rind/copyright|' \
    -e 's|/usr/share/doc/rind/CHANGELOG.md$|/usr/share/doc/rind/changelog.gz|' \
    -e 's|/usr/share/zsh/site-functions/|/usr/share/zsh/vendor-completions/|'
}
OF_DEBIAN_ALONE='-rw-r--r-- root root /usr/share/doc/rind/changelog.Debian.gz
-rw-r--r-- root root /usr/share/lintian/overrides/rind'

# Modes, owners and targets of links as well.
test_files_are_the_rpms() {
  local expected
  expected=$(rpm_listed)
  expect_contains "control" "$expected" "-rwxr-xr-x root root /usr/libexec/rind/rind"
  expected=$(printf '%s\n' "$(as_debian_has_it <<<"$expected")" "$OF_DEBIAN_ALONE" | LC_ALL=C sort -k4)
  diff <(printf '%s\n' "$expected") <(deb_listed) || fail "the packages' lists differ"
}

# Programs are compiled twice, and what is compressed has a name and a date of its own.
test_contents_are_the_rpms() {
  local path compared=0
  while read -r path; do
    [[ -f $RPM_ROOT$path && -e $DEB_ROOT$path ]] || continue
    case $path in
      /usr/libexec/* | /usr/bin/*) continue ;;
      *.gz) diff <(zcat "$RPM_ROOT$path") <(zcat "$DEB_ROOT$path") >/dev/null || fail "$path differs" ;;
      *) cmp "$RPM_ROOT$path" "$DEB_ROOT$path" || fail "$path differs" ;;
    esac
    compared=$((compared + 1))
  done < <(rpm_query --list "$(rpm_file rind)")
  ((compared > 30)) || fail "only $compared files were compared"
}

test_directories_of_the_operator() {
  expect_equal "policy.d" "drwxr-xr-x root root" "$(stat -c '%A %U %G' "$DEB_ROOT/etc/rind/policy.d")"
}

test_what_is_the_operators() {
  expect_equal "configuration" $'/etc/containers/containers.conf.d/50-oci-rind.conf\n/etc/rind/policy.json' \
    "$(dpkg-deb --info "$(deb_file rind)" conffiles | sort)"
  expect_equal "the policy" '{"version": 1}' "$(tr -d '\n ' <"$DEB_ROOT/etc/rind/policy.json" | sed 's/:/: /')"
}

# Nothing of the package runs when it comes or goes.
test_no_scripts() {
  expect_equal "in the control archive" $'conffiles\ncontrol\nmd5sums' \
    "$(dpkg-deb --ctrl-tarfile "$(deb_file rind)" | tar -t | sed -n 's|^\./\(.\)|\1|p' | sort)"
}

test_link_leads_to_the_hook() { cmp "$DEB_ROOT/usr/bin/rind-hook" "$DEB_ROOT/usr/libexec/oci/hooks.d/rind-hook"; }

test_requirements() {
  local depends
  depends=$(deb_field Depends)
  # Nothing in the hook's header says so: it is opened by dlopen.
  expect_contains "required" "$depends" libmount1
  expect_contains "required" "$depends" "crun | runc"
  expect_contains "required" "$depends" "libc6 (>= "
  # A host's upgrade of a library must not end every container's start.
  expect_lacks "required" "$depends" libsodium
  expect_equal "recommended" "podman | buildah | cri-o" "$(deb_field Recommends)"
  local built
  built=$(deb_field Built-Using)
  for source in gcc- glibc libsodium libcap-ng; do expect_contains "static in it" "$built" "$source"; done
}

test_verified() {
  expect_status 0 deb_there --verify rind
  expect_equal "differences" "" "$OUTPUT"
  cp "$DEB_ROOT/usr/libexec/rind/rind" "$RIND_TMP/whole"
  echo more >>"$DEB_ROOT/usr/libexec/rind/rind"
  expect_contains "a changed helper" "$(deb_there --verify rind || true)" "??5??????   /usr/libexec/rind/rind"
  cp "$RIND_TMP/whole" "$DEB_ROOT/usr/libexec/rind/rind"
}

test_machine_has_no_such_package() {
  expect_status 1 dpkg-query -W rind
  expect_equal "in the log" "" "$(grep -s ' rind:' /var/log/dpkg.log || true)"
}

test_zz_removed() {
  deb_there --remove rind
  expect_equal "left until it is purged" $'/etc/containers/containers.conf.d/50-oci-rind.conf\n/etc/rind/policy.json' \
    "$(cd "$DEB_ROOT" && find . -path ./var/lib/dpkg -prune -o ! -type d -printf '/%P\n' | sort)"
  deb_there --purge rind
  expect_equal "left" "$BEFORE" "$(everything)"
}
