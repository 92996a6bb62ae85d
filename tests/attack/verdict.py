"""Puts the run without Rind beside the run with it.

verdict.py lines CONTROL GUARDED   one line per attempt: VERDICT<tab>NAME<tab>REASON, for tests/attack/attack.sh
verdict.py table CONTROL GUARDED [CONTROL GUARDED]   the table of tests/demo; status 1 unless every counted attack fails with
                                   Rind. The second pair is of another front end: its results are counted where it has some.
"""

import json
import sys


def load(path):
    with open(path) as file:
        return json.loads(file.read().splitlines()[-1])["attempts"]


def verdict(control, guarded):
    """('ok' | 'not ok', reason)"""
    if not control["success"]:
        return "not ok", f"the control without Rind did not succeed: {control['error']}"
    if guarded["success"]:
        return "not ok", "succeeds with Rind"
    if not guarded["made"]:
        return "not ok", "was not even tried with Rind, so nothing is proven"
    return "ok", guarded["error"]


def lines(control, guarded):
    for name in control:
        result, reason = verdict(control[name], guarded[name])
        print(result, name, " ".join(reason.split()), sep="\t")
    return 0


def table(control, guarded):
    word = {True: "SUCCEEDS", False: "fails"}
    print(f"{'what the package tries':<52} {'without Rind':<14} with Rind")
    bad = False
    for name, one in control.items():
        print(f"{one['title']:<52} {word[one['success']]:<14} {word[guarded[name]['success']]}")
        bad = bad or verdict(one, guarded[name])[0] != "ok"
    numbers = [sum(one["success"] for one in run.values()) for run in (control, guarded)]
    print(f"\nattacks that succeed: {numbers[0]} without Rind, {numbers[1]} with Rind")
    return 1 if bad or not control else 0


mode, *paths = sys.argv[1:]
runs = [load(path) for path in paths]
if len(runs) == 4:
    print(f"by Fromager itself: {len(runs[2])} of {len(runs[0])} attacks; by a stand-in: the others\n")
    runs = [runs[0] | runs[2], runs[1] | runs[3]]
sys.exit({"lines": lines, "table": table}[mode](*runs))
