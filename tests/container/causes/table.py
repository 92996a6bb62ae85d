"""What package code does that a step may not: the list that the last line of Rind is held against.

Each row is a package of a few lines. Without Rind its build passes, in the same image. With Rind it fails, or it ends well and
has lost something; then the last line of Rind on standard error has the words of the row: what was missing (a path, a
variable, an address, a device, a system call), and the key of the policy that gives it, or why nothing does. With `fix` in a
rule of the package the build passes.

A row of SYMPTOMS prints what docs/troubleshooting.md says that it prints. not_yet.txt has the names of rows that are not
named yet, a line each. One that is named and still in it is an error.
"""

import pathlib

from rows import environment, files, network, nothing, processes, results
from rows.cause import ALIKE, FAILS, LOSES, SAME, Cause  # noqa: F401, for those who import this

ROWS = [*network.ROWS, *files.ROWS, *results.ROWS, *environment.ROWS, *processes.ROWS, *nothing.ROWS]
NOT_YET = frozenset(pathlib.Path(__file__).with_name("not_yet.txt").read_text().split())

# What a package prints, as docs/troubleshooting.md has it: row -> text.
SYMPTOMS = {
    "dns": "Temporary failure in name resolution",
    "address": "Network is unreachable",
    "loopback": "Connection refused",
    "daemon-of-the-hook-before": "Connection refused",
    "home-file": "No such file or directory",
    "other-package": "No such file or directory",
    "tmp-of-the-hook-before": "FileNotFoundError",
    "closed-0600": "Permission denied",
    "write-opt": "Read-only file system",
    "write-environment": "Read-only file system",
    "home-full": "No space left on device",
    "rename-wheel": "Invalid cross-device link",
    "variable-github-token": "KeyError: 'GITHUB_TOKEN'",
    "device-kvm": "No such file or directory: '/dev/kvm'",
    "unshare": "Operation not permitted",
    "io-uring": "Operation not permitted",
    "device-node": "Operation not permitted",
    "become-another": "Invalid argument",
    "kill-another": "No such process",
    "terminal": "No such device or address: '/dev/tty'",
    "processes": "Resource temporarily unavailable",
    "open-files": "Too many open files",
    "address-space": "Cannot allocate memory",
}
