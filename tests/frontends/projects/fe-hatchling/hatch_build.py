import pathlib
import sys

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        sys.path.insert(0, self.root)
        import probe

        seen = pathlib.Path(self.root, "fe_hatchling/seen.txt")
        probe.report(seen)
        build_data["artifacts"].append("fe_hatchling/seen.txt")
