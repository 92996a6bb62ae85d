"""Judges what Rind does when one of its system calls fails, or one of its processes is killed.

judge.py CASES ERRNO... -- COMMAND...

Runs COMMAND, which starts one step with the helper, under $FAULT (tests/faults/fault.cpp): once to list the calls, then with
the calls of the list CASES ("all", or every Nth: "FIRST/N"), each with each ERRNO (a name, KILL, or KILL-CALLER: the front end's
process is killed then). Prints one line a case:
ERRNO CALL VERDICT PROCESS:NUMBER DETAIL. Verdicts:
  same      the step ran, and saw and left what it does without a fault
  refused   Rind ended with another status and a message; or the step ran with the builder's uid, which the defaults allow where
            owners cannot be changed, and a line said so
  ended     a killed Rind, or one whose caller was killed, ended; the next step ran as ever, and nothing was left
  LESS, SILENT, LEFT, HANG, CRASH    what must not be
"""
import errno, fcntl, os, shutil, signal, subprocess, sys, time

from judge_lib import CALLS, cases_of, printable

FAULT = os.environ["FAULT"]
OUT = "/mnt/files/fault"
SOURCES = os.environ["SOURCES"]
BEFORE = "/mnt/files/before"
PLACES = ["/tmp", "/srv", "/mnt/files/out"]
SECRET = b"RIND-TEST-SECRET"
NO_IDENTITY = "without an identity of its own"
KILLS = {"KILL": "--kill", "KILL-CALLER": "--kill-caller"}


def restore():
    """The sources, and the front end's directories, as they were."""
    for place, saved in ((SOURCES, BEFORE), ("/tmp/control", BEFORE + ".control"), ("/tmp/out", BEFORE + ".out")):
        if os.path.exists(saved):
            shutil.rmtree(place, ignore_errors=True)
            subprocess.run(["cp", "-a", saved, place], check=True)


def results():
    """What the front end finds afterwards, and takes: the wheel, and what the step made in the sources."""
    found = []
    for place in ("/tmp/out", SOURCES):
        for name in sorted(os.listdir(place)) if os.path.isdir(place) else []:
            path = os.path.join(place, name)
            if name.endswith(".whl") or name == "made":
                found.append(f"{name} {os.lstat(path).st_uid} {open(path).read()}")
                os.unlink(path)
    if os.path.exists("/tmp/control/output.json"):
        found.append(open("/tmp/control/output.json").read())
        os.unlink("/tmp/control/output.json")
    return "\n".join(found).encode()


def run(command, options):
    began = time.monotonic()
    result = subprocess.run([FAULT, "--out", OUT, *options, "--", *command], capture_output=True, cwd=SOURCES,
                            env={**os.environ, "RIND_TEST_TOKEN": "RIND-TEST-SECRET"}, stdin=subprocess.DEVNULL)
    facts = {}
    calls = []
    for line in open(OUT):
        words = line.split()
        if words[0] == "call":
            calls.append(tuple(int(word) for word in words[1:]))
        else:
            facts[words[0]] = int(words[1])
    return result.returncode, result.stdout + results(), result.stderr, facts, calls, time.monotonic() - began


def processes():
    own = set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                state = open(f"/proc/{name}/stat").read().rsplit(")", 1)[1].split()[0]
            except OSError:
                continue
            if state != "Z":
                own.add(name)
    return own


def tree(top):
    found = []
    for directory, names, files in os.walk(top):
        for name in names + files:
            path = os.path.join(directory, name)
            try:
                st = os.lstat(path)
            except FileNotFoundError:
                continue
            found.append((path, st.st_uid, st.st_gid))
    return found


def config():
    """What git reads. The next step after a killed one writes the file anew, with each value in quotes."""
    return subprocess.run(["git", "config", "-f", SOURCES + "/.git/config", "--list"], capture_output=True).stdout


class Ground:
    """What must be the same after each run."""

    def __init__(self):
        self.mounts = open("/proc/self/mountinfo").read()
        self.processes = processes()
        self.config = config()

    def left(self):
        found = []
        until = time.monotonic() + 5
        while processes() - self.processes and time.monotonic() < until:
            time.sleep(0.01)
        for pid in processes() - self.processes:
            try:
                found.append("process " + open(f"/proc/{pid}/cmdline").read().replace("\0", " "))
                os.kill(int(pid), signal.SIGKILL)
            except OSError:
                pass
        if open("/proc/self/mountinfo").read() != self.mounts:
            found.append("mounts")
        for number in range(64):
            with open(f"/dev/rind/leases/{number}") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    found.append(f"lease {number}")
        for place in PLACES:
            for path, uid, gid in tree(place):
                if "/rind-private-" in path or path.endswith("rind-copy"):
                    found.append(path)
                elif uid >= 61184 and uid < 61184 + 64:
                    found.append(f"{path} of {uid}")
        try:
            if config() != self.config:
                found.append(".git/config changed: " + repr(open(SOURCES + "/.git/config").read()))
        except OSError as e:
            found.append(".git/config " + e.strerror)
        return found


def judge(command, clean, at, fault, ground):
    process, number, call = at
    kills = fault in KILLS
    options = ["--at", f"{process}:{number}"]
    options += [KILLS[fault]] if kills else ["--errno", str(getattr(errno, fault))]
    status, out, err, facts, _, seconds = run(command, options)
    if "reached" not in facts:
        return None
    name = CALLS.get(facts["reached"], str(facts["reached"]))
    text = err.decode(errors="replace").strip()
    detail = text.splitlines()[-1] if text else ""
    verdict = None
    if facts["hang"]:
        verdict = "HANG"
    elif SECRET in out or b"LOOT" in out:
        verdict, detail = "LESS", out.decode(errors="replace")
    elif status == clean[0] and out == clean[1]:
        verdict = "same"
    elif status == clean[0] and out == clean[1].replace(b"outer True", b"outer False") and NO_IDENTITY in text:
        verdict = "refused"
    elif status == clean[0]:
        verdict, detail = "SILENT", "output " + repr(out.decode(errors="replace")[-300:])
    elif kills:
        verdict = "ended"
    elif not text:
        verdict = "SILENT"
        detail = f"status {status}"
    elif status < 128 and "terminate called" not in text:
        verdict = "refused"
    else:
        verdict = "CRASH"
        detail = f"status {status} {detail}"
    if kills and verdict in ("ended", "same"):
        again = run(command, ["--at", "99:99", "--errno", "5"])
        if again[3]["hang"]:
            verdict, detail = "HANG", "the next step"
        elif (again[0], again[1]) != clean:
            verdict, detail = "LEFT", f"the next step: status {again[0]} {again[2].decode(errors='replace')[-300:]}"
    left = ground.left()
    # What could not be removed and is named is left, but not in silence.
    unsaid = [path for path in left if not ("rind-private-" in path and path.split("rind-private-")[1].split("/")[0] in text)]
    if verdict in ("same", "refused", "ended") and unsaid:
        verdict, detail = "LEFT", ", ".join(unsaid)[:400] + " | " + detail
    if left or verdict not in ("same", "refused"):
        for path in left:
            if "/rind-private-" in path:
                top, rest = path.split("rind-private-")
                shutil.rmtree(top + "rind-private-" + rest.split("/")[0], ignore_errors=True)
        restore()
    return f"{fault} {name} {verdict} {process}:{number} {detail}"


def main():
    os.chdir("/")  # the sources are made anew
    cases = sys.argv[1]
    split = sys.argv.index("--")
    faults, command = sys.argv[2:split], sys.argv[split + 1:]
    for place, saved in ((SOURCES, BEFORE), ("/tmp/control", BEFORE + ".control"), ("/tmp/out", BEFORE + ".out")):
        if os.path.exists(place):
            shutil.rmtree(saved, ignore_errors=True)
            subprocess.run(["cp", "-a", place, saved], check=True)
    ground = Ground()
    first = run(command, ["--at", "99:99", "--errno", "5"])
    clean = first[0], first[1]
    if clean[0] != 0 or b"LOOT" in clean[1]:
        sys.exit(f"without a fault: status {clean[0]}, {first[1]!r} {first[2].decode()}")
    calls = run(command, [])[4]
    if ground.left():
        sys.exit(f"without a fault: left {ground.left()}")
    for at, fault in cases_of(cases, calls, faults):
        line = judge(command, clean, at, fault, ground)
        if line:
            print(printable(line), flush=True)


if __name__ == "__main__":
    main()
