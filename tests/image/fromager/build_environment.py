"""The build environment V of one package, `W/build-<Python's version>`."""

import json
import os
import platform
import sys

from . import external_commands

QUERY_DISTRIBUTIONS = "; ".join(
    (
        "import sys,json",
        "from importlib.metadata import distributions",
        "json.dump({d.name: d.version for d in distributions()}, sys.stdout)",
    )
)


class BuildEnvironment:
    def __init__(self, ctx, sdist_root_dir):
        self._ctx = ctx
        self.path = sdist_root_dir.parent / f"build-{platform.python_version()}{sys.abiflags}"
        self.python = self.path / "bin" / "python3"
        if not self.path.exists():
            external_commands.run(
                ["uv", "venv", "--verbose", "--python", sys.executable, "--no-project", self.path],
                isolation=ctx.isolation,
            )

    def environ(self, template=None):
        """The variables that activate V. Its bin comes first in PATH: the door of the hijack."""
        path = (template or {}).get("PATH") or os.environ.get("PATH", "/usr/bin")
        return {
            "VIRTUAL_ENV": str(self.path),
            "PATH": f"{self.path / 'bin'}{os.pathsep}{path}",
            "UV_CACHE_DIR": str(self._ctx.uv_cache),
            "UV_NATIVE_TLS": "true",
            "UV_NO_MANAGED_PYTHON": "true",
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_PYTHON": str(self.python),
        }

    def run(self, cmd, *, cwd=None, extra_environ=None, isolation=None):
        extra_environ = dict(extra_environ or {})
        extra_environ.update(self.environ(extra_environ))
        if isolation:
            extra_environ.setdefault("CARGO_NET_OFFLINE", "true")
        return external_commands.run(cmd, cwd=cwd, extra_environ=extra_environ, isolation=isolation)

    def install(self, requirements):
        """Needs the network, so it goes through no seam, in Fromager as here."""
        if not requirements:
            return
        self.run(
            ["uv", "pip", "install", "--verbose", "--upgrade", "--only-binary", ":all:"]
            + ["--index-url", self._ctx.index_url, *requirements],
            cwd=self.path.parent,
        )

    def distributions(self):
        return json.loads(
            self.run([self.python, "-c", QUERY_DISTRIBUTIONS], isolation=self._ctx.isolation)
        )
