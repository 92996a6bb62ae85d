"""An override plugin of Fromager: the sdist of hello-ext is made by its back end, and not by Fromager itself."""

from fromager import sources


def build_sdist(ctx, extra_environ, req, sdist_root_dir, version, build_env):
    return sources.pep517_build_sdist(
        ctx=ctx, extra_environ=extra_environ, req=req, sdist_root_dir=sdist_root_dir, version=version, build_env=build_env
    )
