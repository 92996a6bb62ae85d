"""Every refusal says what to do: remedies.py TOP

An Error is made of what, why and remedy. One without a remedy is a fault, except in a header or where KEPT has the reason.
Where a program prints an error at its end, it does so by with_remedy(), so that a failed system call has one as well.
"""

import pathlib
import re
import sys

TOP = pathlib.Path(sys.argv[1])

# FILE: why its errors of two parts need no remedy.
KEPT = {
    "common/base/error.cpp": "a failed system call: with_remedy() adds what its errno says",
}

# Where errors end: what is said here is the last word.
ENDS = {
    "helper/main.cpp": 2,
    "hook/log/log.cpp": 1,
    "hook/main.cpp": 1,
    "hook/commands/main.cpp": 1,
    "common/kit/finding.cpp": 1,
}


def arguments(text, at):
    """The arguments of a call whose opening parenthesis ends at `at`."""
    found, depth, begin = [], 1, at
    while depth:
        raw = re.match(r'R"\((.*?)\)"', text[at:], re.DOTALL)
        string = re.match(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'', text[at:])
        if raw or string:
            at += (raw or string).end()
            continue
        depth += (text[at] in "({[") - (text[at] in ")}]")
        if (text[at] == "," and depth == 1) or not depth:
            found.append(text[begin:at].strip())
            begin = at + 1
        at += 1
    return found


def main():
    faults, seen = [], 0
    for file in sorted(TOP.glob("*/**/*.cpp")):
        name = str(file.relative_to(TOP))
        if name.split("/")[0] not in ("common", "hook", "helper"):
            continue
        text = file.read_text()
        for call in re.finditer(r"(?<![A-Za-z_:~])Error[({]", text):
            parts = arguments(text, call.end())
            line = text.count("\n", 0, call.start()) + 1
            if len(parts) < 2:
                continue  # a declaration, or a copy
            seen += 1
            if len(parts) == 2 or parts[2] == '""':
                if name not in KEPT:
                    faults.append(f"{name}:{line}: {parts[1]}")
        if text.count("with_remedy(") < ENDS.get(name, 0):
            faults.append(f"{name}: prints an error without with_remedy()")
    if seen < 200:
        faults.append(f"only {seen} errors were found")
    for fault in faults:
        print(f"no remedy: {fault}")
    sys.exit(1 if faults else 0)


main()
