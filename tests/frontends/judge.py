"""Puts what front ends did without Rind beside what they did with it: judge.py CONTROL GUARDED TABLE

Both are what tests/frontends/inside/run leaves. For each row it prints `ok` or `not ok`, ROW, REASON, with tabs between, and adds a line to TABLE.
Whatever is wanted of a row, without Rind it must end well, and the package's code must report what it sees: else it proves nothing. Then
  isolated    with Rind status, artefacts, their members, and what lies in the sources afterwards are the same, but for the reports;
              each report is a step's, and none is where no call named a place
  open        the same results, and the package's code does run outside of a step
  fails TEXT  with Rind it ends with an error and says TEXT, and the package's code runs in no other place than a step
"""

import ast
import pathlib
import sys
import tarfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "fromager"))
from compare import difference, sdist_members, wheel_members  # noqa: E402

REPORT = "seen.txt"


def left_open(row):
    return [line for path in sorted((row / "open").iterdir()) for line in path.read_text().splitlines()]


def reports(row):
    """Those in the sources and in the artefacts."""
    texts = [(row / "reports").read_text()]
    for path in sorted((row / "out").glob("*.whl")):
        with zipfile.ZipFile(path) as archive:
            texts += [archive.read(name).decode() for name in archive.namelist() if name.endswith(REPORT)]
    for path in sorted((row / "out").glob("*.tar.gz")):
        with tarfile.open(path) as archive:
            texts += [archive.extractfile(m).read().decode() for m in archive.getmembers() if m.name.endswith(REPORT)]
    return [line for text in texts for line in text.splitlines()]


def status(row):
    return int((row / "status").read_text())


def last_lines(row):
    said = [line for line in (row / "log").read_text(errors="replace").splitlines() if line.strip()]
    told = [line for line in said if line.startswith("rind: ")][-1:]
    others = [line for line in said if line not in told][-1:]
    return " / ".join(text.strip()[:300] for text in others + told) or "nothing was said"


def members(path):
    """Of a report, and of a wheel's list of sums, only that they are there."""
    if not path.name.endswith((".whl", ".tar.gz")):
        return {"": path.read_bytes()}  # uv writes a .gitignore
    read = wheel_members if path.suffix == ".whl" else sdist_members
    return {name: name.endswith((REPORT, ".dist-info/RECORD")) or found for name, found in read(path).items()}


def artefacts(row):
    return {path.name: members(path) for path in sorted((row / "out").iterdir())}


def results(control, guarded):
    if status(guarded) != 0:
        return f"it ended with status {status(guarded)}: {last_lines(guarded)}"
    without, with_rind = artefacts(control), artefacts(guarded)
    if without.keys() != with_rind.keys():
        return f"it made {sorted(with_rind)}, and {sorted(without)} without Rind"
    for name in without:
        if found := difference(without[name], with_rind[name]):
            return f"{name}: {found}"
    trees = [dict(line.split(" ", 1) for line in (row / "tree").read_text().splitlines()) for row in (control, guarded)]
    return (found := difference(*trees)) and f"what lies in the sources: {found}"


def sees(line):
    return dict(word.split("=", 1) for word in line.split(" argv=")[0].removeprefix("PROBE ").split())


def no_step(line, builder, network=False):
    """What a report has that no step may have; an install may have the network."""
    found = sees(line)
    denied = {"credentials": "none", "network": "none", "processes": "0"}
    wrong = [f"{name} {found[name]}" for name, none in denied.items() if found[name] != none and not (network and name == "network")]
    return ", ".join(wrong + ["the builder's ids"] * (found["uid_map"] == builder))


def code_outside(control, guarded, network=False):
    """How the package's code ran outside of a step; "" where it did not."""
    builder = sees(left_open(control)[0])["uid_map"]
    for line in left_open(guarded):
        call = ast.literal_eval(line.split(" argv=")[1].rsplit(" cwd=", 1)[0])
        wrong = no_step(line, builder, network)
        return f"`{call}` " + (f"ran open: {wrong}" if wrong else "left a report where nobody named a place")
    return next((f"a report is no step's: {wrong}" for wrong in (no_step(line, builder, network) for line in reports(guarded)) if wrong), "")


def isolated(control, guarded, network=False):
    missing = reports(control) and not reports(guarded) and "no report of the package's code is left with Rind"
    return "; ".join(filter(None, (code_outside(control, guarded, network), missing, results(control, guarded))))


def runs_open(control, guarded):
    return results(control, guarded) or ("" if code_outside(control, guarded) else "its code runs in steps, and was said to run open")


def fails(control, guarded, text):
    if status(guarded) == 0:
        return "it ends well, and was said to fail"
    if text not in (guarded / "log").read_text(errors="replace"):
        return f"it does not say {text!r}: {last_lines(guarded)}"
    return code_outside(control, guarded)


def judge(control, guarded):
    """What is wrong with a row, and its cell of the table."""
    want, _, text = (control / "want").read_text().strip().partition(" ")
    if status(control) != 0:
        return f"without Rind it ended with status {status(control)}: {last_lines(control)}", "it fails without Rind"
    if not left_open(control):
        return "without Rind the package's code did not run, or could not report", "unknown"
    if want == "open":
        return runs_open(control, guarded), "the same result; **the package's code is not isolated**"
    if want == "install":
        return isolated(control, guarded, True), "isolated, the same result; an install: it has the network"
    if want == "fails":
        return fails(control, guarded, text), f"it fails: {text}"
    return isolated(control, guarded), "isolated, the same result"


def main(control, guarded, table):
    tops = [pathlib.Path(side, "rows") for side in (control, guarded)]
    with open(table, "a") as rows:
        for name in pathlib.Path(control, "names").read_text().splitlines():
            reason, cell = judge(*(top / name for top in tops))
            print("not ok" if reason else "ok", name, reason.replace("\t", " ").replace("\n", " "), sep="\t")
            title = (tops[0] / name / "title").read_text().strip()
            print(f"| {title} | {'it is not as it was' if reason else cell} |", file=rows)


main(*sys.argv[1:])
