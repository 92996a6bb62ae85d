import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here))
import probe  # noqa: E402

probe.report(here / "fe_poetry/seen.txt")
