"""An override plugin of Fromager: the sources of tiny-git are a clone, and its back end asks git for the version."""

from fromager import resolver, sources

from .hello_ext import build_sdist

__all__ = ["build_sdist", "download_source", "get_resolver_provider", "prepare_source"]

REPOSITORY = "file:///factory/git/tiny-git"


def get_resolver_provider(ctx, req, sdist_server_url, include_sdists, include_wheels, req_type, ignore_platform):
    return resolver.GenericProvider(
        version_source=lambda identifier: [(REPOSITORY, "1.0")], constraints=ctx.constraints, req_type=req_type
    )


def download_source(ctx, req, version, download_url, sdists_downloads_dir):
    tree = ctx.work_dir / f"tiny_git-{version}" / f"tiny_git-{version}"
    if not tree.exists():
        tree.parent.mkdir(parents=True, exist_ok=True)
        sources.download_git_source(ctx=ctx, req=req, url_to_clone=download_url, destination_dir=tree, ref=f"v{version}")
    return tree


def prepare_source(ctx, req, source_filename, version):
    sources.prepare_new_source(ctx=ctx, req=req, source_root_dir=source_filename, version=version)
    return source_filename
