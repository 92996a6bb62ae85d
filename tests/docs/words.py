"""Words of Rind's own: docs/glossary.md explains them, every page leads there, and README.md has few of them.

words.py README GLOSSARY PAGE...   a line for each fault

A word of Rind's own stands in bold in the glossary. README.md explains the ones that it uses in bold, too, in the paragraph
that begins with "Five words are ours".
"""

import pathlib
import re
import sys

BOLD = re.compile(r"\*\*([^*]+)\*\*")
# Not ours, only used in a narrow sense.
OF_THE_FIELD = {"front end", "build hook", "build hooks", "pid 1"}


def shown(text):
    """What readers see: no comments, no targets of links, and no blocks of commands or output."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"^```(?!mermaid).*?^```$", "", text, flags=re.S | re.M)
    return re.sub(r"\]\([^)]*\)", "]", text)


def faults_of(readme, glossary, pages):
    words = {word.lower() for word in BOLD.findall(glossary)} - OF_THE_FIELD
    explained = re.search(r"^Five words are ours\..*?\n\n", readme, re.S | re.M)
    allowed = {word.lower() for word in BOLD.findall(explained[0])} if explained else set()
    if not 1 <= len(allowed) <= 5:
        yield f"README.md explains {len(allowed)} words of ours; five at most, and at least one"
    for word in sorted(allowed - words):
        yield f"README.md explains '{word}', and the glossary does not"
    for word in sorted(words - allowed):
        if re.search(rf"\b{re.escape(word)}s?\b", shown(readme), re.I):
            yield f"README.md says '{word}', which it does not explain"
    for page in pages:
        top = page.read_text(encoding="utf-8").split("\n")[:5]
        if not any("](glossary.md)" in line for line in top):
            yield f"{page}: no link to the glossary in its first five lines"


def main():
    readme, glossary, *pages = map(pathlib.Path, sys.argv[1:])
    faults = list(faults_of(readme.read_text(encoding="utf-8"), glossary.read_text(encoding="utf-8"), pages))
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
