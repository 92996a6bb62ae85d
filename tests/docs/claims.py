"""What docs/security.md claims, and the tests that hold it.

claims.py check PAGE...   a line for each fault: a claim without a test, or a test that is not there
claims.py names           every name that a page may give

A claim is a paragraph, a bullet or a row of a table. It ends with `Test:` and names in backquotes, or with
`No test:` and the reason; a row names them in its last column. A section whose heading is followed by
`<!-- no claims: REASON -->` has none; so has the page's text before its first heading of the second level.

A name is one of
  SUITE/FILE/NAME    test_NAME, tests_NAME or `on_each_runtime NAME`, `on_one_runtime NAME` in tests/SUITE/FILE.sh
  attack/NAME        an attempt of tests/attack/catalogue.py, with its control
  unit: NAME         a TEST_CASE of tests/unit
"""

import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
EXEMPT = re.compile(r"<!-- no claims: .+ -->")
CLAIMED = re.compile(r"(?:^|\s)(Tests?|No test):\s+(.+)$")
NAME = re.compile(r"`([^`]+)`")


def shell_tests(file):
    text = file.read_text()
    yield from re.findall(r"^tests?_(\w+)\(\)", text, re.M)
    yield from re.findall(r"^on_(?:each|one)_runtime(?:_several)? (\w+)", text, re.M)


def known_names():
    names = set()
    for file in TESTS.glob("*/*.sh"):
        names.update(f"{file.parent.name}/{file.stem}/{test}" for test in shell_tests(file))
    catalogue = (TESTS / "attack/catalogue.py").read_text()
    names.update(f"attack/{name}" for name in re.findall(r"\b(?:Attempt|sdist_attempt)\(\s*\"([\w-]+)\"", catalogue))
    for file in TESTS.glob("unit/**/*.cpp"):
        names.update(f"unit: {name}" for name in re.findall(r"TEST_CASE\(\s*\"([^\"]+)\"", file.read_text()))
    return names


def claims_of(text):
    """(line, text) of each claim. A table's first two lines are its head."""
    claims, current, exempt, code, row = [], None, True, False, 0
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if bare.startswith("```"):
            code = not code
            current = None
            continue
        if code:
            continue
        row = row + 1 if bare.startswith("|") else 0
        if line.startswith("#"):
            exempt, current = line.startswith("# "), None
        elif EXEMPT.fullmatch(bare):
            exempt, current = True, None
        elif not bare or bare.startswith("<!--"):
            current = None
        elif exempt:
            continue
        elif row:
            current = None
            if row > 2:
                claims.append([number, bare])
        elif current is None or re.match(r"\s*([-*]|\d+\.) ", line):
            current = [number, bare]
            claims.append(current)
        else:
            current[1] += " " + bare
    return claims


def faults_of(page, text, names):
    claims = claims_of(text)
    if not claims:
        yield f"{page}: claims nothing"
    for line, claim in claims:
        if claim.startswith("|"):
            last = claim.strip("|").split("|")[-1].strip()
            kind, said = ("No test", last[8:]) if last.startswith("No test:") else ("Test", last)
        else:
            match = CLAIMED.search(claim)
            if match is None:
                yield f"{page}:{line}: no test is named: {claim[:60]}"
                continue
            kind, said = match[1], match[2]
        if kind == "No test":
            if len(said.split()) < 3:
                yield f"{page}:{line}: no reason: {claim[:60]}"
            continue
        named = NAME.findall(said)
        if not named:
            yield f"{page}:{line}: no test is named: {claim[:60]}"
        for name in named:
            if name not in names:
                yield f"{page}:{line}: there is no test {name}"


def main(arguments):
    names = known_names()
    if arguments == ["names"]:
        print(*sorted(names), sep="\n")
        return 0
    if len(arguments) < 2 or arguments[0] != "check":
        print(__doc__, file=sys.stderr)
        return 2
    faults = [fault for page in arguments[1:]
              for fault in faults_of(page, pathlib.Path(page).read_text(encoding="utf-8"), names)]
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
