"""Judges what rind-hook does when one of its system calls fails, or it is killed there, while a bundle starts.

judge_hook.py BUNDLE CASES ERRNO... -- RUNTIME...

RUNTIME... runs the bundle, whose hook is BUNDLE/hook. That executes rind-hook under $FAULT (tests/faults/fault.cpp) with the
options in BUNDLE/options. CASES, ERRNO and the lines that are printed are those of judge.py; `ended` is a container that
did not start because its hook was killed. The container prints what a step sees.
"""
import errno, os, re, subprocess, sys, time

sys.path.insert(0, os.path.dirname(__file__))
from judge_lib import CALLS, cases_of, printable

BUNDLE = sys.argv[1]


def run(command, options):
    for name in os.listdir(BUNDLE):
        if name.startswith("out."):
            os.unlink(f"{BUNDLE}/{name}")
    with open(f"{BUNDLE}/options", "w") as file:
        file.write(" ".join(options))
    open(f"{BUNDLE}/hook.log", "w").close()
    result = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
    subprocess.run([*command[:command.index("run")], "delete", "--force", command[-1]], capture_output=True)
    calls, facts = [], {"hang": 0}
    for name in sorted(os.listdir(BUNDLE)):
        if name.startswith("out."):
            for line in open(f"{BUNDLE}/{name}"):
                words = line.split()
                if words[0] == "call":
                    calls.append(tuple(int(word) for word in words[1:]))
                else:
                    facts[words[0]] = max(facts.get(words[0], 0), int(words[1]))
    out = re.sub(rb"pid:\[\d+\]", b"pid:[]", result.stdout)
    return result.returncode, out, result.stderr + open(f"{BUNDLE}/hook.log", "rb").read(), facts, calls


def programs():
    """The hook's programs, by what they are: other hooks may be at work on this machine."""
    top = os.environ["HOOK"].split("/usr/")[0]
    places = [os.environ["HOOK"], top + "/usr/libexec/rind/rind-hook-commands"]
    return {(st.st_dev, st.st_ino) for st in map(os.stat, places)}


def hooks_alive():
    found = set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                st = os.stat(f"/proc/{name}/exe")
            except OSError:
                continue
            if (st.st_dev, st.st_ino) in PROGRAMS:
                found.add(name)
    return found


PROGRAMS = programs()


def judge(command, clean, at, fault, mounts):
    process, number, _ = at
    kills = fault == "KILL"
    before = hooks_alive()
    options = ["--at", f"{process}:{number}", *(["--kill"] if kills else ["--errno", str(getattr(errno, fault))])]
    status, out, err, facts, _ = run(command, options)
    if "reached" not in facts:
        return None
    text = err.decode(errors="replace").strip()
    detail = text.splitlines()[-1] if text else ""
    if facts["hang"]:
        verdict = "HANG"
    elif b"SECRET" in out:
        verdict = "LESS"
    elif (status, out) == clean:
        verdict = "same"
    elif b"started" in out:
        verdict, detail = "SILENT", f"status {status} {out!r} {detail}"
    elif status == 0 or not text:
        verdict, detail = "SILENT", f"status {status} {out!r} {detail}"
    else:
        verdict = "ended" if kills else "refused"
    left = []
    until = time.monotonic() + 5
    while hooks_alive() - before and time.monotonic() < until:
        time.sleep(0.01)
    if hooks_alive() - before:
        left.append("a process of the hook")
    if open("/proc/self/mountinfo").read() != mounts:
        left.append("mounts")
    if left and verdict in ("same", "refused", "ended"):
        verdict, detail = "LEFT", ", ".join(left) + " | " + detail
    return f"{fault} {CALLS.get(facts['reached'], facts['reached'])} {verdict} {process}:{number} {detail}"


def main():
    split = sys.argv.index("--")
    cases, faults, command = sys.argv[2], sys.argv[3:split], sys.argv[split + 1:]
    mounts = open("/proc/self/mountinfo").read()
    first = run(command, ["--at", "99:99", "--errno", "5"])
    clean = first[0], first[1]
    if clean[0] != 0 or b"started" not in clean[1] or b"SECRET" in clean[1]:
        sys.exit(f"without a fault: {first}")
    for at, fault in cases_of(cases, run(command, [])[4], faults):
        line = judge(command, clean, at, fault, mounts)
        if line:
            print(printable(line), flush=True)


main()
