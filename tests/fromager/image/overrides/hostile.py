"""An override plugin of Fromager: the hostile package's sources are a directory, and its sdist is nothing."""

import pathlib
import shutil
import tarfile

from fromager import resolver

SOURCES = "/srv/packages/hostile"


def get_resolver_provider(ctx, req, sdist_server_url, include_sdists, include_wheels, req_type, ignore_platform):
    return resolver.GenericProvider(
        version_source=lambda identifier: [(SOURCES, "1.0")], constraints=ctx.constraints, req_type=req_type
    )


def download_source(ctx, req, version, download_url, sdists_downloads_dir):
    return pathlib.Path(SOURCES)


def prepare_source(ctx, req, source_filename, version):
    tree = ctx.work_dir / f"hostile-{version}" / f"hostile-{version}"
    shutil.copytree(source_filename, tree)
    return tree


def build_sdist(ctx, extra_environ, req, sdist_root_dir, version, build_env):
    sdist = ctx.sdists_builds / f"hostile-{version}.tar.gz"
    with tarfile.open(sdist, "w:gz"):
        return sdist
