"""Takes descriptors from the giver's step, and uses them when that is over. Its own build comes to nothing."""

import os
import pathlib
import socket
import time


def get_requires_for_build_wheel(config_settings=None):
    return []


def build_sdist(sdist_directory, config_settings=None):
    address = str(pathlib.Path("../../giver-1.0/giver-1.0/meet").absolute())
    end = time.time() + int(config_settings["wait"])
    with socket.socket(socket.AF_UNIX) as sock:
        while sock.connect_ex(address) != 0:
            if time.time() > end:
                raise SystemExit("there is no way to the giver")
            time.sleep(0.05)
        _, (file,), _, _ = socket.recv_fds(sock, 1, 1)
        sock.send(b"x")
    # Until the front end has put the sdist in its place; or what is seen of that here does not change.
    end = time.time() + 3
    while "/builds/" not in os.readlink(f"/proc/self/fd/{file}") and time.time() < end:
        time.sleep(0.05)
    os.pwrite(file, b"written afterwards", 0)
    raise SystemExit("has written")
