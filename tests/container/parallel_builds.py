"""Runs in the builder container: as many builds at once as it is told, in one wheel directory.

parallel_builds.py COUNT SECONDS isolated|open     prints the builds' reports as one line of JSON

With the front end's own parts, but not with its main(), which gives each parallel build a wheel
directory of its own; here all share one. SECONDS: until all are expected to be there.
"""

import concurrent.futures
import json
import os
import pathlib
import shutil
import sys
import time
import zipfile

from fromager.build import Package
from fromager.build_environment import BuildEnvironment
from fromager.context import Context
from fromager.external_commands import Seam

HOME = pathlib.Path("/opt/app-root/src")
SOURCE = pathlib.Path("/srv/packages/rival")
OVERLAP = 8  # seconds for which all reach for each other


def source_of(number):
    source = HOME / f"sources/rival_{number}"
    shutil.copytree(SOURCE, source)
    project = source / "pyproject.toml"
    project.write_text(project.read_text().replace('name = "rival"', f'name = "rival_{number}"'))
    return source


def whole(wheel):
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.testzip() is None and len(archive.namelist()) == 4
    except (OSError, zipfile.BadZipFile):
        return False


def main(count, seconds, isolated):
    os.chdir(HOME)
    ctx = Context(
        HOME / "work-dir", HOME / "wheels-repo", HOME / "sdists-repo", Seam.SCRIPT if isolated else None
    )
    packages = [Package(ctx, source_of(n)) for n in range(count)]
    # One build environment is like another, and making it takes longer than copying.
    first = BuildEnvironment(ctx, packages[0].root)
    for package in packages[1:]:
        shutil.copytree(first.path, package.work / first.path.name, symlinks=True)
    for package in packages:
        package.env = BuildEnvironment(ctx, package.root)
    ready = int(time.time()) + seconds
    settings = {"count": str(count), "ready": str(ready), "over": str(ready + OVERLAP)}
    settings["blindly"] = "yes" if isolated else "no"
    shared = ctx.wheels_repo / "build"

    def build(number):
        package = packages[number]
        name = package.hooks(str(package.work / "build.log")).build_wheel(
            str(shared), config_settings={**settings, "number": str(number)}
        )
        return {
            **json.loads((package.root / "report.json").read_text()),
            "wheel": whole(shared / name),
            "owners": sorted({p.lstat().st_uid for p in package.root.rglob("*")}),
        }

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        reports = list(pool.map(build, range(count)))
    left = sorted(p.name for p in shared.iterdir() if p.suffix != ".whl")
    print(json.dumps({"ready": ready, "over": ready + OVERLAP, "reports": reports, "left": left}))


main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "isolated")
