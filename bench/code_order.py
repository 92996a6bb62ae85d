"""Writes a linker script that puts the code that a program executes side by side: code_order.py MAP PROGRAM TRACE..."""

import bisect
import pathlib
import re
import sys

HEAD = """/* The code of {0} that its usual way executes, in the order of its first use: so it takes few pages.
   Made by bench/code-order. What is not found, or not named here, lies where the linker puts it. */
SECTIONS
{{
  .text.ordered :
  {{
"""
TAIL = """  }
}
INSERT BEFORE .text;
"""


def sections(link_map):
    """(address, size, name, object) of each section with code, sorted."""
    found, name, inside = [], "", False
    for line in link_map.splitlines():
        if re.match(r"\.text\S*", line):
            inside = True
        elif re.match(r"[._]\w", line):
            inside = False
        elif inside:
            if alone := re.fullmatch(r" (\.text\S*)", line.rstrip()):
                name = alone[1]
            elif place := re.match(r" (\.text\S*)?\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+(\S+)$", line):
                name = place[1] or name
                if int(place[3], 16) > 0:
                    found.append((int(place[2], 16), int(place[3], 16), name, place[4]))
    return sorted(found)


def pattern(name, path):
    """How the linker script names it: by the section alone, where its name has the function's."""
    if "._Z" in name:
        return f"*({name})"
    archive = re.fullmatch(r".*?([^/]+\.a)\((.+)\)", path)
    return f"*{archive[1]}:{archive[2]}({name})" if archive else f"*{path.split('/')[-1]}({name})"


def main():
    known = sections(pathlib.Path(sys.argv[1]).read_text())
    begins = [section[0] for section in known]
    used = {}
    for trace in sys.argv[3:]:
        for line in pathlib.Path(trace).read_text().split():
            at = int(line, 16)
            begin, size, name, path = known[bisect.bisect_right(begins, at) - 1]
            if begin <= at < begin + size:
                used[pattern(name, path)] = None
    print(HEAD.format(sys.argv[2]) + "".join(f"    {entry}\n" for entry in used) + TAIL, end="")


main()
