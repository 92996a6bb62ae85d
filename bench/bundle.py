"""What the hook adds to the start and end of a bundle that runs `true`: bundle.py ROUNDS DIRECTORY HOOK_FILE NO_OP

DIRECTORY has two rootfs, `plain` and `builder`; NO_OP is a program that reads its standard input and exits, put at
the same two stages as the hook.
"""

import json
import os
import statistics
import subprocess
import sys
import time

CONFIG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/lib/bundle_config.py")
RUNTIMES = {"crun": ["crun", "--cgroup-manager=disabled"], "runc": ["runc"]}


def make_bundles(directory, hook_file, no_op):
    no_op_file = f"{directory}/no-op.json"
    with open(no_op_file, "w") as f:
        json.dump({"hook": {"path": no_op, "args": [no_op]}, "stages": ["prestart", "poststart"]}, f)
    cases = {
        "no hook": ("plain", []),
        "a hook that does nothing": ("plain", ["--hook", no_op_file]),
        "rind-hook, no builder": ("plain", ["--hook", hook_file]),
        "rind-hook, a builder": ("builder", ["--hook", hook_file]),
    }
    bundles = {}
    for i, (name, (rootfs, options)) in enumerate(cases.items()):
        bundles[name] = f"{directory}/bundle-{i}"
        os.mkdir(bundles[name])
        with open(f"{bundles[name]}/config.json", "w") as f:
            subprocess.run([sys.executable, CONFIG, "--root", f"{directory}/{rootfs}", *options, "true"], stdout=f,
                           check=True)
    return bundles


def measure(rounds, directory, bundles):
    times = {(runtime, name): [] for runtime in RUNTIMES for name in bundles}
    for n in range(rounds + 1):
        for (runtime, name), taken in times.items():
            command = [*RUNTIMES[runtime], "--root", f"{directory}/state-{runtime}", "run", "--bundle", bundles[name], f"bench-{n}"]
            start = time.perf_counter()
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
            # The first round fills the caches.
            if n > 0:
                taken.append(time.perf_counter() - start)
    return {key: statistics.median(taken) * 1000 for key, taken in times.items()}


def main():
    rounds, directory, hook_file, no_op = sys.argv[1:]
    bundles = make_bundles(directory, hook_file, no_op)
    medians = measure(int(rounds), directory, bundles)
    for runtime in RUNTIMES:
        without = medians[runtime, "no hook"]
        for name in bundles:
            median = medians[runtime, name]
            print(f"  {runtime + ', ' + name:36} {median:7.2f} ms  {median - without:+6.2f} ms  {median / without:5.2f} x no hook")


main()
