"""uv: what it says of the build environment, an install and its undoing, and `uv build`."""

import json

from packaging.requirements import Requirement

from .calls import hook, note, run, run_open


@hook
def get_build_system_dependencies(ctx, req, sdist_root_dir, build_dir):
    return ["setuptools", "wheel"]


@hook
def get_build_backend_dependencies(ctx, req, sdist_root_dir, build_dir, extra_environ, build_env):
    run_open(build_env, ["uv", "pip", "uninstall", "--python", build_env.python, "wheel"], "uv pip uninstall")
    build_env.install([Requirement("wheel")])
    listed = json.loads(run_open(build_env, ["uv", "-q", "pip", "list", "--format", "json"], "uv pip list"))
    note(req, "uv pip list", *sorted(f"{one['name']} {one['version']}" for one in listed))
    frozen = run(build_env, ["uv", "-q", "pip", "freeze", "--python", build_env.python], "uv pip freeze")
    note(req, "uv pip freeze", frozen)
    note(req, "distributions", *(f"{name} {version}" for name, version in build_env.get_distributions().items()))
    note(req, "sysconfig", build_env.get_sysconfig_path("platlib"))
    return []


@hook
def build_sdist(ctx, extra_environ, req, version, sdist_root_dir, build_env, build_dir):
    command = ["uv", "build", "--sdist", "--offline", "--no-build-isolation", "--out-dir", ctx.sdists_builds, sdist_root_dir]
    run_open(build_env, command, "uv build --sdist", extra_environ)
    # uv's own, which Fromager does not expect there.
    (ctx.sdists_builds / ".gitignore").unlink(missing_ok=True)
    return ctx.sdists_builds / f"plug_uv-{version}.tar.gz"


@hook
def build_wheel(ctx, build_env, extra_environ, req, sdist_root_dir, version, build_dir):
    command = ["uv", "build", "--wheel", "--offline", "--no-build-isolation", "--no-create-gitignore", "-o", ctx.wheels_build]
    run(build_env, command, "uv build --wheel", extra_environ, cwd=str(sdist_root_dir))
