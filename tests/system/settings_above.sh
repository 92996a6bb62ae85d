# Settings above the sources, which cargo, rustup and version managers look for there: without them a build has another
# result, and says nothing. The front end's work directory, HOME and /tmp are hidden otherwise.
source "$RIND_SOURCE/tests/system/hook.inc"
source "$RIND_SOURCE/tests/system/front_end.inc"

# read_all: what a build reads of the files FILES.
# shellcheck disable=SC2016
READS='
read_all() {
  hook build_wheel "
for at in \"$FILES\".split():
    try: text = open(at).read()
    except OSError as e: text = e.strerror
    print(at, text.strip(), flush=True)
put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")"
}
mkdir -p $S
'

# As without Rind.
# shellcheck disable=SC2016
test_what_a_build_reads() {
  local script='export HOME=/tmp/w FILES="../.cargo/config.toml ../../.cargo/config ../../rust-toolchain.toml ../../.tool-versions /tmp/.python-version"
    (cd $S && for at in $FILES; do mkdir -p $(dirname $at) && echo "for $at" >$at; done)
    chmod 0600 $W/.cargo/config.toml; ln -s real.toml /tmp/w/rust; mv /tmp/w/rust-toolchain.toml /tmp/w/real.toml; mv /tmp/w/rust /tmp/w/rust-toolchain.toml
    read_all 2>&1' control
  expect_status 0 in_hook_rig "SEAM=env$READS$script"
  control=$OUTPUT
  expect_contains "control: without Rind" "$control" "for /tmp/.python-version"
  expect_status 0 in_hook_rig "$READS$script"
  expect_equal "with Rind" "$control" "$OUTPUT"
}

# shellcheck disable=SC2016
test_without_credentials() {
  local script='export FILES=../../.cargo/config.toml; mkdir /tmp/w/.cargo
    printf "[registries.own]\ntoken = \"RIND-TEST-SECRET\"\nindex = \"sparse+https://u:RIND-TEST-SECRET@h.example/\"\n" >/tmp/w/.cargo/config.toml
    read_all 2>&1'
  expect_status 0 in_hook_rig "SEAM=env$READS$script"
  expect_contains "control: without Rind" "$OUTPUT" RIND-TEST-SECRET
  expect_status 0 in_hook_rig "$READS$script"
  expect_contains "the settings" "$OUTPUT" "[registries.own]"
  expect_lacks "credentials" "$OUTPUT" RIND-TEST-SECRET
}

# A step of the project around the sources made the link, removed what tells that this is a project, and has a part of it built.
# shellcheck disable=SC2016
test_not_by_a_link_in_a_project_around() {
  local script='mkdir -p /mnt/secret /tmp/u/q-1; echo RIND-TEST-SECRET >/mnt/secret/x; chmod 0600 /mnt/secret/x; : >/tmp/u/q-1/pyproject.toml; cd /srv
    SOURCES=/tmp/u/q-1; call get_requires_for_build_wheel "" "
import os
os.mkdir(\".cargo\"); os.symlink(\"$1\", \".cargo/config.toml\"); open(\"own\", \"w\").write(\"its own\")
os.mkdir(\"sub\"); open(\"sub/pyproject.toml\", \"w\"); os.unlink(\"pyproject.toml\"); result([])" && SOURCES=/tmp/u/q-1/sub && call get_requires_for_build_wheel "" "
try: print(open(\"../.cargo/config.toml\").read())
except OSError as e: print(e.strerror)
result([])" 2>&1'
  expect_status 0 in_front_end_rig "$script" /mnt/secret/x
  expect_equal "a secret" "No such file or directory" "$OUTPUT"
  CONTROL=yes expect_status 0 in_front_end_rig "$script" /mnt/secret/x
  expect_equal "control" RIND-TEST-SECRET "$OUTPUT"
  expect_status 0 in_front_end_rig "$script" ../own
  expect_equal "the package's own" "its own" "$OUTPUT"
}

# Where the step sees the place: cargo's home in a cache, by HOME and by CARGO_HOME, and a directory that nothing hides.
# shellcheck disable=SC2016
test_in_places_that_are_seen() {
  local place script
  for place in 'export HOME=/mnt/home AT=/mnt/home/.cargo' 'export CARGO_HOME=/mnt/cargo AT=/mnt/cargo' \
    'mkdir /mnt/w; mv $W /mnt/w; W=/mnt/w/pkg-1 S=$W/pkg-1 V=$W/build-3; export AT=/mnt/w/.cargo'; do
    for mode in 0600 0644; do
      script="$place; export FILES=\$AT/config.toml; mkdir -p \$AT; echo x >\$AT/other
        printf '[registries.own]\ntoken = \"RIND-TEST-SECRET\"\n' >\$AT/config.toml; chmod $mode \$AT/config.toml; read_all 2>&1"
      expect_status 0 in_hook_rig "SEAM=env$READS$script"
      expect_contains "control: $script" "$OUTPUT" RIND-TEST-SECRET
      expect_status 0 in_hook_rig "$READS$script"
      expect_contains "the settings, $script" "$OUTPUT" "[registries.own]"
      expect_lacks "credentials, $script" "$OUTPUT" RIND-TEST-SECRET
    done
  done
}

# Neither by a link that an earlier step left, nor what the policy hides.
# shellcheck disable=SC2016
test_not_what_is_hidden() {
  local setup='mkdir -p /mnt/secret $W/.cargo /tmp/w/.cargo; echo RIND-TEST-SECRET | tee /mnt/secret/x >/tmp/w/.cargo/config.toml'
  # The directory above the sources is a project, too, whose steps can make links.
  expect_status 0 in_hook_rig "$READS$setup; : >\$W/pyproject.toml; ln -s /mnt/secret/x \$W/.cargo/config.toml
    export FILES=../.cargo/config.toml; read_all 2>&1"
  expect_lacks "by a link of a package's" "$OUTPUT" RIND-TEST-SECRET
  RIG_POLICY='{"views": {"/tmp/w/.cargo": "hidden"}}' expect_status 0 in_hook_rig "$READS$setup; export FILES=../../.cargo/config.toml; read_all 2>&1"
  expect_lacks "hidden by the policy" "$OUTPUT" RIND-TEST-SECRET
  expect_status 0 in_hook_rig "$READS$setup; export FILES=../../.cargo/config.toml; read_all 2>&1"
  expect_contains "control: without that" "$OUTPUT" RIND-TEST-SECRET
}
