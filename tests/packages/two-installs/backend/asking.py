import os
import sys

from setuptools.build_meta import *  # noqa: F403
from setuptools.build_meta import get_requires_for_build_wheel as _requires


def get_requires_for_build_wheel(config_settings=None):
    sys.stderr.write(f"HOOK uid={open('/proc/self/uid_map').read().split()[1]} tmp={sorted(os.listdir('/tmp'))}\n")
    return [*_requires(config_settings), "extra"]
