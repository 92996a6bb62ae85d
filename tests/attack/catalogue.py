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

from scenery import CACHES, HOME, SERVICE, SERVICE_UID

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


def gone(path):
    return lambda scene, loot: not pathlib.Path(path).exists()


def gone_from_cache(module):
    return lambda scene, loot: not list((HOME / "work-dir/uv-cache").rglob(f"{module}.py"))


def reported(text):
    """For what cannot be seen from outside."""
    return lambda scene, loot: loot is not None and text in loot


def found_traced(scene, loot):
    return loot is not None and str(scene.targets["traced"]) in loot.split()


def service_given_away(name):
    return lambda scene, loot: (SERVICE / name / "file").stat().st_uid != SERVICE_UID


def settings_given_away(scene, loot):
    return (HOME / "overrides/settings.yaml").stat().st_uid != 0


def owners_below(top):
    """Of everything below, modes of 0 and deep trees included: this is root."""
    for directory, names, files in os.walk(os.fsencode(top)):
        for name in (*names, *files):
            yield os.lstat(os.path.join(directory, name)).st_uid


def not_the_builders(name):
    return lambda scene, loot: set(owners_below(SOURCE / "left" / name)) - {os.getuid()} != set()


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


# Small builds have their own directories, HOME/BUILD-work and so on (drive.py).


def small(build, directory):
    return HOME / f"{build}-{directory}"


def other_wheel_replaced(build):
    wheel = small(build, "wheels") / "downloads/other-1.0-0-py3-none-any.whl"
    return lambda scene, loot: wheel.read_bytes() != scene.other_wheel_bytes


def published(build, judge):
    """Judges the sdist as whoever uploads it would find it."""
    sdist = small(build, "sdists") / "builds/hostile-1.0.tar.gz"
    return lambda scene, loot: os.path.lexists(sdist) and judge(scene, sdist)


def sdist_shows(secret):
    def shows(scene, sdist):
        return sdist.is_file() and scene.secrets[secret].encode() in sdist.read_bytes()

    return shows


def sdist_is(kind):
    return lambda scene, sdist: kind(sdist.lstat().st_mode)


def said(build, secret):
    return lambda scene, loot: scene.secrets[secret] in scene.ends[build].output


def believed(build, secret):
    """In what the front end took for the package's metadata."""
    return lambda scene, loot: scene.secrets[secret] in scene.ends[build].metadata


def crashed(build, error):
    """The front end itself, not just this package's build."""
    return lambda scene, loot: isinstance(scene.ends[build].error, error)


def hung(build):
    return lambda scene, loot: scene.ends[build].hung


def swallowed(build):
    return lambda scene, loot: scene.ends[build].memory > 64 << 20


def planted_third(scene, loot):
    return (small("wheel-of-a-third", "wheels") / "downloads/third-99.0-0-py3-none-any.whl").exists()


def planted_newer(scene, loot):
    return (small("wheel-of-another-version", "wheels") / "downloads/hostile-2.0-0-py3-none-any.whl").exists()


def written_through_link(scene, loot):
    """As Fromager's ensure_pkg_info() does when the hook has ended."""
    file = small("pkg-info-link", "work") / "hostile-1.0/hostile-1.0/PKG-INFO"
    if not file.is_file():
        file.write_text("written by the front end")
    return (SERVICE / "planted-by-link").exists()


def said_path(scene, loot):
    """What the front end says it has built is what is uploaded."""
    return "built /srv/builder/token" in scene.ends["sdist-absolute"].output


def source_is_link(scene, loot):
    return (small("sources-swapped", "work") / "hostile-1.0/hostile-1.0").is_symlink()


def sdist_attempt(name, title, judge):
    return Attempt(name, title, published(name, judge), name, ("--sdist",))


# Where the builder is not root. What it may not do itself, no package does there, so there is no control;
# and its steps keep its uid, which leaves open to them what only a uid of their own would close.
OF_ROOT_ONLY = {
    *("keyring usr-sitecustomize usr-program hook-script app-root-pth seam-script pip-conf profile etc-hosts".split()),
    *("owner-by-symlink owner-by-hard-link owner-by-replaced-directory owner-of-settings".split()),
    *("left-deep left-closed left-fifo left-socket left-two-names left-odd-names".split()),
    *("venv-unshare venv-uv venv-pth netrc-rotated".split()),
}
CLOSED_BY_UID_ONLY = {"unlisted-file", "unlisted-socket", "closed-environment"}


def chosen(is_root):
    return [a for a in ATTEMPTS if is_root or a.name not in OF_ROOT_ONLY | CLOSED_BY_UID_ONLY]


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
    Attempt("toolchain-npmrc", "read npm's token in a toolchain that PATH names", stolen("toolchain-npmrc")),
    Attempt("cache-credentials", "read cargo's token beside its cache in HOME", stolen("cache-credentials")),
    Attempt("beside-toolchain", "read a file of HOME beside what PATH and variables name", stolen("beside-toolchain")),
    Attempt("neighbour-prefix", "read another package's prefix that a variable names", stolen("neighbour-prefix")),
    Attempt("unlisted-file", "read a 0600 file that no policy names", stolen("unlisted")),
    Attempt(
        "closed-environment", "close the build environment in an install, then read it", stolen("unlisted"),
        "closed-environment",
    ),
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
    Attempt("find-processes", "find processes by signalling every number", found_traced),
    Attempt("ptrace-pid1", "attach to pid 1", reported("attached")),
    # Doors to the kernel
    Attempt("nested-clone", "a user namespace by the flags of clone", reported("7")),
    Attempt("nested-tool", "root of its own by the unshare program", reported("0")),
    Attempt("vsock", "a socket to the hypervisor", reported("40")),
    Attempt("int-0x80", "system calls by the 32-bit entry point", reported("same")),
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
    Attempt("ccache-rename", "put another object over one in the ccache", planted(CACHES / "ccache/a/b/renamed-overR")),
    Attempt("ccache-remove", "remove an object from the ccache", gone(CACHES / "ccache/a/b/removedR")),
    Attempt("ccache-plant", "plant an object in the ccache", planted(CACHES / "ccache/c/d/plantedR")),
    Attempt("ccache-settings", "plant settings of ccache", planted(CACHES / "ccache/ccache.conf")),
    Attempt("cargo-rename", "put another file over one of a crate", planted(CACHES / "cargo/registry/src/serde/build.rs")),
    Attempt("cargo-remove", "remove a file of a crate", gone(CACHES / "cargo/registry/src/serde/removed.rs")),
    Attempt("cargo-settings", "replace cargo's settings", planted(CACHES / "cargo/config.toml")),
    Attempt("uv-cache-rename", "put another module over one in the uv cache", in_cache("neighbour_renamed")),
    Attempt("uv-cache-remove", "remove a wheel from the uv cache", gone_from_cache("neighbour_removed")),
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
    # Whose files are whose
    Attempt("owner-by-symlink", "give a service's file away by a symlink in S", service_given_away("symlink")),
    Attempt("owner-by-hard-link", "give it away by a hard link in S", service_given_away("hard-link")),
    Attempt("owner-by-replaced-directory", "give it away by a directory that becomes a link", service_given_away("replaced")),
    Attempt("owner-of-settings", "give the front end's settings away by a symlink", settings_given_away),
    Attempt("left-deep", "leave a deep tree that is not the builder's", not_the_builders("left-deep")),
    Attempt("left-closed", "leave a closed directory that is not the builder's", not_the_builders("left-closed")),
    Attempt("left-fifo", "leave a fifo that is not the builder's", not_the_builders("left-fifo")),
    Attempt("left-socket", "leave a socket that is not the builder's", not_the_builders("left-socket")),
    Attempt("left-two-names", "leave a file of two names that is not the builder's", not_the_builders("left-two-names")),
    Attempt("left-odd-names", "leave odd names that are not the builder's", not_the_builders("left-odd-names")),
    Attempt("sources-swapped", "put a link in the place of the source tree", source_is_link, "sources-swapped"),
    Attempt("pkg-info-link", "the front end writes through a link in S", written_through_link, "pkg-info-link"),
    # Results and answers: the way out of a step
    Attempt("wheel-dotdot", "name a wheel upwards of the output directory", other_wheel_replaced("wheel-dotdot"), "wheel-dotdot"),
    Attempt("wheel-absolute", "name a wheel by an absolute path", other_wheel_replaced("wheel-absolute"), "wheel-absolute"),
    Attempt("wheel-of-another", "build another package's wheel", other_wheel_replaced("wheel-of-another"), "wheel-of-another"),
    Attempt("wheel-of-a-third", "build the newest wheel of a third package", planted_third, "wheel-of-a-third"),
    Attempt("wheel-of-another-version", "build a newer version than the one asked for", planted_newer, "wheel-of-another-version"),
    Attempt("wheel-beside", "leave a file beside the wheel", planted(small("wheel-beside", "wheels") / "build/index.html"), "wheel-beside"),
    sdist_attempt("sdist-symlink", "publish a secret: the sdist is a symlink to it", sdist_shows("unlisted")),
    sdist_attempt("sdist-hard-link", "publish a secret: the sdist is a hard link to it", sdist_shows("unlisted")),
    Attempt("sdist-absolute", "publish a secret: the sdist is elsewhere", said_path, "sdist-absolute", ("--sdist",)),
    sdist_attempt("sdist-fifo", "the sdist is a fifo", sdist_is(stat.S_ISFIFO)),
    sdist_attempt("sdist-directory", "the sdist is a directory", sdist_is(stat.S_ISDIR)),
    sdist_attempt("sdist-setuid", "the sdist is a setuid program", sdist_is(lambda mode: mode & stat.S_ISUID)),
    sdist_attempt("sdist-acl", "an ACL on the sdist", lambda scene, sdist: "system.posix_acl_access" in os.listxattr(sdist)),
    Attempt("sdist-of-another", "build another package's sdist", planted(small("sdist-of-another", "sdists") / "builds/other-1.0.tar.gz"), "sdist-of-another", ("--sdist",)),
    Attempt("sdist-beside", "leave another sdist beside the own", planted(small("sdist-beside", "sdists") / "builds/third-99.0.tar.gz"), "sdist-beside", ("--sdist",)),
    Attempt("metadata-symlink", "metadata that is a symlink to a secret", believed("metadata-symlink", "unlisted"), "metadata-symlink", ("--metadata",)),
    Attempt("metadata-directory-link", "metadata by a link to a directory", believed("metadata-directory-link", "metadata"), "metadata-directory-link", ("--metadata",)),
    Attempt("metadata-absolute", "metadata by an absolute path", believed("metadata-absolute", "metadata"), "metadata-absolute", ("--metadata",)),
    Attempt("answer-symlink", "output.json is a symlink to a secret", said("answer-symlink", "answer"), "answer-symlink", ("--sdist",)),
    Attempt("answer-hard-link", "output.json is a hard link to a secret", said("answer-hard-link", "answer"), "answer-hard-link", ("--sdist",)),
    Attempt("answer-fifo", "output.json is a fifo: the front end hangs", hung("answer-fifo"), "answer-fifo", ("--sdist",)),
    Attempt("answer-huge", "output.json fills the front end's memory", swallowed("answer-huge"), "answer-huge", ("--sdist",), breaks=True),
    Attempt("answer-nested", "output.json overruns the front end's stack", crashed("answer-nested", RecursionError), "answer-nested", ("--sdist",), breaks=True),
    Attempt("answer-type", "output.json has a result of another type", crashed("answer-type", TypeError), "answer-type", ("--sdist",), breaks=True),
]

CHOSEN_MAIN = [attempt for attempt in chosen(os.geteuid() == 0) if attempt.build == "main"]
