"""The helper against files that change under it: race_trees.py RACE ROUNDS, in a rig (tests/system/rig.inc).

RACE is one of SCENES and one of TRAPS: sources/link. A second process exchanges an entry of the tree and the trap:
  link       a link to a file or directory outside of the tree
  other      a file of somebody outside of the tree, by a hard link
First the helper stops at each system call of one kind, and the two change places for that call: so each window between a look
and a call is hit. Then the second process exchanges them for ever, for ROUNDS rounds. After each round nothing outside of the
tree may have changed: not its mode, owner, content, attributes. The control is a program that looks and then changes by name.
The race `whole` looks at git's files at each system call. The scene `moving` has no trap: a second process adds, removes and moves entries, and the step must end well all the same.
"""

import ctypes
import glob
import json
import os
import shutil
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import delayed  # noqa: E402

LIBC = ctypes.CDLL(None, use_errno=True)
EXCHANGE = 2
TOP, OUTSIDE, SPARE, TREE = "/tmp/w/race", "/tmp/w/outside", "/tmp/w/spare", "/tmp/w/race/pkg-1/pkg-1"
WORK, ENVIRONMENT, OUT, CONTROL = "/tmp/w/race/pkg-1", "/tmp/w/race/pkg-1/build-3", "/tmp/w/race/out", "/tmp/w/race/control"
WHEEL = "pkg-1-py3-none-any.whl"
FIRST_LEASE = 60000  # no user of the rig has such a number


def exchange(a, b):
    return LIBC.renameat2(-100, a.encode(), -100, b.encode(), EXCHANGE) == 0


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, mode)


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


# What the step does. It leaves what makes the helper call chmod, chown, and the calls for ACLs.
STEP = "chmod g+s sub; chmod 2775 deep/er; chmod 2775 sub/g; echo y >new; echo y >sub/new; mkdir -p made/by/it; ln -s f made/link; true"
CONFIG, HOOK_FILE = "[core]\n\tbare = false\n", "#!/bin/sh\ntrue\n"
STEPS_CONFIG = "[core]\n\tbare = false\n\tfsmonitor = touch /tmp/w/ran\n"
BACKEND = f"""
import os, subprocess
subprocess.run(["sh", "-c", {STEP!r}])
for name in ("hooks/pre-commit", "hooks/post-checkout", "config"):
    with open(".git/new", "w") as f:
        f.write({STEPS_CONFIG!r})
    os.rename(".git/new", ".git/" + name)
put({WHEEL!r})
result({WHEEL!r})
"""
FRONT = """
import json, os, sys
hook, control = sys.argv[1:]
out = json.load(open(control + "/input.json"))["kwargs"]["wheel_directory"]
def put(name):
    open(os.path.join(out, name), "w").write("x")
def result(value):
    json.dump({"return_val": value}, open(control + "/output.json", "w"))
exec(open("backend.py").read())
"""


def make_tree():
    remove(TOP)
    for name in ("f", "sub/g", "sub/h", "deep/er/file", "backend.py"):
        write(f"{TREE}/{name}", "x")
    os.symlink("f", f"{TREE}/link")
    os.link(f"{TREE}/deep/er/file", f"{TREE}/deep/same")
    write(f"{TREE}/backend.py", BACKEND)
    write(f"{TREE}/.git/HEAD", "ref: refs/heads/main\n")
    write(f"{TREE}/.git/config", CONFIG)
    write(f"{TREE}/.git/hooks/pre-commit", HOOK_FILE, 0o755)
    for name in ("objects", "refs"):
        os.mkdir(f"{TREE}/.git/{name}")
    os.makedirs(f"{ENVIRONMENT}/bin")
    os.symlink("/usr/bin/python3", f"{ENVIRONMENT}/bin/python3")
    write(f"{ENVIRONMENT}/pyvenv.cfg", "")
    write(f"{TOP}/front/_in_process.py", FRONT)
    os.mkdir(OUT, 0o755)
    os.mkdir(CONTROL, 0o700)
    write(f"{CONTROL}/input.json", json.dumps({"kwargs": {"wheel_directory": OUT}}))


COMMAND = [os.environ["RIND"], "run", "--rw", TREE, "--", "sh", "-c", f"cd {TREE}; {STEP}"]
HOOK = [os.environ["RACE_SEAM"], f"{ENVIRONMENT}/bin/python3", f"{TOP}/front/_in_process.py", "build_wheel", CONTROL]
ENV = {**os.environ, "VIRTUAL_ENV": ENVIRONMENT}
# The command, and the entry that is exchanged; where it is made by the step, a pattern.
SCENES = {
    "sources": (COMMAND, f"{TREE}/sub/g"),
    "directory": (COMMAND, f"{TREE}/deep/er"),
    "linked": (COMMAND, f"{TREE}/deep/same"),
    "git": (HOOK, f"{TREE}/.git/config"),
    "hooks": (HOOK, f"{TREE}/.git/hooks"),
    "outputs": (HOOK, f"{OUT}/rind-private-*/0/{WHEEL}"),
    "work": (HOOK, f"{WORK}/pkg-1"),
    "moving": (COMMAND, ""),
}
DIRECTORIES = ("directory", "hooks", "work")
SECRETS = ((0, 0o600), (1234, 0o640), (0, 0o644))  # owner and mode of the file outside, in turn


def make_outside(owner, mode):
    remove(OUTSIDE)
    write(f"{OUTSIDE}/file", "OUTSIDE", mode)
    write(f"{OUTSIDE}/directory/inner", "OUTSIDE", mode)
    write(f"{OUTSIDE}/directory/er", "OUTSIDE", mode)
    for name in ("file", "directory", "directory/inner", "directory/er"):
        os.chown(f"{OUTSIDE}/{name}", owner, owner)
    os.setxattr(f"{OUTSIDE}/file", "user.race", b"x")


def snapshot():
    """What may not change; a new name of a file may appear."""
    seen = {}
    for directory, _, files in os.walk(OUTSIDE):
        for path in [directory, *(f"{directory}/{name}" for name in files)]:
            st = os.lstat(path)
            text = open(path).read() if stat.S_ISREG(st.st_mode) else sorted(os.listdir(path))
            seen[path] = (oct(st.st_mode), st.st_uid, st.st_gid, text, tuple(os.listxattr(path)))
    return seen


class Trap:
    """What takes the place of the entry. It lies outside of the tree until it does."""

    def __init__(self, kind, scene):
        self.kind, self.pattern, self.directory = kind, SCENES[scene][1], scene in DIRECTORIES
        self.swaps, self.inside = 0, None

    def make(self):
        remove(SPARE)
        if self.kind == "link":
            os.symlink(f"{OUTSIDE}/directory" if self.directory else f"{OUTSIDE}/file", SPARE)
        else:
            os.link(f"{OUTSIDE}/file", SPARE)

    def put(self):
        for path in glob.glob(self.pattern) if "*" in self.pattern else [self.pattern]:
            if exchange(path, SPARE):
                self.inside = path
                self.swaps += 1
                return

    def take(self):
        if self.inside and exchange(self.inside, SPARE):
            self.inside = None

    def race(self):
        """Changes places for ever, in a process of its own. Returns its id and the pipe on which it counts."""
        read, told = os.pipe()
        parent, pid = os.getpid(), os.fork()
        if pid == 0:
            os.set_blocking(told, False)
            while os.getppid() == parent:
                for _ in range(11):
                    self.put()
                    self.take()
                try:
                    os.write(told, b"x")
                except BlockingIOError:
                    pass
            os._exit(0)
        os.close(told)
        return pid, read


def naive(path):
    """What a program does that judges by a look, and then goes by the name."""
    st = os.lstat(path)
    if stat.S_ISLNK(st.st_mode) or (stat.S_ISREG(st.st_mode) and st.st_nlink > 1) or st.st_uid != 0:
        return
    os.chown(path, FIRST_LEASE, FIRST_LEASE, follow_symlinks=False)
    os.chmod(path, 0o666)
    os.chown(path, 0, 0)


def control(scene, trap):
    """The naive program must change what is outside; else nothing was tried."""
    target = "/tmp/w/naive"
    make_outside(*SECRETS[0])
    before = snapshot()
    remove(target)
    if trap.directory:
        os.mkdir(target)
    else:
        write(target, "x")
    trap.make()
    pattern, trap.pattern = trap.pattern, target
    program = [sys.executable, "-B", __file__, "naive", target]
    with open("/tmp/w/log", "w") as log:
        for kind in ("chown", "chmod"):
            delayed.run(program, delayed.numbers(kind), trap.put, trap.take, log, ENV)
    trap.pattern, trap.inside = pattern, None
    if snapshot() == before:
        sys.exit(f"control: the naive program changed nothing: {open('/tmp/w/log').read()}")
    remove(target)


def judge(before, status, round_name, scene):
    now = snapshot()
    if now != before:
        changed = [f"{path}: {before.get(path)} is now {now.get(path)}" for path in {*before, *now} if before.get(path) != now.get(path)]
        sys.exit(f"{round_name}: outside of the tree: {'; '.join(changed)}")
    said = open("/tmp/w/log").read()
    if status not in (0, 1, 2, 125) or (status == 125 and "rind: " not in said):
        sys.exit(f"{round_name}: status {status}: {said}")
    artefact = f"{OUT}/{WHEEL}"
    if os.path.lexists(artefact):
        st = os.lstat(artefact)
        if not stat.S_ISREG(st.st_mode) or st.st_nlink != 1 or st.st_uid != 0 or open(artefact).read() != "x":
            sys.exit(f"{round_name}: the artefact is not the step's: {st}")


def strange():
    """Entries that belong to a lease, or lie in a private directory that was left."""
    found = subprocess.run(["find", TOP, "-uid", f"+{FIRST_LEASE - 1}", "-o", "-name", "rind-private-*", "-o", "-name", ".rind-copy-*"],
                           capture_output=True, text=True, check=True).stdout.split()
    return found


def quiet(scene, round_name):
    """A step without a race takes over what was moved out of the tree, and leaves nothing."""
    argv = SCENES[scene][0]
    for name in glob.glob(f"{OUT}/*") + glob.glob(f"{CONTROL}/output.json"):
        remove(name)
    with open("/tmp/w/log", "w") as log:
        subprocess.run(argv, env=ENV, cwd=TREE, stdout=log, stderr=log, timeout=60)
    if strange():
        sys.exit(f"{round_name}: after a step without a race: {strange()}: {open('/tmp/w/log').read()}")


def prepare(trap, i):
    make_tree()
    make_outside(*SECRETS[i % len(SECRETS)])
    trap.make()
    trap.inside = None
    return snapshot()


def delayed_rounds(scene, trap):
    """One round for each kind of call, and each owner of the file outside."""
    done = 0
    for kind in delayed.CALLS:
        for i in range(2 if trap.kind == "other" else 1):
            before = prepare(trap, i)
            with open("/tmp/w/log", "w") as log:
                status, _ = delayed.run(SCENES[scene][0], delayed.numbers(kind), trap.put, trap.take, log, ENV, TREE)
            trap.take()
            judge(before, status, f"at each {kind}, outside {SECRETS[i]}", scene)
            done += 1
        quiet(scene, f"at each {kind}")
    return done


def free_rounds(scene, trap, count):
    swaps = 0
    for i in range(count):
        before = prepare(trap, i)
        pid, told = trap.race()
        with open("/tmp/w/log", "w") as log:
            status = subprocess.run(SCENES[scene][0], env=ENV, cwd=TREE, stdout=log, stderr=log, timeout=60).returncode
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        swaps += len(os.read(told, 65536)) * 11
        os.close(told)
        settle(trap)
        judge(before, status, f"round {i}", scene)
        quiet(scene, f"round {i}")
    return swaps


def settle(trap):
    """The second process was killed at some moment: the entry goes back to its place."""
    paths = glob.glob(trap.pattern)
    is_trap = paths and (os.path.islink(paths[0]) or (os.path.isfile(paths[0]) and os.path.samefile(paths[0], f"{OUTSIDE}/file")))
    if is_trap and not exchange(paths[0], SPARE):
        sys.exit("the entry did not go back")


def mover():
    """Adds, removes and moves entries for ever, in a process of its own; returns its id."""
    parent, pid = os.getpid(), os.fork()
    if pid:
        return pid
    i = 0
    while os.getppid() == parent:
        i += 1
        try:
            write(f"{TREE}/n/{i % 7}/file", "x")
            os.rename(f"{TREE}/n/{i % 7}", f"{TREE}/sub/n{i % 5}")
            os.rename(f"{TREE}/sub/h", f"{TREE}/deep/h")
            os.rename(f"{TREE}/deep/h", f"{TREE}/sub/h")
            for path in (f"{TREE}/new", f"{TREE}/made", f"{TREE}/sub/n{(i + 2) % 5}"):
                remove(path)
        except OSError:
            pass
        time.sleep(0.0002)
    os._exit(0)


def moving(count):
    """Everything must end well, and nothing may be a lease's afterwards."""
    make_outside(0, 0o600)
    for i in range(count):
        make_tree()
        for j in range(300):
            write(f"{TREE}/many/{j % 20}/{j}", "x")
        pid = mover()
        with open("/tmp/w/log", "w") as log:
            status = subprocess.run(COMMAND, env=ENV, cwd=TREE, stdout=log, stderr=log, timeout=60).returncode
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        if status != 0 or strange():
            sys.exit(f"round {i}: status {status}, of a lease: {strange()}: {open('/tmp/w/log').read()}")


def whole():
    """At each system call of the helper's: git's files are as they were, or as the step left them; never half, never absent."""
    seen = {name: set() for name in ("config", "hooks/pre-commit")}

    def look():
        for name, texts in seen.items():
            try:
                with open(f"{TREE}/.git/{name}") as f:
                    texts.add(f.read())
            except FileNotFoundError:
                texts.add("absent")

    make_tree()
    calls = set().union(*(delayed.numbers(kind) for kind in delayed.CALLS))
    with open("/tmp/w/log", "w") as log:
        status, looks = delayed.run(HOOK, calls, look, look, log, ENV, TREE)
    look()
    mended = '[core]\n\tbare = "false"\n'
    if status != 0 or seen != {"config": {CONFIG, STEPS_CONFIG, mended}, "hooks/pre-commit": {HOOK_FILE, STEPS_CONFIG}}:
        sys.exit(f"status {status}, seen {seen}: {open('/tmp/w/log').read()}")
    if strange() or os.path.lexists(f"{TREE}/.git/hooks/post-checkout"):
        sys.exit(f"left: {strange()}")
    return looks


def main():
    os.makedirs("/tmp/w", exist_ok=True)
    if sys.argv[1] == "naive":
        return naive(sys.argv[2])
    scene, _, kind = sys.argv[1].partition("/")
    count = int(sys.argv[2])
    if scene == "moving":
        moving(count)
        print(f"{count} all steps ended well, and nothing was left to a lease")
        return
    if scene == "whole":
        print(f"1 in {whole()} looks none was half or absent")
        return
    trap = Trap(kind, scene)
    control(scene, trap)
    trap.swaps = 0
    done = delayed_rounds(scene, trap)
    if trap.swaps < done:
        sys.exit(f"only {trap.swaps} exchanges in {done} delayed rounds: the window was not hit")
    swaps = free_rounds(scene, trap, count)
    print(f"{done + count} nothing outside was changed by {trap.swaps + swaps} exchanges, {trap.swaps} of them within a call of the helper's")
    if count and swaps == 0:
        sys.exit("the second process did nothing")


main()
