"""The hook against names that change under it: race_rootfs.py KIND ROUNDS HOOK_FILE DIRECTORY

KIND: file       the seam and a link to a file of the host change places
      directory  the same with the directory that it lies in
      outside    the directory above is moved out of the rootfs and back; in it is a link upwards
Each round is a container as a runtime has it at prestart, for which the hook is called. Whatever comes of it,
nothing of the host may be covered, or be in the kit, and the host's mount table stays as it is.
"""

import ctypes
import glob
import json
import os
import subprocess
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
EXCHANGE = 2
INSIDE, HOST = "#!/bin/sh\n# INSIDE\n", "#!/bin/sh\n# HOST-SECRET\n"
SITE = "opt/app/lib/python3.13/site-packages"
NAME = "run_network_isolation.sh"


def exchange(a, b):
    if LIBC.renameat2(-100, a.encode(), -100, b.encode(), EXCHANGE) != 0:
        raise OSError(ctypes.get_errno(), f"exchange {a} {b}")


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, 0o755)


class Scene:
    def __init__(self, kind, top):
        self.top, self.rootfs = f"{top}/{kind}", f"{top}/{kind}/rootfs"
        host, site = f"{self.top}/host", f"{self.rootfs}/{SITE}"
        for name in ("dev", "proc"):
            os.makedirs(f"{self.rootfs}/{name}")
        write(f"{host}/{NAME}", HOST)
        self.host_file = f"{host}/{NAME}"
        if kind == "outside":
            write(f"{self.rootfs}/opt/app/lib/host/{NAME}", INSIDE)
            os.makedirs(site)
            os.symlink("../../host", f"{site}/fromager")
            os.makedirs(f"{self.top}/moved/down")
            self.two = (site, f"{self.top}/moved/down")
        else:
            write(f"{site}/fromager/{NAME}", INSIDE)
            if kind == "file":
                self.two = (f"{site}/fromager/{NAME}", f"{site}/fromager/other")
                os.symlink(f"{host}/{NAME}", self.two[1])
            else:
                self.two = (f"{site}/fromager", f"{site}/other")
                os.symlink(host, self.two[1])
        self.seam = f"{site}/fromager/{NAME}"

    def race(self):
        """Changes the names for ever, in a process of its own; returns its id."""
        pid = os.fork()
        if pid == 0:
            while os.getppid() != 1:
                # An odd number: who waits for this processor finds it now so, now otherwise.
                for _ in range(101):
                    exchange(*self.two)
                time.sleep(0)
        return pid

    def naive(self, kind, seconds=20):
        """What one gets who resolves the path as a process of the host does, directory by directory."""
        seen, end = set(), time.monotonic() + seconds
        while seen != {INSIDE, HOST} and time.monotonic() < end:
            try:
                if kind == "outside":
                    held = os.open(os.path.dirname(os.path.dirname(self.seam)), os.O_PATH)
                    fd = os.open(f"fromager/{NAME}", os.O_RDONLY, dir_fd=held)
                    os.close(held)
                else:
                    fd = os.open(self.seam, os.O_RDONLY)
                seen.add(os.read(fd, 100).decode())
                os.close(fd)
            except FileNotFoundError:
                pass
        return seen


def mounts(pid):
    with open(f"/proc/{pid}/mountinfo") as f:
        return {line.split()[0]: line.split() for line in f}


class Container:
    """A mount and a pid namespace in which the rootfs is mounted and nothing has been pivoted."""

    def __init__(self, rootfs):
        script = ('mount --bind "$1" "$1" && mount -t tmpfs -o mode=755 tmpfs "$1/dev" && mount -t proc proc "$1/proc" '
                  "&& echo ready && exec sleep 60")
        self.outer = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", "--", "sh", "-c",
             script, "sh", rootfs], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        if self.outer.stdout.readline() != b"ready\n":
            sys.exit("the container was not made")
        with open(f"/proc/{self.outer.pid}/task/{self.outer.pid}/children") as f:
            self.pid = int(f.read().split()[0])

    def end(self):
        self.outer.kill()
        self.outer.wait()
        self.outer.stdout.close()


def check(scene, container, before, answer):
    """Ends the test where the host was touched; returns whether the kit is there."""
    kit = f"/proc/{container.pid}/root{scene.rootfs}/dev/rind"
    new = {key: fields for key, fields in mounts(container.pid).items() if key not in before}
    ours = {key for key, fields in before.items() if fields[4].startswith(scene.rootfs)} | set(new)
    for fields in new.values():
        if fields[1] not in ours:
            sys.exit(f"a mount upon the host's: {' '.join(fields)}")
    for original in glob.glob(f"{kit}/originals/*/*"):
        with open(original) as f:
            text = f.read()
        if answer.returncode == 0 and text != INSIDE:
            sys.exit(f"the kit has what is not the rootfs': {text!r}")
        if "HOST-SECRET" in text:
            sys.exit("the kit has a file of the host's")
    with open(scene.host_file) as f:
        if f.read() != HOST:
            sys.exit("the host's file is covered")
    if answer.returncode != 0 and answer.stderr.count(b"rind-hook: ") != 1:
        sys.exit(f"a refusal without a reason: {answer.stderr!r}")
    return os.path.exists(f"{kit}/manifest.json") and answer.returncode == 0


def rounds(scene, count, command):
    config = {"root": {"path": scene.rootfs}, "annotations": {"io.rind.builder": "true"},
              "process": {"args": ["sh"], "env": ["PATH=/opt/app/bin"]},
              "mounts": [{"destination": "/dev", "type": "tmpfs", "source": "tmpfs"}]}
    with open(f"{scene.top}/config.json", "w") as f:
        json.dump(config, f)
    installed, reasons, slowest, host = 0, {}, 0, mounts("self")
    for _ in range(count):
        container = Container(scene.rootfs)
        before = mounts(container.pid)
        state = {"ociVersion": "1.0.2", "id": "x", "status": "creating", "pid": container.pid, "bundle": scene.top}
        start = time.monotonic()
        answer = subprocess.run(command, input=json.dumps(state).encode(), capture_output=True, timeout=30)
        slowest = max(slowest, time.monotonic() - start)
        if check(scene, container, before, answer):
            installed += 1
        else:
            reason = answer.stderr.decode().split("; ")[0].strip()
            reasons[reason] = reasons.get(reason, 0) + 1
        container.end()
        if mounts("self") != host:
            sys.exit("the host's mount table has changed")
    return installed, reasons, slowest


def main():
    kind, count, hook_file, top = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    with open(hook_file) as f:
        hook = json.load(f)["hook"]
    scene = Scene(kind, top)
    racer = scene.race()
    try:
        seen = scene.naive(kind)
        if seen != {INSIDE, HOST}:
            sys.exit(f"control: no race, a path only ever led to {seen}")
        installed, reasons, slowest = rounds(scene, count, [hook["path"], *hook["args"][1:]])
    finally:
        os.kill(racer, 9)
        os.waitpid(racer, 0)
    print(f"{count} rounds: {installed} isolated, slowest {slowest * 1000:.0f} ms")
    for reason, times in reasons.items():
        print(f"  {times} times {reason}")
    if installed == 0 or installed + sum(reasons.values()) != count:
        sys.exit("not one round was isolated: nothing was tried")


main()
