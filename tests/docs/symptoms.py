"""The messages in docs/troubleshooting.md are those that are printed: symptoms.py PAGE ROOT

A table whose first heading is "what you see" has messages in code spans in its first column. In the section of what packages
print each is printed by a row of tests/container/causes (SYMPTOMS), and each of these is in the section. Elsewhere a span is
text of Rind's own sources under ROOT, where `...` stands for what differs, or one of OTHERS. A line for each fault.
"""

import pathlib
import re
import sys

OF_PACKAGES = "## The build fails: what the package prints"
# What others print, and names of files, commands and variables.
OTHERS = {"executable file", "/dev/rind/rind", "/dev/rind", "podman exec", "0.1.dev0", "0.0.0", "jobserver unavailable: using -j1",
          "No space left on device", "rind-hook status", "kit none"}
SOURCES = ("common", "helper", "hook")
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def rows_of(page):
    """(section, spans of the first column) of each row."""
    section, symptoms = "", False
    for line in page.split("\n"):
        if line.startswith("#"):
            section = line
        if not line.startswith("|"):
            symptoms = False
        elif line.startswith("| what you see |"):
            symptoms = True
        elif symptoms and not line.startswith("|---"):
            yield section, re.findall(r"`([^`]+)`", line.split(" | ")[0])


def text_of(root):
    """The literals of the sources, those that the compiler joins as one."""
    text = []
    for directory in SOURCES:
        for file in sorted(pathlib.Path(root, directory).rglob("*.cpp")):
            joined = re.sub(r'"\s*\n\s*"', "", file.read_text(encoding="utf-8"))
            text += [literal.replace('\\"', '"') for literal in LITERAL.findall(joined)]
    return "\n".join(text)


def is_of_the_sources(span, text):
    # An error's parts are joined by ": " and "; ".
    parts = [part.strip() for part in re.split(r"\.\.\.|: |; ", span)]
    return any(len(part) > 4 for part in parts) and all(part in text for part in parts)


def faults_of(page, root):
    sys.path.insert(0, str(pathlib.Path(root, "tests/container/causes")))
    from table import ROWS, SYMPTOMS

    text = text_of(root)
    seen = set()
    for section, spans in rows_of(page):
        for span in spans:
            if section == OF_PACKAGES:
                seen.add(span)
                if span not in SYMPTOMS.values():
                    yield f"no row of tests/container/causes prints '{span}'"
            elif span not in OTHERS and not is_of_the_sources(span, text):
                yield f"the sources do not say '{span}'"
    for name in sorted(set(SYMPTOMS) - {cause.name for cause in ROWS}):
        yield f"SYMPTOMS names no row: {name}"
    for symptom in sorted(set(SYMPTOMS.values()) - seen):
        yield f"the page does not have '{symptom}'"
    if len(seen) < 15:
        yield f"only {len(seen)} messages of packages were found"


def main():
    faults = list(faults_of(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"), sys.argv[2]))
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


sys.exit(main())
