"""What package code does that a step may not: the list that the last line of Rind is held against.

Each row is a package of a few lines. Without Rind its build passes, in the same image. With Rind it fails, or it ends well and
has lost something; then the last line of Rind on standard error has the words of the row: what was missing (a path, a
variable, an address, a device, a system call), and the key of the policy that gives it, or why nothing does.

not_yet.txt has the names of rows that are not named yet, a line each. One that is named and still in it is an error.
"""

import dataclasses
import pathlib

FAILS = "fails"  # the hook fails
LOSES = "loses"  # the hook ends well, and `check` fails afterwards
SAME = "same"  # it passes with Rind as well, and Rind says nothing
ALIKE = "alike"  # it fails without Rind as well: Rind's line names the cause, or blames nothing that Rind did


@dataclasses.dataclass(frozen=True)
class Cause:
    """One package. The shells of `setup` and `check` know the variables S, W, V and OUT."""

    name: str
    words: tuple  # regular expressions, all of which are in the line
    code: str = ""  # lines of build_wheel(wheel_directory); they may set `wheel` and return
    setup: str = ""  # shell, as the builder, before the build
    first: str = ""  # lines of get_requires_for_build_wheel, called before
    check: str = ""  # of LOSES: shell, after the build; succeeds where nothing was lost
    kind: str = FAILS
    environ: tuple = ()  # what the front end sets for this package
    place: str = "plain"  # the container, see places.py
    never: str = ""  # a regular expression that is not in the line


def names(*values):
    return values


# The key, or the reason, that goes with a thing.
BY_VIEWS = r"\bviews?\b"
BY_NETWORK = r"network"
BY_IDENTITY = r"identity|lend|chmod|mode 0"
BY_SECCOMP = r"seccomp"
BY_KEEP = r"keep_also"
BY_DEVICES = r"devices"



# Lines of a package. `~` stands for HOME.
def at(path):
    return f"os.path.expanduser('{path}')"


def connects(path):
    return f"import os, socket; socket.socket(socket.AF_UNIX).connect({at(path)})"


def read(path):
    return f"import os; assert open({at(path)}).read()"


def write(path):
    return f"import os; open({at(path)}, 'w').write('x')"


def make(path):
    return f"import os; os.makedirs({at(path)})"


def run(*words):
    return f"import subprocess; subprocess.run({list(words)}, check=True)"


def fill(path):
    return f"""
          import os
          with open({at(path)}, 'wb') as file:
              for _ in range(64): file.write(bytes(1 << 16))"""


NETWORK = [
    Cause("dns", (r"198\.51\.100\.53|index\.example", BY_NETWORK), "import socket; socket.getaddrinfo('index.example', 80)", place="network"),
    Cause("address", (r"198\.51\.100\.7", BY_NETWORK), "import socket; socket.create_connection(('198.51.100.7', 8080), 5)",
          "serve tcp 198.51.100.7:8080", place="network"),
    Cause("udp", (r"198\.51\.100\.7", BY_NETWORK), """
          import socket
          s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5)
          s.sendto(b'x', ('198.51.100.7', 8081)); s.recv(1)""", "serve udp 198.51.100.7:8081", place="network"),
    Cause("loopback", (r"8101", BY_NETWORK), "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8101/').read()",
          "serve tcp 127.0.0.1:8101"),
    Cause("loopback-6", (r"8102", BY_NETWORK), "import socket; socket.create_connection(('::1', 8102), 5)", "serve tcp ::1:8102"),
    Cause("localhost-by-name", (r"8103", BY_NETWORK), "import socket; socket.create_connection(('localhost', 8103), 5)", "serve tcp 127.0.0.1:8103"),
    Cause("proxy", (r"8104", BY_NETWORK), "import os, urllib.request; urllib.request.urlopen('http://files.example/x').read()",
          "serve tcp 127.0.0.1:8104", environ=names("http_proxy=http://127.0.0.1:8104", "no_proxy=")),
    Cause("socket-in-run", (r"/run/causes/socket", BY_VIEWS), connects("/run/causes/socket"), "mkdir -p /run/causes; serve unix /run/causes/socket"),
    Cause("socket-in-tmp", (r"/tmp/causes-socket", BY_VIEWS), connects("/tmp/causes-socket"), "serve unix /tmp/causes-socket"),
    Cause("socket-in-home", (r"/agent-socket", BY_VIEWS), connects("~/agent-socket"),
          "serve unix $HOME/agent-socket"),
    Cause("socket-closed", (r"/opt/causes/closed-socket", BY_IDENTITY), connects("/opt/causes/closed-socket"),
          "serve unix /opt/causes/closed-socket; chmod 0600 /opt/causes/closed-socket"),
    Cause("socket-abstract", (r"causes-abstract", BY_NETWORK), connects("\\0causes-abstract"),
          "serve unix @causes-abstract"),
]


def reads(name, path, words, mode="0644", setup="", **more):
    """A file of the builder's that the package reads by its full name."""
    prepare = f"mkdir -p $(dirname {path}); echo x >{path}; chmod {mode} {path}; {setup}"
    return Cause(name, words, read(path.replace("$HOME", "~")), prepare, **more)


def writes(name, path, words, code=write, setup="", **more):
    return Cause(name, words, code(path), setup, **more)


FILES = [
    reads("home-file", "$HOME/settings.toml", (r"settings\.toml", BY_VIEWS)),
    reads("home-config", "$HOME/.config/tool/config", (r"\.config", BY_VIEWS)),
    reads("home-ssh", "$HOME/.ssh/known_hosts", (r"\.ssh", BY_VIEWS)),
    reads("home-of-another", "/home/somebody/tool.conf", (r"/home", BY_VIEWS)),
    reads("roots-home", "/root/tool.conf", (r"/root/tool\.conf", BY_VIEWS)),
    reads("run-file", "/run/causes-state", (r"/run/causes-state", BY_VIEWS)),
    reads("log-file", "/var/log/causes.log", (r"/var/log/causes\.log", BY_VIEWS)),
    reads("tmp-file", "/tmp/causes-input", (r"/tmp/causes-input", BY_VIEWS)),
    reads("var-tmp-file", "/var/tmp/causes-input", (r"/var/tmp/causes-input", BY_VIEWS)),
    reads("shm-file", "/dev/shm/causes-input", (r"/dev/shm/causes-input", BY_VIEWS)),
    reads("hidden-file", "/srv/hidden/model", (r"/srv/hidden", r"\bhide\b")),
    reads("pip-conf", "/etc/pip.conf", (r"/etc/pip\.conf", BY_VIEWS)),
    reads("entitlement", "/etc/pki/entitlement/1-key.pem", (r"/etc/pki/entitlement", BY_VIEWS), mode="0600"),
    reads("cargo-credentials", "/var/cache/builder/cargo/credentials.toml", (r"credentials\.toml", BY_VIEWS)),
    Cause("netrc", (r"\.netrc", BY_VIEWS), "import os, netrc; assert netrc.netrc().authenticators('gitlab.example')"),
    Cause("netrc-of-variable", (r"NETRC|/etc/builder/netrc",), "import os; open(os.environ['NETRC']).read()"),
    Cause("gitconfig", (r"\.gitconfig", BY_VIEWS), run("git", "config", "causes.name"),
          "git config --global causes.name x"),
    reads("closed-0600", "/etc/causes-0600.conf", (r"/etc/causes-0600\.conf", BY_IDENTITY), mode="0600"),
    reads("closed-0640", "/etc/causes-0640.conf", (r"/etc/causes-0640\.conf", BY_IDENTITY), mode="0640", setup="chgrp 42 /etc/causes-0640.conf"),
    reads("closed-directory", "/srv/closed/deep/file", (r"/srv/closed", BY_IDENTITY), setup="chmod 0700 /srv/closed"),
    reads("closed-to-read-with-variable", "/srv/license/key", (r"/srv/license", BY_IDENTITY), mode="0400"),
    Cause("closed-program", (r"/opt/causes/tool", BY_IDENTITY), run("/opt/causes/tool"), "printf '#!/bin/sh\\n' >/opt/causes/tool; chmod 0700 /opt/causes/tool"),
    Cause("closed-listing", (r"/srv/listing", BY_IDENTITY), "import os; os.listdir('/srv/listing')", "mkdir -m 0711 /srv/listing"),
    Cause("shebang", (r"/root/sh", BY_VIEWS), run("/opt/causes/shebang"),
          "cp /bin/sh /root/sh; printf '#!/root/sh\\n' >/opt/causes/shebang; chmod +x /opt/causes/shebang"),
    Cause("other-package", (r"other-1\.0", BY_VIEWS + "|package"), "open('/opt/app-root/src/work-dir/other-1.0/other-1.0/setup.cfg').read()"),
    Cause("other-package-by-path", (r"\.\./\.\./other-1\.0|other-1\.0", BY_VIEWS + "|package"), "open('../../other-1.0/other-1.0/setup.cfg').read()"),
    Cause("beside-the-sources", (r"prefix", BY_VIEWS + "|package"), "open('../prefix/lib').read()", "mkdir $W/prefix; echo x >$W/prefix/lib"),
    Cause("proc-of-another", (r"/proc/\d+", r"pid|process"), "import os; open('/proc/' + open('/opt/causes/daemon').read().strip() + '/cmdline').read()",
          "setsid sleep 1000 & echo $! >/opt/causes/daemon"),
]

WRITES = [
    writes("write-usr-local", "/usr/local/share/causes", (r"/usr/local/share/causes", BY_VIEWS)),
    writes("write-opt", "/opt/causes/made", (r"/opt/causes/made", BY_VIEWS)),
    writes("write-etc", "/etc/causes.made", (r"/etc/causes\.made", BY_VIEWS)),
    writes("write-lib", "/usr/lib/python3/causes.pyc", (r"/usr/lib/python3/causes\.pyc", BY_VIEWS)),
    writes("write-lock", "/run/lock/causes", (r"/run/lock", BY_VIEWS), setup="mkdir -p /run/lock"),
    writes("write-log", "/var/log/causes-made", (r"/var/log", BY_VIEWS)),
    writes("make-in-srv", "/srv/volume/build/x", (r"/srv/volume", BY_VIEWS), code=make, setup="mkdir /srv/volume"),
    Cause("write-cache-of-variable", (r"/srv/tool-cache", r"CAUSES_CACHE|/srv/tool-cache", BY_VIEWS), "import os; open(os.environ['CAUSES_CACHE'] + '/entry', 'w')",
          "mkdir /srv/tool-cache", environ=names("CAUSES_CACHE=/srv/tool-cache")),
    Cause("write-read-only-cache", (r"/var/cache/builder", BY_VIEWS), "open('/var/cache/builder/new', 'w')"),
    Cause("write-environment", (r"site-packages|/lib/causes", r"environment|views"), "import os, sys; open(sys.prefix + '/lib/causes', 'w')"),
    Cause("write-beside", (r"cmake-build", BY_VIEWS + "|package"), "import os; os.makedirs('../cmake-build')"),
    Cause("write-other-package", (r"other-1\.0", BY_VIEWS + "|package"), "open('/opt/app-root/src/work-dir/other-1.0/other-1.0/new', 'w')"),
    Cause("remove-elsewhere", (r"/opt/causes/old", BY_VIEWS), "import os; os.remove('/opt/causes/old')", "touch /opt/causes/old"),
    Cause("chmod-elsewhere", (r"/opt/causes/kept", BY_VIEWS + "|" + BY_IDENTITY), "import os; os.chmod('/opt/causes/kept', 0o755)", "touch /opt/causes/kept"),
    Cause("write-0644", (r"/srv/state", BY_VIEWS), "open('/srv/state', 'a').write('x')", "touch /srv/state"),
    Cause("write-lent-without-lend", (r"/srv/rw", r"lend"), "open('/srv/rw/new', 'w')", "mkdir /srv/rw", place="policies"),
    reads("home-read-only", "$HOME/settings.toml", (r"HOME", BY_VIEWS), place="policies"),
]

FULL = [
    Cause("home-full", (r"views\.\$HOME|\$HOME", r"size|full"), fill("~/fill"), place="small"),
    Cause("tmp-full", (r"/tmp", r"size|full"), fill("/tmp/fill"), place="small"),
    Cause("var-tmp-full", (r"/var/tmp", r"size|full"), fill("/var/tmp/fill"), place="small"),
    Cause("shm-full", (r"/dev/shm", r"size|full"), fill("/dev/shm/fill"), place="small"),
    Cause("cache-full", (r"CCACHE_DIR|/ccache", r"size|full"), fill("/var/cache/builder/ccache/fill"), place="small"),
    Cause("home-full-and-removed", (r"\$HOME", r"size|full"), """
          import os
          try:
              with open(os.path.expanduser('~/fill'), 'wb') as file:
                  for _ in range(64): file.write(bytes(1 << 16))
          finally:
              os.remove(os.path.expanduser('~/fill'))""", place="small"),
]

OUTPUTS = [
    Cause("second-file", (r"report\.json",), "import os; open(os.path.join(wheel_directory, 'report.json'), 'w')", kind=LOSES, check="test -e $OUT/report.json"),
    Cause("second-wheel", (r"extra-1\.0-py3-none-any\.whl",), "import os; open(os.path.join(wheel_directory, 'extra-1.0-py3-none-any.whl'), 'w')", kind=LOSES,
          check="test -e $OUT/extra-1.0-py3-none-any.whl"),
    Cause("wheel-of-another-name", (r"elsewhere-1\.0", r"artefact_names"), "wheel = 'elsewhere-1.0-py3-none-any.whl'"),
    Cause("wheel-is-a-link", (r"link", r"\.whl"), """
          import os
          write_wheel(os.getcwd(), wheel)
          os.symlink(os.path.join(os.getcwd(), wheel), os.path.join(wheel_directory, wheel))
          return wheel"""),
    Cause("absolute-return", (r"\.whl", r"path|name"), "import os; write_wheel(wheel_directory, wheel); return os.path.join(wheel_directory, wheel)"),
    Cause("result-in-home", (r"result", r"\$HOME|views"), "import os; open(os.path.expanduser('~/result'), 'w').write('x')", kind=LOSES, check="test -e ~/result"),
    Cause("result-in-tmp", (r"causes-result", r"/tmp"), "open('/tmp/causes-result', 'w').write('x')", kind=LOSES, check="test -e /tmp/causes-result"),
    Cause("ccache-entry", (r"CCACHE_DIR|/var/cache/builder/ccache",), "import os; open(os.environ['CCACHE_DIR'] + '/entry', 'w').write('x')", kind=LOSES,
          check="test -e $CCACHE_DIR/entry"),
    Cause("tmp-of-the-hook-before", (r"/tmp/causes-state", r"/tmp"), "open('/tmp/causes-state').read()", first="open('/tmp/causes-state', 'w').write('x')"),
    Cause("home-of-the-hook-before", (r"causes-state", r"HOME|home"), "import os; open(os.path.expanduser('~/causes-state')).read()",
          first="import os; open(os.path.expanduser('~/causes-state'), 'w').write('x')"),
    Cause("daemon-of-the-hook-before", (r"8105", r"hook|step|network"), "import socket; socket.create_connection(('127.0.0.1', 8105), 5)", first="""
          import os, socket, time
          server = socket.create_server(('127.0.0.1', 8105))
          if os.fork() == 0:
              os.setsid()
              for n in (0, 1, 2): os.dup2(os.open('/dev/null', os.O_RDWR), n)
              time.sleep(20)
              os._exit(0)"""),
    Cause("rename-to-tmp", (r"/tmp/renamed", r"cross-device|EXDEV|rename"), "import os; open('built', 'w'); os.rename('built', '/tmp/renamed')"),
    Cause("rename-to-home", (r"renamed", r"cross-device|EXDEV|rename"), "import os; open('built', 'w'); os.rename('built', os.path.expanduser('~/renamed'))"),
    Cause("rename-from-tmp", (r"/tmp/made", r"cross-device|EXDEV|rename"), "import os; open('/tmp/made', 'w'); os.rename('/tmp/made', 'made')"),
    Cause("rename-wheel", (r"\.whl", r"cross-device|EXDEV|rename"), """
          import os
          write_wheel('.', wheel)
          os.rename(wheel, os.path.join(wheel_directory, wheel))
          return wheel"""),
    Cause("link-to-tmp", (r"/tmp/linked", r"cross-device|EXDEV|link"), "import os; open('built', 'w'); os.link('built', '/tmp/linked')"),
    Cause("link-wheel", (r"\.whl", r"cross-device|EXDEV|link"), """
          import os
          write_wheel('.', wheel)
          os.link(wheel, os.path.join(wheel_directory, wheel))
          return wheel"""),
]

DEVICES = [
    Cause("kvm", (r"kvm", BY_DEVICES), "open('/dev/kvm', 'rb')", place="devices"),
    Cause("fuse", (r"fuse", BY_DEVICES), "open('/dev/fuse', 'rb')", place="devices"),
    Cause("tun", (r"net/tun", BY_DEVICES), "open('/dev/net/tun', 'rb')", place="devices"),
    Cause("watchdog", (r"watchdog9", BY_DEVICES), "import os; os.stat('/dev/watchdog9')", place="devices"),
    Cause("nvidia-closed", (r"nvidia0", r"0600|mode"), "open('/dev/nvidia0', 'rb')", "chmod 0600 /dev/nvidia0", place="devices"),
    Cause("device-for-a-child", (r"kvm", BY_DEVICES), run("head", "-c1", "/dev/kvm"), place="devices"),
]

variable = "import os; os.environ[os.environ['WANTED']]"
holds = "import os; assert os.environ['PART'] in os.environ[os.environ['WANTED']]"


def inherits(name, value="x", **more):
    """A variable of the container's (its value is in places.py)."""
    return Cause(f"variable-{name.lower().replace('_', '-')}", (rf"\b{name}\b|\d+ (more |other )?(inherited )?variables?", BY_KEEP), variable, environ=names(f"WANTED={name}"), place="variables", **more)


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
    Cause("variable-of-the-step", (r"DEPLOY_TOKEN", BY_KEEP), "import os; os.environ['DEPLOY_TOKEN']", environ=names("DEPLOY_TOKEN=t")),
    Cause("index-with-a-token", (r"PIP_INDEX_URL", BY_KEEP + "|delete_url_credentials"), holds, environ=names("WANTED=PIP_INDEX_URL", "PART=builder:")),
    Cause("url-with-a-token", (r"CMAKE_ARGS", BY_KEEP + "|delete_url_credentials"), holds,
          environ=names("WANTED=CMAKE_ARGS", "PART=me:word@", "CMAKE_ARGS=-DURL=https://me:word@files.example/x")),
    Cause("variable-that-decides-quietly", (r"RELEASE_TOKEN", BY_KEEP), "import os; open('version', 'w').write(os.environ.get('RELEASE_TOKEN', 'none'))", kind=LOSES,
          environ=names("RELEASE_TOKEN=1.2"), check="grep -qx 1.2 $S/version"),
    Cause("host-name", (r"build-host-7", r"host_name"), "import socket; assert socket.gethostname() == 'build-host-7', socket.gethostname()", place="host"),
]

ctypes_call = """
          import ctypes, os
          libc = ctypes.CDLL(None, use_errno=True)
          def call(*words):
              if libc.syscall(*words) < 0:
                  raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
          """


def calls(name, words, code, **more):
    return Cause(name, words, ctypes_call + code, place="able", **more)


PROCESSES = [
    Cause("unshare", (r"unshare|namespace", BY_SECCOMP), run("unshare", "-r", "true")),
    Cause("mount", (r"unshare|namespace|mount", BY_SECCOMP), run("unshare", "-rm", "mount", "-t", "tmpfs", "x", "/mnt")),
    Cause("chroot", (r"chroot", BY_SECCOMP), run("chroot", "/", "true")),
    Cause("kill-another", (r"kill|process", r"pid|process"), "import os; os.kill(int(open('/opt/causes/killed').read()), 15)",
          "setsid sleep 1000 & echo $! >/opt/causes/killed"),
    calls("ptrace-another", (r"ptrace|process", r"pid|process"), "call(101, 16, int(open('/opt/causes/traced').read()), 0, 0)",
          setup="setsid sleep 1000 & echo $! >/opt/causes/traced"),
    calls("nice", (r"nice|priority", r"capabilit|CAP_SYS_NICE|privilege"), "os.nice(-5)"),
    Cause("become-another", (r"setuid|uid", r"identity|uid"), "import subprocess; subprocess.run(['true'], user=65534, check=True)"),
    Cause("become-another-group", (r"setgroups|setgid|gid", r"identity|gid|group"), "import subprocess; subprocess.run(['true'], group=65534, extra_groups=[], check=True)"),
    Cause("setpriv", (r"set(res)?[ug]id|uid", r"identity|uid"), run("setpriv", "--reuid", "65534", "--clear-groups", "true")),
    Cause("chown-by-name", (r"chown|owner|uid",), "import subprocess; subprocess.run(['install', '-o', 'nobody', '/etc/hostname', 'made'], check=True); import os; assert os.stat('made').st_uid == 65534"),
    Cause("file-capability", (r"xattr|security\.capability|capabilit",), "import os, struct; open('made', 'w'); os.setxattr('made', 'security.capability', struct.pack('<5I', 0x02000001, 1 << 10, 0, 0, 0))"),
    calls("device-node", (r"mknod", r"CAP_MKNOD|capabilit|device"), "import stat; os.mknod('node', 0o600 | stat.S_IFCHR, os.makedev(1, 3))"),
    calls("keyring", (r"add_key|keyctl", BY_SECCOMP), "call(248, b'user', b'causes', b'x', 1, -3)"),
    calls("bpf", (r"\bbpf\b", BY_SECCOMP), "import struct; call(321, 0, ctypes.create_string_buffer(struct.pack('<5I', 2, 4, 4, 1, 0) + bytes(100)), 72)"),
    calls("perf", (r"perf_event_open", BY_SECCOMP), "import struct; call(298, ctypes.create_string_buffer(struct.pack('<IIQ', 1, 112, 0) + bytes(100)), 0, -1, -1, 0)"),
    calls("io-uring", (r"io_uring", BY_SECCOMP), "call(425, 4, ctypes.create_string_buffer(120))"),
    calls("userfaultfd", (r"userfaultfd", BY_SECCOMP), "call(323, 1)"),
    calls("kcmp", (r"kcmp", BY_SECCOMP), "p = os.getpid(); call(312, p, p, 1, 0, 0)"),
    calls("move-pages", (r"move_pages", BY_SECCOMP), "call(279, 0, 0, 0, 0, 0, 0)"),
    calls("vmsplice", (r"vmsplice", BY_SECCOMP), "r, w = os.pipe(); call(278, w, 0, 0, 0)"),
    calls("packet-socket", (r"socket|AF_PACKET", BY_SECCOMP), "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)"),
    calls("raw-socket", (r"socket", r"CAP_NET_RAW|capabilit|network"), "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).sendto(bytes([8]) + bytes(7), ('127.0.0.1', 0)); assert os.getuid() == 0"),
    calls("32-bit", (r"32-bit|architecture", BY_SECCOMP), """import mmap, signal
          page = mmap.mmap(-1, 4096, prot=7)
          page.write(bytes.fromhex('b814000000cd80c3'))  # mov eax, 20 (getpid); int 0x80; ret
          address = ctypes.addressof(ctypes.c_char.from_buffer(page))
          assert ctypes.CFUNCTYPE(ctypes.c_int)(address)() > 0"""),
    calls("oom-score", (r"/proc/self/oom_score_adj", r"read-only|/proc"), "open('/proc/self/oom_score_adj', 'w').write('500')"),
    calls("comm", (r"/proc/self/comm", r"read-only|/proc"), "open('/proc/self/comm', 'w').write('causes')"),
    calls("core", (r"core", r"core_bytes"), "import resource; resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20)); assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 1 << 20"),
    Cause("terminal", (r"/dev/tty", r"terminal|session"), "open('/dev/tty', 'w')", place="terminal"),
]

JOBSERVER = [
    Cause("jobserver-fifo", (r"jobserver|MAKEFLAGS|/tmp/causes-fifo",), "import os; assert 'jobserver' in os.environ['MAKEFLAGS']; os.open('/tmp/causes-fifo', os.O_RDWR)",
          "mkfifo /tmp/causes-fifo", environ=names("MAKEFLAGS=-j4 --jobserver-auth=fifo:/tmp/causes-fifo")),
    Cause("jobserver-lost-quietly", (r"jobserver|MAKEFLAGS",), "import os; open('jobs', 'w').write(os.environ['MAKEFLAGS'])", kind=LOSES,
          environ=names("MAKEFLAGS=-j4 --jobserver-auth=3,4"), check="grep -q jobserver $S/jobs"),
]

LIMITS = [
    Cause("wall-clock", (r"limits\.wall_clock_seconds",), "import time; time.sleep(12)", place="limits"),
    Cause("processes", (r"limits\.processes",), """
          import os, signal
          made = []
          try:
              for _ in range(60):
                  pid = os.fork()
                  if pid == 0: signal.pause()
                  made.append(pid)
          finally:
              for pid in made: os.kill(pid, 9)""", place="limits"),
    Cause("open-files", (r"limits\.open_files",), "files = [open('/dev/null') for _ in range(100)]", place="limits"),
    Cause("limit-raised", (r"limits\.open_files",), "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (512, 512))", place="limits"),
    Cause("address-space", (r"limits\.address_space_bytes",), "import mmap; mmap.mmap(-1, 3 << 30)", place="limits"),
    Cause("memory-of-home", (r"memory", r"HOME|views"), "import os; open(os.path.expanduser('~/fill'), 'wb').write(bytes(1)); [open(os.path.expanduser('~/fill'), 'ab').write(bytes(1 << 20)) for _ in range(250)]",
          place="memory"),
    Cause("memory", (r"memory",), "x = bytearray(400 << 20); x[::4096] = b'x' * len(x[::4096])", kind=ALIKE, place="memory"),
]

# Faults of the package's own: nothing that Rind did is blamed.
BLAME = r"views|hidden|read-only|identity\.|seccomp denied"
OWN = [
    Cause("own-exit", (r"exit status 3",), "raise SystemExit(3)", kind=ALIKE, never=BLAME),
    Cause("own-missing-file", (r"exit status 1",), "open('/opt/causes/nowhere')", kind=ALIKE, never=BLAME),
    Cause("own-missing-module", (r"exit status 1",), "import causes_of_nobody", kind=ALIKE, never=BLAME),
    Cause("own-refused-connection", (r"exit status 1",), "import socket; socket.create_connection(('127.0.0.1', 9), 5)", kind=ALIKE, never=BLAME),
    Cause("own-read-only-volume", (r"exit status 1",), "open('/srv/read-only/new', 'w')", kind=ALIKE, never=r"views\."),
    Cause("own-searching", (r"exit status 1",), """
          import os, subprocess
          for path in ('~/.config/none', '/root/none', '/etc/none', '/run/none', '/opt/none'):
              assert not os.path.exists(os.path.expanduser(path))
          subprocess.run(['gcc', '-x', 'c', '-', '-o', 'x'], input=b'no program', check=True)""", kind=ALIKE, never=BLAME),
]

# What could be taken for a cause, and is none.
SAME_WITH_RIND = [
    Cause("nothing", (), kind=SAME),
    Cause("program-that-searches", (), """
          import os, subprocess, tempfile
          for path in ('~/.config/none', '/root/none', '/etc/none', '/run/none', '/opt/none'):
              assert not os.path.exists(os.path.expanduser(path))
          subprocess.run(['gcc', '-x', 'c', '-', '-o', 'x'], input=b'int main() { return 0; }', check=True)
          tempfile.TemporaryFile().write(b'x')""", kind=SAME),
    Cause("archive-with-owners", (), """
          import io, subprocess, tarfile
          with tarfile.open('x.tar', 'w') as archive:
              member = tarfile.TarInfo('member'); member.uid = 1234
              archive.addfile(member, io.BytesIO())
          subprocess.run(['tar', '-xf', 'x.tar'], check=True)""", kind=SAME),
    Cause("processes-that-talk", (), """
          import multiprocessing, os, socket, threading
          with multiprocessing.Pool(2) as pool: assert pool.map(abs, [-1, -2]) == [1, 2]
          server = socket.create_server(('127.0.0.1', 0))
          socket.create_connection(server.getsockname(), 5)
          pid = os.fork()
          if pid == 0: os._exit(0)
          os.kill(pid, 9); os.wait()""", kind=SAME),
    Cause("git-ownership", (), run("git", "-C", "/srv/repository", "status"),
          "git init -q /srv/repository", kind=SAME),
    Cause("program-of-path", (), run("causes-cargo"),
          "mkdir -p /root/.cargo/bin; printf '#!/bin/sh\\n' >/root/.cargo/bin/causes-cargo; chmod +x /root/.cargo/bin/causes-cargo",
          environ=names("PATH+=/root/.cargo/bin"), kind=SAME),
    Cause("program-by-link", (), run("causes-link"),
          "mkdir -p /root/tools; printf '#!/bin/sh\\n' >/root/tools/real; chmod +x /root/tools/real; ln -s /root/tools/real /usr/local/bin/causes-link", kind=SAME),
    Cause("library", (), "import ctypes; ctypes.CDLL('libcauses.so')",
          "mkdir -p /root/lib; echo 'int f;' | gcc -shared -x c - -o /root/lib/libcauses.so", environ=names("LD_LIBRARY_PATH=/root/lib"), kind=SAME),
    Cause("module", (), "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import causes_module'], check=True)",
          "mkdir -p /root/py; touch /root/py/causes_module.py", environ=names("PYTHONPATH=/root/py"), kind=SAME),
    Cause("prefix-of-variable", (), "import os; open(os.environ['ARROW_HOME'] + '/lib').read()",
          "mkdir -p /root/prefix; echo x >/root/prefix/lib", environ=names("ARROW_HOME=/root/prefix"), kind=SAME),
]

ROWS = NETWORK + FILES + WRITES + FULL + OUTPUTS + DEVICES + VARIABLES + PROCESSES + JOBSERVER + LIMITS + SAME_WITH_RIND + OWN
NOT_YET = frozenset(pathlib.Path(__file__).with_name("not_yet.txt").read_text().split())
