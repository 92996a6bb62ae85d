"""Tries every call that could leave a setuid or setgid file in the directory argv[1], and looks at each file at once and
after all: NAME, and the modes that it had. x86-64 only; int80 enters the kernel as a 32-bit program does."""
import ctypes
import mmap
import os
import shutil
import socket
import stat
import struct
import subprocess
import sys
import threading

top = sys.argv[1]
os.chdir(top)
os.umask(0)
libc = ctypes.CDLL(None, use_errno=True)
SYS = {"open": 2, "creat": 85, "chmod": 90, "fchmod": 91, "mknod": 133, "openat": 257, "mknodat": 259, "fchmodat": 268,
       "openat2": 437, "fchmodat2": 452}
SYS32 = {"open": 5, "creat": 8, "mknod": 14, "chmod": 15, "fchmod": 94, "openat": 295, "mknodat": 297, "fchmodat": 306,
         "fchmodat2": 452}
LINKAT, RENAMEAT2 = 265, 316
AT_FDCWD, CREATE, TMPFILE = -100, os.O_CREAT | os.O_WRONLY, 0o20200000 | os.O_WRONLY
BITS = (0o4755, 0o2755, 0o6777, (1 << 31) | 0o4755)


def call(number, *arguments):
    return libc.syscall(ctypes.c_long(number), *(ctypes.c_char_p(a) if isinstance(a, bytes) else ctypes.c_long(a)
                                                 for a in arguments))


def int80(number, *arguments):
    """Arguments below 4 GiB: strings are copied there."""
    low = libc.mmap
    low.restype = ctypes.c_void_p
    page = low(None, ctypes.c_size_t(4096), 7, 0x22 | 0x40, -1, ctypes.c_long(0))  # MAP_32BIT
    values = []
    at = page + 1024
    for a in arguments:
        if isinstance(a, bytes):
            ctypes.memmove(at, a + b"\0", len(a) + 1)
            values.append(at)
            at += 512
        else:
            values.append(a & 0xffffffff)
    values += [0] * (4 - len(values))
    code = b"\x53"  # push rbx
    for opcode, value in zip((b"\xbb", b"\xb9", b"\xba", b"\xbe"), values):  # ebx ecx edx esi
        code += opcode + struct.pack("<I", value)
    code += b"\xb8" + struct.pack("<I", number) + b"\xcd\x80\x5b\xc3"
    ctypes.memmove(page, code, len(code))
    return ctypes.CFUNCTYPE(ctypes.c_int)(page)()


def fresh(name):
    with open(name, "w"):
        pass
    os.chmod(name, 0o755)
    return name.encode()


def attempts(way, numbers, enter):
    for mode in BITS:
        tag = f"{way}-{mode & 0o7777:o}{'-high' if mode >> 31 else ''}"
        name = fresh(f"chmod-{tag}")
        enter(numbers["chmod"], name, mode)
        name = fresh(f"fchmod-{tag}")
        fd = os.open(name, os.O_RDONLY)
        enter(numbers["fchmod"], fd, mode)
        name = fresh(f"fchmodat-{tag}")
        enter(numbers["fchmodat"], AT_FDCWD, name, mode)
        name = fresh(f"fchmodat2-{tag}")
        enter(numbers["fchmodat2"], AT_FDCWD, name, mode, 0)
        fd = os.open(fresh(f"fchmodat2-empty-{tag}"), os.O_RDONLY)
        enter(numbers["fchmodat2"], fd, b"", mode, 0x1000)
        enter(numbers["open"], f"open-{tag}".encode(), CREATE, mode)
        enter(numbers["creat"], f"creat-{tag}".encode(), mode)
        enter(numbers["openat"], AT_FDCWD, f"openat-{tag}".encode(), CREATE, mode)
        enter(numbers["mknod"], f"mknod-{tag}".encode(), mode | stat.S_IFREG, 0)
        enter(numbers["mknodat"], AT_FDCWD, f"mknodat-{tag}".encode(), mode | stat.S_IFREG, 0)
        enter(numbers["mknod"], f"fifo-{tag}".encode(), mode | stat.S_IFIFO, 0)
        fd = enter(numbers["openat"], AT_FDCWD, b".", TMPFILE, mode)
        if fd >= 0:
            call(LINKAT, AT_FDCWD, f"/proc/self/fd/{fd}".encode(), AT_FDCWD, f"tmpfile-{tag}".encode(), 0x400)


# Several threads at once: who looks in between sees it.
seen, done = set(), threading.Event()


def watch():
    while not done.is_set():
        look()


def look():
    for entry in os.scandir("."):
        try:
            mode = entry.stat(follow_symlinks=False).st_mode
        except OSError:
            continue
        if mode & 0o6000 and not stat.S_ISDIR(mode):
            seen.add(f"{entry.name} {stat.S_IMODE(mode):o}")


watcher = threading.Thread(target=watch, daemon=True)
watcher.start()
attempts("native", SYS, call)
how = struct.pack("QQQ", os.O_CREAT | os.O_WRONLY, 0o4755, 0)
buffer = ctypes.create_string_buffer(how)
libc.syscall(ctypes.c_long(SYS["openat2"]), AT_FDCWD, b"openat2", buffer, ctypes.c_long(24))
if "int80" in sys.argv[2:]:
    attempts("int80", SYS32, int80)
os.symlink(fresh("by-link"), "link")
call(SYS["chmod"], b"link", 0o4755)
call(SYS["chmod"], f"/proc/self/fd/{os.open(fresh('by-descriptor'), os.O_RDONLY)}".encode(), 0o4755)
call(SYS["chmod"], f"{top}/../{os.path.basename(top)}/{fresh('by-dots').decode()}".encode(), 0o4755)
# A directory at the time of the call, and a file soon after.
os.mkdir("swapped")
fresh("swap-file")
swap = threading.Event()


def exchange():
    while not swap.is_set():
        libc.syscall(ctypes.c_long(RENAMEAT2), AT_FDCWD, b"swapped", AT_FDCWD, b"swap-file", 2)  # RENAME_EXCHANGE


swapper = threading.Thread(target=exchange, daemon=True)
swapper.start()
for _ in range(2000):
    call(SYS["chmod"], b"swapped", 0o6755)
swap.set()
swapper.join()
# One outside, moved or copied in with its bits.
scratch = "/tmp/setid"
fresh(scratch)
call(SYS["chmod"], scratch.encode(), 0o4755)
print("outside:", f"{stat.S_IMODE(os.stat(scratch).st_mode):o}")
for move in (lambda: os.rename(scratch, "renamed"), lambda: os.link(scratch, "linked"),
             lambda: shutil.copy2(scratch, "copied"), lambda: subprocess.run(["cp", "-p", scratch, "cp"]),
             lambda: subprocess.run("tar -C /tmp -cf - setid | tar -xpf -", shell=True)):
    try:
        move()
    except OSError:
        pass
bound = socket.socket(socket.AF_UNIX)
os.fchmod(bound.fileno(), 0o4777)
bound.bind("socket")
done.set()
watcher.join()
look()
for line in sorted(seen):
    print("SETID", line)
# Directories keep what they get.
os.mkdir("directory")
os.chmod("directory", 0o2775)
print("directory:", f"{stat.S_IMODE(os.stat('directory').st_mode):o}")
os.mkdir("directory/below")
print("below:", f"{stat.S_IMODE(os.stat('directory/below').st_mode) & 0o2000:o}")
os.chmod(fresh("plain"), 0o1751)
print("plain:", f"{stat.S_IMODE(os.stat('plain').st_mode):o}")
try:
    os.chmod("/etc/passwd", 0o4755)
except OSError as e:
    print("passwd:", type(e).__name__)
try:
    os.chmod("absent", 0o4755)
except OSError as e:
    print("absent:", type(e).__name__)
