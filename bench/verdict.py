"""The main program of bench/compare: measures two sides, and tells whether the second is slower.

Each side has two places (0-1, 0-2 and 1-1, 1-2: two containers), which take turns. Of each round the logarithm of B's time to
A's is taken, so that what the machine did beside in that round falls out. B is slower where the median of these is
  - surely above the margin: its one-sided bound, by order statistics, which need no shape of the distribution
  - and the margin is what two places of the same side differ by, at least 1 %.
"""

import argparse
import math
import pathlib
import statistics
import sys
import tempfile
from typing import NamedTuple

import parts
import steps
import turns

SURE = 0.001  # the chance that the bound is wrong
LEAST = math.log(1.01)
SIDES = {0: ("0-1", "0-2"), 1: ("1-1", "1-2")}
MEASURES = {"wall": 0, "CPU": 1}


class Verdict(NamedTuple):
    ratio: float
    low: float
    high: float
    margin: float  # all four are B/A

    @property
    def word(self):
        if self.low > self.margin:
            return "SLOWER"
        return "faster" if self.high < 1 / self.margin else "no difference seen"


def rank_of_bound(count):
    """How many of `count` values may lie below a bound that is below the median with a chance of 1 - SURE."""
    tail, rank = 0.0, 0
    while rank < count:
        tail += math.comb(count, rank) / 2.0**count
        if tail > SURE:
            break
        rank += 1
    return rank - 1


def judge(a1, a2, b1, b2):
    """Verdict on B against A of the times of each round in two places of each side."""
    logs = [[math.log(max(value, 1)) for value in values] for values in (a1, a2, b1, b2)]
    differences = sorted((y1 + y2 - x1 - x2) / 2 for x1, x2, y1, y2 in zip(*logs))
    same = [statistics.median(x - y for x, y in zip(logs[i], logs[i + 1])) for i in (0, 2)]
    rank = rank_of_bound(len(differences))
    if rank < 0:
        raise ValueError("too few rounds to be sure of anything")
    bounds = differences[rank], differences[-1 - rank]
    margin = max(LEAST, *map(abs, same))
    return Verdict(*map(math.exp, (statistics.median(differences), *bounds, margin)))


def judge_all(samples):
    """{case and measure: Verdict}; samples: of turns.by_turns."""
    names = SIDES[0] + SIDES[1]
    return {f"{case}, {measure}": judge(*([sample[column] for sample in samples[name][case]] for name in names))
            for case in samples[names[0]] for measure, column in MEASURES.items()}


def in_containers(rig):
    tree = f"{steps.HOME}/lent"
    for name in SIDES[0] + SIDES[1]:
        parts.make_tree(rig, name, tree, 500)
    cases = {
        "step": steps.OURS["step"],
        "tool": steps.OURS["tool"],
        "interpreter": ["/usr/bin/python3", "-I", "-S", "-c", "pass"],
        "step with 500 files": [*steps.RUN, "--rw", tree, "--", steps.TRUE],
    }
    places = {name: rig.place(name) for name in SIDES[0] + SIDES[1]}
    return turns.by_turns(places, cases, rig.rounds, "in containers")


def on_the_host(rig, hook_files):
    with tempfile.TemporaryDirectory() as directory:
        cases = {}
        for side, names in SIDES.items():
            cases |= dict.fromkeys(names, parts.hook_cases(rig, pathlib.Path(directory), hook_files[side]))
        program = str(rig.directory / "measure")
        return turns.by_turns(dict.fromkeys(cases, []), cases.get, rig.rounds, "the hook", program=program)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int)
    p.add_argument("--rig")
    p.add_argument("--root", type=int)
    p.add_argument("--names", nargs=2)
    p.add_argument("--hook-files", nargs=2)
    o = p.parse_args()
    rig = parts.Rig(o.rig, o.rounds, False, o.root, None)
    verdicts = judge_all(in_containers(rig)) | judge_all(on_the_host(rig, o.hook_files))
    print(f"A: {o.names[0]}\nB: {o.names[1]}\n{o.rounds} rounds; B/A, its bounds, and the margin that two of the same side set")
    for name, v in verdicts.items():
        print(f"  {name:26} {v.ratio:6.3f}  {v.low:6.3f} .. {v.high:6.3f}  margin {v.margin:6.3f}  {v.word}")
    slower = [name for name, v in verdicts.items() if v.word == "SLOWER"]
    print(f"B is slower: {'; '.join(slower)}" if slower else "B is not slower")
    sys.exit(3 if slower else 0)


if __name__ == "__main__":
    main()
