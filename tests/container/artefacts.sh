# The same artefacts with Rind as without, through both seams.

# Prints NAME SHA256 of every member of every wheel and sdist below the directories.
contents() {
  python3 - "$@" <<'PY'
import hashlib, pathlib, sys, tarfile, zipfile
for directory in sys.argv[1:]:
    for path in sorted(pathlib.Path(directory).glob("*")):
        if path.suffix == ".whl":
            archive = zipfile.ZipFile(path)
            members = {n: archive.read(n) for n in archive.namelist()}
        else:
            archive = tarfile.open(path)
            members = {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}
        for name in sorted(members):
            print(path.name, name, hashlib.sha256(members[name]).hexdigest())
PY
}

# build_into DIRECTORY IMAGE OPTION...   builds hello-ext and leaves its artefacts in DIRECTORY
build_into() {
  local target=$1 image=$2
  shift 2
  mkdir "$target"
  builder -e SOURCE_DATE_EPOCH=1700000000 -v "$target:/srv/artefacts" "$image" bash -c '
    set -e
    fromager "$@" build --sdist --metadata /srv/packages/hello-ext
    cp wheels-repo/downloads/* sdists-repo/builds/* /srv/artefacts/' build "$@"
}

compare() {
  local scratch with without
  scratch=$(mktemp -d "$RIND_TMP/artefacts.XXXXXX")
  use_no_rind
  build_into "$scratch/without" "$@"
  use_rind
  expect_status 0 build_into "$scratch/with" "$@"
  expect_contains "the seam is in use" "$OUTPUT" "network isolation: $EXPECTED_SEAM"
  with=$(contents "$scratch/with") without=$(contents "$scratch/without")
  expect_contains "the wheel has its extension" "$with" "_hello.cpython"
  expect_contains "there is an sdist" "$with" ".tar.gz"
  expect_equal "contents of the artefacts" "$without" "$with"
}

test_script_seam() { EXPECTED_SEAM=script compare "$IMAGE_BUILDER"; }
test_unshare_seam() { EXPECTED_SEAM=unshare compare "$IMAGE_OLDER" --old; }


test_parallel_builds() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" fromager build --jobs 2 /srv/packages/hello-ext /srv/packages/probe
  expect_contains "first wheel" "$OUTPUT" "downloads/hello_ext-1.0-0-"
  expect_contains "second wheel" "$OUTPUT" "downloads/probe-1.0-0-"
}
