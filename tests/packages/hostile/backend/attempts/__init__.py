"""The registry of the attempts, and their run.

An attempt is a function of the targets. What it returns is its loot; that it raises is that it failed.
Loot goes to S/loot.json, which also shows that the attempt was made at all. Whoever started the build
judges by what the loot contains and by what changed outside; that an attempt claims success counts
for nothing.
"""

import json
import os
import signal

HOME = "/opt/app-root/src"
LOOT = "loot.json"
PLANTED = "# planted by hostile\n"
_registry = []
_results = {}


def attempt(name, hook="build_wheel", build="main"):
    def register(function):
        _registry.append((name, hook, build, function))
        return function

    return register


def result(name, hook="build_wheel"):
    """An attempt that is a hook's result: a function of the output directory and the targets, which
    returns what the hook is to return. It is made in a build of its own, which has its name."""

    def register(function):
        _results[(name, hook)] = function
        return function

    return register


def venv():
    return os.environ["VIRTUAL_ENV"]


def site_packages(prefix):
    return f"{prefix}/lib/python3.{os.sys.version_info.minor}/site-packages"


def read(path):
    with open(path, "rb") as file:
        return file.read().decode(errors="replace")


def write(path, text, mode=0o644):
    """Creates or replaces; the directory too, because an attacker would."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)


def append(path, text):
    with open(path, "r+") as file:
        file.seek(0, os.SEEK_END)
        file.write(text)


def _too_long(*_):
    raise TimeoutError("the attempt took too long")


def _save(done):
    with open(LOOT, "w") as file:
        json.dump(done, file)


def run(hook, targets):
    from . import credentials, files, ipc, kernel, owners, processes, results, takeover  # noqa: F401 (they register)

    done = json.loads(read(LOOT)) if os.path.exists(LOOT) else {}
    signal.signal(signal.SIGALRM, _too_long)
    for name, its_hook, build, function in _registry:
        if its_hook != hook or build != targets.get("build", "main") or name in done:
            continue
        signal.alarm(5)
        try:
            done[name] = {"loot": function(targets)}
        except Exception as error:
            done[name] = {"error": f"{type(error).__name__}: {error}"}
        finally:
            signal.alarm(0)
    _save(done)


def answer(hook, directory, targets, innocent):
    """What `hook` returns: the result that this build is for, else what `innocent` makes."""
    from . import results  # noqa: F401 (they register)

    make = _results.get((targets.get("build"), hook))
    if not make:
        return innocent(directory)
    # First: some leave without coming back.
    _save({targets["build"]: {"loot": None}})
    return make(directory, targets)
