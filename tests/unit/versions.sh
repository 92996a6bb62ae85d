# The versions that version_test.cpp reads, held against `packaging`, which pip and the front ends compare with.

test_version_cases_are_what_packaging_says() {
  expect_status 0 /usr/bin/python3 -B "$RIND_SOURCE/tests/unit/versions.py" "$RIND_SOURCE/tests/unit/version_cases.txt"
}
