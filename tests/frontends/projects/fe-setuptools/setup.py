import pathlib
import sys

from setuptools import Extension, setup

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here))
import probe  # noqa: E402

probe.report(here / "src/fe_setuptools/seen.txt")
setup(
    package_data={"fe_setuptools": ["seen.txt"]},
    ext_modules=[Extension("fe_setuptools.answer", ["src/fe_setuptools/answer.c"], extra_compile_args=["-g0"])],
)
