"""Looking into other processes, disturbing them, and staying when the step is over."""

import ctypes
import os
import resource
import signal
import socket
import struct
import subprocess
import time

from . import attempt, read

libc = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH, PTRACE_DETACH = 16, 17
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000


def check(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _processes():
    """Every process but this one and what it started."""
    return [p for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()]


def _of_all(file):
    found = []
    for pid in _processes():
        try:
            found.append(read(f"/proc/{pid}/{file}"))
        except OSError:
            pass
    return "\n".join(found)


@attempt("parent-environ")
def parent_environ(targets):
    return read(f"/proc/{os.getppid()}/environ")


@attempt("pid1-environ")
def pid1_environ(targets):
    return read("/proc/1/environ")


@attempt("neighbour-environ")
def neighbour_environ(targets):
    return _of_all("environ")


@attempt("list-processes")
def list_processes(targets):
    return _of_all("cmdline")


@attempt("vm-readv")
def vm_readv(targets):
    size = int(targets["memory_size"])
    buffer = ctypes.create_string_buffer(size)
    local = struct.pack("PN", ctypes.addressof(buffer), size)
    remote = struct.pack("PN", int(targets["memory_address"]), size)
    check(libc.process_vm_readv(int(targets["front_end"]), local, 1, remote, 1, 0))
    return buffer.raw.decode(errors="replace")


@attempt("proc-mem")
def proc_mem(targets):
    with open(f"/proc/{targets['front_end']}/mem", "rb", buffering=0) as memory:
        memory.seek(int(targets["memory_address"]))
        return memory.read(int(targets["memory_size"])).decode(errors="replace")


@attempt("open-descriptor")
def open_descriptor(targets):
    """A file of the front end's that has no name any more."""
    return read(f"/proc/{targets['front_end']}/fd/{targets['descriptor']}")


@attempt("ptrace")
def ptrace(targets):
    pid = int(targets["traced"])
    check(libc.ptrace(PTRACE_ATTACH, pid, None, None))
    os.waitpid(pid, 0x40000000)  # __WALL
    # Detached with a signal: it stays stopped, and everybody can see it.
    check(libc.ptrace(PTRACE_DETACH, pid, None, ctypes.c_void_p(signal.SIGSTOP)))


@attempt("signal")
def signal_neighbour(targets):
    os.kill(int(targets["signalled"]), signal.SIGKILL)


@attempt("limits")
def limits(targets):
    resource.prlimit(int(targets["traced"]), resource.RLIMIT_NOFILE, (17, 17))


def _daemon(body):
    """Runs `body` in a process that has left session, process group and every descriptor behind."""
    if os.fork():
        os.wait()
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    signal.alarm(0)
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.closerange(3, 1024)
    try:
        body()
    finally:
        os._exit(0)


@attempt("daemon")
def daemon(targets):
    def heartbeat():
        for _ in range(1200):
            with open("heartbeat", "a") as file:
                file.write(".")
            time.sleep(0.05)

    _daemon(heartbeat)
    time.sleep(0.3)
    return read("heartbeat")


@attempt("fake-index")
def fake_index(targets):
    """A server on the builder's loopback, for the next package to install from."""

    def serve():
        with socket.create_server(("127.0.0.1", int(targets["free_port"]))) as server:
            for _ in range(8):
                connection, _ = server.accept()
                connection.sendall(b"hostile index")
                connection.close()

    _daemon(serve)
    time.sleep(0.3)


@attempt("nested-mount")
def nested_mount(targets):
    """Mounts in a user namespace of its own: the door to most of the kernel's surface.

    Nothing of it can be seen from outside, so this one attempt is judged by its own report."""
    code = (
        "import ctypes, os; libc = ctypes.CDLL(None); uid, gid = os.getuid(), os.getgid()\n"
        f"assert libc.unshare({CLONE_NEWUSER | CLONE_NEWNS}) == 0, 'unshare'\n"
        "open('/proc/self/setgroups', 'w').write('deny')\n"
        "open('/proc/self/uid_map', 'w').write(f'0 {uid} 1')\n"
        "open('/proc/self/gid_map', 'w').write(f'0 {gid} 1')\n"
        "assert libc.mount(b'none', b'/mnt', b'tmpfs', 0, None) == 0, 'mount'\n"
        "open('/mnt/hostile', 'w'); print(open('/proc/self/mountinfo').read())"
    )
    done = subprocess.run(["/usr/bin/python3", "-c", code], capture_output=True, text=True)
    if done.returncode:
        raise OSError(done.stderr.strip().splitlines()[-1])
    return done.stdout
