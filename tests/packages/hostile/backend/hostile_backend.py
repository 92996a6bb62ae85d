"""A PEP 517 backend that attacks its builder and then builds an innocent wheel.

config_settings (given by the test, as package settings would be) names the targets that an attacker
would find by searching, and `build`: which of the attempts to make (attempts/__init__.py).
"""

import zipfile

import attempts

METADATA = "Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: hostile\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def get_requires_for_build_wheel(config_settings=None):
    attempts.run("get_requires_for_build_wheel", config_settings or {})
    # Makes the front end install something into the build environment after this hook.
    return ["neighbour-dep"]


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    attempts.run("build_wheel", {**(config_settings or {}), "wheel_directory": wheel_directory})
    name = "hostile-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr("hostile.py", "")
        wheel.writestr("hostile-1.0.dist-info/METADATA", METADATA)
        wheel.writestr("hostile-1.0.dist-info/WHEEL", WHEEL)
        wheel.writestr("hostile-1.0.dist-info/RECORD", "")
    return name
