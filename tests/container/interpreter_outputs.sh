# Output directories of `python -m build`: which of them are whose, and what a hook makes of them.

# A project in /tmp/p whose backend lies in it: the wheel hook makes NAME and runs CODE.
PROJECT='mkdir -p /tmp/p /srv/repository && cd /tmp/p &&
printf "[build-system]\nrequires = []\nbuild-backend = \"b\"\nbackend-path = [\".\"]\n" >pyproject.toml &&
cat >b.py <<X
import os, sys
def build_wheel(out, *a, **k):
    name = "NAME"
    open(out + "/" + name, "w").write("evil")
    CODE
    return name
X
'
in_project() { # NAME CODE COMMAND
  local script=${PROJECT/NAME/$1}
  python_builder bash -c "${script/CODE/$2}$3" 2>&1
}

MOVE='os.rename("build", "moved"); os.makedirs("build/dist"); os.symlink("/root/.netrc", "build/dist/" + name)'
MOVED='python3 -m build --wheel --outdir build/dist; echo "status $?"; find /tmp/p/build -name "*.whl" -printf "%y %l\n"'

test_a_directory_above_the_output_is_replaced() {
  wheels
  expect_status 0 in_project x-1.0-py3-none-any.whl "$MOVE" "$MOVED"
  expect_contains "control" "$OUTPUT" $'status 0\nl /root/.netrc'
  use_rind
  expect_status 0 in_project x-1.0-py3-none-any.whl "$MOVE" "$MOVED"
  expect_contains "why" "$OUTPUT" "the step replaced /tmp/p/build/dist (wheel_directory of the front end), or a directory above it"
  expect_contains "status" "$OUTPUT" "status 1"
}

EVIL=torch-2.9.0-cp313-cp313-linux_x86_64.whl
REPLACED="echo real >/srv/repository/$EVIL; python3 -m build --wheel --outdir /srv/repository; echo \"status \$?\"; cat /srv/repository/$EVIL"

test_a_wheel_of_another_package() {
  wheels
  expect_status 0 in_project "$EVIL" "" "$REPLACED"
  expect_contains "control" "$OUTPUT" $'status 0\nevil'
  use_rind
  expect_status 0 in_project "$EVIL" "" "$REPLACED"
  expect_contains "why" "$OUTPUT" "/srv/repository/$EVIL already exists, and may belong to another package"
  expect_contains "status, wheel" "$OUTPUT" $'status 1\nreal'
}

# Whatever builds without Rind: sdist, and wheel by way of it, twice, into the usual places.
ordinary() {
  wheels
  use_rind
  expect_status 0 python_builder bash -c 'set -e; mkdir /tmp/r; cp -r /srv/packages/hello-ext /tmp/r/a; cd /tmp/r/a
    for n in 1 2; do '"$1"'; done; cd /; find /tmp/r -name "*.whl" -o -name "*.tar.gz" | sort; find /tmp/r ! -uid 0'
  expect_contains "the sdist" "$OUTPUT" "$2/hello_ext-1.0.tar.gz"
  expect_contains "the wheel" "$OUTPUT" "$2/hello_ext-1.0-cp313-cp313-linux_x86_64.whl"
  expect_equal "artefacts, and what is not the builder's" 2 "$(grep -c '^/tmp/r' <<<"$OUTPUT")"
}
test_twice_in_one_checkout() { ordinary 'python3 -m build' /tmp/r/a/dist; }
test_twice_by_path() { ordinary '(cd /; python3 -m build /tmp/r/a)' /tmp/r/a/dist; }
test_twice_into_the_sources() { ordinary 'python3 -m build --outdir .' /tmp/r/a; }
test_twice_with_wheel_and_sdist_from_the_checkout() { ordinary 'python3 -m build --wheel --sdist --outdir out/deep' /tmp/r/a/out/deep; }
test_once_above_the_sources() { ordinary 'rm -f ../hello*; python3 -m build --outdir ..' /tmp/r; }
