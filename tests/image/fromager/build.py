"""One package from source directory to wheel, in Fromager's order."""

import json
import os
import pathlib
import shutil
import tempfile
import tomllib
import zipfile

import pyproject_hooks

from . import external_commands
from .build_environment import BuildEnvironment


class Package:
    """A source tree unpacked to W/NAME-VERSION (S), and the calls that build it."""

    def __init__(self, ctx, source):
        self.ctx = ctx
        project = tomllib.loads((source / "pyproject.toml").read_text())
        self.name = project["project"]["name"]
        self.version = project["project"]["version"]
        self.backend = project["build-system"]
        self.work = ctx.work_dir / f"{self.name}-{self.version}"
        self.root = self.work / f"{self.name}-{self.version}"
        if not self.root.exists():
            shutil.copytree(source, self.root, symlinks=True)
        self.build_dir = self.root / ctx.build_dir
        meta = {"req": self.name, "source-filename": str(source), "version": self.version}
        (self.work / "build-meta.json").write_text(json.dumps(meta))
        jobs = str(os.cpu_count())
        self.environ = {
            "MAKEFLAGS": f"-j{jobs}",
            "CMAKE_BUILD_PARALLEL_LEVEL": jobs,
            "MAX_JOBS": jobs,
        }

    def hooks(self, log_filename=None):
        def runner(cmd, cwd=None, extra_environ=None):
            environ = {**(extra_environ or {}), **self.environ}
            environ.update(self.env.environ(environ))
            external_commands.run(
                cmd,
                cwd=cwd,
                extra_environ=environ,
                isolation=self.ctx.isolation,
                log_filename=log_filename,
            )

        return pyproject_hooks.BuildBackendHookCaller(
            source_dir=str(self.build_dir),
            build_backend=self.backend["build-backend"],
            backend_path=self.backend.get("backend-path"),
            runner=runner,
            python_executable=str(self.env.python),
        )

    def requirements(self, kind, ask):
        """Requirements of one kind: from W if an earlier run wrote them there, else by asking."""
        file = self.work / f"{kind}-requirements.txt"
        if file.exists():
            return file.read_text().split()
        found = ask()
        file.write_text("".join(f"{req}\n" for req in found))
        return found

    def prepare_environment(self):
        def ask_hook():
            return self.hooks().get_requires_for_build_wheel(config_settings=self.ctx.config_settings)

        self.env = BuildEnvironment(self.ctx, self.root)
        self.env.install(self.requirements("build-system", lambda: self.backend["requires"]))
        self.env.install(self.requirements("build-backend", ask_hook))
        self.env.install(self.requirements("build-sdist", ask_hook))
        self.env.distributions()

    def build_sdist(self):
        target = self.ctx.sdists_repo / "builds"
        return target / self.hooks().build_sdist(str(target), config_settings=self.ctx.config_settings)

    def metadata(self):
        with tempfile.TemporaryDirectory() as directory:
            dist_info = self.hooks().prepare_metadata_for_build_wheel(
                directory, config_settings=self.ctx.config_settings
            )
            return pathlib.Path(directory, dist_info, "METADATA").read_text()

    def build_wheel(self):
        """Builds, adds metadata and moves the wheel to the repository that later builds read."""
        if self.ctx.old:
            self._build_by_pip()
        else:
            self.hooks(str(self.work / "build.log")).build_wheel(
                str(self.ctx.wheels_build), config_settings=self.ctx.config_settings
            )
        wheels = list(self.ctx.wheels_build.glob("*.whl"))
        if len(wheels) != 1:
            raise FileNotFoundError(f"expected 1 wheel in {self.ctx.wheels_build}, found {wheels}")
        packed = self._repack(wheels[0])
        external_commands.run(["uv", "clean", "cache", self.name])
        return pathlib.Path(shutil.move(packed, self.ctx.downloads / packed.name))

    def _build_by_pip(self):
        with tempfile.TemporaryDirectory() as cwd:
            self.env.run(
                [self.env.python, "-m", "pip", "-vvv", "--disable-pip-version-check", "wheel"]
                + ["--no-build-isolation", "--only-binary", ":all:"]
                + ["--wheel-dir", self.ctx.wheels_build, "--no-deps"]
                + ["--index-url", self.ctx.index_url]
                + ["--log", self.work / "build.log", self.build_dir],
                cwd=cwd,
                extra_environ=self.environ,
                isolation=self.ctx.isolation,
            )

    def _repack(self, wheel):
        dist = "-".join(wheel.name.split("-")[:2])
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory, dist)
            with zipfile.ZipFile(wheel) as archive:
                for info in archive.infolist():
                    path = pathlib.Path(info.filename)
                    if path.is_absolute() or ".." in path.parts:
                        raise ValueError(f"unsafe path in wheel: {path}")
                    extracted = pathlib.Path(archive.extract(info, root))
                    extracted.chmod(info.external_attr >> 16 & 0o777)
            dist_info = root / f"{dist}.dist-info"
            (dist_info / "fromager-build-settings").write_text("")
            for file in self.work.glob("*-requirements.txt"):
                shutil.copy(file, dist_info / f"fromager-{file.name}")
            external_commands.run(
                ["wheel", "pack", root, "--dest-dir", wheel.parent, "--build-number", "0"],
                cwd=directory,
                isolation=self.ctx.isolation,
            )
        wheel.unlink()
        return next(wheel.parent.glob(f"{dist}-0-*.whl"))


def build(ctx, source, *, sdist=False, metadata=False):
    """The whole sequence; returns the paths of the artefacts."""
    package = Package(ctx, source)
    package.prepare_environment()
    artefacts = [package.build_sdist()] if sdist else []
    if metadata:
        package.metadata()
    return [*artefacts, package.build_wheel()]


def step(ctx, source, cmd):
    """Runs `cmd` in the sources of a package whose environment has been made; returns its output."""
    package = Package(ctx, source)
    package.env = BuildEnvironment(ctx, package.root)
    return package.env.run(cmd, cwd=package.root, isolation=ctx.isolation)
