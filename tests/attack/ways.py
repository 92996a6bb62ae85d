"""Builds the hostile package by one front end's calls, which are no hooks of Fromager's: ways.py WAY

The attempts are those of the catalogue that `main` makes, all in one build. The package's targets lie in its sources, because
not every form has settings. Prints what verdict.py reads.
"""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

from catalogue import CHOSEN_MAIN, HOME, SEAM, SOURCE
from scenery import Scenery

ISOLATED = pathlib.Path("/dev/rind/rind").exists()
IMAGES_PYTHON = "/usr/bin/python3"
HOOKS_SCRIPT = "/usr/lib/python3/dist-packages/pyproject_hooks/_in_process/_in_process.py"
WHEEL = "hostile-1.0-py3-none-any.whl"
UV_BUILDS = HOME / ".cache/uv/builds-v0"

# The package's own command, as setup.py and as a module.
COMMAND = """\
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "backend"))
import hostile_backend
def main(directory):
    os.makedirs(directory, exist_ok=True)
    hostile_backend.get_requires_for_build_wheel()
    hostile_backend.build_wheel(directory)
if __name__ == "__main__":
    main(sys.argv[-1] if "/" in sys.argv[-1] else "dist")
"""


def make_environment(path):
    """As an install fills it: its files are hard links into the cache."""
    subprocess.run([IMAGES_PYTHON, "-m", "venv", "--system-site-packages", "--without-pip", path], check=True)
    (packages,) = path.glob("lib/python3*/site-packages")
    for wheel in (HOME / "wheels-repo/downloads").glob("*.whl"):
        unpacked = HOME / "work-dir/uv-cache/archive-v0" / wheel.name
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(unpacked)
        for file in filter(pathlib.Path.is_file, unpacked.rglob("*")):
            target = packages / file.relative_to(unpacked)
            target.parent.mkdir(exist_ok=True)
            os.link(file, target)
    return path


def call(words, environment=None, **options):
    variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    if environment:
        variables.update(VIRTUAL_ENV=str(environment), PATH=f"{environment}/bin:{os.environ['PATH']}")
    options.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run(words, cwd=SOURCE, env=variables, stdout=sys.stderr, stderr=sys.stderr, **options)
    if done.returncode:
        sys.exit(f"ways: {words} ended with status {done.returncode}")


def seam():
    """The isolation of Fromager's own would keep attempts from their success without Rind."""
    return [SEAM] if ISOLATED else []


def fromagers_environment():
    return make_environment(SOURCE.parent / "build-3.13")


WHEELS = HOME / "wheels-repo/build"


def uv():
    environment = make_environment(UV_BUILDS / ".tmpA")
    output = UV_BUILDS / ".tmpB"
    output.mkdir()

    def path(text):
        return f'__import__("os").fsdecode(b"{text}")'

    head = f'import sys\n\nif sys.path[0] == "":\n    sys.path.pop(0)\n\nsys.path = [{path(SOURCE / "backend")}] + sys.path\n\nimport hostile_backend as backend\n\n'
    requires = (
        'import json\n\nget_requires_for_build = getattr(backend, "get_requires_for_build_wheel", None)\n'
        "requires = get_requires_for_build({}) if get_requires_for_build else []\n"
        f'with open({path(environment / "get_requires_for_build_wheel.txt")}, "w") as fp:\n    json.dump(requires, fp)\n'
    )
    build = (
        f"wheel_filename = backend.build_wheel({path(output)}, {{}}, None)\n"
        f'with open({path(environment / "build_wheel.txt")}, "w") as fp:\n    fp.write(wheel_filename)\n'
    )
    for text in (requires, build):
        call([environment / "bin/python", "-c", head + text], environment)
    if (environment / "build_wheel.txt").read_text() != WHEEL:
        sys.exit("ways: uv has no answer")
    return output


RUNNER = """\
import json, os, shutil, subprocess, sys, tempfile
RUNNER = {runner!r}
with tempfile.TemporaryDirectory() as directory:
    control, work, script = (os.path.join(directory, name) for name in ("control", "work", "script.py"))
    os.mkdir(control)
    os.mkdir(work)
    kwargs = {{key: work if value == "work" else value for key, value in RUNNER["kwargs"].items()}}
    with open(os.path.join(control, "input.json"), "w") as file:
        json.dump({{"kwargs": kwargs}}, file)
    with open(script, "w") as file:
        file.write(RUNNER["hook_caller_script"])
    environment = {{**os.environ, "_PYPROJECT_HOOKS_BUILD_BACKEND": RUNNER["backend"]}}
    environment["_PYPROJECT_HOOKS_BACKEND_PATH"] = os.path.join(RUNNER["project_root"], "backend")
    command = [sys.executable, script, RUNNER["hook"], control]
    subprocess.run(command, cwd=RUNNER["project_root"], env=environment, check=True)
    shutil.move(os.path.join(control, "output.json"), RUNNER["output_dir"])
    shutil.move(work, RUNNER["output_dir"])
"""


def hatch():
    environment = make_environment(HOME / ".local/share/hatch/env/virtual/hostile/aBc1/hatch-build")
    kwargs = {"get_requires_for_build_wheel": {"config_settings": None}, "build_wheel": {"wheel_directory": "work", "config_settings": None}}
    for hook, given in kwargs.items():
        directory = pathlib.Path(tempfile.mkdtemp())
        output = directory / "output"
        output.mkdir()
        runner = {"project_root": str(SOURCE), "output_dir": str(output), "hook": hook, "kwargs": given, "backend": "hostile_backend"}
        runner["hook_caller_script"] = pathlib.Path(HOOKS_SCRIPT).read_text()
        script = directory / f"{hook}.py"
        script.write_text(RUNNER.format(runner=runner))
        call(["sh", "-c", f"python -u {script}"], environment)
        json.loads((output / "output.json").read_text())
    return output / "work"


# Requests come on standard input, one a line; the answer is in a file when the server says so (pyproject_api).
SERVER = """\
import importlib, json, sys
backend = importlib.import_module(sys.argv[2])
print("started backend", backend, flush=True)
for line in sys.stdin:
    if not line.strip():
        continue
    request = json.loads(line)
    result = {"return": 0 if request["cmd"] == "_exit" else getattr(backend, request["cmd"])(**request["kwargs"])}
    with open(request["result"], "w") as file:
        json.dump(result, file)
    print(f"Backend: Wrote response {result} to {request['result']}", flush=True)
    if request["cmd"] == "_exit":
        break
"""


def tox():
    environment = make_environment(SOURCE / ".tox/.pkg")
    output = environment / "dist"
    output.mkdir()
    script = pathlib.Path("/srv/front-ends/pyproject_api/_backend.py")
    script.parent.mkdir(parents=True)
    script.write_text(SERVER)
    variables = {**os.environ, "PYTHONPATH": str(SOURCE / "backend"), "PYTHONDONTWRITEBYTECODE": "1", "VIRTUAL_ENV": str(environment)}
    words = [environment / "bin/python", script, "True", "hostile_backend"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": sys.stderr, "text": True}
    requests = {
        "get_requires_for_build_wheel": {"config_settings": None},
        "build_wheel": {"wheel_directory": str(output), "config_settings": None, "metadata_directory": None},
        "_exit": {},
    }
    with subprocess.Popen(words, cwd=SOURCE, env=variables, **pipes) as server:
        for command, kwargs in requests.items():
            result = f"{tempfile.mkdtemp()}.json"
            print(json.dumps({"cmd": command, "kwargs": kwargs, "result": result}), file=server.stdin, flush=True)
            while not (line := server.stdout.readline()).startswith("Backend: Wrote response"):
                if not line:
                    sys.exit(f"ways: the server ended in {command}")
            json.loads(pathlib.Path(result).read_text())
            os.unlink(result)
    return output


def setup_py():
    """By the image's own interpreter, where nothing was made for this build; the cache is another one's."""
    make_environment(pathlib.Path("/srv/environment"))
    output = pathlib.Path("/srv/out")
    output.mkdir()
    call([IMAGES_PYTHON, "setup.py", "-q", "bdist_wheel", "-d", output])
    return output


def plugin():
    environment = fromagers_environment()
    call([environment / "bin/python", "-m", "setup", "--outdir", WHEELS], environment)
    return WHEELS


def plugin_by_script():
    environment = fromagers_environment()
    call([*seam(), environment / "bin/python", "-m", "setup", "--outdir", WHEELS], environment)
    return WHEELS


def here_document():
    environment = fromagers_environment()
    call(["sh", "-c", f"python - <<'EOF'\nimport setup\nsetup.main('{WHEELS}')\nEOF"], environment)
    return WHEELS


def shell_by_script():
    environment = fromagers_environment()
    call([*seam(), "sh", "-c", f"python setup.py -q bdist_wheel && cp dist/*.whl {WHEELS}"], environment)
    return WHEELS


def judge(scene):
    loot = json.loads((SOURCE / "loot.json").read_text())
    results = {}
    for attempt in CHOSEN_MAIN:
        made = loot.get(attempt.name)
        success = attempt.check(scene, made.get("loot") if made else None)
        error = made.get("error", "") if made else ""
        results[attempt.name] = {"title": attempt.title, "made": made is not None, "success": bool(success), "error": error}
    return results


def main():
    os.chdir(HOME)
    seam_before = SEAM.read_bytes()
    scene = Scenery()
    scene.seam_changed = lambda: hashlib.sha256(SEAM.read_bytes()).digest() != hashlib.sha256(seam_before).digest()
    shutil.copytree("/srv/packages/hostile", SOURCE)
    (SOURCE / "setup.py").write_text(COMMAND)
    (SOURCE / "targets.json").write_text(json.dumps(scene.targets))
    (SOURCE.parent / "build-system-requirements.txt").touch()
    WHEELS.mkdir(parents=True, exist_ok=True)
    os.environ["UV_CACHE_DIR"] = str(HOME / "work-dir/uv-cache")
    output = {
        "uv": uv, "hatch": hatch, "tox": tox, "setup_py": setup_py, "plugin": plugin, "plugin_by_script": plugin_by_script,
        "here_document": here_document, "shell_by_script": shell_by_script,
    }[sys.argv[1]]()
    with contextlib.suppress(FileNotFoundError):
        print((output / WHEEL).stat(), file=sys.stderr)
    if not (output / WHEEL).is_file():
        sys.exit(f"ways: there is no wheel in {output}")
    print(json.dumps({"attempts": judge(scene)}))


main()
