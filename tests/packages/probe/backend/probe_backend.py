"""A backend that builds nothing: build_wheel writes what it sees to S/facts.json."""

import zipfile

import facts


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    facts.write("facts.json")
    name = "probe-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr("probe-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: probe\nVersion: 1.0\n")
        wheel.writestr("probe-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("probe-1.0.dist-info/RECORD", "")
    return name
