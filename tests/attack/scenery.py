"""What the attempts aim at, set up inside the builder container beside the front end.

Everything a builder has around a build: secrets (each with a random part, so that loot proves that it
was really read), a neighbour's build, servers, System V and POSIX IPC, long-running children. Runs in
the front end's own process, as a plugin of it would.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import secrets
import socket
import subprocess
import tempfile
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer

HOME = pathlib.Path("/opt/app-root/src")
CACHES = pathlib.Path("/var/cache/builder")
SERVICE = pathlib.Path("/srv/service")
SERVICE_UID = 33
NETRC = pathlib.Path("/etc/builder/netrc")
NEIGHBOUR_MODULES = [f"neighbour_{name}" for name in ("dep", "other", "renamed", "removed")]
IPC_KEY = 0x52494E44
SHM_SIZE = 4096
IPC_CREAT, GETVAL, SETVAL = 0o1000, 12, 16
SYS_KEYCTL, KEYCTL_DESCRIBE, SESSION_KEYRING = 250, 6, -3
libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def secret(name):
    return f"RIND-TEST-SECRET-{name}-{secrets.token_hex(8)}"


def write(path, text, mode=0o600):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def make_wheel(directory, name, version, modules):
    dist_info = f"{name}-{version}.dist-info"
    directory.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(directory / f"{name}-{version}-0-py3-none-any.whl", "w") as wheel:
        for module in modules:
            wheel.writestr(f"{module}.py", f"# {module}\n")
        wheel.writestr(f"{dist_info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{dist_info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{dist_info}/RECORD", "".join(f"{path},,\n" for path in (*wheel.namelist(), f"{dist_info}/RECORD")))


class Scenery:
    """Attributes are what the checks look at; `targets` is what the hostile package is told."""

    def __init__(self):
        self.secrets = {}
        self.targets = {"front_end": os.getpid(), "ipc_key": IPC_KEY}
        self.files()
        self.neighbour_build()
        self.processes()
        self.sockets()
        self.ipc()

    def make_secret(self, name):
        self.secrets[name] = secret(name)
        return self.secrets[name]

    def files(self):
        for name, path in {
            "netrc-home": HOME / ".netrc",
            "netrc-env": NETRC,
            "ssh": "/root/.ssh/id_ed25519",
            "entitlement": "/etc/pki/entitlement/1-key.pem",
            "unlisted": "/srv/builder/token",
        }.items():
            with open(path, "a") as file:
                file.write(self.make_secret(name) + "\n")
        # Beside what is shown to steps because a variable names it, or because it is a cache; readable for everybody.
        for name, path in {
            "toolchain-npmrc": HOME / ".nvm/.npmrc",
            "cache-credentials": HOME / ".cargo/credentials.toml",
            "beside-toolchain": HOME / "notes",
            "neighbour-prefix": HOME / "work-dir/neighbour-2.0/dist/private",
        }.items():
            write(path, self.make_secret(name) + "\n", 0o644)
        (HOME / ".nvm/bin").mkdir()
        os.environ["PATH"] += f":{HOME}/.nvm/bin"
        os.environ.update(NVM_DIR=f"{HOME}/.nvm", HOME_PREFIX=str(HOME), NEIGHBOUR_ROOT=f"{HOME}/work-dir/neighbour-2.0/dist")
        self.secrets["run-secrets"] = pathlib.Path("/run/secrets/registry-token").read_text().strip()
        # The front end's standard input: steps inherit it.
        reader, writer = os.pipe()
        os.write(writer, self.make_secret("stdin").encode() + b"\n")
        os.close(writer)
        os.dup2(reader, 0)
        # An open file without a name: only a look into the front end's descriptors finds it.
        nameless = tempfile.TemporaryFile("w+", dir="/root")
        nameless.write(self.make_secret("descriptor"))
        nameless.flush()
        self.nameless = nameless
        self.targets["descriptor"] = nameless.fileno()
        for path in ("ccache/a/b/renamed-overR", "ccache/a/b/removedR"):
            write(CACHES / path, "compiled object", 0o644)
        for path in ("build.rs", "removed.rs"):
            write(CACHES / "cargo/registry/src/serde" / path, "// serde", 0o644)
        # What the package's results may point to, instead of being them.
        answer = json.dumps({"return_val": self.make_secret("answer")})
        write("/srv/builder/answer.json", answer)
        metadata = f"Metadata-Version: 2.1\nName: {self.make_secret('metadata')}\n"
        write("/srv/builder/secret.dist-info/METADATA", metadata)
        # Files of a third user, which anybody may read: whose they are is what matters.
        for name in ("symlink", "hard-link", "replaced"):
            file = write(SERVICE / name / "file", "data of a service", 0o644)
            for path in (file, file.parent) if os.geteuid() == 0 else ():
                os.chown(path, SERVICE_UID, SERVICE_UID)
        # Shared with the build host, writable.
        self.volume = pathlib.Path("/srv/shared")

    def neighbour_build(self):
        work = HOME / "work-dir/neighbour-2.0/neighbour-2.0"
        self.neighbour_source = write(work / "private.c", self.make_secret("neighbour-work"))
        downloads = HOME / "wheels-repo/downloads"
        make_wheel(downloads, "neighbour_dep", "1.0", NEIGHBOUR_MODULES)
        make_wheel(downloads, "other", "1.0", ["other"])
        self.other_wheel = downloads / "other-1.0-0-py3-none-any.whl"
        self.other_wheel_bytes = self.other_wheel.read_bytes()
        tmp = pathlib.Path(tempfile.mkdtemp(prefix="neighbour-", dir="/tmp"))
        write(tmp / "intermediate.s", self.make_secret("neighbour-tmp"))
        control = pathlib.Path(tempfile.mkdtemp(suffix="-neighbour", dir="/tmp"))
        self.neighbour_control = write(control / "input.json", '{"kwargs": {}}')
        write("/dev/shm/neighbour", self.make_secret("dev-shm"))

    def processes(self):
        environ = {**os.environ, "UPLOAD_TOKEN": self.make_secret("neighbour-environ")}
        argv0 = f"upload --password={self.make_secret('command-line')}"
        self.children = [
            subprocess.Popen([argv0, "600"], executable="/usr/bin/sleep", env=environ) for _ in range(2)
        ]
        self.targets["signalled"], self.targets["traced"] = (child.pid for child in self.children)
        # A secret that exists nowhere but in this process's memory.
        self.memory = ctypes.create_string_buffer(self.make_secret("memory").encode())
        self.targets["memory_address"] = ctypes.addressof(self.memory)
        self.targets["memory_size"] = len(self.memory)
        self.master, self.slave = os.openpty()
        os.set_blocking(self.master, False)
        self.targets["terminal"] = os.ttyname(self.slave)

    def _answer(self, listener, text):
        def serve():
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.sendall(text.encode())

        threading.Thread(target=serve, daemon=True).start()

    def sockets(self):
        for name, address in {
            "abstract-socket": "\0builder-agent",
            "run-socket": "/run/builder.sock",
            "unlisted-socket": "/srv/builder/agent.sock",
        }.items():
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(address)
            listener.listen()
            self._answer(listener, self.make_secret(name))
        page = self.make_secret("http").encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *args):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.targets["http_port"] = server.server_port
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.udp.setblocking(False)
        self.targets["udp_port"] = self.udp.getsockname()[1]
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.targets["free_port"] = probe.getsockname()[1]

    def ipc(self):
        segment = check(libc.shmget(IPC_KEY, SHM_SIZE, IPC_CREAT | 0o600))
        libc.shmat.restype = ctypes.c_void_p
        text = self.make_secret("sysv-shm").encode()
        ctypes.memmove(libc.shmat(segment, None, 0), text, len(text))
        self.semaphore = check(libc.semget(IPC_KEY, 1, IPC_CREAT | 0o600))
        check(libc.semctl(self.semaphore, 0, SETVAL, 1))
        queue = check(libc.mq_open(b"/neighbour", os.O_CREAT | os.O_RDWR, 0o600, None))
        text = self.make_secret("message-queue").encode()
        check(libc.mq_send(queue, text, ctypes.c_size_t(len(text)), 0))
        self.keyring_before = self.keyring()

    def keyring(self):
        """The session keyring's owner and permissions, as text."""
        buffer = ctypes.create_string_buffer(1000)
        describe = (SYS_KEYCTL, KEYCTL_DESCRIBE, SESSION_KEYRING, buffer, ctypes.c_size_t(len(buffer)))
        check(libc.syscall(*describe))
        return buffer.value

    def semaphore_value(self):
        return check(libc.semctl(self.semaphore, 0, GETVAL))

    @contextlib.contextmanager
    def rotating_netrc(self):
        """Replaces NETRC's file by rename all the time, as a refresh of a token does."""
        self.make_secret("netrc-rotated")
        stop = threading.Event()

        def rotate():
            while not stop.wait(0.05):
                write(f"{NETRC}.new", self.secrets["netrc-rotated"])
                os.rename(f"{NETRC}.new", NETRC)

        thread = threading.Thread(target=rotate, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def kill_strangers(known):
    """Ends what the control left running: every process but this one's family `known`."""
    strangers = {int(p) for p in os.listdir("/proc") if p.isdigit()} - known
    for pid in strangers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 9)
    end = time.time() + 10
    while any(os.path.exists(f"/proc/{pid}") for pid in strangers) and time.time() < end:
        time.sleep(0.02)
