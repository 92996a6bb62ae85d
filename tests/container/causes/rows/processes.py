"""System calls: of other processes, of rights, and those that the filter denies. By their numbers on x86_64."""

from .cause import BUILDERS_UID, BY_SECCOMP, Cause, run

NO_FILTER = {"seccomp": "none"}
SYSCALL = """
    import ctypes, os, struct
    libc = ctypes.CDLL(None, use_errno=True)
    def call(*words):
        if libc.syscall(*words) < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    """
BPF = "call(321, 0, ctypes.create_string_buffer(struct.pack('<5I', 2, 4, 4, 1, 0) + bytes(100)), 72)"
PERF = "call(298, ctypes.create_string_buffer(struct.pack('<IIQ', 1, 112, 0) + bytes(100)), 0, -1, -1, 0)"
# mov eax, 20 (getpid); int 0x80; ret
INT_0X80 = """import mmap
    page = mmap.mmap(-1, 4096, prot=7)
    page.write(bytes.fromhex('b814000000cd80c3'))
    assert ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))() > 0"""
CORE = """import resource
    resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 1 << 20"""
PING = "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)"
CAPABILITY = "import os, struct; open('made', 'w'); os.setxattr('made', 'security.capability', struct.pack('<5I', 0x02000001, 1 << 10, 0, 0, 0))"
INSTALL = """
    import os, subprocess
    subprocess.run(['install', '-o', 'nobody', '/etc/hostname', 'made'], check=True)
    assert os.stat('made').st_uid == 65534"""


def calls(name, words, code, **more):
    """In a container whose engine has no filter and gives capabilities: what is denied then, Rind denies."""
    return Cause(name, words, SYSCALL + code, place="able", **more)


OTHERS = [
    Cause("kill-another", (r"kill|process", r"pid|process"), "import os; os.kill(int(open('/opt/causes/killed').read()), 15)",
          "setsid sleep 1000 & echo $! >/opt/causes/killed"),
    calls("ptrace-another", (r"ptrace|process", r"pid|process"), "call(101, 16, int(open('/opt/causes/traced').read()), 0, 0)",
          setup="setsid sleep 1000 & echo $! >/opt/causes/traced"),
    calls("oom-score", (r"/proc/self/oom_score_adj", r"read-only|/proc"), "open('/proc/self/oom_score_adj', 'w').write('500')"),
    calls("comm", (r"/proc/self/comm", r"read-only|/proc"), "open('/proc/self/comm', 'w').write('causes')"),
]

RIGHTS = [
    calls("nice", (r"nice|priority", r"capabilit|CAP_SYS_NICE|privilege"), "os.nice(-5)"),
    Cause("become-another", (r"setuid|uid", r"identity|uid"), "import subprocess; subprocess.run(['true'], user=65534, check=True)"),
    Cause("become-another-group", (r"setgroups|setgid|gid", r"identity|gid|group"),
          "import subprocess; subprocess.run(['true'], group=65534, extra_groups=[], check=True)"),
    Cause("setpriv", (r"set(res)?[ug]id|uid", r"identity|uid"), run("setpriv", "--reuid", "65534", "--clear-groups", "true")),
    Cause("chown-by-name", (r"chown|owner|uid",), INSTALL),
    Cause("file-capability", (r"xattr|security\.capability|capabilit",), CAPABILITY),
    calls("device-node", (r"mknod", r"CAP_MKNOD|capabilit|device"), "import stat; os.mknod('node', 0o600 | stat.S_IFCHR, os.makedev(1, 3))"),
    calls("raw-socket", (r"socket", r"CAP_NET_RAW|capabilit|network"), PING),
    calls("core", (r"core", r"core_bytes"), CORE, fix={"limits": {"core_bytes": 1 << 20}}),
]

DENIED = [
    Cause("unshare", (r"unshare|namespace", BY_SECCOMP), run("unshare", "-r", "true")),
    Cause("mount", (r"unshare|namespace|mount", BY_SECCOMP), run("unshare", "-rm", "mount", "-t", "tmpfs", "x", "/mnt")),
    Cause("chroot", (r"chroot", BY_SECCOMP), run("chroot", "/", "true")),
    calls("keyring", (r"add_key|keyctl", BY_SECCOMP), "call(248, b'user', b'causes', b'x', 1, -3)", fix=NO_FILTER),
    calls("bpf", (r"\bbpf\b", BY_SECCOMP), BPF),
    calls("perf", (r"perf_event_open", BY_SECCOMP), PERF),
    calls("io-uring", (r"io_uring", BY_SECCOMP), "call(425, 4, ctypes.create_string_buffer(120))", fix=NO_FILTER),
    calls("userfaultfd", (r"userfaultfd", BY_SECCOMP), "call(323, 1)", fix=NO_FILTER),
    calls("kcmp", (r"kcmp", BY_SECCOMP), "p = os.getpid(); call(312, p, p, 1, 0, 0)", fix=NO_FILTER),
    calls("move-pages", (r"move_pages", BY_SECCOMP), "call(279, 0, 0, 0, 0, 0, 0)", fix=NO_FILTER),
    calls("vmsplice", (r"vmsplice", BY_SECCOMP), "r, w = os.pipe(); call(278, w, 0, 0, 0)", fix=NO_FILTER),
    calls("packet-socket", (r"socket|AF_PACKET", BY_SECCOMP), "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)"),
    calls("32-bit", (r"32-bit|architecture", BY_SECCOMP), INT_0X80, fix={"seccomp": "multiarch"}),
]

ROWS = OTHERS + RIGHTS + DENIED
