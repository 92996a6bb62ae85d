"""CMake before the back end, which then builds in CMake's directory; and the wheel gets another tag."""

from fromager import wheels

from .calls import hook, run, run_open


@hook
def get_build_system_dependencies(ctx, req, sdist_root_dir, build_dir):
    return ["setuptools", "wheel"]


@hook
def build_wheel(ctx, build_env, extra_environ, req, sdist_root_dir, version, build_dir):
    unpacked = sdist_root_dir.parent
    built, inside, beside = sdist_root_dir / "_build", sdist_root_dir / "_prefix", unpacked / "dist"
    beside.mkdir(exist_ok=True)
    python = f"-DPython_EXECUTABLE={build_env.python}"
    for command, options in (
        (["cmake", sdist_root_dir, "-B", built, f"-DCMAKE_INSTALL_PREFIX={inside}", python], {"cwd": str(sdist_root_dir)}),
        (["cmake", "--build", built, "-j2"], {}),
        (["cmake", "--install", built], {"log_filename": str(unpacked / "install.log")}),
    ):
        run(build_env, command, "cmake", extra_environ, **options)
    assert (inside / "lib" / "libengine.so").is_file()
    # Beside the sources, as Arrow's plugin has it.
    command = ["make", "install", f"PREFIX={beside}"]
    run_open(build_env, command, "make install", extra_environ, cwd=str(sdist_root_dir), log_filename=str(unpacked / "make.log"))
    assert (beside / "lib" / "libengine.a").is_file()

    package = built / "python"
    package.joinpath("plug", "libengine.so").write_bytes((inside / "lib" / "libengine.so").read_bytes())
    wheel = wheels.pep517_build_wheel(
        ctx=ctx, build_env=build_env, extra_environ={**extra_environ, "PLUG_CALL": "backend"}, req=req,
        sdist_root_dir=sdist_root_dir, version=version, build_dir=package,
    )
    command = [build_env.python, "-m", "wheel", "tags", "--platform-tag", "manylinux_2_39_x86_64", "--remove", wheel]
    run(build_env, command, "wheel tags", cwd=str(wheel.parent))
    assert [path.name for path in ctx.wheels_build.glob("*.whl")] == [
        wheel.name.replace("linux_x86_64", "manylinux_2_39_x86_64")
    ]
