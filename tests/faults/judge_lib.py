"""What judge.py and judge_hook.py share."""
import re


def _names_of_calls():
    names = {}
    for line in open("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"):
        if found := re.match(r"#define __NR_(\w+) (\d+)", line):
            names[int(found[2])] = found[1]
    return names


CALLS = _names_of_calls()


def cases_of(cases, calls, faults):
    """CASES of the command line: "all", or "FIRST/N" for every Nth pair of a call and an error."""
    begin, stride = (0, 1) if cases == "all" else (int(word) for word in cases.split("/"))
    return [(at, fault) for fault in faults for at in calls][begin::stride]


def printable(line):
    return "".join(c if c.isprintable() else " " for c in line)
