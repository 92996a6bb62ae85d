"""What bench/run measures, part by part: each function measures one, and returns its figures.

A part's figures are {case: summary}, or several of these under names; a summary has p10, median and cpu in microseconds, and
page faults (turns.summary).
"""

import json
import pathlib
import re
import subprocess
import tempfile

import steps
import turns

ENTRIES = 10000
MANY = (200, 1000)


class Rig:
    """What bench/run has prepared. rounds: those of the steps; the other parts have fewer in proportion."""

    def __init__(self, directory, rounds, quick, root, hook_file):
        self.directory, self.rounds, self.quick, self.root = pathlib.Path(directory), rounds, quick, root
        self.hook_file, self.lacking = hook_file, []

    def place(self, name):
        return [str(self.directory / "enter" / name)]

    def rounds_of(self, part):
        return max(5, int(self.rounds * part))

    def measure(self, what, place, cases, part=1.0, *options):
        samples = turns.by_turns({place: self.place(place)}, cases, self.rounds_of(part), what, options)[place]
        return summaries(samples)

    def measure_here(self, what, cases, part=1.0):
        program = str(self.directory / "measure")
        return summaries(turns.by_turns({"host": []}, cases, self.rounds_of(part), what, program=program)["host"])


def summaries(samples):
    return {case: turns.summary(taken) for case, taken in samples.items()}


def measure_steps(rig):
    present = {name: command for name, command in steps.PEERS.items() if name == "script" or (rig.directory / name).exists()}
    peers, rig.lacking[len(rig.lacking):] = steps.only_working(rig.place("builder"), present)
    figures = rig.measure("steps", "builder", steps.OURS | peers)
    figures["step-caches"] = rig.measure("steps with caches", "caches", {"step": steps.OURS["step"]}, 0.3)["step"]
    return figures


def measure_at_once(rig):
    cases = {name: (steps.OURS | steps.PEERS)[name] for name in ("floor", "step", "bwrap")
             if name != "bwrap" or (rig.directory / name).exists()}
    numbers = (1, 32) if rig.quick else (1, 2, 4, 8, 16, 32)
    return {str(n): rig.measure(f"steps, {n} at once", "builder", cases, 0.04, "-j", str(n), "-n", str(max(32, 2 * n)))
            for n in numbers}


def measure_interpreter(rig):
    """An interpreter that a step does not start: through its seam, and in a builder without Rind."""
    cases = {"python3 -c pass": ["/usr/bin/python3", "-c", "pass"], "python3 -I -S -c pass": ["/usr/bin/python3", "-I", "-S", "-c", "pass"]}
    places = {"original": rig.place("without"), "seam": rig.place("builder")}
    samples = turns.by_turns(places, cases, rig.rounds_of(0.5), "an interpreter's start")
    return {case: {place: turns.summary(samples[place][case]) for place in places} for case in cases}


def _hook_state(rig, directory, status):
    """The state that a runtime would write for a container that is no builder, on the file's path."""
    config = {
        "root": {"path": "/"},
        "process": {"args": ["nginx"], "env": ["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/root"]},
        "mounts": [{"destination": f"/m{i}", "type": "tmpfs", "source": "tmpfs"} for i in range(25)],
        # Most of what an engine writes: podman's names as many calls.
        "linux": {"seccomp": {"defaultAction": "SCMP_ACT_ERRNO",
                              "syscalls": [{"action": "SCMP_ACT_ALLOW", "names": [f"system_call_{i}" for i in range(400)]}]}},
    }
    (directory / "config.json").write_text(json.dumps(config))
    state = {"ociVersion": "1.0.2", "id": "x", "status": status, "pid": rig.root, "bundle": str(directory)}
    path = directory / status
    path.write_text(json.dumps(state))
    return path


def hook_cases(rig, directory, hook_file):
    """The two stages of the hook, without a runtime around it; its inputs are written to the directory."""
    hook = json.loads(pathlib.Path(hook_file).read_text())["hook"]
    statuses = {"prestart": "creating", "poststart": "running"}
    return {stage: [f"<{_hook_state(rig, directory, status)}", hook["path"], *hook["args"][1:]] for stage, status in statuses.items()}


def measure_hook_alone(rig):
    with tempfile.TemporaryDirectory() as directory:
        stages = hook_cases(rig, pathlib.Path(directory), rig.hook_file)
        return rig.measure_here("the hook alone", {"no-op": [stages["prestart"][0], str(rig.directory / "no-op")], **stages})


def _life_of(bundle):
    """Starts and ends a container of it, whose process lives while poststart runs; the sums of what the hook took at both stages."""
    times = bundle / "times"
    times.unlink(missing_ok=True)
    crun = ["crun", "--cgroup-manager=disabled", "--root", str(bundle.parent / "state")]
    name = f"bench-{bundle.name}"
    for command in (["run", "--detach", "--bundle", str(bundle), name], ["delete", "--force", name]):
        # No pipe: the container's process would keep it open.
        with (bundle / "log").open("w+") as log:
            status = subprocess.run([*crun, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log).returncode
            log.seek(0)
            if status != 0:
                raise SystemExit(f"bench: crun {command[0]} {name} ended with status {status}: {log.read()}")
    stages = [[float(value) for value in line.split()] for line in times.read_text().splitlines()]
    if len(stages) != 2:
        raise SystemExit(f"bench: crun called the hook of {name} {len(stages)} times, and not at both stages")
    return [sum(values) for values in zip(*stages)]


def measure_bundles(rig):
    names, rounds = ["no-op", "plain", "builder"], rig.rounds_of(0.3)
    samples = {name: [] for name in names}
    progress = turns.Progress("the hook under crun", rounds + 1)
    for n in range(rounds + 1):
        for name in names[n % 3:] + names[: n % 3]:
            sample = _life_of(rig.directory / "bundles" / name)
            if n > 0:
                samples[name].append(sample)
        progress.step()
    return summaries(samples)


def measure_hook(rig):
    return {"alone": measure_hook_alone(rig), "under crun": measure_bundles(rig)}


def make_tree(rig, place, path, entries):
    """A directory for each hundred entries, with 99 files."""
    script = 'mkdir -p "$0" && cd "$0" && for d in $(seq "$1"); do mkdir $d; (cd $d; seq 99 | xargs touch); done'
    subprocess.run([*rig.place(place), "sh", "-c", script, path, str(entries // 100)], check=True)


def measure_lending(rig):
    """A tree that is lent to a step: on a volume, which has a twin, and in the container's own layer. 100 entries, and many."""
    cases = {"nothing": [*steps.RUN, "--", steps.TRUE]}
    for where, top in (("volume", "/work"), ("layer", f"{steps.HOME}/lent")):
        for entries in (100, ENTRIES):
            make_tree(rig, "lending", f"{top}/{entries}", entries)
            cases[f"{where} {entries}"] = [*steps.RUN, "--rw", f"{top}/{entries}", "--", steps.TRUE]
    layer = f"{steps.HOME}/lent/{ENTRIES}"
    cases["chown -R, twice"] = ["/bin/sh", "-c", 'chown -R 61184:61184 "$0"; chown -R 0:0 "$0"', layer]
    return {**rig.measure("lending", "lending", cases, 0.07), "entries": ENTRIES}


def measure_mounts(rig):
    names = {0: "builder", **{count: f"mounts-{count}" for count in MANY}}
    cases = {name: command for name, command in (steps.OURS | steps.PEERS).items() if name in ("floor", "step")}
    places = {name: rig.place(name) for name in names.values()}
    samples = turns.by_turns(places, cases, rig.rounds_of(0.5), "extra mounts")
    return {str(count): summaries(samples[name]) for count, name in names.items()}


def _rollup(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return {key.lower(): int(re.search(rf"^{key}: +(\d+) kB", text, re.M)[1]) for key in ("Rss", "Pss")}


def _parent(pid):
    return int(re.search(r"^PPid:\t(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)[1])


def measure_memory(rig):
    """kB of the processes around a step: pid 1 of the sandbox, and the one outside."""
    out = {}
    for name in ("floor", "step", "bwrap"):
        if not (rig.directory / name).exists() and name == "bwrap":
            continue
        seconds = f"{7000 + rig.root % 1000}.{len(out)}"
        command = [*(steps.OURS | steps.PEERS)[name][:-1], "/usr/bin/sleep", seconds]
        running = subprocess.Popen([*rig.place("builder"), *command], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found = subprocess.run(["/bin/sh", "-c", 'until pgrep -fx "/usr/bin/sleep $0"; do sleep 0.05; done', seconds],
                               stdout=subprocess.PIPE, text=True, timeout=30)
        sleeper = int(found.stdout.split()[0])
        inside = _parent(sleeper)
        out[name] = {"pid 1": _rollup(inside), "outside": _rollup(_parent(inside))}
        subprocess.run(["kill", str(sleeper)], check=True)
        running.wait()
    return out


PARTS = {
    "steps": measure_steps,
    "at-once": measure_at_once,
    "interpreter": measure_interpreter,
    "hook": measure_hook,
    "lending": measure_lending,
    "mounts": measure_mounts,
    "memory": measure_memory,
}
