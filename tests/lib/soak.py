"""What many steps and many containers leave: soak.py BUNDLE STATE STEPS JOBS CONTAINERS TABLE (tests/soak calls it).

BUNDLE has two configurations: steps.json (soak_steps.py is its entry point) and container.json. STATE is the runtime's directory.
Everything that is started is in a memory cgroup of its own, so that nothing else is counted. Writes the table, and ends with an
error when something has grown.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

MEMORY = "/sys/fs/cgroup/memory"
WARM_UP_STEPS, WARM_UP_CONTAINERS = 400, 50
# What the kernel keeps for later use (dead cgroups, caches of its own) varies by this much.
MEMORY_SLACK = 24 << 20


class Cgroup:
    """A memory cgroup; v1, or v2 where that is what the machine has."""

    def __init__(self):
        self.v1 = os.path.isdir(MEMORY)
        self.path = f"{MEMORY if self.v1 else '/sys/fs/cgroup'}/rind-soak-{os.getpid()}"
        os.mkdir(self.path)
        self.write("cgroup.procs", str(os.getpid()))

    def write(self, name, text):
        with open(f"{self.path}/{name}", "w") as f:
            f.write(text)

    def read(self, name):
        with open(f"{self.path}/{name}") as f:
            return f.read()

    def memory(self):
        """Bytes, without what is only a cache of files."""
        for _ in range(3):
            try:
                self.write("memory.force_empty" if self.v1 else "memory.reclaim", "0" if self.v1 else "1G")
            except OSError:
                pass  # the kernel could not free all of it
            time.sleep(0.2)
        stat = dict(line.split() for line in self.read("memory.stat").splitlines())
        if self.v1:
            return int(self.read("memory.usage_in_bytes")) - int(stat["total_cache"]) + int(stat.get("total_shmem", 0))
        return int(self.read("memory.current")) - int(stat["file"]) + int(stat["shmem"])

    def processes(self):
        return len(self.read("cgroup.procs").split())

    def leave(self):
        with open(f"{os.path.dirname(self.path)}/cgroup.procs", "w") as f:
            f.write(str(os.getpid()))
        try:
            os.rmdir(self.path)
        except OSError:
            pass  # a process is still ending


def lines(path):
    with open(path) as f:
        return len(f.readlines())


def files_below(*tops):
    return sum(len(directories) + len(files) for top in tops for _, directories, files in os.walk(top))


def held_leases(pid):
    held = 0
    directory = f"/proc/{pid}/root/dev/rind/leases"
    for name in os.listdir(directory):
        with open(f"{directory}/{name}") as f:
            try:
                fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                held += 1
    return held


class Soak:
    def __init__(self, bundle, state, jobs):
        self.bundle, self.jobs = bundle, jobs
        self.runtime = ["crun", "--root", state, "--cgroup-manager=disabled"]
        self.tops = (f"{bundle}/upper", f"{bundle}/work", state)
        self.cgroup = Cgroup()

    def on_host(self):
        return {"processes": self.cgroup.processes(), "mounts": lines("/proc/self/mountinfo"),
                "descriptors": len(os.listdir("/proc/self/fd")), "files": files_below(*self.tops), "memory": self.cgroup.memory()}

    def in_container(self, pid):
        root = f"/proc/{pid}/root"
        return {"processes": sum(name.isdigit() for name in os.listdir(f"{root}/proc")), "mounts": lines(f"/proc/{pid}/mountinfo"),
                "descriptors": len(os.listdir(f"/proc/{pid}/fd")), "leases": held_leases(pid),
                "files": files_below(f"{root}/opt/soak", f"{root}/tmp", f"{root}/dev", f"{root}/var/tmp")}

    def configure(self, name):
        shutil.copy(f"{self.bundle}/{name}", f"{self.bundle}/config.json")

    def steps(self, count):
        self.configure("steps.json")
        process = subprocess.Popen([*self.runtime, "run", "--bundle", self.bundle, "soak"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True, bufsize=1)

        def ask(line):
            process.stdin.write(f"{line}\n")
            answer = process.stdout.readline().strip()
            if answer != "0":
                sys.exit(f"soak: steps that did not end as they should: {answer}")

        if process.stdout.readline() != "ready\n":
            sys.exit("soak: the builder did not start")
        pid = json.loads(subprocess.check_output([*self.runtime, "state", "soak"]))["pid"]

        def measure():
            ask("clean")
            time.sleep(1)  # processes that were killed are gone
            return self.in_container(pid), self.on_host()

        ask(WARM_UP_STEPS)
        before = measure()
        began = time.monotonic()
        ask(count)
        took = time.monotonic() - began
        after = measure()
        process.stdin.close()
        process.wait()
        return before, after, took

    def containers(self, count):
        self.configure("container.json")

        def one(number):
            done = subprocess.run([*self.runtime, "run", "--bundle", self.bundle, f"soak-{number}"], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True)
            if done.returncode != 0 or "ran" not in done.stdout:
                return f"container {number}: status {done.returncode}: {done.stdout} {done.stderr}"
            return ""

        def all_of(first, last):
            with ThreadPoolExecutor(4) as pool:
                wrong = [said for said in pool.map(one, range(first, last)) if said]
            if wrong:
                sys.exit(f"soak: {len(wrong)} containers did not end as they should: {wrong[0]}")
            time.sleep(1)

        all_of(0, WARM_UP_CONTAINERS)
        before = self.on_host()
        began = time.monotonic()
        all_of(WARM_UP_CONTAINERS, WARM_UP_CONTAINERS + count)
        return before, self.on_host(), time.monotonic() - began


def row(where, what, before, after):
    shown = [f"{value / (1 << 20):.1f} MiB" if what == "memory" else str(value) for value in (before, after)]
    return f"| {where} | {what} | {shown[0]} | {shown[1]} |"


def table(title, parts, grown):
    out = [f"{title}:", "", "| where | what | before | after |", "|---|---|---|---|"]
    for where, before, after in parts:
        for what in before:
            out.append(row(where, what, before[what], after[what]))
            slack = MEMORY_SLACK if what == "memory" else 0
            if after[what] > before[what] + slack:
                grown.append(f"{where}: {what}: {before[what]} before, {after[what]} after")
    return out + [""]


def main():
    bundle, state, steps, jobs, containers, target = sys.argv[1:]
    soak, grown = Soak(bundle, state, int(jobs)), []
    before, after, took = soak.steps(int(steps))
    text = table(f"{int(steps):,} steps, {jobs} at a time, in {took / 60:.0f} minutes; one in ten failed, of one in a hundred the supervisor "
                 "was killed", [("container", before[0], after[0]), ("host", before[1], after[1])], grown)
    print(*text, sep="\n", flush=True)
    before, after, took = soak.containers(int(containers))
    more = table(f"{int(containers):,} builders, four at a time, each with a step, in {took / 60:.0f} minutes", [("host", before, after)], grown)
    print(*more, sep="\n", flush=True)
    soak.cgroup.leave()
    with open(target, "w") as f:
        f.write("\n".join(text + more).rstrip("\n") + "\n")
    if grown:
        sys.exit("soak: it has grown: " + "; ".join(grown))


main()
