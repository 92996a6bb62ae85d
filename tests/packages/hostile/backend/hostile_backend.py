"""A PEP 517 backend that attacks its builder and then builds an innocent wheel.

config_settings (given by the test, as package settings would be) names the targets that an attacker
would find by searching, and `build`: which of the attempts to make (attempts/__init__.py).
"""

import json
import os
import tarfile
import zipfile

import attempts

METADATA = "Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: hostile\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def told(config_settings):
    """What the test tells: front ends without settings leave it in the sources."""
    if config_settings or not os.path.exists("targets.json"):
        return config_settings or {}
    with open("targets.json") as file:
        return json.load(file)


def get_requires_for_build_wheel(config_settings=None):
    attempts.run("get_requires_for_build_wheel", told(config_settings))
    # Makes the front end install something into the build environment after this hook.
    return ["neighbour-dep"]


def innocent_wheel(directory):
    name = "hostile-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{directory}/{name}", "w") as wheel:
        wheel.writestr("hostile.py", "")
        wheel.writestr("hostile-1.0.dist-info/METADATA", METADATA)
        wheel.writestr("hostile-1.0.dist-info/WHEEL", WHEEL)
        wheel.writestr("hostile-1.0.dist-info/RECORD", "")
    return name


def innocent_sdist(directory):
    name = "hostile-1.0.tar.gz"
    with tarfile.open(f"{directory}/{name}", "w:gz"):
        return name


def innocent_metadata(directory):
    os.mkdir(f"{directory}/hostile-1.0.dist-info")
    with open(f"{directory}/hostile-1.0.dist-info/METADATA", "w") as file:
        file.write(METADATA)
    return "hostile-1.0.dist-info"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    settings = told(config_settings)
    attempts.run("build_wheel", {**settings, "wheel_directory": wheel_directory})
    return attempts.answer("build_wheel", wheel_directory, settings, innocent_wheel)


def build_sdist(sdist_directory, config_settings=None):
    return attempts.answer("build_sdist", sdist_directory, config_settings or {}, innocent_sdist)


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    hook = "prepare_metadata_for_build_wheel"
    return attempts.answer(hook, metadata_directory, config_settings or {}, innocent_metadata)
