"""Holds tests/unit/version_cases.txt against the library that installers compare versions with.

versions.py FILE: each line is a version, a tab, and the version in normal form, or "-" for what is none.
"""

import sys

from packaging.utils import canonicalize_version
from packaging.version import InvalidVersion, Version


def normal(text):
    try:
        return canonicalize_version(Version(text))
    except InvalidVersion:
        return "-"


bad = 0
with open(sys.argv[1]) as file:
    lines = [line.rstrip("\n").split("\t") for line in file if line.strip() and line[0] != "#"]
for text, said in lines:
    if normal(text) != said:
        print(f"{text!r}: the file says {said}, packaging {normal(text)}")
        bad += 1
print(len(lines), "versions")
sys.exit(1 if bad or len(lines) < 100 else 0)
