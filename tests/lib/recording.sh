# The build that README.md shows as a picture: a package that looks around, without Rind and with it.
#
# record_build    runs it, in podman's default network, and prints what it printed as docs/images/build.json has it.
#                 Needs build, engines and image (suites.sh). It is the same command twice: on a machine without Rind's
#                 hook, and on one that has the package (installed.sh).

_record_image=localhost/builder
# One line: the panes of the picture show it as it is.
_record_command='podman run --rm --annotation io.rind.builder=true -e TWINE_PASSWORD=pypi-AgEIcHl \
    -v ./netrc:/root/.netrc:ro -v ./wheels:/wheels -v ./left-pad:/src localhost/builder \
    pip wheel -v --no-deps --no-build-isolation -w /wheels /src 2>&1 | grep -e "^ *left-pad:" -e Success'

# A directory as the reader would have it.
_record_directory() {
  local directory
  directory=$(mktemp -d "$RIND_TMP/recording.XXXXXX")
  mkdir "$directory/wheels"
  cp -r "$RIND_SOURCE/tests/pictures/left-pad" "$directory/"
  echo "machine pypi.example login ci password hunter2" >"$directory/netrc"
  echo "numpy" >"$directory/wheels/numpy-2.3.5-cp313-cp313-linux_x86_64.whl"
  printf '%s\n' "$directory"
}

_record_once() { # TITLE
  local directory output
  directory=$(_record_directory)
  output=$(cd "$directory" && bash -o pipefail -c "$_record_command" 2>"$directory/errors") ||
    die "the build '$1' failed: $(tail -n 5 "$directory/errors") $output"
  jq -n --arg title "$1" --arg command "$_record_command" --arg output "$output" '{$title, $command, $output}'
  rm -rf -- "$directory"
}

record_build() {
  local before after
  podman_rootful tag "$IMAGE_BUILDER" "$_record_image"
  export CONTAINERS_STORAGE_CONF=$RIND_TMP/recording-storage.conf
  # shellcheck disable=SC2154 # _engine_run is of engine.sh
  printf '[storage]\ndriver = "overlay"\ngraphroot = "%s"\nrunroot = "%s"\n' \
    "$RIND_TEST_CACHE/storage" "$_engine_run/containers" >"$CONTAINERS_STORAGE_CONF"
  before=$(_record_once "without Rind")
  installed_on_top "$RIND_STAGE"
  after=$(_record_once "with Rind on the host")
  installed_taken_off
  jq -n --argjson before "$before" --argjson after "$after" '[$before, $after]'
}
