"""The main program of bench/run, which prepares what it measures: see there."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import subprocess
import sys

import parts
import ratios

FORMAT = 1


def first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout or done.stderr).split("\n")[0].strip()


def versions():
    return {"podman": first_line("podman", "--version"), "crun": first_line("crun", "--version"),
            "bwrap": first_line("bwrap", "--version")}


def processor():
    found = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    return found[1] if found else platform.machine()


def facts(source):
    version = re.search(r"^project\(rind VERSION ([0-9.]+)", pathlib.Path(source, "CMakeLists.txt").read_text(), re.M)[1]
    release = platform.freedesktop_os_release()
    return {
        "rind": version,
        "revision": first_line("git", "-C", source, "describe", "--always", "--dirty", "--abbrev=12"),
        "date": datetime.date.today().isoformat(),
        "machine": {
            "linux": platform.release().split("-")[0], "architecture": platform.machine(), "processors": len(os.sched_getaffinity(0)),
            "processor": processor(), "virtual": first_line("systemd-detect-virt") or "unknown",
            "distribution": release.get("PRETTY_NAME", release["NAME"]), "load_before": os.getloadavg()[0],
        },
        "versions": versions(),
    }


def print_cases(figures, indent="  "):
    for name, summary in figures.items():
        if not isinstance(summary, dict):
            continue
        if "p10" in summary:
            print(f"{indent}{name:28} {summary['p10'] / 1000:9.3f} ms  {summary['median'] / 1000:9.3f} ms  {summary['cpu'] / 1000:9.3f} ms")
        elif "rss" in summary:
            print(f"{indent}{name:28} RSS {summary['rss']} kB, PSS {summary['pss']} kB")
        else:
            print(f"{indent}{name}")
            print_cases(summary, indent + "  ")


def print_keys(result, kind, keys):
    print(f"\n{kind:30} {'p10':>8} {'median':>8} {'CPU':>8}  target")
    for key, value in result[kind].items():
        target = keys[key][1]
        verdict = "" if target is None else f"{target}{'' if target.is_met(value) else '  MISSED'}"
        print(f"  {key:28} {value:8.3f} {result[kind + '_of_medians'][key]:8.3f} {result[kind + '_of_cpu'][key]:8.3f}  {verdict}")


def add_keys(result):
    for measure, suffix in (("p10", ""), ("median", "_of_medians"), ("cpu", "_of_cpu")):
        result[f"ratios{suffix}"] = ratios.ratios(result["figures"], measure)
        result[f"differences{suffix}"] = ratios.differences(result["figures"], measure)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int)
    p.add_argument("--quick", action="store_true")
    p.add_argument("--only")
    p.add_argument("--rig")
    p.add_argument("--root", type=int)
    p.add_argument("--hook-file")
    p.add_argument("--source")
    p.add_argument("--json")
    o = p.parse_args()
    rig = parts.Rig(o.rig, o.rounds, o.quick, o.root, o.hook_file)
    rig.lacking += filter(None, (rig.directory / "lacking").read_text().split("\n"))
    result = {"format": FORMAT, **facts(o.source), "rounds": o.rounds}
    figures = {}
    print(f"Rind {result['rind']} ({result['revision']}), Linux {result['machine']['linux']}, {result['machine']['processors']} processors,"
          f" load {result['machine']['load_before']:.1f}, {o.rounds} rounds: read the ratios")
    for part in o.only.split(","):
        figures[part] = parts.PARTS[part](rig)
        print(f"\n{part:30} {'p10':>12}  {'median':>12}  {'CPU':>12}")
        print_cases(figures[part])
        sys.stdout.flush()
    result["machine"]["load_after"] = os.getloadavg()[0]
    result["figures"] = figures
    add_keys(result)
    print_keys(result, "ratios", ratios.RATIOS)
    print_keys(result, "differences", ratios.DIFFERENCES)
    machine = result["machine"]
    if max(machine["load_before"], machine["load_after"]) > machine["processors"]:
        print("The machine was busy: times are too long, and unequally so; of the ratios, those of CPU time hold best.")
    for line in rig.lacking:
        print(f"left out: {line}")
    result["left_out"] = rig.lacking
    if o.json:
        pathlib.Path(o.json).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
