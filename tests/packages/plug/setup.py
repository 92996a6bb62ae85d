import os
import sys

from setuptools import Extension, setup

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import probe

probe.ask("setup.py")
# Of the plugin's update_extra_environ, where it has one.
flavour = os.environ.get("PLUG_FLAVOUR", "plain")
setup(
    ext_modules=[
        Extension(
            "plug._answer",
            ["src/plug/_answer.c"],
            define_macros=[("FLAVOUR", f'"{flavour}"')],
            extra_compile_args=["-g0"],
        )
    ]
)
