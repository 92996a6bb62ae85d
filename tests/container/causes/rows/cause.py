"""What a row is, and what packages of several rows have in common."""

import dataclasses

FAILS = "fails"  # the hook fails
LOSES = "loses"  # the hook ends well, and `check` fails afterwards
SAME = "same"  # it passes with Rind as well, and Rind says nothing
ALIKE = "alike"  # it fails without Rind as well: Rind's line names the cause, or blames nothing that Rind did


@dataclasses.dataclass(frozen=True, eq=False)
class Cause:
    """One package. The shells of `setup` and `check` know the variables S, W, V and OUT."""

    name: str
    words: tuple  # regular expressions, all of which are in the line
    code: str = ""  # lines of build_wheel(wheel_directory); they may set `wheel` and return
    setup: str = ""  # shell, as the builder, before the build
    first: str = ""  # lines of get_requires_for_build_wheel, called before
    check: str = ""  # of LOSES: shell, after the build; succeeds where nothing was lost
    kind: str = FAILS
    environ: tuple = ()  # what the front end sets for this package
    place: str = "plain"  # the container, see places.py
    fix: dict | None = None  # what to write into a rule of the package, so that the build passes and loses nothing
    never: str = ""  # a regular expression that is not in the line


# The key, or the reason, that goes with a thing.
BY_VIEWS = r"\bviews?\b"
BY_NETWORK = r"network"
BY_IDENTITY = r"identity|lend|chmod|mode 0"
BY_SECCOMP = r"seccomp"
BY_KEEP = r"keep_also"
BY_DEVICES = r"devices"
OF_ANOTHER_PACKAGE = BY_VIEWS + "|package"

BUILDERS_UID = {"identity": {"ephemeral": "none"}}
LENT = {"view": "rw", "lend": True}


def views(path, view="ro"):
    return {"views": {path: view}}


# Lines of a package. `~` stands for HOME.
def at(path):
    return f"os.path.expanduser('{path}')"


def connects(path):
    return f"import os, socket; socket.socket(socket.AF_UNIX).connect({at(path)})"


def read(path):
    return f"import os; assert open({at(path)}).read()"


def write(path):
    return f"import os; open({at(path)}, 'w').write('x')"


def make(path):
    return f"import os; os.makedirs({at(path)})"


def run(*words):
    return f"import subprocess; subprocess.run({list(words)}, check=True)"
