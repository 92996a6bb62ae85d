"""Making somebody give away what belongs to others, and leaving a tree that its owner cannot handle.

A step with an identity of its own has its sources given to it, and taken back afterwards. What lies in
them then should not decide what else changes hands. All is made by the first hook, so that it is lent,
and taken back, again by the later ones.
"""

import os
import shutil
import socket

from . import attempt

FIRST_HOOK = {"hook": "get_requires_for_build_wheel"}
SERVICE = "/srv/service"
STRANGER = 4321


def _own(path):
    os.chown(path, STRANGER, STRANGER)


@attempt("owner-by-symlink", **FIRST_HOOK)
def owner_by_symlink(targets):
    os.symlink(f"{SERVICE}/symlink", "linked-directory")
    os.symlink(f"{SERVICE}/symlink/file", "linked-file")
    _own(f"{SERVICE}/symlink/file")


@attempt("owner-by-hard-link", **FIRST_HOOK)
def owner_by_hard_link(targets):
    os.link(f"{SERVICE}/hard-link/file", "hard-link-outside")
    _own("hard-link-outside")


@attempt("owner-by-replaced-directory", **FIRST_HOOK)
def owner_by_replaced_directory(targets):
    """A directory that was met before is a link the next time."""
    os.makedirs("replaced/below")
    shutil.rmtree("replaced")
    os.symlink(f"{SERVICE}/replaced", "replaced")
    _own(f"{SERVICE}/replaced/file")


@attempt("owner-of-settings", **FIRST_HOOK)
def owner_of_settings(targets):
    os.symlink("/opt/app-root/src/overrides", "overrides")
    _own("overrides/settings.yaml")


def _leave(name, **kwargs):
    """Whatever `make` makes in a directory of its own shall not be the builder's afterwards."""

    def register(make):
        @attempt(name, **{**FIRST_HOOK, **kwargs})
        def leave(targets):
            top = f"left/{name}"
            os.makedirs(top)
            _own(make(top))

    return register


@_leave("left-deep")
def left_deep(top):
    here = os.open(top, os.O_RDONLY)
    for _ in range(200):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    return f"{top}/d/d"


@_leave("left-closed")
def left_closed(top):
    os.makedirs(f"{top}/closed/below")
    os.chmod(f"{top}/closed", 0)
    return f"{top}/closed"


@_leave("left-fifo")
def left_fifo(top):
    os.mkfifo(f"{top}/fifo")
    return f"{top}/fifo"


@_leave("left-socket")
def left_socket(top):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(f"{top}/socket")
    return f"{top}/socket"


@_leave("left-two-names")
def left_two_names(top):
    with open(f"{top}/one", "w"):
        os.link(f"{top}/one", f"{top}/two")
    return f"{top}/two"


@_leave("left-odd-names")
def left_odd_names(top):
    for name in (b"new\nline", b"\xff\xfe", b"-rf", b"a" * 255):
        os.mkdir(os.path.join(os.fsencode(top), name))
    return os.path.join(os.fsencode(top), b"\xff\xfe")


@attempt("pkg-info-link", build="pkg-info-link")
def pkg_info_link(targets):
    """Fromager writes a PKG-INFO where there is none."""
    os.symlink(f"{SERVICE}/planted-by-link", "PKG-INFO")


@attempt("sources-swapped", build="sources-swapped")
def sources_swapped(targets):
    """The whole source tree becomes a link when everything has been read."""
    sources = os.getcwd()
    os.rename(sources, f"{sources}.away")
    os.symlink(SERVICE, sources)
