"""Tries what a process can do with paths: access_probe.py, with a JSON list of paths in paths.json beside it.

Prints a JSON list: for each path whether it exists, and whether it could be opened for reading and writing, executed,
made, and connected to. A directory counts as readable when it can be listed, as executable when it can be searched,
and as writable when a file can be made in it. Nothing that was there is changed."""

import errno
import json
import os
import socket
import stat
import sys

MINE = ".made-by-the-probe"


def opens(path, flags):
    """Whether open(2) gets past the rights."""
    try:
        os.close(os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY))
    except OSError as e:
        return e.errno == errno.ENXIO and not stat.S_ISSOCK(os.stat(path).st_mode)  # no reader, no terminal
    return True


def makes(path):
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_NONBLOCK, 0o600))
    except OSError:
        return False
    os.unlink(os.path.realpath(path))
    return True


def executes(path):
    try:
        pid = os.posix_spawn(path, [path], {})
    except OSError as e:
        return e.errno == errno.ENOEXEC
    os.waitpid(pid, 0)
    return True


def searches(path):
    try:
        os.stat(path + "/.not-there-at-all")
    except OSError as e:
        return e.errno == errno.ENOENT
    return True


def connects(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        try:
            s.connect(path)
        except OSError:
            return False
        return True


def tried(path):
    nothing = dict(exists=False, read=False, write=False, execute=False, create=False, connect=False)
    try:
        mode = os.stat(path).st_mode
    except OSError as e:
        return {**nothing, "create": e.errno == errno.ENOENT and makes(path)}
    if stat.S_ISDIR(mode):
        create = makes(os.path.join(path, MINE))
        return {**nothing, "exists": True, "read": opens(path, os.O_RDONLY), "write": create,
                "execute": searches(path), "create": create}
    return {**nothing, "exists": True, "read": opens(path, os.O_RDONLY), "write": opens(path, os.O_WRONLY),
            "execute": stat.S_ISREG(mode) and executes(path), "connect": connects(path)}


home = os.environ.get("HOME", "")
paths = json.load(open(os.path.dirname(sys.argv[0]) + "/paths.json"))
json.dump([tried(home + p[1:] if p == "~" or p.startswith("~/") else p) for p in paths], sys.stdout)
