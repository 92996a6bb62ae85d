"""Sources that are a clone: versions are its tags, git is asked for more, and git makes the sdist."""

import subprocess

from fromager import external_commands, resolver, sources
from packaging.version import Version

from .calls import hook, note

REPOSITORY = "file:///factory/git/plug-git"


@hook
def get_resolver_provider(ctx, req, sdist_server_url, include_sdists, include_wheels, req_type, ignore_platform):
    refs = subprocess.check_output(["git", "ls-remote", "--tags", REPOSITORY], text=True)
    tags = [line.rsplit("/", 1)[1] for line in refs.splitlines()]
    return resolver.GenericProvider(
        version_source=lambda identifier: [(f"{REPOSITORY}@{tag}", tag.removeprefix("v")) for tag in tags],
        constraints=ctx.constraints,
        req_type=req_type,
    )


@hook
def download_source(ctx, req, version, download_url, sdists_downloads_dir):
    url, tag = download_url.rsplit("@", 1)
    unpacked = ctx.work_dir / f"plug_git-{version}"
    unpacked.mkdir()
    external_commands.run(["git", "clone", "-q", "--branch", tag, url, f"plug_git-{version}"], cwd=str(unpacked))
    return unpacked / f"plug_git-{version}"


@hook
def prepare_source(ctx, req, source_filename, version):
    def git(*arguments):
        return external_commands.run(["git", *arguments], cwd=str(source_filename)).strip()

    git("submodule", "update", "--init", "--recursive")
    described = git("describe", "--tags", "--long", "--dirty")
    note(req, "git describe", described, git("log", "-1", "--format=%an %ad"), git("status", "--porcelain"))
    (source_filename / "src" / "plug" / "version.txt").write_text(f"{Version(str(version))} {described}\n")
    sources.prepare_new_source(ctx=ctx, req=req, source_root_dir=source_filename, version=version)
    return source_filename, True


@hook
def build_sdist(ctx, extra_environ, req, version, sdist_root_dir, build_env, build_dir):
    sdist = ctx.sdists_builds / f"plug_git-{version}.tar.gz"
    prefix = f"plug_git-{version}/"
    command = ["git", "archive", "--format=tar.gz", f"--prefix={prefix}", "-o", sdist, "HEAD"]
    # After hooks of the package: git still takes the sources for its user's.
    build_env.run([str(word) for word in command], cwd=str(sdist_root_dir), network_isolation=False)
    note(req, "git status", external_commands.run(["git", "status", "--porcelain"], cwd=str(sdist_root_dir)))
    return sdist
