"""What one run of the front end knows: its directories, its seam, the package settings."""

import dataclasses
import pathlib
import threading

from .external_commands import Seam


@dataclasses.dataclass
class Context:
    work_dir: pathlib.Path
    wheels_repo: pathlib.Path
    sdists_repo: pathlib.Path
    isolation: Seam | None
    old: bool = False
    index_url: str = ""
    config_settings: dict = dataclasses.field(default_factory=dict)
    build_dir: str = ""
    parallel: bool = False

    def __post_init__(self):
        for name in ("work_dir", "wheels_repo", "sdists_repo"):
            setattr(self, name, getattr(self, name).absolute())
        for directory in (
            self.work_dir,
            self.uv_cache,
            self.downloads,
            self.wheels_repo / "build",
            self.sdists_repo / "builds",
        ):
            directory.mkdir(parents=True, exist_ok=True)

    @property
    def uv_cache(self):
        return self.work_dir / "uv-cache"

    @property
    def downloads(self):
        return self.wheels_repo / "downloads"

    @property
    def wheels_build(self):
        """Where build_wheel puts its wheel; parallel builds have one directory for each thread."""
        base = self.wheels_repo / "build"
        if not self.parallel:
            return base
        own = base / str(threading.get_ident())
        own.mkdir(exist_ok=True)
        return own
