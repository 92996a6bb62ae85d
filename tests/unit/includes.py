"""Holds what the sources include against what each folder says that it uses: includes.py [TOP]

A folder's CMakeLists.txt has `rind_folder(DEPENDS FOLDER...)`. It may include its own headers and those of the folders
that it names, and no others; each that it names it must use; and no folder may come back to itself. What stands first
in the last line printed depends on nothing.
"""

import pathlib
import re
import sys

TOP = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
PROGRAMS = {"main.cpp"}  # they may use every folder
BUILD_TIME = "helper/pid1/filter/"  # a program of the build
PARTS = ("common", "hook", "helper")


def said():
    """Folder to the folders that its CMakeLists.txt names."""
    found = {}
    for part in PARTS:
        for file in sorted((TOP / part).rglob("CMakeLists.txt")):
            call = re.search(r"^rind_folder\(([^)]*)\)", file.read_text(), re.MULTILINE)
            if call:
                words = call[1].split()
                found[str(file.parent.relative_to(TOP))] = set(words[1:]) if words[:1] == ["DEPENDS"] else set()
    return found


def done(folders):
    """Folder to the other folders whose headers its files include, each with the first file that does."""
    found = {folder: {} for folder in folders}
    for part in PARTS:
        for file in sorted((TOP / part).rglob("*")):
            name = str(file.relative_to(TOP))
            if file.suffix not in (".h", ".cpp") or file.name in PROGRAMS or name.startswith(BUILD_TIME):
                continue
            folder = str(file.parent.relative_to(TOP))
            if folder not in found:
                sys.exit(f"{name}: {folder} has no rind_folder()")
            for header in re.findall(r'^#include "([^"]+)"', file.read_text(), re.MULTILINE):
                path = TOP / header
                if not path.exists():
                    if (TOP / (header + ".in")).exists() or header in ("helper/seccomp_filters.h", "hook/default_policy.h"):
                        continue  # generated
                    sys.exit(f"{name} includes {header}, which is not there")
                other = str(pathlib.PurePath(header).parent)
                if other != folder:
                    found[folder].setdefault(other, name)
    return found


def order(folders):
    """The folders, each after all that it uses; exits where there is no such order."""
    placed = []
    left = dict(folders)
    while left:
        free = sorted(folder for folder, uses in left.items() if uses <= set(placed))
        if not free:
            sys.exit(f"these folders use each other: {' '.join(sorted(left))}")
        placed += free
        for folder in free:
            del left[folder]
    return placed


def main():
    folders = said()
    faults = []
    for folder, used in done(folders).items():
        for other, file in sorted(used.items()):
            if other not in folders[folder]:
                faults.append(f"{file} includes a header of {other}, which {folder}/CMakeLists.txt does not name")
        for other in sorted(folders[folder] - used.keys()):
            faults.append(f"{folder}/CMakeLists.txt names {other}, and no file of it includes a header of it")
    if faults:
        sys.exit("\n".join(faults))
    print(" < ".join(order(folders)))


main()
