"""Its module reports, when flit imports it for the version"""

import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
if (here / "probe.py").exists():
    sys.path.insert(0, str(here))
    import probe

    probe.report(None)

__version__ = "".join(["1", ".0"])
