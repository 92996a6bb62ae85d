"""Runs in the builder container: sets the scene, has the front end build the hostile package, judges.

Prints one line of JSON: {"isolation": ..., "attempts": {NAME: {"made": bool, "success": bool, ...}}}.
Two builds. `main` leaves it to the front end whether isolation is on (in an unchanged image under
default podman it turns itself off). For `takeover` it must be on, so the program that makes Fromager's
own isolation fail (hostname) is removed first: without Rind that is the best case of today.
"""

import contextlib
import hashlib
import io
import json
import os
import pathlib
import shutil
import sys

from catalogue import ATTEMPTS, HOME, SEAM
from fromager import __main__ as front_end
from scenery import Scenery, kill_strangers

PACKAGE = "/srv/packages/hostile"


def build(name, targets, *options):
    """The front end's own main(), in this process: what it says goes to stderr."""
    settings = [f"-C{key}={value}" for key, value in {**targets, "build": name}.items()]
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        status = front_end.main([*options, "build", *settings, PACKAGE])
    print(output.getvalue(), file=sys.stderr)
    if status != 0:
        sys.exit(f"drive: the build '{name}' failed with status {status}")
    return output.getvalue()


def judge(scene, name, work_dir):
    loot = json.loads((HOME / work_dir / "hostile-1.0/hostile-1.0/loot.json").read_text())
    results = {}
    for attempt in (a for a in ATTEMPTS if a.build == name):
        made = loot.get(attempt.name)
        success = attempt.check(scene, made.get("loot") if made else None)
        error = made.get("error", "") if made else ""
        results[attempt.name] = {
            "title": attempt.title,
            "made": made is not None,
            "success": bool(success),
            "error": error,
        }
    if unknown := loot.keys() - results.keys():
        sys.exit(f"drive: attempts without an entry in the catalogue: {sorted(unknown)}")
    return results


def main():
    os.chdir(HOME)
    family = {1, os.getpid(), os.getppid()}
    seam = SEAM.read_bytes()
    scene = Scenery()
    scene.seam_changed = lambda: hashlib.sha256(SEAM.read_bytes()).digest() != hashlib.sha256(seam).digest()
    family.update(child.pid for child in scene.children)

    said = build("main", scene.targets)
    results = judge(scene, "main", "work-dir")
    kill_strangers(family)
    if scene.seam_changed():
        shutil.copyfileobj(io.BytesIO(seam), SEAM.open("wb"))

    pathlib.Path("/usr/bin/hostname").unlink()
    with scene.rotating_netrc():
        build("takeover", scene.targets, "--network-isolation", "--work-dir", "takeover-dir")
    results |= judge(scene, "takeover", "takeover-dir")
    print(json.dumps({"isolation": said.splitlines()[0], "attempts": results}))


main()
