# Whose a step is, and that everything is the builder's again afterwards.

# Builds twice, and prints `MODE: UID MAP` of a hook, then what is not as it should be: files that are
# not the builder's, and directories that Rind left.
BUILD_AND_LOOK='
  set -e
  mkdir -p "${WORK:-.}" && cd "${WORK:-.}"
  fromager build /srv/packages/probe >/tmp/log 2>&1 || { status=$?; cat /tmp/log; exit $status; }
  fromager build --sdist --metadata /srv/packages/hello-ext >/tmp/log 2>&1 || { status=$?; cat /tmp/log; exit $status; }
  python3 -c "
import json, os
facts = json.load(open(\"work-dir/probe-1.0/probe-1.0/facts.json\"))
own = str(os.getuid())
outside = facts[\"uid_map\"][1]
print(\"self\" if outside == own else \"ephemeral\")
if facts[\"uid\"] != [os.getuid()] * 3: print(\"odd ids:\", facts[\"uid\"], facts[\"uid_map\"])"
  [ -e wheels-repo/downloads/hello_ext-1.0-0-*.whl ] || echo "no wheel"
  find work-dir wheels-repo sdists-repo \( ! -uid "$(id -u)" -o ! -gid "$(id -g)" \) -printf "not the builder'\''s: %p %U:%G\n" | head
  find / \( -path /proc -o -path /sys \) -prune -o -name "rind-private-*" -print 2>/dev/null || true'

# expect_identity MODE OPTION...   of builder; nothing else is printed
expect_identity() {
  local mode=$1
  shift
  expect_status 0 builder "$@" "$IMAGE_BUILDER" sh -c "$BUILD_AND_LOOK"
  expect_equal "identity, and what is wrong" "$mode" "$OUTPUT"
}

# Without Rind the same script says `self`: it can tell.
test_control() { expect_identity self; }

rootful() { use_rind && expect_identity ephemeral; }
user_namespace() { use_rind && expect_identity ephemeral --uidmap 0:200000:65536; }
test_small_user_namespace() { use_rind && expect_identity ephemeral --uidmap 0:200000:1024 --gidmap 0:300000:1024; }
on_one_runtime rootful
on_one_runtime user_namespace

test_rootless() {
  RIND_ENGINE=podman_rootless
  import_image podman_rootless
  use_rind
  expect_identity ephemeral
}

# As CRI-O gives them: no SETFCAP, no SYS_CHROOT, no MKNOD.
CRI_O=(--cap-drop ALL)
for _capability in CHOWN DAC_OVERRIDE FSETID FOWNER SETGID SETUID SETPCAP NET_BIND_SERVICE KILL; do
  CRI_O+=(--cap-add "$_capability")
done
test_capabilities_of_cri_o() { use_rind && expect_identity ephemeral "${CRI_O[@]}"; }

# With the builder's own number it cannot be had there: mapping uid 0 takes SETFCAP.
test_self_with_capabilities_of_cri_o() {
  use_rind '{"identity": {"ephemeral": "none"}}'
  expect_status 125 builder "${CRI_O[@]}" "$IMAGE_BUILDER" /dev/rind/rind run -- echo started
  expect_contains "the remedy" "$OUTPUT" "CAP_SETFCAP"
  expect_lacks "the command" "$OUTPUT" started
}

# A builder's umask closes what front ends and installs make: to the step's uid, too.
test_rootful_with_umask_027() { use_rind && expect_identity ephemeral --umask 0027; }
test_rootful_with_umask_077() { use_rind && expect_identity ephemeral --umask 0077; }
test_umask_control() {
  expect_identity self --umask 0077
  expect_status 0 plain --umask 0077 "$IMAGE_BUILDER" sh -c 'umask; mkdir /tmp/d; stat -c %a /tmp/d'
  expect_equal "the umask holds" $'0077\n700' "$OUTPUT"
}

# What is opened to the step is no part of what it makes: names, modes and content of the wheels' members.
MEMBERS='cd "${WORK:-.}"; fromager build --sdist --metadata /srv/packages/hello-ext >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
  python3 -c "
import glob, zipfile
for wheel in sorted(glob.glob(\"wheels-repo/downloads/hello_ext*.whl\")):
    for member in zipfile.ZipFile(wheel).infolist(): print(member.filename, oct(member.external_attr >> 16))"'
test_wheels_have_the_same_modes() {
  local umask without
  for umask in 0022 0027 0077; do
    use_no_rind
    expect_status 0 builder --umask "$umask" "$IMAGE_BUILDER" sh -c "$MEMBERS"
    without=$OUTPUT
    expect_contains "control" "$without" "METADATA 0o"
    use_rind
    expect_status 0 builder --umask "$umask" "$IMAGE_BUILDER" sh -c "$MEMBERS"
    expect_equal "with umask $umask" "$without" "$OUTPUT"
  done
}

# An sdist says whose its files are. Its back end dates nothing, so that only that can differ.
SDIST='set -e; mkdir src; cd src
cat >pyproject.toml <<X
[build-system]
requires = []
build-backend = "be"
backend-path = ["."]
[project]
name = "dated"
version = "1.0"
X
cat >be.py <<X
import getpass, os, tarfile
def undated(member):
    member.mtime = 0
    return None if "__pycache__" in member.name else member
def build_sdist(sdist_directory, config_settings=None):
    open("PKG-INFO", "w").write(f"Metadata-Version: 2.1\\nName: dated\\nVersion: 1.0\\nAuthor: {getpass.getuser()} {os.getuid()}\\n")
    with tarfile.open(f"{sdist_directory}/dated-1.0.tar", "w") as archive:
        archive.add(".", "dated-1.0", filter=undated)
    import gzip, shutil
    with open(f"{sdist_directory}/dated-1.0.tar", "rb") as plain, open(f"{sdist_directory}/dated-1.0.tar.gz", "wb") as raw:
        with gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as packed: shutil.copyfileobj(plain, packed)
    os.unlink(f"{sdist_directory}/dated-1.0.tar")
    return "dated-1.0.tar.gz"
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    import zipfile
    name = "dated-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        for file, text in ("METADATA", "Metadata-Version: 2.1\\nName: dated\\nVersion: 1.0\\n"), ("WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"), ("RECORD", ""):
            wheel.writestr(f"dated-1.0.dist-info/{file}", text)
    return name
X
cd ..; for n in 1 2 3; do rm -rf work-dir sdists-repo; fromager build --sdist src >log 2>&1 || { cat log; exit 1; }; sha256sum sdists-repo/builds/* >>sums; done
sort -u sums
tar tvf sdists-repo/builds/* | cut -d" " -f2 | sort -u'
test_sdists_are_equal() {
  expect_status 0 builder "$IMAGE_BUILDER" sh -c "$SDIST"
  local without=$OUTPUT
  expect_contains "control" "$without" "root/root"
  expect_equal "three of one content" 1 "$(grep -c dated-1.0.tar.gz <<<"$without")"
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" sh -c "$SDIST"
  expect_equal "three sdists with Rind, three without" "$without" "$OUTPUT"
}

AS_A_USER=(--user 1234:0 --tmpfs "/work:mode=1777" --workdir /work --env HOME=/work)

test_user_that_cannot_lend() { use_rind && expect_identity self "${AS_A_USER[@]}"; }
test_user_with_umask_027() { use_rind && expect_identity self --umask 0027 "${AS_A_USER[@]}"; }
test_user_with_umask_077() { use_rind && expect_identity self --umask 0077 "${AS_A_USER[@]}"; }

# A step that keeps the builder's uid says so, though it succeeds. (Of hooks: tests/system/identity.sh.)
SAYS="succeeded; it ran as the builder's uid"
test_success_without_an_identity_is_said() {
  use_rind
  expect_status 0 builder --cap-drop CHOWN "$IMAGE_BUILDER" sh -c 'fromager build /srv/packages/probe 2>&1; /dev/rind/rind run -- true 2>&1'
  expect_contains "of rind run" "$OUTPUT" "the command $SAYS 0, without an identity of its own: the builder lacks CAP_CHOWN"
  expect_lacks "of what a front end reads" "$OUTPUT" "environment-command $SAYS"
  expect_status 0 builder "$IMAGE_BUILDER" sh -c 'fromager build /srv/packages/probe 2>&1; /dev/rind/rind run -- true 2>&1'
  expect_lacks "with one" "$OUTPUT" "$SAYS"
}

test_none_by_policy() { use_rind '{"identity": {"ephemeral": "none"}}' && expect_identity self; }
test_preferred_without_chown() { use_rind && expect_identity self --cap-drop CHOWN; }

# required: WHY, and options. The controls are the tests above: preferred runs with the same options.
required() {
  local why=$1
  shift
  use_rind '{"identity": {"ephemeral": "required"}}'
  expect_status 125 builder "$@" "$IMAGE_BUILDER" fromager step /srv/packages/probe -- echo started
  expect_contains "the reason" "$OUTPUT" "$why"
  expect_contains "the remedy" "$OUTPUT" "identity.ephemeral"
  # The front end repeats the command that failed; its output would be a line of its own.
  [[ $'\n'$OUTPUT$'\n' != *$'\nstarted\n'* ]] || fail "it ran: $OUTPUT"
}
test_required_for_a_user() { required "CAP_SETUID" "${AS_A_USER[@]}"; }
test_required_without_chown() { required "CAP_CHOWN" --cap-drop CHOWN; }
test_required_and_had() { use_rind '{"identity": {"ephemeral": "required"}}' && expect_identity ephemeral; }

# HOME and the work directory below a directory that only root may search.
test_below_root() {
  use_rind
  expect_status 0 plain "$IMAGE_BUILDER" stat -c %a /root
  expect_equal "mode of /root" 700 "$OUTPUT"
  expect_identity ephemeral --env HOME=/root --env WORK=/root/work
}

# third_owner: a volume of another uid, closed to everybody else.
test_third_owner() {
  local volume=$RIND_TMP/third-owner
  mkdir -p "$volume"
  chown 777:778 "$volume"
  chmod 0700 "$volume"
  use_rind
  expect_identity ephemeral -v "$volume:/work" --workdir /work
  expect_equal "the volume's owner and mode" "777:778 700" "$(stat -c '%u:%g %a' "$volume")"
}
test_third_owner_control() {
  mkdir -p "$RIND_TMP/third"
  chown 777:778 "$RIND_TMP/third"
  chmod 0700 "$RIND_TMP/third"
  expect_identity self -v "$RIND_TMP/third:/work" --workdir /work
}

test_buildah_run() {
  local container
  container=$(buildah_rootful from "$IMAGE_BUILDER")
  # shellcheck disable=SC2064
  trap "buildah_rootful rm $container >/dev/null" EXIT
  buildah_rootful config --annotation "$BUILDER_ANNOTATION" "$container"
  use_rind
  expect_status 0 buildah_rootful run -v "$RIND_TMP/shared/packages:/srv/packages:ro" "$container" -- sh -c "$BUILD_AND_LOOK"
  expect_equal "identity, and what is wrong" ephemeral "$(grep -v 'level=warning' <<<"$OUTPUT")"
}

test_podman_build() {
  local context=$RIND_TMP/identity.$RIND_RUNTIME
  mkdir "$context"
  cp -r "$RIND_TMP/shared/packages" "$context/"
  printf '%s\n' "$BUILD_AND_LOOK" >"$context/look"
  printf 'FROM %s\nCOPY packages /srv/packages\nCOPY look /srv/look\nRUN sh /srv/look >/srv/seen\nRUN sed "s/^/seen: /" /srv/seen\n' \
    "$IMAGE_BUILDER" >"$context/Containerfile"
  use_rind
  expect_status 0 podman_build_rootful "$context"
  expect_equal "identity, and what is wrong" "seen: ephemeral" "$(grep '^seen: ' <<<"$OUTPUT")"
}

# A file at a path that no policy names is closed by the uid alone: the builder reads it, the step does not.
test_unlisted_secret() {
  expect_status 0 builder "$IMAGE_BUILDER" fromager step /srv/packages/probe -- cat /srv/builder/token
  expect_contains "without Rind" "$OUTPUT" RIND-TEST-SECRET
  use_rind
  expect_status 1 builder "$IMAGE_BUILDER" fromager step /srv/packages/probe -- cat /srv/builder/token
  expect_lacks "the step" "$OUTPUT" RIND-TEST-SECRET
}

# Steps at the same time have different uids, and no lease is left taken.
test_parallel_steps() {
  use_rind '{"leases": 4}'
  expect_status 0 builder "$IMAGE_BUILDER" sh -c "$WAIT_UNTIL"'
    # Each waits until the four are there.
    for round in 1 2; do
      : >/tmp/ids.$round; mkfifo /tmp/go.$round; exec 9<>/tmp/go.$round
      for n in 1 2 3 4; do /dev/rind/rind run -- sh -c "read -r _ id _ </proc/self/uid_map; echo \$id; read go; true" </tmp/go.$round >>/tmp/ids.$round 9>&- & done
      all_there() { [ "$(wc -l </tmp/ids.$round)" = 4 ]; }
      wait_until 60 all_there
      exec 9>&-
      wait
      cat /tmp/ids.$round
    done | sort | uniq -c | while read -r count id; do echo "$count"; done'
  expect_equal "how often each uid was there" $'2\n2\n2\n2' "$OUTPUT"
  expect_status 0 builder "$IMAGE_BUILDER" sh -c "$WAIT_UNTIL"'
    mkfifo /tmp/go; exec 9<>/tmp/go
    for n in 1 2 3 4; do /dev/rind/rind run -- sh -c "read -r _ id _ </proc/self/uid_map; echo \$id; read go; true" </tmp/go >>/tmp/ids 9>&- & done
    all_there() { [ "$(wc -l </tmp/ids)" = 4 ]; }
    wait_until 60 all_there
    /dev/rind/rind run -- echo started 2>&1; echo "status $?"
    exec 9>&-; wait'
  expect_contains "the fifth" "$OUTPUT" "all 4 leases are taken"
  expect_contains "the fifth" "$OUTPUT" "status 125"
}
