"""What bench/fromager measured: bootstrap.py TIMES [JSON]   TIMES has lines `without|with REAL USER SYSTEM`, in seconds.

With JSON, a file of bench/run, the figures are added to it.
"""

import json
import pathlib
import sys

import figures
import ratios
import turns


def main():
    samples = {"without": [], "with": []}
    for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
        side, real, user, system = line.split()
        samples[side].append((float(real) * 1e6, (float(user) + float(system)) * 1e6, 0))
    measured = {"fromager": {side: turns.summary(taken) for side, taken in samples.items()}}
    figures.print_cases(measured["fromager"])
    result = {"figures": {}}
    if len(sys.argv) > 2:
        result = json.loads(pathlib.Path(sys.argv[2]).read_text())
    result["figures"] |= measured
    figures.add_keys(result)
    print(f"bootstrap/without: {result['ratios']['bootstrap/without']:.3f}, of medians "
          f"{result['ratios_of_medians']['bootstrap/without']:.3f}, of CPU time {result['ratios_of_cpu']['bootstrap/without']:.3f}; "
          f"target {ratios.RATIOS['bootstrap/without'][1]}")
    if len(sys.argv) > 2:
        pathlib.Path(sys.argv[2]).write_text(json.dumps(result, indent=1) + "\n")


main()
