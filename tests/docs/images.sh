# The pictures of README.md (docs/images): drawn from recordings, which are what happens.
#
# Runs alone: it lays what is installed over /usr and /etc.

TEST_SECONDS=300 # a test of two builds, each in a container of its own

IMAGES=$RIND_SOURCE/docs/images

# Draws what is recorded in DIRECTORY; the pictures lie beside it.
_draw() { expect_status 0 python3 -B "$RIND_SOURCE/tests/pictures/render.py" "$1"; }

_copy_of_recordings() {
  COPY=$(mktemp -d "$RIND_TMP/images.XXXXXX")
  cp "$IMAGES"/build.json "$IMAGES"/cost.txt "$COPY/"
}

test_pictures_are_drawn_from_the_recordings() {
  local image
  _copy_of_recordings
  _draw "$COPY"
  for image in build cost; do
    cmp "$COPY/$image.svg" "$IMAGES/$image.svg" ||
      fail "docs/images/$image.svg is not what render.py draws: run tests/pictures/record, or python3 tests/pictures/render.py docs/images"
  done
}

# The comparison is no use when the picture does not depend on the recording.
test_control_another_recording_is_another_picture() {
  _copy_of_recordings
  sed -i 's/hunter2/<hunter3>/' "$COPY/build.json"
  sed -i 's/^\( *Rind, a step *\)[0-9.]*/\199.99/' "$COPY/cost.txt"
  _draw "$COPY"
  expect_contains "the terminal" "$(<"$COPY/build.svg")" "&lt;hunter3&gt;"
  expect_contains "the chart" "$(<"$COPY/cost.svg")" "99.99 ms"
  expect_lacks "the chart as it is" "$(<"$IMAGES/cost.svg")" "99.99 ms"
}

# Forges show a picture that is XML, and README has each of them.
test_pictures_are_shown() {
  local image
  for image in build cost; do
    expect_status 0 python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$IMAGES/$image.svg"
    expect_contains README "$(<"$RIND_SOURCE/README.md")" "(docs/images/$image.svg)"
  done
}

# Today's build prints what the picture shows.
test_recording_is_what_happens() {
  record_build >"$RIND_TMP/build.json"
  diff -u "$IMAGES/build.json" "$RIND_TMP/build.json" ||
    fail "the build of tests/pictures/left-pad prints something else than the picture shows: run tests/pictures/record build"
}
