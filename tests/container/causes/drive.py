"""Runs in the builder container: builds the packages of one place, and writes how each build ended.

drive.py PLACE PATTERN RESULTS [with-rules]   RESULTS is a JSON file: {NAME: {"status", "line", "said", "kept"}}. with-rules:
                                              only the packages that have a rule in the container's policy
"""

import fnmatch
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import textwrap

import pyproject_hooks
from places import subject
from table import LOSES, ROWS

HOME = pathlib.Path(os.environ["HOME"])
SEAM = next(HOME.parent.glob("lib/python3*/site-packages/fromager/run_network_isolation.sh"))
ISOLATED = pathlib.Path("/dev/rind/rind").exists()
TOO_LONG = 60  # seconds
# A server in the background, for the shell of a row; it is there when the function returns.
SHELL = "set -e; serve() { python3 -B /srv/causes/serve.py \"$@\"; }\n"

BACKEND = '''
import os, zipfile
def write_wheel(directory, wheel):
    name, version = wheel.split("-")[:2]
    info = f"{name}-{version}.dist-info/"
    with zipfile.ZipFile(os.path.join(directory, wheel), "w") as archive:
        archive.writestr(info + "METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
        archive.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: causes\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(info + "RECORD", "")

def get_requires_for_build_wheel(config_settings=None):
@FIRST@
    return []

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    wheel = "@NAME@-1.0-py3-none-any.whl"
@CODE@
    write_wheel(wheel_directory, wheel)
    return wheel
'''


def body(code):
    return textwrap.indent(textwrap.dedent(code).strip() or "pass", "    ")


class Package:
    """W/NAME-1.0 as Fromager lays it out, with the package of a row in it."""

    def __init__(self, cause, environment):
        name = subject(cause)
        self.work = HOME / "work-dir" / f"{name}-1.0"
        self.source = self.work / f"{name}-1.0"
        self.environment = self.work / f"build-{platform.python_version()}"
        self.out = HOME / "wheels-repo" / "build" / cause.name
        self.source.mkdir(parents=True)
        self.out.mkdir(parents=True)
        shutil.copytree(environment, self.environment, symlinks=True)
        text = BACKEND.replace("@NAME@", name).replace("@FIRST@", body(cause.first)).replace("@CODE@", body(cause.code))
        (self.source / "backend.py").write_text(text)
        (self.source / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
            f'[project]\nname = "{name}"\nversion = "1.0"\n'
        )

    def environ(self, cause):
        result = {**os.environ, "VIRTUAL_ENV": str(self.environment), "UV_CACHE_DIR": str(HOME / "work-dir/uv-cache")}
        result["PATH"] = f"{self.environment}/bin:{os.environ['PATH']}"
        for setting in cause.environ:
            key, _, value = setting.partition("=")
            if key.endswith("+"):
                key = key[:-1]
                value = f"{value}:{result[key]}"
            result[key] = value
        return result


def other_package():
    source = HOME / "work-dir/other-1.0/other-1.0"
    source.mkdir(parents=True)
    (source / "setup.cfg").write_text("x")


def last_line_of_rind(text):
    lines = [line for line in text.splitlines() if line.startswith("rind: ")]
    return lines[-1] if lines else ""


def build(cause, environment):
    package = Package(cause, environment)
    environ = package.environ(cause)
    # The image's own programs: a Python of the package's environment would be a step.
    shell = {**environ, "PATH": os.environ["PATH"], "S": str(package.source), "W": str(package.work)}
    shell.update({"V": str(package.environment), "OUT": str(package.out)})
    subprocess.run(["bash", "-c", SHELL + cause.setup], env=shell, check=True, stdin=subprocess.DEVNULL)
    said = []
    status = 0

    def runner(command, cwd=None, extra_environ=None):
        nonlocal status
        command = [str(SEAM), *command] if ISOLATED else command
        done = subprocess.run(command, cwd=cwd, env={**environ, **(extra_environ or {})}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TOO_LONG)
        said.append(done.stderr.decode(errors="replace"))
        status = done.returncode
        done.check_returncode()

    hooks = pyproject_hooks.BuildBackendHookCaller(
        str(package.source), "backend", ["."], runner=runner, python_executable=str(package.environment / "bin/python3")
    )
    try:
        if cause.first:
            hooks.get_requires_for_build_wheel()
        hooks.build_wheel(str(package.out))
    except subprocess.CalledProcessError:
        pass
    except subprocess.TimeoutExpired:
        status = "hung"
    kept = None
    if cause.kind == LOSES:
        kept = subprocess.run(["bash", "-c", cause.check], env=shell, stdin=subprocess.DEVNULL).returncode == 0
    text = "".join(said)
    return {"status": status, "line": last_line_of_rind(text), "said": text[-2000:], "kept": kept}


def main(place, pattern, results, only=""):
    rules = json.loads(pathlib.Path("/dev/rind/policy.json").read_text())["packages"] if only else None
    os.chdir(HOME)
    environment = HOME / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", environment], check=True)
    os.makedirs("/opt/causes", exist_ok=True)
    other_package()
    (HOME / "work-dir/uv-cache").mkdir()
    if place == "network":
        for address in ("198.51.100.7", "198.51.100.53"):
            subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
        pathlib.Path("/etc/resolv.conf").write_text("nameserver 198.51.100.53\n")
        subprocess.run([sys.executable, "-B", "/srv/causes/serve.py", "dns", "198.51.100.53:53"], check=True)
    ends = {}
    for cause in ROWS:
        if cause.place == place and fnmatch.fnmatch(cause.name, pattern) and (rules is None or cause.name in rules):
            try:
                ends[cause.name] = build(cause, environment)
            except Exception as error:  # the row's own fault, which is told with its name
                ends[cause.name] = {"status": f"{type(error).__name__}: {error}", "line": "", "said": "", "kept": None}
    pathlib.Path(results).write_text(json.dumps(ends))


main(*sys.argv[1:])
