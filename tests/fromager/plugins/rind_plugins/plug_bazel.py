"""A build program of the project's own, configured by a file of the plugin's: it makes the wheel somewhere and copies it."""

from .calls import hook, run


@hook
def get_build_system_dependencies(ctx, req, sdist_root_dir, build_dir):
    return ["setuptools", "wheel"]


@hook
def get_build_backend_dependencies(ctx, req, sdist_root_dir, build_dir, extra_environ, build_env):
    return []


@hook
def build_wheel(ctx, build_env, extra_environ, req, sdist_root_dir, version, build_dir):
    (sdist_root_dir / ".bazelrc").write_text(f"build --config=tests\nbuild --action_env=PYTHON_BIN_PATH={build_env.python}\n")
    command = ["bash", "tools/build_pip_package.sh", ctx.wheels_build]
    run(build_env, command, "package", extra_environ, cwd=str(sdist_root_dir))
