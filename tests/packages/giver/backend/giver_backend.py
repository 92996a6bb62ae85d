"""Gives what it may write to another package's step, which is still there when this one's is over."""

import contextlib
import os
import socket
import zipfile

METADATA = "Metadata-Version: 2.1\nName: giver\nVersion: 1.0\n"


def build_sdist(sdist_directory, config_settings=None):
    path = f"{sdist_directory}/giver-1.0.tar.gz"
    with open(path, "w") as file:
        file.write("what the gate saw\n")
    with socket.socket(socket.AF_UNIX) as listener, contextlib.suppress(TimeoutError):
        listener.bind("meet")
        os.chmod("meet", 0o777)
        listener.listen()
        listener.settimeout(int(config_settings["wait"]))
        connection, _ = listener.accept()
        socket.send_fds(connection, [b"x"], [os.open(path, os.O_RDWR)])
        connection.recv(1)
    return "giver-1.0.tar.gz"


def get_requires_for_build_wheel(config_settings=None):
    return []


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "giver-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr("giver-1.0.dist-info/METADATA", METADATA)
        wheel.writestr("giver-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("giver-1.0.dist-info/RECORD", "")
    return name
