"""Leaving something for later steps, other packages or the builder to read or run."""

import contextlib
import glob
import json
import os
import shutil

from . import HOME, PLANTED, append, attempt, read, site_packages, venv, write

APP_SITE = site_packages("/opt/app-root")
CCACHE = "/var/cache/builder/ccache"
CARGO = "/var/cache/builder/cargo"


def _plant(name, path, mode=0o644):
    attempt(name)(lambda targets: write(path, PLANTED, mode))


def _append(name, path):
    attempt(name)(lambda targets: append(path, PLANTED))


def _replace(name, path):
    def replace(targets):
        write(f"{path}.new", PLANTED)
        os.rename(f"{path}.new", path)

    attempt(name)(replace)


def _remove(name, path):
    attempt(name)(lambda targets: os.unlink(path))


_plant("usr-sitecustomize", "/usr/lib/python3/dist-packages/sitecustomize.py")
_plant("usr-program", "/usr/local/bin/git", 0o755)
_plant("app-root-pth", f"{APP_SITE}/hostile.pth")
_plant("pip-conf", "/etc/pip.conf")
_plant("profile", "/etc/profile.d/hostile.sh")
_plant("crontab", "/var/spool/cron/crontabs/root", 0o600)
_plant("tmp-plant", "/tmp/neighbour.lock")
_plant("var-tmp-plant", "/var/tmp/neighbour.lock")
_plant("home-dotfile", f"{HOME}/.config/pip/pip.conf")
_plant("wheel-plant", f"{HOME}/wheels-repo/downloads/third-99.0-0-py3-none-any.whl")
_plant("wheel-replace", f"{HOME}/wheels-repo/downloads/other-1.0-0-py3-none-any.whl")
_plant("volume", "/srv/shared/hostile")

_append("etc-hosts", "/etc/hosts")
_append("hook-script", "/usr/lib/python3/dist-packages/pyproject_hooks/_in_process/_in_process.py")
# The caches can be written to, in a layer that is thrown away.
_append("ccache-poison", f"{CCACHE}/a/b/0123456789abcdefR")
_replace("ccache-rename", f"{CCACHE}/a/b/renamed-overR")
_remove("ccache-remove", f"{CCACHE}/a/b/removedR")
_plant("ccache-plant", f"{CCACHE}/c/d/plantedR")
_plant("ccache-settings", f"{CCACHE}/ccache.conf")
_append("cargo-poison", f"{CARGO}/registry/src/serde/lib.rs")
_replace("cargo-rename", f"{CARGO}/registry/src/serde/build.rs")
_remove("cargo-remove", f"{CARGO}/registry/src/serde/removed.rs")
_replace("cargo-settings", f"{CARGO}/config.toml")
_append("settings", f"{HOME}/overrides/settings.yaml")
_append("neighbour-work-write", f"{HOME}/work-dir/neighbour-2.0/neighbour-2.0/private.c")


@attempt("uv-cache-poison")
def uv_cache_poison(targets):
    (module,) = glob.glob(f"{HOME}/work-dir/uv-cache/archive-v0/*/neighbour_other.py")
    append(module, PLANTED)


@attempt("uv-cache-rename")
def uv_cache_rename(targets):
    (module,) = glob.glob(f"{HOME}/work-dir/uv-cache/archive-v0/*/neighbour_renamed.py")
    write(f"{module}.new", PLANTED)
    os.rename(f"{module}.new", module)


@attempt("uv-cache-remove")
def uv_cache_remove(targets):
    """The whole of a wheel in the cache, so that something else can be put in its place."""
    (module,) = glob.glob(f"{HOME}/work-dir/uv-cache/archive-v0/*/neighbour_removed.py")
    os.unlink(module)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{os.path.dirname(module)}.zip")


@attempt("venv-append")
def venv_append(targets):
    """A file of the build environment is a hard link into the cache that fills the next one."""
    append(f"{site_packages(venv())}/neighbour_dep.py", PLANTED)


@attempt("work-requirements")
def work_requirements(targets):
    """The front end believes this file of an earlier run, and installs what it names."""
    append(f"{os.path.dirname(venv())}/build-system-requirements.txt", "hostile-dependency\n")


@attempt("seam-script")
def seam_script(targets):
    script = f"{APP_SITE}/fromager/run_network_isolation.sh"
    write(f"{script}.new", '#!/bin/bash\nexec "$@"\n', 0o755)
    os.rename(f"{script}.new", script)


@attempt("neighbour-work-read")
def neighbour_work_read(targets):
    return read(f"{HOME}/work-dir/neighbour-2.0/neighbour-2.0/private.c")


@attempt("neighbour-tmp-read")
def neighbour_tmp_read(targets):
    return "".join(map(read, glob.glob("/tmp/neighbour-*/intermediate.s")))


@attempt("neighbour-control")
def neighbour_control(targets):
    """Redirects the hook call of a build that runs at the same time."""
    (control,) = glob.glob("/tmp/tmp*-neighbour/input.json")
    write(control, json.dumps({"kwargs": {"wheel_directory": "/hostile"}}))


@attempt("setuid")
def setuid(targets):
    shutil.copyfile("/bin/sh", "/var/tmp/shell")
    os.chmod("/var/tmp/shell", 0o4755)
