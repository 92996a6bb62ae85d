"""A shell builds: the interpreter is one of its words, the wheel is copied where Fromager looks for it."""

from .calls import hook, note, run, run_open


@hook
def get_build_backend_dependencies(ctx, req, sdist_root_dir, build_dir, extra_environ, build_env):
    script = "python - <<'EOF'\nimport sys; sys.path.insert(0, '.')\nimport probe; probe.ask('here')\nprint('answered')\nEOF\n"
    note(req, "here document", run_open(build_env, ["sh", "-c", script], "here document", cwd=str(sdist_root_dir)))
    note(req, "pipe", run(build_env, ["sh", "-c", "echo 'print(6 * 7)' | python -"], "pipe", cwd=str(sdist_root_dir)))
    return []


@hook
def build_sdist(ctx, extra_environ, req, version, sdist_root_dir, build_env, build_dir):
    environ = {**extra_environ, "OUTPUT": str(ctx.sdists_builds)}
    script = 'python setup.py -q sdist && mv dist/*.tar.gz "$OUTPUT"'
    run_open(build_env, ["sh", "-c", script], "sh sdist", environ, cwd=str(sdist_root_dir))
    return ctx.sdists_builds / f"plug_shell-{version}.tar.gz"


@hook
def build_wheel(ctx, build_env, extra_environ, req, sdist_root_dir, version, build_dir):
    script = f"cd {sdist_root_dir} && python setup.py -q bdist_wheel && cp dist/*.whl {ctx.wheels_build}"
    run(build_env, ["sh", "-c", script], "sh bdist_wheel", extra_environ, cwd=str(sdist_root_dir))
