"""What `rind explain` says of paths, held against what a step can do with them, for random policies.

access_property.py RIND SEAM PROBE PYTHON SEED POLICIES PATHS, as root in a rig (rig.inc). It makes a tree in /mnt/tree. For
each policy it exchanges the kit's, asks explain about PATHS paths, runs the probe as a step (a command, or a build hook
through the script seam), and compares. The last line it prints has the counts; before it stand the policies and paths
where the two differ."""

import json
import os
import random
import socket
import stat
import struct
import subprocess
import sys

RIND, SEAM, PROBE, PYTHON, SEED, POLICIES, PATHS = sys.argv[1:5] + [int(n) for n in sys.argv[5:8]]
ACTIONS = "exists", "read", "write", "execute", "create", "connect"
TREE = "/mnt/tree"
MODES_OF_FILES = 0o644, 0o600, 0o640, 0o666, 0o755, 0o700, 0o711, 0o444, 0o000, 0o604, 0o602, 0o040, 0o660
MODES_OF_DIRECTORIES = 0o755, 0o755, 0o755, 0o700, 0o711, 0o777, 0o1777, 0o750, 0o744, 0o775, 0o733, 0o555
OWNERS = 0, 0, 0, 1000, 1001
BUILDER = 1000
SOURCES, ENVIRONMENT, OUT, CONTROL = "/tmp/w/pkg-1/pkg-1", "/tmp/w/pkg-1/build-3", "/mnt/out", "/tmp/control"
PACKAGES = ENVIRONMENT + "/lib/python3/site-packages"
# Stands for the front end's script of a hook call.
HOOK = """import json, runpy, sys
control = sys.argv[2]
sys.argv = [%r]
runpy.run_path(sys.argv[0])
out = json.load(open(control + "/input.json"))["kwargs"]["wheel_directory"]
open(out + "/pkg-1-py3-none-any.whl", "w").close()
json.dump({"return_val": "pkg-1-py3-none-any.whl"}, open(control + "/output.json", "w"))
""" % PROBE
# Ends at once with status 0.
PROGRAM = bytes.fromhex(
    "7f454c4602010100000000000000000002003e0001000000780040000000000040000000000000000000000000000000"
    "0000000040003800010000000000000001000000050000000000000000000000000040000000000000004000000000"
    "0084000000000000008400000000000000001000000000000031ffb83c0000000f05")

rng = random.Random(SEED)
sockets = []  # they listen as long as this process lives


def set_acl(path, user, rights):
    """Gives one user rights of its own (setfacl is not everywhere)."""
    mode = os.stat(path).st_mode
    entries = [(0x01, mode >> 6 & 7, 0xffffffff), (0x02, rights, user), (0x04, mode >> 3 & 7, 0xffffffff),
               (0x10, 7, 0xffffffff), (0x20, mode & 7, 0xffffffff)]
    os.setxattr(path, "system.posix_acl_access", struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in entries))


class Tree:
    """Files of every kind. `plain`: of the builder alone, so that it can be lent."""

    def __init__(self, top, builder, plain):
        self.builder, self.plain = builder, plain
        self.directories, self.paths = [top], [top]
        os.mkdir(top)
        os.chmod(top, 0o755)
        os.chown(top, builder, builder)
        for _ in range(14):
            self.make_directory()
        for _ in range(60):
            self.make_entry()
        for path in self.directories[1:]:
            self.finish(path, MODES_OF_DIRECTORIES)

    def owner(self):
        return self.builder if self.plain else rng.choice(OWNERS)

    def place(self, name):
        parent = rng.choice(self.directories)
        if parent.count("/") > 7:
            parent = self.directories[0]
        return f"{parent}/{name}{len(self.paths)}"

    def finish(self, path, modes):
        os.chown(path, self.owner(), self.owner())
        os.chmod(path, rng.choice(modes))
        if rng.random() < 0.06:
            set_acl(path, rng.choice((0, 1000, 1001)), rng.randrange(8))

    def make_directory(self):
        path = self.place("d")
        os.mkdir(path)
        self.directories.append(path)
        self.paths.append(path)

    def make_entry(self):
        kind = rng.choice("ffffffffpppllllllsmx.")
        path = self.place({".": ".hidden", "m": "some.lock"}.get(kind, kind))
        self.paths.append(path)
        if kind == "l":
            os.symlink(self.target(path), path)
            return os.lchown(path, self.owner(), self.owner())
        if kind == "s":
            sockets.append(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            sockets[-1].bind(path)
        elif kind == "p":
            os.mkfifo(path)
        elif kind == "x" and not self.plain:
            os.mknod(path, stat.S_IFCHR, os.makedev(1, 3))
        else:
            with open(path, "wb") as f:
                f.write(PROGRAM if rng.random() < 0.7 else b"text\n")
        self.finish(path, MODES_OF_FILES)

    def target(self, link):
        target = rng.choice(self.paths)
        choice = rng.random()
        if choice < 0.3:
            return os.path.relpath(target, os.path.dirname(link))
        if choice < 0.4:
            return "nowhere"
        if choice < 0.45:
            return os.path.basename(link)  # a loop
        if choice < 0.55:
            return rng.choice(("/etc/passwd", "/root", "/tmp", "/dev/null", "/mnt/home/.config"))
        return target


def mount(kind, options, path):
    os.mkdir(path)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, kind, path], check=True)
    with open(f"{path}/program", "wb") as f:
        f.write(PROGRAM)
    os.chmod(f"{path}/program", 0o777)
    os.mkdir(f"{path}/open")
    os.chmod(f"{path}/open", 0o1777)
    return [path, f"{path}/program", f"{path}/open", f"{path}/none"]


def make_tree():
    os.umask(0)
    os.mkdir(TREE)
    os.chmod(TREE, 0o755)
    trees = [Tree(f"{TREE}/{name}", 0, name in "pq") for name in "abcpq"] + [Tree(f"{TREE}/u", BUILDER, True)]
    mounts = mount("noexec", "mode=0777,noexec", f"{TREE}/noexec") + mount("ro", "mode=0777", f"{TREE}/ro")
    subprocess.run(["mount", "-o", "remount,ro", f"{TREE}/ro"], check=True)
    for path, uid in ("/mnt/home", 0), ("/mnt/home/.config", 0), ("/mnt/home-of-user", BUILDER):
        os.mkdir(path)
        os.chmod(path, 0o755)
        os.chown(path, uid, uid)
    return trees, mounts


def make_build():
    """What a front end has for a build of pkg-1: sources, environment, and a directory for the wheel."""
    with open(os.path.dirname(PROBE) + "/_in_process.py", "w") as f:
        f.write(HOOK)
    os.mkdir(OUT)
    os.chmod(OUT, 0o755)
    paths = []
    for top in SOURCES + "/src", PACKAGES:
        os.makedirs(os.path.dirname(top), exist_ok=True)
        tree = Tree(top, 0, True)
        paths += tree.paths
        os.chmod(top, 0o755)
    for below in "", "/lib", "/lib/python3":
        os.chmod(ENVIRONMENT + below, 0o755)
    open(PACKAGES + "/module.py", "w").close()
    return paths + [f"{ENVIRONMENT}/bin/python3", f"{ENVIRONMENT}/new", f"{PACKAGES}/new", f"{PACKAGES}/module.py",
                    f"{PACKAGES}/__pycache__", f"{PACKAGES}/__pycache__/new", SOURCES, f"{SOURCES}/new", OUT, f"{OUT}/new",
                    os.path.dirname(SOURCES), os.path.dirname(SOURCES) + "/new"]


def close_again(paths):
    """A step makes the environment readable; so it is closed anew for the next one."""
    for path in rng.sample(paths, 12):
        if path.startswith(PACKAGES) and os.path.isfile(path) and not os.path.islink(path):
            os.chmod(path, rng.choice(MODES_OF_FILES))


ELSEWHERE = [
    "/", "/etc/passwd", "/etc/shadow", "/etc", "/usr/bin/env", "/usr/bin", "/usr/bin/new", "/nowhere", "/nowhere/x", "/root",
    "/root/.bashrc", "/root/new", "/tmp", "/tmp/new", "/tmp/new/deep", "/tmp/seam", "/var/tmp/new", "/run/new", "/var/log",
    "/dev", "/dev/null", "/dev/zero", "/dev/full", "/dev/urandom", "/dev/kvm", "/dev/fuse", "/dev/new", "/dev/shm",
    "/dev/shm/new", "/dev/rind", "/dev/rind/policy.json", "/dev/pts", "/dev/mqueue", "/proc/version", "/proc/cpuinfo",
    "/proc/sys/kernel/core_pattern", "/proc/new", "/proc/kcore", "/sys/kernel", "/sys/new", "~", "~/new", "~/.config",
    "~/a/b", "/mnt/home", "/mnt/home/.config", "/mnt/home-of-user/new", "/tmp/w/pkg-1", "/tmp/w/pkg-1/pkg-1/new",
    "/mnt/bin/rind", "/mnt/bin", "/mnt/new", "../new", "./new", ".", "..", "new", "new/", "/etc/passwd/x", "/usr/bin/../new",
]


def view():
    kind = rng.choice(("ro", "ro", "rw", "rw", "lend", "lend", "hidden", "private", "cow", "cow", "noexec"))
    noexec = rng.random() < 0.2
    if kind == "lend":
        return {"view": "rw", "lend": True, "noexec": noexec}
    if kind == "cow":
        return {"view": "cow", "size": 1 << 20, "directories": 4096, "fallback": "private", "noexec": noexec}
    if kind == "private":
        disk = rng.random() < 0.5
        return {"view": "private", "backing": "disk" if disk else "memory", "size": 1 << 20, "noexec": noexec}
    if kind == "noexec":
        return {"view": rng.choice(("ro", "rw")), "noexec": True}
    return kind


def patch(trees, user):
    views = {}
    for _ in range(rng.randrange(1, 7)):
        tree = rng.choice(trees)
        chosen = view()
        lends = isinstance(chosen, dict) and chosen.get("lend")
        if lends:  # files of other users cannot be lent
            tree = rng.choice([t for t in trees if t.plain and t.builder == user] or trees)
        path = rng.choice(tree.directories if lends or rng.random() < 0.7 else tree.paths)
        if not os.path.islink(path):
            views[path] = chosen
    out = {"views": views}
    if rng.random() < 0.3:
        out["identity"] = {"ephemeral": "none"}
    if rng.random() < 0.3:
        out["devices"] = rng.choice((["null"], ["null", "zero", "full", "urandom", "kvm", "fuse"], []))
    if rng.random() < 0.3:
        out["hide"] = [rng.choice(rng.choice(trees).directories)]
    if rng.random() < 0.4:
        path = rng.choice(trees[0].directories)
        views_of_rule = {path: rng.choice(("ro", "hidden", "rw"))}
        out["packages"] = {"rule": {"packages": [rng.choice(("pkg", "other"))], "policy": {"views": views_of_rule}}}
    return out


def options(trees, user):
    if rng.random() < 0.1:
        out = ["--replace-policy"]
        for path in "/usr", "/bin", "/lib", "/lib64", "/mnt/bin":
            out += ["--ro", path] if os.path.exists(path) and not os.path.islink(path) else []
        return out
    out = []
    while rng.random() < 0.25:
        path = rng.choice(rng.choice(trees).directories)
        out += [rng.choice(("--ro", "--allow-read", "--hide")), path]
    if rng.random() < 0.15:
        out += ["--rw", rng.choice([t for t in trees if t.plain and t.builder == user] or trees).directories[0]]
    return out


def asked(trees, mounts, cwd, build):
    inside = [p for tree in trees for p in tree.paths]
    paths = []
    for _ in range(PATHS):
        choice = rng.random()
        path = rng.choice(build if build and rng.random() < 0.5 else inside)
        if choice < 0.2:
            path = rng.choice(ELSEWHERE)
        elif choice < 0.25:
            path = rng.choice(mounts)
        elif choice < 0.35:
            path += rng.choice(("/new", "/", "/new/deep", "/..", "/../new", "/."))
        elif choice < 0.45:
            path = os.path.relpath(path, cwd)
        paths.append(path)
    return paths


def merged(a, b):
    if not isinstance(b, dict):
        return b
    out = dict(a) if isinstance(a, dict) else {}
    for key, value in b.items():
        out[key] = merged(out.get(key), value)
    return out


class Case:
    """One policy: who calls, from where, and what is asked."""

    def __init__(self, trees, mounts, build, defaults):
        self.user = BUILDER if rng.random() < 0.2 else 0
        self.patch = patch(trees, self.user)
        self.options = options(trees, self.user)
        readable = [TREE] + [t.directories[0] for t in trees]
        self.cwd = rng.choice(readable + ["/tmp", "/tmp/w/pkg-1/pkg-1"])
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": "/mnt/home-of-user" if self.user else "/mnt/home"}
        self.hook = rng.random() < 0.25 and not self.user
        if self.hook or (rng.random() < 0.3 and not self.user):
            self.cwd = SOURCES
            self.environment["VIRTUAL_ENV"] = ENVIRONMENT
        if self.hook:
            self.options = []  # a front end gives none
            close_again(build)
        self.paths = asked(trees, mounts, self.cwd, build if self.cwd == SOURCES else [])
        self.policy = merged(defaults, self.patch)

    def call(self, *command):
        if self.user:
            command = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", *command]
        return subprocess.run(command, cwd=self.cwd, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def explain(self, *words):
        paths = [w for path in self.paths for w in ("--path", path)]
        return self.call(RIND, "explain", *self.options, "--json", *paths, *words)

    def run_command(self):
        probe = [PYTHON, "-I", "-S", PROBE]
        return self.explain("--", *probe), self.call(RIND, "run", *self.options, "--", *probe)

    def run_hook(self):
        os.mkdir(CONTROL)
        os.chmod(CONTROL, 0o700)
        with open(f"{CONTROL}/input.json", "w") as f:
            json.dump({"kwargs": {"wheel_directory": OUT}}, f)
        said = self.explain("--hook", "build_wheel", "--source", SOURCES, "--output", OUT)
        script = os.path.dirname(PROBE) + "/_in_process.py"
        step = self.call(SEAM, f"{ENVIRONMENT}/bin/python3", script, "build_wheel", CONTROL)
        for left in [f"{OUT}/{name}" for name in os.listdir(OUT)]:
            os.unlink(left)
        subprocess.run(["rm", "-rf", CONTROL], check=True)
        return said, step

    def run(self):
        """The explained and the tried answers; nothing where the step is refused."""
        with open("/dev/rind/policy.json", "w") as f:
            json.dump(self.policy, f)
        subprocess.run(["flat-kit", "/dev/rind"], check=True)
        # Not by an argument or standard input: what a call names there, the step is shown.
        with open(os.path.dirname(PROBE) + "/paths.json", "w") as f:
            json.dump(self.paths, f)
        said, step = self.run_hook() if self.hook else self.run_command()
        if step.returncode != 0:
            return None, step.stderr.strip()
        if said.returncode != 0:
            raise SystemExit(f"explain failed, the step did not: {said.stderr}\n{self}")
        answers = json.loads(said.stdout)
        return [dict(a["access"], exists=a["exists"], whole=a) for a in answers["paths"]], json.loads(step.stdout)

    def __str__(self):
        return json.dumps({"hook": self.hook, "patch": self.patch, "options": self.options, "uid": self.user, "cwd": self.cwd,
                           "environment": self.environment})


def facts_of(path):
    """Of each directory on the way, for whoever reads a failure."""
    lines, at = [], ""
    for part in path.strip("/").split("/"):
        at += "/" + part
        try:
            st = os.lstat(at)
        except OSError as e:
            lines.append(f"    {at}: {e.strerror}")
            break
        link = f" -> {os.readlink(at)}" if stat.S_ISLNK(st.st_mode) else ""
        lines.append(f"    {at}{link}: {stat.filemode(st.st_mode)} {st.st_uid}:{st.st_gid}")
    return "\n".join(lines)


def main():
    trees, mounts = make_tree()
    build = make_build()
    defaults = json.load(open("/mnt/bin/policy.json"))
    policies = hooks = answers = wrong = allowed = 0
    refused = []
    for number in range(POLICIES):
        case = Case(trees, mounts, build, defaults)
        said, tried = case.run()
        if said is None:
            refused.append(tried)
            continue
        policies += 1
        hooks += case.hook
        for path, a, b in zip(case.paths, said, tried):
            answers += len(ACTIONS)
            allowed += sum(b[action] for action in ACTIONS)
            differ = [action for action in ACTIONS if a[action] != b[action]]
            wrong += len(differ)
            if differ and wrong < 60:
                full = os.path.join(case.cwd, path)
                print(f"policy {number}: {case}\n  path {path}\n{facts_of(full)}\n  explain: {json.dumps(a['whole'])}\n  step:    {b}\n  differ:  {differ}")
    for why in sorted(set(refused))[:8]:
        print(f"refused: {why}")
    print(f"seed {SEED}: {policies} policies ({hooks} of hooks), {answers} answers ({allowed} yes), {wrong} wrong; {len(refused)} policies refused")


main()
