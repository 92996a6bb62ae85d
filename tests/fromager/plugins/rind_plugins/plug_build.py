"""`python -m build`: with an output of Fromager's, and with a temporary one from which the plugin takes the file."""

import os
import pathlib
import shutil
import tempfile

from .calls import hook, run, run_open


@hook
def get_build_system_dependencies(ctx, req, sdist_root_dir, build_dir):
    return ["setuptools", "build"]


@hook
def build_sdist(ctx, extra_environ, req, version, sdist_root_dir, build_env, build_dir):
    with tempfile.TemporaryDirectory() as directory:
        command = [build_env.python, "-m", "build", "--sdist", "--no-isolation", "--outdir", directory, sdist_root_dir]
        run_open(build_env, command, "build --sdist", extra_environ, cwd=directory)
        [name] = os.listdir(directory)
        return pathlib.Path(shutil.move(pathlib.Path(directory, name), ctx.sdists_builds))


@hook
def build_wheel(ctx, build_env, extra_environ, req, sdist_root_dir, version, build_dir):
    command = ["python", "-m", "build", "--wheel", "--no-isolation", "-o", ctx.wheels_build]
    run(build_env, command, "build --wheel", extra_environ, cwd=str(sdist_root_dir))
