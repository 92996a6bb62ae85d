"""What a hook leaves as its result, and what it answers: the way out of a step.

Each is a build of its own. Where the direct way is open it is taken; where it is not, the next best is
left behind for whoever collects the result. A front end that believes either is taken in.
"""

import json
import os
import struct
import sys
import zipfile

from . import HOME, PLANTED, result

SECRET = "/srv/builder/token"
WHEEL = "hostile-1.0-py3-none-any.whl"
SDIST = "hostile-1.0.tar.gz"
OTHER_WHEEL = "other-1.0-0-py3-none-any.whl"
OTHER_SDIST = "other-1.0.tar.gz"


def make_wheel(path, name="hostile", version="1.0"):
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", PLANTED)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def plant(path):
    with open(path, "w") as file:
        file.write(PLANTED)


def _elsewhere(directory, target, make):
    """Writes to `target` if that can be, and otherwise beside where a collector might look for it."""
    try:
        make(os.path.join(directory, target))
    except OSError:
        make(os.path.join(directory, os.path.basename(target)))
        os.makedirs(os.path.join(directory, "downloads"))
        make(os.path.join(directory, "downloads", os.path.basename(target)))


# --- build_wheel ----------------------------------------------------------------------------------


@result("wheel-dotdot")
def wheel_dotdot(directory, targets):
    make_wheel(f"{directory}/{WHEEL}")
    target = f"../downloads/{OTHER_WHEEL}"
    _elsewhere(directory, target, lambda path: make_wheel(path, "other"))
    return target


@result("wheel-absolute")
def wheel_absolute(directory, targets):
    make_wheel(f"{directory}/{WHEEL}")
    target = f"{os.path.dirname(directory)}/downloads/{OTHER_WHEEL}"
    _elsewhere(directory, target, lambda path: make_wheel(path, "other"))
    return target


@result("wheel-of-another")
def wheel_of_another(directory, targets):
    name = "other-1.0-py3-none-any.whl"
    make_wheel(f"{directory}/{name}", "other")
    return name


@result("wheel-of-a-third")
def wheel_of_a_third(directory, targets):
    name = "third-99.0-py3-none-any.whl"
    make_wheel(f"{directory}/{name}", "third", "99.0")
    return name


@result("wheel-of-another-version")
def wheel_of_another_version(directory, targets):
    name = "hostile-2.0-py3-none-any.whl"
    make_wheel(f"{directory}/{name}", version="2.0")
    return name


@result("wheel-beside")
def wheel_beside(directory, targets):
    make_wheel(f"{directory}/{WHEEL}")
    plant(f"{directory}/index.html")
    return WHEEL


# --- build_sdist: the front end takes the hook's word for where the sdist is -------------------------


@result("sdist-symlink", hook="build_sdist")
def sdist_symlink(directory, targets):
    os.symlink(SECRET, f"{directory}/{SDIST}")
    return SDIST


@result("sdist-hard-link", hook="build_sdist")
def sdist_hard_link(directory, targets):
    try:
        os.link(SECRET, f"{directory}/{SDIST}")
    except OSError:
        plant(f"{directory}/second-name")
        os.link(f"{directory}/second-name", f"{directory}/{SDIST}")
    return SDIST


@result("sdist-fifo", hook="build_sdist")
def sdist_fifo(directory, targets):
    os.mkfifo(f"{directory}/{SDIST}")
    return SDIST


@result("sdist-directory", hook="build_sdist")
def sdist_directory(directory, targets):
    os.mkdir(f"{directory}/{SDIST}")
    return SDIST


@result("sdist-setuid", hook="build_sdist")
def sdist_setuid(directory, targets):
    plant(f"{directory}/{SDIST}")
    os.chmod(f"{directory}/{SDIST}", 0o6755)
    return SDIST


@result("sdist-acl", hook="build_sdist")
def sdist_acl(directory, targets):
    """Whoever has this step's number later may write to it."""
    path = f"{directory}/{SDIST}"
    plant(path)
    nobody = 0xFFFFFFFF
    entries = [(1, 6, nobody), (2, 6, os.getuid()), (4, 4, nobody), (16, 6, nobody), (32, 4, nobody)]
    acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    os.setxattr(path, "system.posix_acl_access", acl)
    return SDIST


@result("sdist-of-another", hook="build_sdist")
def sdist_of_another(directory, targets):
    plant(f"{directory}/{OTHER_SDIST}")
    return OTHER_SDIST


@result("sdist-beside", hook="build_sdist")
def sdist_beside(directory, targets):
    plant(f"{directory}/{SDIST}")
    plant(f"{directory}/third-99.0.tar.gz")
    return SDIST


@result("sdist-absolute", hook="build_sdist")
def sdist_absolute(directory, targets):
    plant(f"{directory}/{SDIST}")
    return SECRET


# --- prepare_metadata -----------------------------------------------------------------------------


@result("metadata-symlink", hook="prepare_metadata_for_build_wheel")
def metadata_symlink(directory, targets):
    os.mkdir(f"{directory}/hostile-1.0.dist-info")
    os.symlink(SECRET, f"{directory}/hostile-1.0.dist-info/METADATA")
    return "hostile-1.0.dist-info"


@result("metadata-directory-link", hook="prepare_metadata_for_build_wheel")
def metadata_directory_link(directory, targets):
    """METADATA of another package, whose name and licence the front end then believes to be ours."""
    os.symlink("/srv/builder/secret.dist-info", f"{directory}/hostile-1.0.dist-info")
    return "hostile-1.0.dist-info"


@result("metadata-absolute", hook="prepare_metadata_for_build_wheel")
def metadata_absolute(directory, targets):
    os.mkdir(f"{directory}/hostile-1.0.dist-info")
    plant(f"{directory}/hostile-1.0.dist-info/METADATA")
    return "/srv/builder/secret.dist-info"


# --- output.json: written by the package itself, which then leaves before the front end's script could --


def _answer(name, hook="build_sdist"):
    def register(write):
        @result(name, hook=hook)
        def leave(directory, targets):
            write(f"{sys.argv[-1]}/output.json")
            os._exit(0)

    return register


@_answer("answer-symlink")
def answer_symlink(path):
    os.symlink("/srv/builder/answer.json", path)


@_answer("answer-hard-link")
def answer_hard_link(path):
    try:
        os.link("/srv/builder/answer.json", path)
    except OSError:
        with open(f"{path}.other", "w") as file:
            json.dump({"return_val": SDIST}, file)
        os.link(f"{path}.other", path)


@_answer("answer-fifo")
def answer_fifo(path):
    os.mkfifo(path)


@_answer("answer-huge")
def answer_huge(path):
    """Takes no room on the disk, and a hundred megabytes of whoever reads it."""
    with open(path, "w") as file:
        file.truncate(100 << 20)


@_answer("answer-nested")
def answer_nested(path):
    with open(path, "w") as file:
        file.write('{"return_val": ' + "[" * 200_000 + "]" * 200_000 + "}")


@_answer("answer-type")
def answer_type(path):
    with open(path, "w") as file:
        json.dump({"return_val": {"a": [f"{HOME}"]}}, file)
