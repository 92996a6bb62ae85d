"""Runs a program and stops it at its system calls, so that another process gets its turn exactly there.

run(ARGV, CALLS, BEFORE, AFTER, **OPTIONS): BEFORE() is called when the program is about to enter one of CALLS, AFTER() when that
call has returned; the program itself waits meanwhile. Its children run freely. OPTIONS are those of the child: env, cwd, output
(a file). Returns its exit status (128 + N for signal N) and how often BEFORE was called.
"""

import ctypes
import os
import platform
import signal

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
TRACEME, CONT_TO_CALL, SET_OPTIONS, CALL_INFO = 0, 24, 0x4200, 0x420E
SYSGOOD, TRACE_EXEC, KILL_WITH_TRACER = 1, 0x10, 0x100000
ENTRY, EXIT = 1, 2

# The same names in another order: <asm/unistd_64.h>, and <asm-generic/unistd.h>, which aarch64 has.
X86_64 = {"open": 2, "stat": 4, "fstat": 5, "lstat": 6, "rename": 82, "unlink": 87, "chmod": 90, "fchmod": 91, "chown": 92,
          "fchown": 93, "lchown": 94, "setxattr": 188, "getxattr": 191, "lgetxattr": 192, "fgetxattr": 193, "listxattr": 194,
          "llistxattr": 195, "flistxattr": 196, "removexattr": 197, "lremovexattr": 198, "fremovexattr": 199, "getdents64": 217,
          "openat": 257, "mkdirat": 258, "fchownat": 260, "newfstatat": 262, "unlinkat": 263, "renameat": 264, "linkat": 265,
          "symlinkat": 266, "readlinkat": 267, "fchmodat": 268, "renameat2": 316, "statx": 332, "openat2": 437, "fchmodat2": 452}
GENERIC = {"getxattr": 8, "lgetxattr": 9, "fgetxattr": 10, "listxattr": 11, "llistxattr": 12, "flistxattr": 13, "removexattr": 14,
           "lremovexattr": 15, "fremovexattr": 16, "mkdirat": 34, "unlinkat": 35, "symlinkat": 36, "linkat": 37, "renameat": 38,
           "fchmod": 52, "fchmodat": 53, "fchownat": 54, "fchown": 55, "openat": 56, "getdents64": 61, "readlinkat": 78,
           "newfstatat": 79, "fstat": 80, "renameat2": 276, "statx": 291, "openat2": 437, "fchmodat2": 452}
NUMBERS = X86_64 if platform.machine() == "x86_64" else GENERIC

# Of each kind of call, so that a test stops at one kind only.
CALLS = {
    "chown": ("chown", "fchown", "lchown", "fchownat"),
    "chmod": ("chmod", "fchmod", "fchmodat", "fchmodat2"),
    "look": ("stat", "fstat", "lstat", "newfstatat", "statx", "readlinkat"),
    "open": ("open", "openat", "openat2"),
    "list": ("getdents64",),
    "attributes": ("setxattr", "getxattr", "lgetxattr", "fgetxattr", "listxattr", "llistxattr", "flistxattr", "removexattr",
                   "lremovexattr", "fremovexattr"),
    "names": ("rename", "unlink", "mkdirat", "unlinkat", "renameat", "linkat", "symlinkat", "renameat2"),
}


def numbers(kind):
    return {NUMBERS[name] for name in CALLS[kind] if name in NUMBERS}


def ptrace(request, pid, address=0, data=0):
    result = LIBC.ptrace(request, pid, address, data)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request}")
    return result


def call_at(pid):
    """ENTRY or EXIT, and at the entry the number of the call."""
    info = ctypes.create_string_buffer(88)  # struct ptrace_syscall_info
    ptrace(CALL_INFO, pid, len(info), ctypes.addressof(info))
    return info.raw[0], int.from_bytes(info.raw[24:32], "little")


def start(argv, env, cwd, output):
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            if cwd:
                os.chdir(cwd)
            ptrace(TRACEME, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
            os.execvpe(argv[0], argv, env)
        finally:
            os._exit(127)
    os.waitpid(pid, 0)
    ptrace(SET_OPTIONS, pid, 0, SYSGOOD | TRACE_EXEC | KILL_WITH_TRACER)
    return pid


def run(argv, calls, before, after, output, env=None, cwd=None):
    pid = start(argv, env or dict(os.environ), cwd, output)
    wanted, stopped_at, count, deliver = set(calls), None, 0, 0
    while True:
        ptrace(CONT_TO_CALL, pid, 0, deliver)
        _, status = os.waitpid(pid, 0x40000000)  # __WALL
        deliver = 0
        if os.WIFEXITED(status):
            return os.WEXITSTATUS(status), count
        if os.WIFSIGNALED(status):
            return 128 + os.WTERMSIG(status), count
        if os.WSTOPSIG(status) != (signal.SIGTRAP | 0x80):
            deliver = 0 if os.WSTOPSIG(status) == signal.SIGTRAP else os.WSTOPSIG(status)
            continue
        where, number = call_at(pid)
        if where == ENTRY and number in wanted:
            stopped_at = number
            count += 1
            before()
        elif where == EXIT and stopped_at is not None:
            stopped_at = None
            after()
