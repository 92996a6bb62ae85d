"""The table `faults` of docs/assurance.md, from the lines of judge.py and judge_hook.py on standard input: table.py"""
import collections, sys

ERRORS = ["EPERM", "ENOSYS", "ENOMEM", "ENOSPC", "EINTR", "EIO"]
KILLS = {"KILL": "killed there", "KILL-CALLER": "front end killed"}
found = collections.defaultdict(collections.Counter)
for line in sys.stdin:
    fault, call, verdict = line.split()[:3]
    if verdict not in ("same", "refused", "ended"):
        sys.exit(f"this must not be: {line}")
    found[call][fault, verdict] += 1
    found["all"][fault, verdict] += 1


def cell(counts, fault):
    same, refused, ended = (counts[fault, verdict] for verdict in ("same", "refused", "ended"))
    if fault in KILLS:
        return str(same + ended) if same + ended else ""
    return f"{same} / {refused}" if same + refused else ""


print("| call | " + " | ".join([*ERRORS, *KILLS.values()]) + " |")
print("|---" * (len(ERRORS) + len(KILLS) + 1) + "|")
for call in [*sorted(set(found) - {"all"}), "all"]:
    name = f"`{call}`" if call != "all" else "all"
    print(f"| {name} | " + " | ".join(cell(found[call], fault) for fault in [*ERRORS, *KILLS]) + " |")
