"""Runs in the builder container: sets the scene, has the front end build the hostile package, judges.

Prints one line of JSON: {"isolation": ..., "attempts": {NAME: {"made": bool, "success": bool, ...}}}.
`main` leaves it to the front end whether isolation is on (in an unchanged image under default podman
it turns itself off), and so do the small builds, one for each attempt that needs a build of its own. For
`takeover` it must be on, so the program that makes Fromager's own isolation fail (hostname) is removed
first: without Rind that is the best case of today.

With Fromager itself in the stand-in's place there are `main` and `takeover` only.
"""

import contextlib
import dataclasses
import glob
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import threading

from catalogue import ATTEMPTS, HOME, SEAM, chosen, small
from scenery import Scenery, kill_strangers

# The image has the stand-in, or Fromager itself and uv from PyPI.
try:
    from fromager import __main__ as front_end
    from fromager.build import Package

    REAL = False
except ImportError:
    REAL = True

PACKAGE = "/srv/packages/hostile"
# Build back ends for Fromager itself: its build environments see no package of the image.
PREBUILT = pathlib.Path("/srv/prebuilt")
# Where Rind isolates, a build that breaks the rules may fail; without it, it must not.
ISOLATED = pathlib.Path("/dev/rind/rind").exists()
IS_ROOT = os.geteuid() == 0
CHOSEN = chosen(IS_ROOT)


@dataclasses.dataclass
class End:
    """How a build ended, as far as the front end is concerned."""

    status: int = -1
    output: str = ""
    error: Exception | None = None  # what the front end itself did not expect
    metadata: str = ""  # what it took for the package's
    hung: bool = False
    memory: int = 0  # by how much its peak grew, in bytes


def build_by_fromager(name, targets, *options):
    """Fromager's own program; an override plugin of the image's finds the package (tests/fromager/image)."""
    settings = {"config_settings": {key: str(value) for key, value in {**targets, "build": name}.items()}}
    directory = pathlib.Path(f"{name}-settings")
    directory.mkdir()
    (directory / "hostile.yaml").write_text(json.dumps(settings))
    command = ["fromager", "--no-cleanup", "--settings-dir", directory, *options, "build", "hostile", "1.0", "http://127.0.0.1/"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    print(done.stdout, file=sys.stderr)
    return End(done.returncode, done.stdout)


def build(name, targets, *options, artefacts=()):
    """The front end's own main(), in this process: what it says goes to stderr."""
    if REAL:
        return build_by_fromager(name, targets, *options)
    settings = [f"-C{key}={value}" for key, value in {**targets, "build": name}.items()]
    end = End()
    output = io.StringIO()
    original = Package.metadata

    def metadata(package):
        end.metadata = original(package)

    Package.metadata = metadata
    try:
        with contextlib.redirect_stdout(output):
            end.status = front_end.main([*options, "build", *artefacts, *settings, PACKAGE])
    except Exception as error:
        end.error = error
        print(f"drive: the front end in '{name}': {type(error).__name__}: {error}", file=sys.stderr)
    finally:
        Package.metadata = original
    end.output = output.getvalue()
    print(end.output, file=sys.stderr)
    return end


def require_good(name, end):
    if end.status != 0:
        sys.exit(f"drive: the build '{name}' failed with status {end.status} {end.error or ''}")


def prepare_small(name):
    """A work directory as an earlier run leaves it, so that a small build has little left to do."""
    work = small(name, "work") / "hostile-1.0"
    (environment,) = (p.parent for p in (HOME / "work-dir/hostile-1.0").glob("build-*/pyvenv.cfg"))
    shutil.copytree(environment, work / environment.name, symlinks=True)
    if name == "closed-environment":
        close_environment(work / environment.name)
    for kind in ("build-system", "build-backend", "build-sdist"):
        (work / f"{kind}-requirements.txt").write_text("")
    downloads = small(name, "wheels") / "downloads"
    downloads.mkdir(parents=True)
    shutil.copy(HOME / "pristine-wheels/other-1.0-0-py3-none-any.whl", downloads)


# A .pth file runs at each start of the environment's interpreter, and in an install it may write there.
CLOSER = (
    "import os, sys; may = os.access(sys.prefix, os.W_OK); "
    "may and [os.chmod(path, 0o700) for path in (sys.prefix + '/lib', sys.prefix)]\n"
)


def close_environment(environment):
    """What a build dependency does in an install, and whether it did: the front end's pip is a stand-in."""
    (packages,) = environment.glob("lib/python3*/site-packages")
    (packages / "closer.pth").write_text(CLOSER)
    (packages / "pip").mkdir(exist_ok=True)
    (packages / "pip/__init__.py").write_text("")
    (packages / "pip/__main__.py").write_text("import os, sys; print(oct(os.stat(sys.prefix + '/lib').st_mode & 0o777))\n")
    install = [environment / "bin/python3", "-m", "pip", "install", "extra"]
    seen = subprocess.run(install, capture_output=True, text=True, check=True).stdout
    if seen != "0o700\n":
        sys.exit(f"drive: the environment was not closed in the install: {seen}")


def peak_memory():
    return int(re.search(r"VmHWM:\s*(\d+)", pathlib.Path("/proc/self/status").read_text())[1]) << 10


def is_fifo(path):
    # Meanwhile the front end, in another thread, removes its control directories.
    with contextlib.suppress(FileNotFoundError):
        return stat.S_ISFIFO(os.lstat(path).st_mode)
    return False


let_go = set()


def release_fifos():
    """True when the front end waits at a fifo in a control directory; then it is let go, once: two answers are none."""
    for fifo in filter(is_fifo, glob.glob("/tmp/tmp*/output.json")):
        if fifo in let_go:
            continue
        # ENXIO: it has not come there yet.
        with contextlib.suppress(OSError), open(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK), "w") as file:
            let_go.add(fifo)
            file.write('{"return_val": "hostile-1.0.tar.gz"}')
            return True
    return False


def build_small(attempt, targets):
    name = attempt.name
    prepare_small(name)
    directories = [
        f"--work-dir={small(name, 'work')}",
        f"--wheels-repo={small(name, 'wheels')}",
        f"--sdists-repo={small(name, 'sdists')}",
    ]
    ends = []
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
    before = peak_memory()
    worker = threading.Thread(target=lambda: ends.append(build(name, targets, *directories, artefacts=attempt.options)))
    worker.start()
    hung = False
    while worker.is_alive():
        worker.join(0.1)
        hung = release_fifos() or hung
    (end,) = ends
    end.hung, end.memory = hung, peak_memory() - before
    if not ISOLATED and not attempt.breaks:
        require_good(name, end)
    return end


def judge(scene, name, work_dir):
    found = list((HOME / work_dir).glob("hostile-1.0/hostile-1.0*/loot.json"))
    loot = json.loads(found[0].read_text()) if found else {}
    results = {}
    for attempt in (a for a in CHOSEN if a.build == name):
        made = loot.get(attempt.name)
        success = attempt.check(scene, made.get("loot") if made else None)
        error = made.get("error", "") if made else ""
        results[attempt.name] = {
            "title": attempt.title,
            "made": made is not None,
            "success": bool(success),
            "error": error,
        }
    if unknown := loot.keys() - {a.name for a in ATTEMPTS}:
        sys.exit(f"drive: attempts without an entry in the catalogue: {sorted(unknown)}")
    return results


def main():
    os.chdir(HOME)
    family = {1, os.getpid(), os.getppid()}
    seam = SEAM.read_bytes()
    scene = Scenery()
    scene.seam_changed = lambda: hashlib.sha256(SEAM.read_bytes()).digest() != hashlib.sha256(seam).digest()
    scene.ends = {}
    family.update(child.pid for child in scene.children)
    shutil.copytree(HOME / "wheels-repo/downloads", HOME / "pristine-wheels")
    if REAL:
        shutil.copytree(PREBUILT, HOME / "wheels-repo/downloads", dirs_exist_ok=True)

    end = build("main", scene.targets)
    require_good("main", end)
    results = judge(scene, "main", "work-dir")
    kill_strangers(family)
    if scene.seam_changed():
        shutil.copyfileobj(io.BytesIO(seam), SEAM.open("wb"))

    # One for each way in which a hook's result can lie. Fromager itself calls not all of these hooks.
    for attempt in (a for a in CHOSEN if a.build == a.name and not REAL):
        scene.ends[attempt.name] = build_small(attempt, scene.targets)
        results |= judge(scene, attempt.name, f"{attempt.name}-work")

    if not IS_ROOT:
        # Nobody else can remove the program.
        print_results(end, results)
        return
    pathlib.Path("/usr/bin/hostname").unlink()
    with scene.rotating_netrc():
        require_good("takeover", build("takeover", scene.targets, "--network-isolation", "--work-dir", "takeover-dir"))
    results |= judge(scene, "takeover", "takeover-dir")
    print_results(end, results)


def print_results(end, results):
    isolation = next(line for line in end.output.splitlines() if "network isolation: " in line)
    print(json.dumps({"isolation": isolation, "attempts": results}))


main()
