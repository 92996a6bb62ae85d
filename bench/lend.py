"""What a step costs whose sources have many files; runs in a builder container."""

import os
import statistics
import subprocess
import sys
import time

RUN = ["/dev/rind/rind", "run"]
TREE = "/opt/app-root/src/lent"
FILES, DIRECTORIES = 10000, 100


def make_tree():
    for d in range(DIRECTORIES):
        os.makedirs(f"{TREE}/{d}")
        for f in range(FILES // DIRECTORIES):
            with open(f"{TREE}/{d}/{f}", "w"):
                pass


def main():
    rounds = int(sys.argv[1])
    make_tree()
    os.chdir("/")
    cases = {
        "a step": [*RUN, "--", "/usr/bin/true"],
        f"a step with a tree of {FILES} files lent to it": [*RUN, "--rw", TREE, "--", "/usr/bin/true"],
        "chown -R there and back, as a measure": ["sh", "-c", f"chown -R 61184:61184 {TREE}; chown -R 0:0 {TREE}"],
    }
    times = {name: [] for name in cases}
    for _ in range(rounds):
        for name, command in cases.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
            times[name].append(time.perf_counter() - start)
    plain, lent, chown = (statistics.median(t) * 1000 for t in times.values())
    for name, median in zip(cases, (plain, lent, chown)):
        print(f"  {name:50} {median:7.2f} ms")
    each = (lent - plain) * 1000 / (FILES + DIRECTORIES) / 2
    print(f"  {each:.1f} us an entry each way; {(lent - plain) / chown:.2f} x chown -R there and back")


main()
