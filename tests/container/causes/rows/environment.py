"""Variables, devices, and what else a package finds around it."""

from .cause import BY_DEVICES, BY_KEEP, LOSES, Cause, run


def keep(name):
    return {"environment": {"keep_also": [name]}}


def wants(name):
    return f"import os; os.environ['{name}']"


def named_or_counted(name):
    return (rf"\b{name}\b|\d+ (more |other )?(inherited )?variables?", BY_KEEP)


def inherits(name):
    """A variable of the container's, which places.py sets. How many are gone is enough: nobody knows which one was asked for."""
    return Cause(f"variable-{name.lower().replace('_', '-')}", named_or_counted(name), wants(name), place="variables", fix=keep(name))


VARIABLES = [
    inherits("CAUSES_API_KEY"),
    inherits("GITHUB_TOKEN"),
    inherits("AWS_REGION"),
    inherits("DOCKER_HOST"),
    inherits("HTTPS_PROXY"),
    inherits("SSH_AUTH_SOCK"),
    inherits("DATABASE_URL"),
    inherits("GIT_CONFIG_GLOBAL"),
    inherits("XDG_RUNTIME_DIR"),
    Cause("variable-of-the-step", (r"DEPLOY_TOKEN", BY_KEEP), wants("DEPLOY_TOKEN"), environ=("DEPLOY_TOKEN=t",), fix=keep("DEPLOY_TOKEN")),
    Cause("netrc-of-variable", named_or_counted("NETRC"), wants("NETRC"), fix=keep("NETRC")),
    Cause("index-with-a-token", named_or_counted("PIP_INDEX_URL"), "import os; assert 'builder:' in os.environ['PIP_INDEX_URL']",
          fix=keep("PIP_INDEX_URL")),
    Cause("url-with-a-token", (r"CMAKE_ARGS", BY_KEEP), "import os; assert 'me:word@' in os.environ['CMAKE_ARGS']",
          environ=("CMAKE_ARGS=-DURL=https://me:word@files.example/x",), fix=keep("CMAKE_ARGS")),
    Cause("variable-that-decides-quietly", (r"RELEASE_TOKEN", BY_KEEP), "import os; open('version', 'w').write(os.environ.get('RELEASE_TOKEN', '0'))",
          kind=LOSES, environ=("RELEASE_TOKEN=1.2",), check="grep -qx 1.2 $S/version", fix=keep("RELEASE_TOKEN")),
    Cause("host-name", (r"build-host-7", r"host_name"), "import socket; assert socket.gethostname() == 'build-host-7'", place="host"),
]


def device(name, code="", fix=None, **more):
    code = code or f"open('/dev/{name}', 'rb')"
    return Cause("device-" + more.pop("called", name.replace("/", "-")), (name, BY_DEVICES), code, place="devices",
                 fix={"devices": ["null", name]}, **more)


DEVICES = [
    device("kvm"),
    device("fuse"),
    device("net/tun"),
    device("watchdog9", "import os; os.stat('/dev/watchdog9')"),
    device("kvm", run("head", "-c1", "/dev/kvm"), called="of-a-child"),
    Cause("device-closed", (r"nvidia0", r"0600|mode"), "open('/dev/nvidia0', 'rb')", "chmod 0600 /dev/nvidia0", place="devices",
          fix={"identity": {"ephemeral": "none"}}),
]

JOBSERVER = [
    Cause("jobserver-fifo", (r"jobserver|MAKEFLAGS|/tmp/causes-fifo",),
          "import os; assert 'jobserver' in os.environ['MAKEFLAGS']; os.open('/tmp/causes-fifo', os.O_RDWR)", "mkfifo -m 666 /tmp/causes-fifo",
          environ=("MAKEFLAGS=-j4 --jobserver-auth=fifo:/tmp/causes-fifo",)),
    Cause("jobserver-lost-quietly", (r"jobserver|MAKEFLAGS",), "import os; open('jobs', 'w').write(os.environ['MAKEFLAGS'])", kind=LOSES,
          environ=("MAKEFLAGS=-j4 --jobserver-auth=3,4",), check="grep -q jobserver $S/jobs"),
]

TERMINAL = [Cause("terminal", (r"/dev/tty", r"terminal|session"), "open('/dev/tty', 'w')", place="terminal")]

ROWS = VARIABLES + DEVICES + JOBSERVER + TERMINAL
