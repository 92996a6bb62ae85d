"""Built with `--build-dir sub`: the first hook puts a link out of the tree in the place of `sub`, so
that the next hook's working directory lies elsewhere, in a copy of this package."""

import os
import zipfile

ELSEWHERE = "/srv/packages/shifty/sub"


def get_requires_for_build_wheel(config_settings=None):
    if os.getcwd() != ELSEWHERE:
        os.rename("../sub", "../moved")
        os.symlink(ELSEWHERE, "../sub")
    return []


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    print("the hook runs in", os.getcwd())
    name = "shifty-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr("shifty-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: shifty\nVersion: 1.0\n")
        wheel.writestr("shifty-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("shifty-1.0.dist-info/RECORD", "")
    return name
