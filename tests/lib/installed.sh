# A machine that looks as if the package were installed, for this run alone.
#
# installed_on_top DIR    lays DIR/usr over /usr and DIR/etc over /etc, by overlays that only the run's own mount
#                         namespace sees. DIR is what a package installs: RIND_STAGE, or a root for rpm --root. What is
#                         written to /usr and /etc from now on is lost when they are taken off.
#                         From now on, too: engines read what is installed and no CONTAINERS_CONF; `use_rind [POLICY]`
#                         is the installed hook, found where the package puts it, and POLICY is /etc/rind/policy.json.
# installed_taken_off     ends that. To be called in the same shell: it gives CONTAINERS_CONF back.
# installed_policy [TEXT] puts TEXT into /etc/rind/policy.json; without it, what the package ships, or nothing
# installed_kit ENGINE    prints the hash of the helper in a builder's kit, or `none`
# container_file NAME     runs the tests of tests/container/NAME.sh
#
# A rootless podman works in the mount namespace of the user's first one, which may be older than the overlays: see
# RIND_USER_RUN in engine.sh.

INSTALLED= # the directory that is laid on top
INSTALLED_HOOKS=/usr/share/containers/oci/hooks.d

# Mounts below the old directory would be hidden by the overlay: they are put back, as they were.
_lay_over() { # DIR TOP WORK
  local below=$3/below point
  mkdir -p "$3/upper" "$3/work" "$below"
  mount --rbind "$2" "$below"
  mount -t overlay overlay -o "lowerdir=$1$2:$2,upperdir=$3/upper,workdir=$3/work" "$2"
  while read -r point; do
    mount --bind "$below${point#"$2"}" "$point"
  done < <(cut -d' ' -f5 /proc/self/mountinfo | sed -n "s|^$below/|$2/|p" | sort -u)
  umount --recursive --lazy "$below"
}

installed_on_top() {
  local dir top base
  [[ -n ${RIND_TESTS_PRIVATE:-} ]] || die "not in a mount namespace of the tests' own"
  [[ -z $INSTALLED ]] || die "$INSTALLED is laid on top already: installed_taken_off first"
  dir=$(cd "$1" && pwd -P)
  [[ $dir != *[:,\\]* ]] || die "an overlay cannot be made of $dir: its name has ':', ',' or '\\'"
  [[ -x $dir/usr/libexec/oci/hooks.d/rind-hook && -d $dir/etc ]] || die "nothing is installed under $dir"
  base=$(mktemp -d "$RIND_TMP/installed.XXXXXX")
  _take_off_default_hooks
  INSTALLED=$dir
  for top in /usr /etc; do
    if ! _lay_over "$dir" "$top" "$base$top"; then
      installed_taken_off
      die "cannot lay $dir$top over $top"
    fi
  done
  _installed_saved_conf=${CONTAINERS_CONF:-}
  [[ -n $_installed_saved_conf ]] || return 0
  # CONTAINERS_CONF would replace the package's drop-in. What podman needs here goes beside it.
  mkdir -p /etc/containers/containers.conf.d
  grep -v '^hooks_dir' "$_installed_saved_conf" >/etc/containers/containers.conf.d/00-rind-tests.conf
  chmod 0644 /etc/containers/containers.conf.d/00-rind-tests.conf
  unset CONTAINERS_CONF
}

installed_taken_off() {
  local top
  # Lazily: umount is itself a program of this /usr, and engines leave processes.
  for top in /etc /usr; do
    if [[ $(findmnt -nro FSTYPE,OPTIONS "$top" | tail -n 1) == "overlay "*"lowerdir=$INSTALLED$top:"* ]]; then
      umount --recursive --lazy "$top"
    fi
  done
  INSTALLED=
  [[ -z ${_installed_saved_conf:-} ]] || export CONTAINERS_CONF=$_installed_saved_conf
}

installed_policy() {
  local file=/etc/rind/policy.json
  mkdir -p /etc/rind
  if (($#)); then
    printf '%s\n' "$1" >"$file"
  elif [[ -f $INSTALLED$file ]]; then
    cp "$INSTALLED$file" "$file"
  else
    rm -f "$file"
  fi
  [[ ! -f $file ]] || chmod 0644 "$file"
}

installed_kit() {
  "$1" run --rm --network none --annotation "$BUILDER_ANNOTATION" "$IMAGE_BUILDER" \
    sh -c 'if [ -e /dev/rind/rind ]; then sha256sum </dev/rind/rind; else echo none; fi' 2>"$RIND_TMP/kit.log" ||
    fail "$(tail -n 3 "$RIND_TMP/kit.log")"
}

# In a directory of its own: the suite container has run these files in this one.
container_file() {
  local again
  again=$(mktemp -d "$RIND_TMP/again.XXXXXX")
  chmod 0755 "$again"
  ln -s "$RIND_TMP/shared" "$RIND_TMP/no-hooks" "$again"
  : >"$again/hook.log"
  chmod 0666 "$again/hook.log"
  RIND_TMP=$again run_test_file "$TEST_PREFIX" "$RIND_SOURCE/tests/container/$1.sh"
}
