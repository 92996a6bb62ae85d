"""Compilers before the back end: a script and make while the sources are prepared, make and cargo before the wheel."""

import shutil

import tomlkit
from fromager import external_commands, sources, wheels

from .calls import hook, note, run, run_open


@hook
def prepare_source(ctx, req, source_filename, version):
    tree, is_new = sources.default_prepare_source(ctx=ctx, req=req, source_filename=source_filename, version=version)
    script = tree / "tools" / "compile.sh"
    external_commands.run(["bash", "-c", script.read_text(), str(script)], cwd=str(tree))
    assert (tree / "src" / "plug" / "attach.so").is_file()
    project = tomlkit.loads((tree / "pyproject.toml").read_text())
    project["project"]["description"] = "edited by the plugin"
    (tree / "pyproject.toml").write_text(tomlkit.dumps(project))
    (tree / "src" / "plug" / "version.txt").write_text(f"{version}\n")
    return tree, is_new


@hook
def build_sdist(ctx, extra_environ, req, version, sdist_root_dir, build_env, build_dir):
    name = f"plug_make-{version}"
    # What hooks of the package have made meanwhile belongs to its user again.
    external_commands.run(
        ["tar", "-C", str(sdist_root_dir.parent), "--sort=name", "-czf", str(ctx.sdists_builds / f"{name}.tar.gz"), name]
    )
    return ctx.sdists_builds / f"{name}.tar.gz"


@hook
def build_wheel(ctx, build_env, extra_environ, req, sdist_root_dir, version, build_dir):
    run_open(build_env, ["make", "libengine.a"], "make", extra_environ, cwd=str(sdist_root_dir))
    note(req, "make", run(build_env, ["make", "-s", "-C", sdist_root_dir, "all"], "isolated make", extra_environ))
    run(build_env, ["cargo", "build", "--release", "--offline"], "cargo", extra_environ, cwd=str(sdist_root_dir / "rust"))
    library = sdist_root_dir / "rust" / "target" / "release" / "libplug_core.so"
    shutil.copyfile(library, sdist_root_dir / "src" / "plug" / "libplug_core.so")
    return wheels.default_build_wheel(
        ctx, build_env, {**extra_environ, "PLUG_CALL": "backend"}, req, sdist_root_dir, version, build_dir
    )
