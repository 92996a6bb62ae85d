"""What package code does that a step may not: the list that the last line of Rind is held against.

Each row is a package of a few lines. Without Rind its build passes, in the same image. With Rind it fails, or it ends well and
has lost something; then the last line of Rind on standard error has the words of the row: what was missing (a path, a
variable, an address, a device, a system call), and the key of the policy that gives it, or why nothing does. With `fix` in a
rule of the package the build passes.

not_yet.txt has the names of rows that are not named yet, a line each. One that is named and still in it is an error.
"""

import pathlib

from rows import environment, files, network, nothing, processes, results
from rows.cause import ALIKE, FAILS, LOSES, SAME, Cause  # noqa: F401, for those who import this

ROWS = [*network.ROWS, *files.ROWS, *results.ROWS, *environment.ROWS, *processes.ROWS, *nothing.ROWS]
NOT_YET = frozenset(pathlib.Path(__file__).with_name("not_yet.txt").read_text().split())
