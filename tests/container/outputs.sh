# What comes out of a step: the artefact that it was asked for, and nothing else.
# (That artefacts are the same as without Rind is in artefacts.sh.)

# A second build of the same package, into the same directories.
second_build() {
  local image=$1
  shift
  use_rind
  expect_status 0 builder "$image" bash -c '
    set -e
    for n in 1 2; do
      rm -rf work-dir/hello-ext-1.0
      fromager "$@" build --sdist --metadata /srv/packages/hello-ext
      ls wheels-repo/* sdists-repo/*
    done' second "$@"
  # Each is listed and each is "built", both times.
  expect_equal "wheels and sdists" 4 "$(grep -c '^hello_ext-1.0.*\(whl\|tar.gz\)$' <<<"$OUTPUT")"
  expect_equal "built" 4 "$(grep -c '^built ' <<<"$OUTPUT")"
}
through_script() { second_build "$IMAGE_BUILDER"; }
test_through_unshare() { second_build "$IMAGE_OLDER" --old; }
on_one_runtime through_script

# build_misnamed WHAT IMAGE OPTION...   with a wheel of another package in the repository; prints how it
# ended, the last line of the log and what the repository has then
build_misnamed() {
  local what=$1 image=$2
  shift 2
  builder --env MISNAMED="$what" "$image" bash -c '
    mkdir -p wheels-repo/downloads
    echo "of somebody else" >wheels-repo/downloads/innocent-1.0-py3-none-any.whl
    fromager "$@" build /srv/packages/misnamed >/tmp/log 2>&1
    echo "status $?"
    if [[ -e work-dir/misnamed-1.0/build.log ]]; then
      cp work-dir/misnamed-1.0/build.log /tmp/build.log
      tail -n 1 /tmp/build.log
    fi
    cat /tmp/log >&2
    find wheels-repo -type f -printf "has %P %s\n" | sort' misnamed "$@" 2>"$RIND_TMP/misnamed.log" || true
  cat "$RIND_TMP/misnamed.log" >&2
}

BEFORE="has downloads/innocent-1.0-py3-none-any.whl 17"

expect_gate() { # WHAT LINE   of the hook's log
  local control
  control=$(build_misnamed "$1" "$IMAGE_BUILDER")
  expect_contains "without Rind" "$control" "status 0"
  use_rind
  OUTPUT=$(build_misnamed "$1" "$IMAGE_BUILDER")
  expect_contains "with Rind" "$OUTPUT" "status 125"
  expect_contains "last line of build.log" "$(sed -n 2p <<<"$OUTPUT")" "rind: take the step's output: "
  expect_contains "last line of build.log" "$(sed -n 2p <<<"$OUTPUT")" "$2"
  expect_equal "the repository" "$BEFORE" "$(grep '^has ' <<<"$OUTPUT")"
}

test_wheel_of_another_package() { expect_gate other '"innocent-1.0-py3-none-any.whl" does not belong to the package misnamed-1.0'; }
test_wheel_that_is_a_link() { expect_gate link 'is not a regular file'; }

# Beside its own wheel; without Rind that breaks the build, or replaces another package's wheel.
test_wheel_beside() {
  local control
  control=$(build_misnamed beside "$IMAGE_BUILDER")
  expect_lacks "without Rind, another's wheel" "$control" "$BEFORE"
  use_rind
  OUTPUT=$(build_misnamed beside "$IMAGE_BUILDER")
  expect_contains "with Rind" "$OUTPUT" "status 0"
  expect_contains "it says so in build.log" "$OUTPUT" "rind: the step left files that Rind dropped: wheel_directory: innocent-1.0-py3-none-any.whl"
  expect_equal "the repository" "$BEFORE"$'\nhas downloads/misnamed-1.0-0-py3-none-any.whl' \
    "$(grep '^has ' <<<"$OUTPUT" | sed '/misnamed/s/ [0-9]*$//')"
}

# An old-style build: pip names nothing, so what is of the package is taken.
test_wheel_beside_by_pip() {
  local control
  control=$(build_misnamed beside "$IMAGE_OLDER" --old)
  expect_lacks "without Rind, another's wheel" "$control" "$BEFORE"
  use_rind
  OUTPUT=$(build_misnamed beside "$IMAGE_OLDER" --old)
  expect_contains "with Rind" "$OUTPUT" "status 0"
  expect_equal "the repository" "$BEFORE"$'\nhas downloads/misnamed-1.0-0-py3-none-any.whl' \
    "$(grep '^has ' <<<"$OUTPUT" | sed '/misnamed/s/ [0-9]*$//')"
}
