"""`setup.py`, in every way: its answers are read, it writes into a temporary directory, and wheel and sdist into Fromager's."""

import pathlib
import tempfile

from packaging.requirements import Requirement

from .calls import hook, note, run, run_open


@hook
def update_extra_environ(ctx, req, version, sdist_root_dir, extra_environ, build_env):
    extra_environ["PLUG_FLAVOUR"] = "setup"


@hook
def expected_source_archive_name(ctx, req, dist_version):
    return f"plug_setup-{dist_version}.tar.gz"


@hook
def expected_source_directory_name(req, dist_version):
    return f"plug_setup-{dist_version}/plug_setup-{dist_version}"


@hook
def get_build_system_dependencies(ctx, req, sdist_root_dir, build_dir):
    return ["setuptools", "wheel"]


@hook
def get_build_backend_dependencies(ctx, req, sdist_root_dir, build_dir, extra_environ, build_env):
    command = [build_env.python, "setup.py", "-q", "--name", "--version"]
    note(req, "setup.py", run(build_env, command, "version", extra_environ, cwd=str(sdist_root_dir)))
    return []


@hook
def get_build_sdist_dependencies(ctx, req, sdist_root_dir, build_dir, extra_environ, build_env):
    command = [build_env.python, "setup.py", "-q", "--description"]
    note(req, "setup.py", run_open(build_env, command, "description", extra_environ, cwd=str(sdist_root_dir)))
    return []


@hook
def get_install_dependencies_of_sdist(
    ctx, req, version, sdist_root_dir, build_env, extra_environ, build_dir, config_settings
):
    with tempfile.TemporaryDirectory() as directory:
        command = [build_env.python, "setup.py", "-q", "egg_info", "--egg-base", directory]
        run(build_env, command, "egg_info", extra_environ, cwd=str(sdist_root_dir))
        requires = pathlib.Path(directory, "plug_setup.egg-info", "requires.txt").read_text()
    note(req, "requires.txt", requires)
    return {Requirement(line) for line in requires.splitlines() if line}


@hook
def build_sdist(ctx, extra_environ, req, version, sdist_root_dir, build_env, build_dir):
    command = [build_env.python, "setup.py", "-q", "sdist", "--formats=gztar", "--dist-dir", ctx.sdists_builds]
    run_open(build_env, command, "sdist", extra_environ, cwd=str(sdist_root_dir))
    return ctx.sdists_builds / f"plug_setup-{version}.tar.gz"


@hook
def build_wheel(ctx, build_env, extra_environ, req, sdist_root_dir, version, build_dir):
    command = [build_env.python, "setup.py", "bdist_wheel", "--dist-dir", ctx.wheels_build]
    run(build_env, command, "bdist_wheel", extra_environ, cwd=str(sdist_root_dir))


@hook
def add_extra_metadata_to_wheels(ctx, req, version, extra_environ, sdist_root_dir, dist_info_dir):
    (dist_info_dir / "plugin.txt").write_text("of the plugin\n")
    return {"objects": sorted(path.name for path in sdist_root_dir.glob("build/temp*/**/*.o"))}
