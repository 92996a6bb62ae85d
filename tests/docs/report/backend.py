"""A PEP 517 backend without requirements, whose packages do what their names say, for a report to look at."""

import os
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

NAME = os.path.basename(os.getcwd()).rpartition("-")[0].replace("_", "-")
VERSION = "1.0"
MIB = 1 << 20


def _works(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(1000))


def _needs_much_memory():
    held = bytearray(400 * MIB)
    for at in range(0, len(held), 4096):
        held[at] = 1
    _works(0.6)


def _writes_much():
    os.makedirs("build", exist_ok=True)
    for number in range(8):
        with open(f"build/object-{number}.o", "wb") as file:
            file.write(os.urandom(MIB) * 12)


def _asks_the_network():
    try:
        socket.create_connection(("192.0.2.1", 443), 2).close()
    except OSError as error:
        sys.exit(f"cannot fetch the sources of the library: {error}")


def _looks_for_a_compiler():
    try:
        subprocess.check_call([os.path.expanduser("~/fortran/gfortran"), "--version"])
    except OSError as error:
        sys.exit(f"error: no Fortran compiler was found: {error}")


def _leaves_names(directory):
    # A name that would be a program in a page that does not escape it.
    for name in ('<img src=x onerror=document.title="OWNED">', "\x1b[2J\u202egpj.log"):
        with open(os.path.join(directory, name), "w") as file:
            file.write("left behind")


def _behave(directory):
    acts = {
        "big-matrix": _needs_much_memory,
        "many-objects": _writes_much,
        "phones-home": _asks_the_network,
        "old-fortran": _looks_for_a_compiler,
        "slow-parser": lambda: _works(2.2),
        "code-generator": lambda: _works(1.1),
        "hostile-names": lambda: _leaves_names(directory),
        "is-killed": lambda: os.kill(os.getpid(), 9),
    }
    acts.get(NAME, lambda: _works(0.15))()


def _describe(directory, base):
    os.makedirs(f"{directory}/{base}.dist-info")
    with open(f"{directory}/{base}.dist-info/METADATA", "w") as file:
        file.write(f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {VERSION}\n")
    return f"{base}.dist-info"


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    return _describe(metadata_directory, f"{NAME.replace('-', '_')}-{VERSION}")


def build_sdist(sdist_directory, config_settings=None):
    base = f"{NAME.replace('-', '_')}-{VERSION}"
    with tempfile.NamedTemporaryFile() as info, tarfile.open(f"{sdist_directory}/{base}.tar.gz", "w:gz") as archive:
        info.write(f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {VERSION}\n".encode())
        info.flush()
        archive.add(info.name, f"{base}/PKG-INFO")
        archive.add("pyproject.toml", f"{base}/pyproject.toml")
    return f"{base}.tar.gz"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    _behave(wheel_directory)
    base = f"{NAME.replace('-', '_')}-{VERSION}"
    with zipfile.ZipFile(f"{wheel_directory}/{base}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{base}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {VERSION}\n")
        wheel.writestr(f"{base}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{base}.dist-info/RECORD", "")
    return f"{base}-py3-none-any.whl"
