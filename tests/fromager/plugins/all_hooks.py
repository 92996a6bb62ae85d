"""all_hooks.py CALLS...: that of each hook that this Fromager has some plugin noted a call, in one of the directories CALLS."""

import pathlib
import sys

from fromager import hooks, overrides

noted = {line.split(":")[0] for top in sys.argv[1:] for file in pathlib.Path(top).iterdir() for line in file.open()}
sys.exit("no plugin was called for: " + ", ".join(missing) if (
    missing := sorted({*overrides.OVERRIDE_HOOK_NAMES, *hooks.GLOBAL_HOOK_NAMES} - noted)
) else 0)
