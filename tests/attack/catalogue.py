"""Every attempt: its name, what it tries, and how its success is seen from outside.

A check is a function of the scenery and the loot (None when the attempt made none). `build` says in which build
it is made: `main` and `takeover` make many; any other is a small one, named like its only attempt, because a
hook has one result and a build one end. `options` are the front end's for a small build; `breaks` is set where
the very success is that the front end does not get through.
"""

import dataclasses
import os
import pathlib
import signal
import socket
import stat
import time
import typing

from scenery import HOME

APP_SITE = next(pathlib.Path("/opt/app-root/lib").glob("python3*/site-packages"))
SEAM = APP_SITE / "fromager/run_network_isolation.sh"
SOURCE = HOME / "work-dir/hostile-1.0/hostile-1.0"


@dataclasses.dataclass
class Attempt:
    name: str
    title: str
    check: typing.Callable
    build: str = "main"
    options: tuple = ()
    breaks: bool = False


def stolen(secret):
    return lambda scene, loot: loot is not None and scene.secrets[secret] in loot


def variable(name):
    return lambda scene, loot: loot is not None and os.environ[name] in loot


def planted(path, text="planted"):
    def check(scene, loot):
        try:
            return text in pathlib.Path(path).read_text(errors="replace")
        except OSError:
            return False

    return check


def in_cache(module):
    return lambda scene, loot: any(
        "planted" in f.read_text() for f in (HOME / "work-dir/uv-cache").rglob(f"{module}.py")
    )


def daemon_lives(scene, loot):
    heartbeat = SOURCE / "heartbeat"
    before = heartbeat.stat().st_size
    time.sleep(0.5)
    return heartbeat.stat().st_size > before


def index_answers(scene, loot):
    try:
        with socket.create_connection(("127.0.0.1", scene.targets["free_port"]), timeout=2) as sock:
            return sock.recv(100) == b"hostile index"
    except OSError:
        return False


def received(scene, loot):
    try:
        return scene.udp.recv(100) == b"exfiltrated"
    except BlockingIOError:
        return False


def terminal_written(scene, loot):
    try:
        return b"planted" in os.read(scene.master, 100)
    except BlockingIOError:
        return False


def stopped(scene, loot):
    state = pathlib.Path(f"/proc/{scene.targets['traced']}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return state in "Tt"


def limited(scene, loot):
    for line in pathlib.Path(f"/proc/{scene.targets['traced']}/limits").read_text().splitlines():
        if line.startswith("Max open files"):
            return line.split()[3] == "17"
    return False


def killed(scene, loot):
    return scene.children[0].poll() == -signal.SIGKILL


def is_setuid(scene, loot):
    shell = pathlib.Path("/var/tmp/shell")
    return shell.exists() and bool(shell.stat().st_mode & stat.S_ISUID)


def linked(scene, loot):
    link = SOURCE / "link-to-secret"
    return link.exists() and scene.secrets["netrc-home"] in link.read_text()


def requirement_added(scene, loot):
    return "hostile" in (SOURCE.parent / "build-system-requirements.txt").read_text()


def wheel_replaced(scene, loot):
    return scene.other_wheel.read_bytes() != scene.other_wheel_bytes


ATTEMPTS = [
    # Credentials
    Attempt("netrc-home", "read ~/.netrc", stolen("netrc-home")),
    Attempt("netrc-env", "read the file that NETRC names", stolen("netrc-env")),
    Attempt("env-netrc", "NETRC in the environment", variable("NETRC")),
    Attempt("env-twine", "TWINE_PASSWORD in the environment", variable("TWINE_PASSWORD")),
    Attempt("env-ngc", "NGC_API_KEY in the environment", variable("NGC_API_KEY")),
    Attempt("env-aws", "AWS_SECRET_ACCESS_KEY in the environment", variable("AWS_SECRET_ACCESS_KEY")),
    Attempt("env-gitlab-pat", "GITLAB_PAT in the environment", variable("GITLAB_PAT")),
    Attempt("env-ci-job", "CI_JOB_TOKEN in the environment", variable("CI_JOB_TOKEN")),
    Attempt("env-hf", "HF_TOKEN in the environment", variable("HF_TOKEN")),
    Attempt("env-pip-index", "the password in PIP_INDEX_URL", variable("PIP_INDEX_URL")),
    Attempt("ssh-key", "read root's ssh key", stolen("ssh")),
    Attempt("entitlement-key", "read the entitlement key", stolen("entitlement")),
    Attempt("run-secrets", "read a secret under /run/secrets", stolen("run-secrets")),
    Attempt("stdin", "read the container's standard input", stolen("stdin")),
    Attempt("cwd-parent", "reach .netrc upwards from the working directory", stolen("netrc-home")),
    Attempt("hard-link", "link .netrc into the own tree", linked),
    Attempt("unlisted-file", "read a 0600 file that no policy names", stolen("unlisted")),
    # Other processes
    Attempt("parent-environ", "the parent's environment", variable("TWINE_PASSWORD")),
    Attempt("pid1-environ", "pid 1's environment", variable("TWINE_PASSWORD")),
    Attempt("neighbour-environ", "any process's environment", stolen("neighbour-environ")),
    Attempt("list-processes", "command lines of other processes", stolen("command-line")),
    Attempt("proc-root", "files by way of /proc/1/root", stolen("ssh")),
    Attempt("open-descriptor", "an open file of the front end", stolen("descriptor")),
    Attempt("vm-readv", "the front end's memory, process_vm_readv", stolen("memory")),
    Attempt("proc-mem", "the front end's memory, /proc/PID/mem", stolen("memory")),
    Attempt("ptrace", "attach to and stop another process", stopped),
    Attempt("signal", "kill another process", killed),
    Attempt("limits", "lower another process's limits", limited),
    Attempt("daemon", "a process that outlives the step", daemon_lives),
    Attempt("fake-index", "a server left on the builder's loopback", index_answers),
    Attempt("nested-mount", "mount in a user namespace of its own", lambda scene, loot: "/mnt" in (loot or "")),
    # What is no file
    Attempt("abstract-socket", "connect to an abstract socket", stolen("abstract-socket")),
    Attempt("run-socket", "connect to /run/builder.sock", stolen("run-socket")),
    Attempt("unlisted-socket", "connect to a socket that no policy names", stolen("unlisted-socket")),
    Attempt("tcp-loopback", "connect to the builder's 127.0.0.1", stolen("http")),
    Attempt("exfiltrate", "send a datagram out", received),
    Attempt("dev-shm-read", "read a neighbour's /dev/shm", stolen("dev-shm")),
    Attempt("dev-shm-plant", "plant a name in /dev/shm", planted("/dev/shm/neighbour.lock")),
    Attempt("sysv-shm", "read System V shared memory", stolen("sysv-shm")),
    Attempt("sysv-semaphore", "set a System V semaphore", lambda scene, loot: scene.semaphore_value() == 7),
    Attempt("message-queue", "read a POSIX message queue", stolen("message-queue")),
    Attempt("keyring", "open the session keyring to everybody", lambda scene, loot: scene.keyring() != scene.keyring_before),
    Attempt("terminal", "write to another process's terminal", terminal_written),
    # What later steps, other packages and the builder read or run
    Attempt("usr-sitecustomize", "plant sitecustomize.py under /usr", planted("/usr/lib/python3/dist-packages/sitecustomize.py")),
    Attempt("usr-program", "plant a program in /usr/local/bin", planted("/usr/local/bin/git")),
    Attempt("hook-script", "change the script that runs every hook", planted("/usr/lib/python3/dist-packages/pyproject_hooks/_in_process/_in_process.py")),
    Attempt("app-root-pth", "plant a .pth in the front end's environment", planted(APP_SITE / "hostile.pth")),
    Attempt("seam-script", "replace the isolation script", lambda scene, loot: scene.seam_changed()),
    Attempt("pip-conf", "plant /etc/pip.conf", planted("/etc/pip.conf")),
    Attempt("profile", "plant a script in /etc/profile.d", planted("/etc/profile.d/hostile.sh")),
    Attempt("etc-hosts", "change /etc/hosts", planted("/etc/hosts")),
    Attempt("crontab", "plant a crontab", planted("/var/spool/cron/crontabs/root")),
    Attempt("home-dotfile", "plant a pip.conf in HOME", planted(HOME / ".config/pip/pip.conf")),
    Attempt("settings", "change the front end's settings", planted(HOME / "overrides/settings.yaml")),
    Attempt("volume", "write to a volume shared with the host", planted("/srv/shared/hostile")),
    Attempt("ccache-poison", "change an object in the ccache", planted("/var/cache/builder/ccache/a/b/0123456789abcdefR")),
    Attempt("cargo-poison", "change a crate in the cargo registry", planted("/var/cache/builder/cargo/registry/src/serde/lib.rs")),
    Attempt("uv-cache-poison", "change a module in the uv cache", in_cache("neighbour_other")),
    Attempt("venv-append", "change the cache through a hard link in the venv", in_cache("neighbour_dep")),
    Attempt("wheel-replace", "replace another package's wheel", wheel_replaced),
    Attempt("wheel-plant", "plant a newer wheel of another package", planted(HOME / "wheels-repo/downloads/third-99.0-0-py3-none-any.whl")),
    Attempt("work-requirements", "add a requirement to the work directory", requirement_added),
    Attempt("neighbour-work-read", "read another package's sources", stolen("neighbour-work")),
    Attempt("neighbour-work-write", "change another package's sources", lambda scene, loot: "planted" in scene.neighbour_source.read_text()),
    Attempt("neighbour-tmp-read", "read a neighbour's files in /tmp", stolen("neighbour-tmp")),
    Attempt("neighbour-control", "redirect a neighbour's hook call", lambda scene, loot: "hostile" in scene.neighbour_control.read_text()),
    Attempt("tmp-plant", "plant a predictable name in /tmp", planted("/tmp/neighbour.lock")),
    Attempt("var-tmp-plant", "plant a predictable name in /var/tmp", planted("/var/tmp/neighbour.lock")),
    Attempt("setuid", "leave a setuid program in /var/tmp", is_setuid),
    # The builder's own commands; these need isolation to be on, so they have a build of their own
    Attempt("venv-unshare", "venv/bin/unshare takes the seam over", planted(HOME / "taken-by-unshare", "mark"), "takeover"),
    Attempt("venv-uv", "venv/bin/uv is run by the front end", planted(HOME / "taken-by-uv", "mark"), "takeover"),
    Attempt("venv-pth", "a .pth is run by the next install", planted(HOME / "taken-by-pth", ""), "takeover"),
    Attempt("netrc-rotated", "read NETRC's file after an atomic refresh", stolen("netrc-rotated"), "takeover"),
]
