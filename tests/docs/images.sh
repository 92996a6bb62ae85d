# The picture of README.md (docs/images/build.svg): drawn from a recording, which is what happens. The charts: performance.sh.
#
# Runs alone: it lays what is installed over /usr and /etc.

TEST_SECONDS=300 # a test of two builds, each in a container of its own

IMAGES=$RIND_SOURCE/docs/images

# Draws what is recorded in DIRECTORY; the picture lies beside it.
_draw() { expect_status 0 python3 -B "$RIND_SOURCE/tests/pictures/render.py" "$1"; }

_copy_of_recordings() {
  COPY=$(mktemp -d "$RIND_TMP/images.XXXXXX")
  cp "$IMAGES/build.json" "$COPY/"
}

test_picture_is_drawn_from_the_recording() {
  _copy_of_recordings
  _draw "$COPY"
  cmp "$COPY/build.svg" "$IMAGES/build.svg" ||
    fail "docs/images/build.svg is not what render.py draws: run tests/pictures/record, or python3 tests/pictures/render.py docs/images"
}

# The comparison is no use when the picture does not depend on the recording.
test_control_another_recording_is_another_picture() {
  _copy_of_recordings
  sed -i 's/hunter2/<hunter3>/' "$COPY/build.json"
  _draw "$COPY"
  expect_contains "the terminal" "$(<"$COPY/build.svg")" "&lt;hunter3&gt;"
}

# Forges show a picture that is XML, and README has it.
test_picture_is_shown() {
  expect_status 0 python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$IMAGES/build.svg"
  expect_contains README "$(<"$RIND_SOURCE/README.md")" "(docs/images/build.svg)"
}

# Today's build prints what the picture shows.
test_recording_is_what_happens() {
  record_build >"$RIND_TMP/build.json"
  diff -u "$IMAGES/build.json" "$RIND_TMP/build.json" ||
    fail "the build of tests/pictures/left-pad prints something else than the picture shows: run tests/pictures/record build"
}
