"""Time of the hook for a container that is no builder, against a program that does nothing."""

import json
import statistics
import subprocess
import sys
import tempfile
import time


def main():
    rounds, pid, hook_file, rootfs = sys.argv[1:]
    hook = json.load(open(hook_file))["hook"]
    with tempfile.TemporaryDirectory() as bundle:
        config = {
            "root": {"path": rootfs},
            "process": {"args": ["nginx"], "env": ["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/root"]},
            "mounts": [{"destination": f"/m{i}", "type": "tmpfs", "source": "tmpfs"} for i in range(25)],
        }
        json.dump(config, open(f"{bundle}/config.json", "w"))
        state = {"ociVersion": "1.0.2", "id": "x", "status": "creating", "pid": int(pid), "bundle": bundle}
        cases = {"a program that does nothing": ["/bin/true"], "rind-hook": [hook["path"], *hook["args"][1:]]}
        times = {name: [] for name in cases}
        for _ in range(int(rounds)):
            for name, command in cases.items():
                start = time.perf_counter()
                subprocess.run(command, input=json.dumps(state).encode(), check=True)
                times[name].append(time.perf_counter() - start)
    for name, taken in times.items():
        print(f"  {name:40} {statistics.median(taken) * 1000:6.2f} ms")


main()
