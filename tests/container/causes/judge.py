"""Judges the builds of one place: judge.py CONTROL.json RIND.json FIXED.json PRINTED.json

Prints a line for each row: `ok NAME`, `todo NAME` or `not NAME<tab>REASON`, where todo stands for a row of
not_yet.txt that is not named.
"""

import json
import re
import sys

from places import said_to_add
from table import ALIKE, FAILS, LOSES, NOT_YET, ROWS, SAME, SYMPTOMS

# What each line says, whatever the cause: it names nothing.
ALWAYS = re.compile(r"it ran isolated \([^)]*\)|; for details run .*|; for all of it: .*")


def premise(cause, control, rind):
    """Why the row proves nothing, or ""."""
    if cause.kind == ALIKE:
        failed = isinstance(control["status"], int) and control["status"] != 0
        return "" if failed else f"control: it ends with {control['status']}, expected a failure"
    if control["status"] != 0:
        return f"control: the build fails without Rind, too ({control['status']}): {control['said'][-500:]}"
    if cause.kind == LOSES and not control["kept"]:
        return "control: without Rind it is lost, too"
    if not isinstance(rind["status"], int):
        return f"with Rind: {rind['status']}"
    if cause.kind == LOSES and rind["status"] != 0:
        return f"it should end well, and ended with {rind['status']}: {rind['line'] or rind['said'][-500:]}"
    if cause.kind == LOSES and rind["kept"]:
        return "with Rind nothing is lost"
    if cause.kind == SAME and rind["status"] != 0:
        return f"with Rind it ends with {rind['status']}: {rind['said'][-500:]}"
    if SYMPTOMS.get(cause.name, "") not in rind["said"]:
        return f"it does not print '{SYMPTOMS[cause.name]}': {rind['said'][-500:]}"
    if cause.kind == FAILS and rind["status"] == 0:
        return "with Rind the build passes"
    return ""


def unnamed(cause, line):
    """What the line lacks, or ""."""
    said = ALWAYS.sub("", line)
    if cause.kind == SAME and line:
        return f"Rind has nothing to say, and says: {line}"
    for words in cause.words:
        if not re.search(words, said):
            return f"/{words}/ is not in the last line: {line or '(there is none)'}"
    if cause.never and re.search(cause.never, said):
        return f"/{cause.never}/ should not be in the last line: {line}"
    return ""


def unfixed(what, cause, end):
    """Why a change of the policy is no remedy, or ""."""
    if end["status"] != 0:
        return f"{what} does not help ({end['status']}): {end['line']}: {end['said'][-500:]}"
    return f"with {what} it is lost all the same" if cause.kind == LOSES and not end["kept"] else ""


def verdict(cause, control, rind, fixed, printed):
    reason = premise(cause, control, rind)
    if not reason and fixed:
        reason = unfixed("the fix", cause, fixed)
    if not reason and said_to_add(rind["line"]) and not printed:
        reason = "no container starts with what the line says to add"
    if not reason and printed:
        reason = unfixed("what the line says to add", cause, printed)
    if reason:
        return f"not {cause.name}\t{reason}: {rind['line']}"
    reason = unnamed(cause, rind["line"])
    if cause.name in NOT_YET:
        return f"todo {cause.name}\t{reason}" if reason else f"not {cause.name}\tit is named now: remove it from not_yet.txt; {rind['line']}"
    return f"not {cause.name}\t{reason}" if reason else f"ok {cause.name}"


strangers = NOT_YET - {cause.name for cause in ROWS}
if strangers:
    sys.exit(f"not_yet.txt names no row: {', '.join(strangers)}")
control, rind, fixed, printed = (json.load(open(file)) for file in sys.argv[1:])
for cause in ROWS:
    if cause.name in control:
        print(verdict(cause, control[cause.name], rind[cause.name], fixed.get(cause.name), printed.get(cause.name)).replace("\n", "\\n"))
