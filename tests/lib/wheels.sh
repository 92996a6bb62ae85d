# Front ends that install from an index of the tests' own.
#
# wheels                  makes the tests' wheels (tests/packages/make_wheels.py)
# python_builder ARG...   a builder in which pip finds them, and those of the image; it has a secret in BUILDER_TOKEN

wheels() {
  python3 "$RIND_TMP/shared/packages/make_wheels.py" "$RIND_TMP/shared/wheels"
}

python_builder() {
  builder -v "$RIND_TMP/shared/wheels:/srv/wheels:ro" --env BUILDER_TOKEN=RIND-TEST-SECRET-token \
    --env PIP_NO_INDEX=1 --env "PIP_FIND_LINKS=/srv/wheels /usr/share/python-wheels" \
    "$IMAGE_BUILDER" "$@"
}
