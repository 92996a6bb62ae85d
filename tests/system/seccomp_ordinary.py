"""What builds do all the time, and a filter must not break. Prints a line for each that worked."""
import concurrent.futures
import ctypes
import multiprocessing
import os
import signal
import socket
import subprocess
import threading

libc = ctypes.CDLL(None, use_errno=True)
PTRACE_TRACEME, PTRACE_PEEKDATA, PTRACE_CONT, PTRACE_ATTACH, PTRACE_DETACH = 0, 2, 7, 16, 17


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long
value = ctypes.c_long(0x52494E44)


def threads():
    seen = []
    several = [threading.Thread(target=seen.append, args=(i,)) for i in range(20)]
    for t in several: t.start()
    for t in several: t.join()
    assert sorted(seen) == list(range(20))


def fork():
    child = os.fork()
    if child == 0: os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def subprocesses():
    assert subprocess.check_output(["sh", "-c", "echo a | cat"]) == b"a\n"
    assert os.waitstatus_to_exitcode(os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)[1]) == 0


def process_pools():
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        assert list(pool.map(abs, [-1, -2])) == [1, 2]


def sockets():
    a, b = socket.socketpair()
    a.send(b"x")
    assert b.recv(9) == b"x"
    for family in socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK:
        socket.socket(family, socket.SOCK_DGRAM).close()


def own_child_traced():
    # As gdb starts a program.
    child = os.fork()
    if child == 0:
        libc.ptrace(PTRACE_TRACEME, 0, None, None)
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(3)
    assert os.WIFSTOPPED(os.waitpid(child, 0)[1])
    assert libc.ptrace(PTRACE_PEEKDATA, child, ctypes.addressof(value), None) == value.value
    assert libc.ptrace(PTRACE_CONT, child, None, None) == 0
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3


def own_child_attached():
    # As gdb -p, and as a profiler reads another process.
    child = os.fork()
    if child == 0:
        signal.pause()
    try:
        copy = ctypes.c_long(0)
        here = Iovec(ctypes.addressof(copy), ctypes.sizeof(copy))
        there = Iovec(ctypes.addressof(value), ctypes.sizeof(value))
        assert libc.process_vm_readv(child, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) == 8
        assert copy.value == value.value
        assert libc.ptrace(PTRACE_ATTACH, child, None, None) == 0
        assert os.WIFSTOPPED(os.waitpid(child, 0)[1])
        assert libc.ptrace(PTRACE_DETACH, child, None, None) == 0
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def terminals():
    master, slave = os.openpty()
    assert os.isatty(slave)
    os.write(master, b"x\n")
    assert os.read(slave, 9) == b"x\n"


for work in (threads, fork, subprocesses, process_pools, sockets, own_child_traced, own_child_attached, terminals):
    work()
    print(work.__name__)
