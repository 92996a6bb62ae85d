"""Judges what rind-hook does at poststart when one of its system calls fails, or it is killed there.

judge_poststart.py DIRECTORY STATE CASES ERRNO... -- HOOK...

HOOK... is given the OCI state STATE, of a container that runs as a builder without a kit: it is refused, or a warning says what
the hook could not see, or the hook was killed. CASES, ERRNO and the lines that are printed are those of judge.py.
"""
import errno, os, re, subprocess, sys

sys.path.insert(0, os.path.dirname(__file__))
from judge_lib import CALLS, cases_of, printable

# prestart has let the container start: what poststart cannot see is no reason to end it.
WARNING = re.compile("the hook cannot see whether the (builder container has a kit|container is a builder): |the policy cannot be used at poststart: ")
OUT, STATE = f"{sys.argv[1]}/out", sys.argv[2]


def run(command, options):
    result = subprocess.run([os.environ["FAULT"], "--out", OUT, *options, "--", *command], input=STATE.encode(), capture_output=True)
    calls, reached = [], None
    for line in open(OUT):
        words = line.split()
        if words[0] == "call":
            calls.append(tuple(int(word) for word in words[1:]))
        elif words[0] == "reached":
            reached = int(words[1])
    return result.returncode, result.stderr.decode(errors="replace").strip(), calls, reached


def judge(command, clean, at, fault):
    process, number, _ = at
    kills = fault == "KILL"
    options = ["--at", f"{process}:{number}", *(["--kill"] if kills else ["--errno", str(getattr(errno, fault))])]
    status, text, _, reached = run(command, options)
    if reached is None:
        return None
    if (status, text) == clean:
        verdict = "same"
    elif status != 0:
        verdict = "ended" if kills else "refused"
    else:
        verdict = "refused" if WARNING.search(text) else "SILENT"
    return f"{fault} {CALLS.get(reached, reached)} {verdict} {process}:{number} status {status} {text}"


def main():
    split = sys.argv.index("--")
    cases, faults, command = sys.argv[3], sys.argv[4:split], sys.argv[split + 1:]
    clean = run(command, ["--at", "99:99", "--errno", "5"])[:2]
    if clean[0] != 1 or "it runs without a kit" not in clean[1]:
        sys.exit(f"without a fault: {clean}")
    for at, fault in cases_of(cases, run(command, [])[2], faults):
        line = judge(command, clean, at, fault)
        if line:
            print(printable(line), flush=True)


main()
