"""Runs bench/measure.c in several places at once, by turns: each place one round, then the next place.

So what the machine does beside meets all of them alike. A place is a command in front of the program: a container to enter.
"""

import json
import subprocess
import sys
import time

PROGRAM = "/srv/bench/measure"


class Progress:
    """A line in place on a terminal; elsewhere one in ten seconds, so that a long measurement is not taken for a hang."""

    def __init__(self, what, total):
        self.what, self.total, self.done, self.said = what, total, 0, time.monotonic()

    def step(self):
        self.done += 1
        text = f"{self.what}: {self.done} of {self.total}"
        if sys.stderr.isatty():
            print(f"\r\033[K{text}" if self.done < self.total else "\r\033[K", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self.said >= 10:
            self.said = time.monotonic()
            print(f"# {text}", file=sys.stderr, flush=True)


def start(place, program, cases, rounds, options):
    words = ["\t".join([name, *command]) for name, command in cases.items()]
    return subprocess.Popen([*place, program, "-t", "-r", str(rounds), *options, *words], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True)


def one_round(name, process):
    process.stdin.write("\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise SystemExit(f"bench: the measurement in {name} ended with status {process.wait()}")
    return json.loads(line)


def by_turns(places, cases, rounds, what, options=(), program=PROGRAM):
    """{place: {case: [[wall us, cpu us, faults] of each round]}}. cases: {name: command}, or a function of the place's name."""
    of = cases if callable(cases) else lambda _: cases
    running = {name: start(place, program, of(name), rounds, options) for name, place in places.items()}
    samples = {name: {case: [] for case in of(name)} for name in places}
    progress = Progress(what, rounds + 1)
    names = list(places)
    for n in range(rounds + 1):
        for name in names[n % len(names):] + names[: n % len(names)]:
            for case, sample in one_round(name, running[name]).items():
                # The first round fills the caches.
                if n > 0:
                    samples[name][case].append(sample)
        progress.step()
    for process in running.values():
        process.communicate()
    return samples


def quantile(values, part):
    return sorted(values)[int((len(values) - 1) * part)]


def summary(samples):
    """p10 and median of the wall time, and the medians of CPU time and page faults."""
    wall, cpu, faults = zip(*samples)
    return {"p10": quantile(wall, 0.1), "median": quantile(wall, 0.5), "cpu": quantile(cpu, 0.5), "faults": quantile(faults, 0.5)}
