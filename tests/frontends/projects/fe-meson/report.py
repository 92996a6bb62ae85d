import pathlib
import sys

import probe

probe.report(pathlib.Path(sys.argv[1]))
