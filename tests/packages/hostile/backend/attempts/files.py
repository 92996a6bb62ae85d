"""Leaving something for later steps, other packages or the builder to read or run."""

import glob
import json
import os
import shutil

from . import HOME, append, attempt, read, site_packages, venv, write

APP_SITE = site_packages("/opt/app-root")
PLANTED = "# planted by hostile\n"


def _plant(name, path, mode=0o644):
    attempt(name)(lambda targets: write(path, PLANTED, mode))


def _append(name, path):
    attempt(name)(lambda targets: append(path, PLANTED))


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
_append("ccache-poison", "/var/cache/builder/ccache/a/b/0123456789abcdefR")
_append("cargo-poison", "/var/cache/builder/cargo/registry/src/serde/lib.rs")
_append("settings", f"{HOME}/overrides/settings.yaml")
_append("neighbour-work-write", f"{HOME}/work-dir/neighbour-2.0/neighbour-2.0/private.c")


@attempt("uv-cache-poison")
def uv_cache_poison(targets):
    (module,) = glob.glob(f"{HOME}/work-dir/uv-cache/archive-v0/neighbour_dep*.whl/neighbour_other.py")
    append(module, PLANTED)


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
