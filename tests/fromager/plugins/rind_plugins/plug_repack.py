"""The back end's wheel is unpacked, changed and packed again, with the programs of the build environment."""

import pathlib
import tempfile

from fromager import wheels

from .calls import hook, note, run, run_open


@hook
def get_build_system_dependencies(ctx, req, sdist_root_dir, build_dir):
    return ["setuptools", "wheel"]


@hook
def build_wheel(ctx, build_env, extra_environ, req, sdist_root_dir, version, build_dir):
    wheel = wheels.default_build_wheel(
        ctx, build_env, {**extra_environ, "PLUG_CALL": "backend"}, req, sdist_root_dir, version, build_dir
    )
    with tempfile.TemporaryDirectory() as directory:
        run(build_env, [build_env.python, "-m", "wheel", "unpack", "--dest", directory, wheel], "wheel unpack")
        wheel.unlink()
        top = pathlib.Path(directory, f"plug_repack-{version}")
        note(req, "unpacked", *sorted(path.name for path in top.rglob("*") if path.is_file()))
        (top / "plug" / "notice.txt").write_text("of the plugin\n")
        run_open(build_env, ["wheel", "pack", top, "--dest-dir", ctx.wheels_build], "wheel pack", cwd=directory)
