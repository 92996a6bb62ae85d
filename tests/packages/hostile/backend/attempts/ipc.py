"""Reaching others by what is no file: sockets, shared memory, queues, keyrings, terminals."""

import ctypes
import os
import socket
import urllib.request

from . import attempt, read, write
from .processes import check, libc

SYS_KEYCTL, KEYCTL_SETPERM, SESSION_KEYRING = 250, 5, -3
SETVAL = 16


def _ask(address):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(address)
        return sock.recv(1000).decode()


@attempt("abstract-socket")
def abstract_socket(targets):
    return _ask("\0builder-agent")


@attempt("run-socket")
def run_socket(targets):
    return _ask("/run/builder.sock")


@attempt("unlisted-socket")
def unlisted_socket(targets):
    return _ask("/srv/builder/agent.sock")


@attempt("tcp-loopback")
def tcp_loopback(targets):
    return urllib.request.urlopen(f"http://127.0.0.1:{targets['http_port']}/secret").read().decode()


@attempt("exfiltrate")
def exfiltrate(targets):
    """Anything that leaves the machine would go like this; a container without network has only this."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"exfiltrated", ("127.0.0.1", int(targets["udp_port"])))


@attempt("dev-shm-read")
def dev_shm_read(targets):
    return read("/dev/shm/neighbour")


@attempt("dev-shm-plant")
def dev_shm_plant(targets):
    write("/dev/shm/neighbour.lock", "planted")


@attempt("sysv-shm")
def sysv_shm(targets):
    segment = check(libc.shmget(int(targets["ipc_key"]), 0, 0))
    libc.shmat.restype = ctypes.c_void_p
    return ctypes.string_at(check(libc.shmat(segment, None, 0))).decode()


@attempt("sysv-semaphore")
def sysv_semaphore(targets):
    check(libc.semctl(check(libc.semget(int(targets["ipc_key"]), 0, 0)), 0, SETVAL, 7))


@attempt("message-queue")
def message_queue(targets):
    queue = check(libc.mq_open(b"/neighbour", os.O_RDWR | os.O_NONBLOCK))
    buffer = ctypes.create_string_buffer(8192)
    check(libc.mq_receive(queue, buffer, ctypes.c_size_t(len(buffer)), None))
    return buffer.value.decode()


@attempt("keyring")
def keyring(targets):
    """Opens the keyring of the builder's session to everybody (podman allows keyctl, not add_key)."""
    check(libc.syscall(SYS_KEYCTL, KEYCTL_SETPERM, SESSION_KEYRING, 0x3F3F3F3F))


@attempt("terminal")
def terminal(targets):
    """Writes to the terminal of somebody else."""
    with open(targets["terminal"], "wb", buffering=0) as file:
        file.write(b"planted")
