# Two packages that attack together: one step hands descriptors to another that lives longer.

# published_sdist DIRECTORY SECONDS   builds both at once, with the work below DIRECTORY; prints what became of the sdist. The
#                      two wait SECONDS for each other: in vain where they are isolated.
published_sdist() {
  builder "$IMAGE_BUILDER" bash -c '
    mkdir -p "$0" && cd "$0"
    for package in giver taker; do
      fromager --wheels-repo "$package-wheels" --sdists-repo "$package-sdists" build -C wait="$1" --sdist \
        "/srv/packages/$package" >&2 &
    done
    wait
    cat giver-sdists/builds/giver-1.0.tar.gz' "$1" "$2"
}

# An output is what the gate has seen, wherever the work lies: in HOME, or where nothing is hidden.
descriptors() {
  expect_contains "control" "$(published_sdist "$1" 60)" "written afterwards"
  use_rind
  expect_equal "the sdist" "what the gate saw" "$(published_sdist "$1" 8)"
}

test_descriptors_below_home() { descriptors /opt/app-root/src; }
test_descriptors_elsewhere() { descriptors /work; }
