"""What a step makes and cannot keep: full views, results elsewhere, renames to other mounts, what the next hook misses; limits."""

from .cause import ALIKE, LOSES, Cause, views, write

LARGER = {"view": "private", "backing": "memory", "size": 64 << 20}
# Another file system, or another mount of the same one.
RENAMED = r"cross-device|EXDEV|rename|link"


def fill(path):
    return f"""
        import os
        with open(os.path.expanduser('{path}'), 'wb') as file:
            for _ in range(40): file.write(bytes(1 << 16))"""


def fill_and_remove(path):
    return f"""
        import os
        path = os.path.expanduser('{path}')
        try:
            with open(path, 'wb') as file:
                for _ in range(40): file.write(bytes(1 << 16))
        finally:
            os.remove(path)"""


FULL = [
    Cause("home-full", (r"\$HOME", r"size|full"), fill("~/fill"), place="small", fix=views("$HOME", LARGER)),
    Cause("tmp-full", (r"/tmp", r"size|full"), fill("/tmp/fill"), place="small", fix=views("/tmp", {"backing": "disk", "size": None})),
    Cause("var-tmp-full", (r"/var/tmp", r"size|full"), fill("/var/tmp/fill"), place="small", fix=views("/var/tmp", LARGER)),
    Cause("shm-full", (r"/dev/shm", r"size|full"), fill("/dev/shm/fill"), place="small", fix=views("/dev/shm", LARGER)),
    Cause("cache-full", (r"CCACHE_DIR|/ccache", r"size|full"), fill("/var/cache/builder/ccache/fill"), place="small",
          fix=views("$CCACHE_DIR", {"size": 64 << 20})),
    Cause("home-full-and-removed", (r"\$HOME", r"size|full"), fill_and_remove("~/fill"), place="small", fix=views("$HOME", LARGER)),
]

MOVE = "import os; write_wheel('.', wheel); os.{call}(wheel, os.path.join(wheel_directory, wheel)); return wheel"
LINK = "import os; write_wheel('.', wheel); os.symlink(os.path.abspath(wheel), os.path.join(wheel_directory, wheel)); return wheel"
SERVER = """
    import os, socket, time
    server = socket.create_server(('127.0.0.1', 8105))
    if os.fork() == 0:
        os.setsid()
        for n in (0, 1, 2): os.dup2(os.open('/dev/null', os.O_RDWR), n)
        time.sleep(20)
        os._exit(0)"""


def leaves(name, path, words, check, **more):
    """It ends well, and what it has left is not there."""
    return Cause(name, words, write(path), kind=LOSES, check=f"test -e {check}", **more)


def beside_the_wheel(name, file):
    return Cause(name, (file.replace(".", r"\."),), f"import os; open(os.path.join(wheel_directory, '{file}'), 'w')", kind=LOSES,
                 check=f"test -e $OUT/{file}")


LEFT = [
    beside_the_wheel("second-file", "report.json"),
    beside_the_wheel("second-wheel", "extra-1.0-py3-none-any.whl"),
    Cause("wheel-of-another-name", (r"elsewhere-1\.0", r"artefact_names"), "wheel = 'elsewhere-1.0-py3-none-any.whl'",
          fix={"artefact_names": ["elsewhere"]}),
    Cause("wheel-is-a-link", (r"link", r"\.whl"), LINK),
    Cause("absolute-return", (r"\.whl", r"path|name"),
          "import os; write_wheel(wheel_directory, wheel); return os.path.join(wheel_directory, wheel)"),
    leaves("result-in-home", "~/result", (r"result", r"\$HOME|views"), "~/result"),
    leaves("result-in-tmp", "/tmp/causes-result", (r"causes-result", r"/tmp"), "/tmp/causes-result"),
    leaves("ccache-entry", "/var/cache/builder/ccache/entry", (r"CCACHE_DIR|/var/cache/builder/ccache",), "/var/cache/builder/ccache/entry"),
    Cause("tmp-of-the-hook-before", (r"/tmp/causes-state", r"/tmp"), "open('/tmp/causes-state').read()", first=write("/tmp/causes-state")),
    Cause("home-of-the-hook-before", (r"causes-state", r"HOME|home"), "import os; open(os.path.expanduser('~/causes-state')).read()",
          first=write("~/causes-state")),
    Cause("daemon-of-the-hook-before", (r"8105", r"hook|step|network"), "import socket; socket.create_connection(('127.0.0.1', 8105), 5)",
          first=SERVER),
    Cause("rename-to-tmp", (r"/tmp/renamed", RENAMED), "import os; open('built', 'w'); os.rename('built', '/tmp/renamed')"),
    Cause("rename-to-home", (r"renamed", RENAMED), "import os; open('built', 'w'); os.rename('built', os.path.expanduser('~/renamed'))"),
    Cause("rename-from-tmp", (r"/tmp/made", RENAMED), "import os; open('/tmp/made', 'w'); os.rename('/tmp/made', 'made')"),
    Cause("rename-wheel", (r"\.whl", RENAMED), MOVE.format(call="rename")),
    Cause("link-to-tmp", (r"/tmp/linked", RENAMED), "import os; open('built', 'w'); os.link('built', '/tmp/linked')"),
    Cause("link-wheel", (r"\.whl", RENAMED), MOVE.format(call="link")),
]

FORKS = """
    import os, signal
    made = []
    try:
        for _ in range(60):
            pid = os.fork()
            if pid == 0: signal.pause()
            made.append(pid)
    finally:
        for pid in made: os.kill(pid, 9)"""
GROW = """
    import os
    with open(os.path.expanduser('~/fill'), 'wb') as file:
        for _ in range(250): file.write(bytes(1 << 20))"""

LIMITS = [
    Cause("wall-clock", (r"limits\.wall_clock_seconds",), "import time; time.sleep(12)", place="limits",
          fix={"limits": {"wall_clock_seconds": 60}}),
    Cause("processes", (r"limits\.processes",), FORKS, place="limits", fix={"limits": {"processes": 200}}),
    Cause("open-files", (r"limits\.open_files",), "files = [open('/dev/null') for _ in range(100)]", place="limits",
          fix={"limits": {"open_files": 200}}),
    Cause("limit-raised", (r"limits\.open_files",), "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))", place="limits",
          fix={"limits": {"open_files": "inherit"}}),
    Cause("address-space", (r"limits\.address_space_bytes",), "import mmap; mmap.mmap(-1, 3 << 30)", place="limits",
          fix={"limits": {"address_space_bytes": "inherit"}}),
    Cause("memory-of-home", (r"memory", r"HOME|views"), GROW, place="memory", fix=views("$HOME", {"backing": "disk", "size": None})),
    Cause("memory", (r"memory",), "x = bytearray(400 << 20); x[::4096] = b'x' * len(x[::4096])", kind=ALIKE, place="memory"),
]

ROWS = FULL + LEFT + LIMITS
