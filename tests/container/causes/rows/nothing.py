"""What could be taken for a cause and is none: builds that pass, and faults of the package's own."""

from .cause import ALIKE, SAME, Cause, read, run

SEARCH = """
    import os, subprocess, tempfile
    for path in ('~/.config/none', '/root/none', '/etc/none', '/run/none', '/opt/none'):
        assert not os.path.exists(os.path.expanduser(path))
    tempfile.TemporaryFile().write(b'x')
    subprocess.run(['gcc', '-x', 'c', '-', '-o', 'x'], input=PROGRAM, check=True)"""
ARCHIVE = """
    import io, subprocess, tarfile
    with tarfile.open('x.tar', 'w') as archive:
        member = tarfile.TarInfo('member'); member.uid = 1234
        archive.addfile(member, io.BytesIO())
    subprocess.run(['tar', '-xf', 'x.tar'], check=True)"""
TALK = """
    import multiprocessing, os, socket
    with multiprocessing.Pool(2) as pool: assert pool.map(abs, [-1, -2]) == [1, 2]
    server = socket.create_server(('127.0.0.1', 0))
    socket.create_connection(server.getsockname(), 5)
    pid = os.fork()
    if pid == 0: os._exit(0)
    os.kill(pid, 9); os.wait()"""
# Denied, and none of it matters to the build.
FALL_BACK = """
    import os, socket, subprocess
    subprocess.run(['unshare', '-r', 'true'], stderr=subprocess.DEVNULL)
    for path in ('~/.config/causes', '/root/causes', '/run/causes-none'):
        try: open(os.path.expanduser(path))
        except OSError: pass
    for address in ('127.0.0.1', 9), ('198.51.100.7', 80):
        try: socket.create_connection(address, 1)
        except OSError: pass
    try: open('/opt/causes/cache', 'w')
    except OSError: pass
    os.environ.get('CI_JOB_TOKEN')"""
MODULE = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import causes_module'], check=True)"


def passes(name, code="", setup="", environ=()):
    return Cause(name, (), code, setup, kind=SAME, environ=environ)


PASSES = [
    passes("nothing"),
    passes("program-that-searches", SEARCH.replace("PROGRAM", "b'int main() { return 0; }'")),
    passes("program-that-falls-back", FALL_BACK, "mkdir -p ~/.config; echo x >~/.config/causes; echo x >/root/causes"),
    passes("archive-with-owners", ARCHIVE),
    passes("processes-that-talk", TALK),
    passes("git-of-the-builder", run("git", "-C", "/srv/repository", "status"), "git init -q /srv/repository"),
    passes("program-of-path", run("causes-cargo"),
           "mkdir -p /root/.cargo/bin; printf '#!/bin/sh\\n' >/root/.cargo/bin/causes-cargo; chmod +x /root/.cargo/bin/causes-cargo",
           ("PATH+=/root/.cargo/bin",)),
    passes("program-by-link", run("causes-link"),
           "mkdir -p /root/tools; printf '#!/bin/sh\\n' >/root/tools/real; chmod +x /root/tools/real; ln -s /root/tools/real /usr/local/bin/causes-link"),
    passes("library", "import ctypes; ctypes.CDLL('libcauses.so')",
           "mkdir -p /root/lib; echo 'int f;' | gcc -shared -x c - -o /root/lib/libcauses.so", ("LD_LIBRARY_PATH=/root/lib",)),
    passes("module", MODULE, "mkdir -p /root/py; touch /root/py/causes_module.py", ("PYTHONPATH=/root/py",)),
    passes("prefix-of-variable", "import os; open(os.environ['ARROW_HOME'] + '/lib').read()", "mkdir -p /root/prefix; echo x >/root/prefix/lib",
           ("ARROW_HOME=/root/prefix",)),
]

BLAME = r"views|hidden|read-only|identity\.|seccomp denied"


def fails(name, code, line=r"exit status 1", never=BLAME):
    return Cause(name, (line,), code, kind=ALIKE, never=never)


OWN = [
    fails("own-exit", "raise SystemExit(3)", r"exit status 3"),
    fails("own-missing-file", read("/opt/causes/nowhere")),
    fails("own-missing-module", "import causes_of_nobody"),
    fails("own-refused-connection", "import socket; socket.create_connection(('127.0.0.1', 9), 5)"),
    fails("own-read-only-volume", "open('/srv/read-only/new', 'w')", never=r"views\."),
    fails("own-search", SEARCH.replace("PROGRAM", "b'no program'")),
]

ROWS = PASSES + OWN
