"""Times of one step against those of its peers; runs in a builder container."""

import os
import statistics
import subprocess
import sys
import time

SCRIPT = "/opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh"
CASES = {
    "no isolation": ["/usr/bin/true"],
    "Rind, a tool of the front end": [SCRIPT, "true"],
    "Rind, a step": ["/dev/rind/rind", "run", "--", "/usr/bin/true"],
    # It cannot mount a procfs of its own here, keeps the builder's uid and environment, and has no seccomp filter.
    "bubblewrap, as much of it as works here": [
        "/srv/bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/", "/", "--dev", "/dev",
        "--tmpfs", "/tmp", "--tmpfs", "/var/tmp", "--tmpfs", "/opt/app-root/src", "--tmpfs", "/run", "/usr/bin/true",
    ],
    # What Fromager's own script does, without its `hostname`, which podman denies.
    "Fromager's own script": [
        "/usr/bin/env", "unshare", "--uts", "--net", "--map-root-user", "/bin/bash", "-c",
        'command -v ip >/dev/null && ip link set lo up; command -v hostname >/dev/null; exec "$@"', "x", "true",
    ],
}


def main():
    rounds = int(sys.argv[1])
    times = {name: [] for name in CASES}
    os.chdir("/")
    for _ in range(rounds):
        for name, command in CASES.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
            times[name].append(time.perf_counter() - start)
    direct = statistics.median(times["no isolation"])
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"  {name:40} {median * 1000:6.2f} ms  {median / direct:5.1f} x")


main()
