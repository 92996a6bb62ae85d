"""A back end that builds itself: its module in its own sources, the wheel straight into Fromager's directory."""

from fromager import external_commands

from .calls import hook


@hook
def build_wheel(ctx, build_env, extra_environ, req, sdist_root_dir, version):
    external_commands.run(
        [str(build_env.python), "-m", "flit_core.wheel", "--outdir", str(ctx.wheels_build)],
        cwd=str(sdist_root_dir),
        extra_environ=extra_environ,
    )
