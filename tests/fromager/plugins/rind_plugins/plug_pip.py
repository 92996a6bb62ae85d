"""pip of the build environment: what it says of the environment, and `pip wheel` from a temporary directory, with a log."""

import json
import tempfile

from fromager import dependencies

from .calls import hook, note, run, run_open


def pip(build_env, *arguments):
    return [build_env.python, "-m", "pip", "--disable-pip-version-check", *arguments]


@hook
def get_build_system_dependencies(ctx, req, sdist_root_dir, build_dir):
    return [*dependencies.default_get_build_system_dependencies(ctx, req, sdist_root_dir, build_dir), "pip"]


@hook
def get_build_backend_dependencies(ctx, req, sdist_root_dir, build_dir, extra_environ, build_env):
    listed = json.loads(run(build_env, pip(build_env, "list", "--format", "json"), "list"))
    note(req, "pip list", *sorted(f"{one['name']} {one['version']}" for one in listed))
    note(req, "pip freeze", run_open(build_env, pip(build_env, "freeze", "--all"), "freeze"))
    note(req, "pip show", run(build_env, pip(build_env, "show", "setuptools"), "show", cwd=str(sdist_root_dir)))
    note(req, "pip check", run_open(build_env, pip(build_env, "check"), "check"))
    return dependencies.default_get_build_backend_dependencies(
        ctx, req, sdist_root_dir, build_dir, {**extra_environ, "PLUG_CALL": "backend"}, build_env
    )


@hook
def build_wheel(ctx, build_env, extra_environ, req, sdist_root_dir, version, build_dir):
    arguments = ["wheel", "--no-cache-dir", "--no-build-isolation", "--only-binary", ":all:", "--wheel-dir", ctx.wheels_build]
    log = sdist_root_dir.parent / "build-wheel.log"
    with tempfile.TemporaryDirectory() as directory:
        command = pip(build_env, *arguments, "--no-deps", "--index-url", ctx.wheel_server_url, sdist_root_dir)
        run_open(build_env, command, "pip wheel", extra_environ, cwd=directory, log_filename=str(log))
    note(req, "pip wheel", *(line for line in log.read_text().splitlines() if line.startswith("Successfully")))
