# What the packages install, and that they take all of it away again.
# Only with --all: the RPM is a third build, with all unit tests in it

setup() {
  rpm_root
  BEFORE=$(everything)
  rpm_there -i --nodeps --noscripts "$(rpm_file rind)" "$(rpm_file rind-selinux)"
}

# Every path of the root with its kind and mode, but for the database.
everything() { (cd "$RPM_ROOT" && find . -path ./var/lib/rpm -prune -o -printf '%M %p\n' | sort); }

# MODE OWNER GROUP PATH of each file of the package
listed() { rpm_query --qf '[%{FILEMODES:perms} %{FILEUSERNAME} %{FILEGROUPNAME} %{FILENAMES}\n]' "$(rpm_file "$1")"; }

PATHS='
/etc/containers/containers.conf.d/50-oci-rind.conf
/etc/rind/policy.json
/usr/bin/rind-hook
/usr/lib/tmpfiles.d/rind.conf
/usr/libexec/oci/hooks.d/rind-hook
/usr/libexec/rind/rind
/usr/libexec/rind/rind-hook-commands
/usr/share/bash-completion/completions/rind
/usr/share/bash-completion/completions/rind-hook
/usr/share/containers/oci/hooks.d/50-oci-rind.json
/usr/share/fish/vendor_completions.d/rind-hook.fish
/usr/share/fish/vendor_completions.d/rind.fish
/usr/share/man/man1/rind.1.gz
/usr/share/man/man5/rind-policy.5.gz
/usr/share/man/man8/rind-hook.8.gz
/usr/share/rind/apparmor/rind-builder
/usr/share/rind/policies/fromager.json
/usr/share/rind/policies/generic-pep517.json
/usr/share/rind/policies/strict.json
/usr/share/rind/policy.json
/usr/share/rind/schema/policy-test.schema.json
/usr/share/rind/schema/policy.schema.json
/usr/share/rind/schema/record.schema.json
/usr/share/rind/seccomp/rind-builder.json
/usr/share/zsh/site-functions/_rind
/usr/share/zsh/site-functions/_rind-hook'

test_files() {
  expect_equal "but for documentation" "${PATHS#$'\n'}" \
    "$(listed rind | awk '$1 !~ /^d/ && $4 !~ /^\/usr\/share\/(doc|licenses)\// { print $4 }' | LC_ALL=C sort)"
  expect_equal "of rind-selinux" $'/usr/share/selinux/packages/targeted/rind.pp.bz2\n/var/lib/selinux/targeted/active/modules/200/rind' \
    "$(listed rind-selinux | awk '$4 !~ /^\/usr\/share\/(doc|licenses)\// { print $4 }')"
}

# Ordinary modes and root's, and no rights beyond.
test_modes() {
  local name ghost=
  for name in rind rind-selinux; do
    expect_equal "unusual in $name" "$ghost" "$(listed "$name" |
      grep -vE '^(drwxr-xr-x|-rw-r--r--|lrwxrwxrwx) root root /|^-rwxr-xr-x root root /usr/libexec/(oci/hooks\.d/rind-hook|rind/rind|rind/rind-hook-commands)$')"
    ghost='---------- root root /var/lib/selinux/targeted/active/modules/200/rind' # not in the package: semodule's
    expect_equal "file capabilities of $name" "" "$(rpm_query --filecaps "$(rpm_file "$name")" | awk '$2 != "" && $2 != "="')"
  done
}

test_what_is_the_operators() {
  expect_equal "configuration" $'/etc/containers/containers.conf.d/50-oci-rind.conf\n/etc/rind/policy.json' "$(rpm_there -qc rind)"
  # 0x1 is %config, 0x10 is noreplace.
  expect_equal "flags" $'17\n17' \
    "$(rpm_there -q --qf '[%{FILEFLAGS} %{FILENAMES}\n]' rind | sed -nE 's|^([0-9]+) /etc/.*\.(json\|conf)$|\1|p')"
  expect_equal "the policy" '{"version": 1}' "$(tr -d '\n ' <"$RPM_ROOT/etc/rind/policy.json" | sed 's/:/: /')"
}

test_link_leads_to_the_hook() {
  cmp "$RPM_ROOT/usr/bin/rind-hook" "$RPM_ROOT/usr/libexec/oci/hooks.d/rind-hook"
  expect_equal "relative" ../libexec/oci/hooks.d/rind-hook "$(readlink "$RPM_ROOT/usr/bin/rind-hook")"
}

# The packages have all that `cmake --install` does, where it does.
test_as_installed_by_hand() {
  local file files
  files=$(cd "$RIND_STAGE" && find . ! -type d -printf '/%P\n')
  expect_contains "control" "$files" /usr/libexec/rind/rind
  while read -r file; do
    [[ -e $RPM_ROOT$file || -e $RPM_ROOT$file.gz ]] || fail "the package has no $file"
  done <<<"$files"
}

test_helper_is_static_here_too() {
  expect_lacks "program headers" "$(readelf --wide --program-headers "$RPM_ROOT/usr/libexec/rind/rind")" INTERP
}

test_requirements() {
  local requires
  requires=$(rpm_there -q --requires rind)
  # Nothing in a program's header says so: it is opened by dlopen.
  expect_contains "required" "$requires" libmount
  expect_contains "required" "$requires" "(crun or runc)"
  # A host's upgrade of a library must not end every container's start.
  expect_lacks "required" "$requires" libsodium.so
  expect_contains "recommended" "$(rpm_there -q --recommends rind)" "rind-selinux = "
}

test_verified() {
  expect_status 0 rpm_there -V --nodeps --noscripts rind rind-selinux
  expect_equal "differences" "" "$OUTPUT"
  chmod u+s "$RPM_ROOT/usr/libexec/rind/rind"
  expect_status 1 rpm_there -V --nodeps --noscripts rind
  expect_contains "a setuid helper" "$OUTPUT" ".M......."
  chmod 0755 "$RPM_ROOT/usr/libexec/rind/rind"
}

test_no_database_beside_it() {
  expect_equal "newer than the packages" "" "$(find ~/.rpmdb -newer "$RPM_TOP/SOURCES/rind.spec" 2>/dev/null)"
}

test_zz_removed() {
  rpm_there -e --nodeps --noscripts rind rind-selinux
  expect_equal "left" "$BEFORE" "$(everything)"
}
