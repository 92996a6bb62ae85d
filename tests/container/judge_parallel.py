"""judge_parallel.py CONTROL GUARDED: what builds that ran at once got of each other.

Prints VERDICT<tab>NAME<tab>REASON for each channel: without Rind somebody must have got something by it,
with Rind nobody. Status 3: not all were there at once, so that nothing is proven.
"""

import json
import sys

CHANNELS = (
    "command-line environ working-directory ptrace abstract tmp-socket sources-socket sysv sources tmp "
    "dev-shm control wheels"
).split()
DAMAGE = "signal semaphore sources tmp dev-shm control wheels".split()
ONLY_ISOLATED = "blind-signal lease setuid".split()  # tried where it disturbs nobody else


def load(path):
    with open(path) as file:
        run = json.loads(file.read().splitlines()[-1])
    late = [r["number"] for r in run["reports"] if r["begun"] > run["ready"] or r["reached"] > run["over"]]
    if late:
        print(f"late in {path}: {late}", file=sys.stderr)
        sys.exit(3)
    return run


def stolen(run, channel):
    """'A from B' for each secret of another that was got, by whatever channel it was laid out."""
    whose = {text: r["number"] for r in run["reports"] for text in r["secrets"].values()}
    found = set()
    for report in run["reports"]:
        for text in report["got"].get(channel, []):
            owners = {owner for secret, owner in whose.items() if secret in str(text)}
            found |= {f"{report['number']} from {owner}" for owner in owners - {report["number"]}}
    return sorted(found)


def damaged(run, channel):
    return [r["number"] for r in run["reports"] if channel in r["damage"]]


def expect(name, true, reason):
    print("ok" if true else "not ok", name, reason, sep="\t")


control, guarded = map(load, sys.argv[1:])
for channel in CHANNELS:
    without, with_rind = stolen(control, channel), stolen(guarded, channel)
    expect(f"read {channel}", without and not with_rind, f"without {len(without)} pairs, with: {with_rind[:5]}")
for channel in DAMAGE:
    without, with_rind = damaged(control, channel), damaged(guarded, channel)
    expect(f"disturb {channel}", without and not with_rind, f"without {len(without)} builds, with: {with_rind}")
for channel in ONLY_ISOLATED:
    got = [(r["number"], r["got"][channel]) for r in guarded["reports"] if r["got"].get(channel)]
    expect(f"no {channel}", not got, got[:3])
reports = guarded["reports"]
uids = {int(r["ids"][1]) for r in reports}
expect("as many uids as builds", len(uids) == len(reports) and 0 not in uids, sorted(uids))
expect("one id is mapped in each", all(len(r["ids"]) == 3 and r["ids"][0] == "0" and r["ids"][2] == "1" for r in reports), reports[0]["ids"])
expect("every wheel is whole", all(r["wheel"] for r in reports), [r["number"] for r in reports if not r["wheel"]])
expect("nothing but wheels arrived", not guarded["left"], guarded["left"])
expect("all trees were given back", all(r["owners"] == [0] for r in reports), [r["owners"] for r in reports])
