#!/bin/bash
# build_pip_package.sh OUTPUT: as Bazel's projects have it: the package is put together in a temporary directory.
set -eu
output=$1 top=$(mktemp -d)
cp -r pyproject.toml setup.py probe.py src "$top/"
grep -q '^build --config=tests$' .bazelrc
(cd "$top" && python setup.py -q bdist_wheel)
cp "$top"/dist/*.whl "$output/"
rm -rf "$top"
