#!/usr/bin/python3
"""Executes a program to which a seccomp filter denies system calls: deny_calls.py ERRNO CALL[,CALL...] PROGRAM [ARG...]

ERRNO is a name, e.g. ENOSYS. Newer calls have the same number on every architecture.
"""

import ctypes
import errno
import os
import platform
import struct
import sys

NUMBERS = {"open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "pidfd_open": 434,
           "clone3": 435, "close_range": 436, "openat2": 437, "mount_setattr": 442}
NUMBERS |= {"x86_64": {"umount2": 166, "seccomp": 317, "statx": 332},
            "aarch64": {"umount2": 39, "seccomp": 277, "statx": 291}}[platform.machine()]
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD_NUMBER, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
SECCOMP_RET_ERRNO, SECCOMP_RET_ALLOW = 0x00050000, 0x7fff0000


def instruction(code, if_true, if_false, value):
    return struct.pack("HBBI", code, if_true, if_false, value)


def main(error, calls, *command):
    program = instruction(LOAD_NUMBER, 0, 0, 0)
    for call in calls.split(","):
        program += instruction(JUMP_IF_EQUAL, 0, 1, NUMBERS[call])
        program += instruction(RETURN, 0, 0, SECCOMP_RET_ERRNO | getattr(errno, error))
    program += instruction(RETURN, 0, 0, SECCOMP_RET_ALLOW)
    buffer = ctypes.create_string_buffer(program)
    filter_ = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(buffer)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter_, 0, 0):
        sys.exit(f"deny_calls.py: {os.strerror(ctypes.get_errno())}")
    os.execv(command[0], command)


main(*sys.argv[1:])
