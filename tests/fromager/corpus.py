"""What tests/corpus found, and docs/compatibility.md's table of it.

corpus.py packages LIST                 `NAME VERSION` of each package of tests/fromager/corpus/list.txt, in its order
corpus.py differ BASE                   status 0 when what was made in BASE/control and BASE/guarded differs
corpus.py result BASE NAME VERSION      JSON of a package: what was built without Rind (control), with it (guarded), and, where these
                                        differ, without it once more (again). BASE has SIDE.status beside the directories, and Rind's version
corpus.py line RESULT                   the same for people; status 1 where Rind makes a difference
corpus.py page LIST RESULTS PAGE FACTS  writes the table into PAGE, and FACTS, lines of text, above it
corpus.py rows LIST PAGE                where the list and the page's table do not agree, a line each
"""

import datetime
import json
import pathlib
import re
import sys
import tarfile
import zipfile

from compare import digest, sdist_members, steps, wheel_members

LINE = re.compile(r"([\w.-]+)==(\S+) --hash=sha256:[0-9a-f]{64}")
TABLE = "<!-- corpus -->\n"
REASONS = (
    (rb"/tmp/|/tmp[a-z0-9_]{8}", "the path of a temporary directory"),
    (rb"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-", "a random number"),
    (rb"\b20\d\d-\d\d-\d\d|\d\d:\d\d:\d\d", "the time"),
)


def packages(path):
    """(name, version, what it stands for); that is the comment above the line."""
    lines = [line for line in pathlib.Path(path).read_text().splitlines() if line]
    found = [(LINE.fullmatch(line), above) for above, line in zip(lines, lines[1:]) if not line.startswith("#")]
    return [(match[1], match[2], above.removeprefix("# ")) for match, above in found]


def artefacts(side):
    """By kind, because Fromager names an sdist as the back end does."""
    patterns = {"wheel": "build/wheels-repo/downloads/*.whl", "sdist": "build/sdists-repo/builds/*.tar.gz"}
    return {kind: next(iter(sorted(side.glob(pattern))), None) for kind, pattern in patterns.items()}


def members(artefact):
    if artefact is None:
        return {}
    found = wheel_members(artefact) if artefact.suffix == ".whl" else sdist_members(artefact)
    return {"its name": artefact.name, **found}


def differing(one, other):
    """Members that are not the same; "its order" where only the archives' bytes differ."""
    keys = {key for key in one[0].keys() | other[0].keys() if one[0].get(key) != other[0].get(key)}
    return keys or ({"its order"} if one[1] != other[1] else set())


def contents(base, side):
    found = artefacts(base / side)
    wheel = found["wheel"]
    return {kind: (members(path), digest(wheel.read_bytes()) if path and path == wheel else "") for kind, path in found.items()}


def differences(base, other):
    """{"wheel": members, "sdist": members} in which the first build without Rind differs from OTHER."""
    one, two = contents(base, "control"), contents(base, other)
    return {kind: sorted(keys) for kind in one if (keys := differing(one[kind], two[kind]))}


def is_own(keys, control_keys, one, two):
    """Whether what differs differs between two builds without Rind, too. A member with a random name is in one only."""
    rest = set(keys) - set(control_keys)
    both = one.keys() & two.keys()
    return not rest or (not rest & both and any(key not in both for key in control_keys))


def read_member(artefact, name):
    if artefact.suffix == ".whl":
        with zipfile.ZipFile(artefact) as archive:
            return archive.read(name) if name in archive.namelist() else b""
    with tarfile.open(artefact) as archive:
        file = archive.extractfile(name) if name in archive.getnames() else None
        return file.read() if file else b""


def why(one, other, keys):
    """What two builds write differently, by the text that is in one member only; "" where that is not seen."""
    found = set()
    for key in keys if one and other else ():
        if key.endswith("/RECORD") or key.startswith("its "):
            continue
        texts = [set(re.findall(rb"[ -~]{6,}", read_member(artefact, key))) for artefact in (one, other)]
        for text in texts[0] ^ texts[1]:
            found |= {reason for pattern, reason in REASONS if re.search(pattern, text)}
    return " and ".join(sorted(found))


def cause(base, side, name):
    """The last words of the build that failed, without what is another each time; Rind's own line is not the build's."""
    log = base / side / "build/build.out"
    said = re.findall(rf"^{re.escape(name)}-\S+: +(\S.*)", log.read_text(errors="replace") if log.exists() else "", re.MULTILINE)
    said = [words for words in said if not words.startswith(("rind: ", "╰─>", "note: ", "hint: ", "For more details"))]
    words = re.sub(r"(/tmp|/factory/build)/[^ '\"]*/", ".../", said[-1]) if said else "it has no log of a build"
    words = words.lstrip("× ").rstrip(".")
    return words if len(words) <= 120 else words[:117] + "..."


def result(base, name, version):
    status = {side: int((base / f"{side}.status").read_text()) for side in ("control", "guarded")}
    found = {"name": name, "version": version, "date": datetime.date.today().isoformat(), "status": status}
    found |= {"own": {}, "rind": {}, "steps": {}, "why": {}}
    found["rind_version"] = (base / "version").read_text().split()[-1]
    found["causes"] = {side: cause(base, side, name) for side, code in status.items() if code}
    if (base / "again").exists():
        again = differences(base, "again")
        one, two = contents(base, "control"), contents(base, "guarded")
        for kind, keys in differences(base, "guarded").items():
            own = is_own(keys, again.get(kind, []), one[kind][0], two[kind][0])
            found["own" if own else "rind"][kind] = keys
            found["why"][kind] = why(artefacts(base / "control")[kind], artefacts(base / "again")[kind], keys) if own else ""
    if not status["guarded"]:
        found["steps"] = {n: reason for n, reason in steps(base / "records", "ephemeral", base / "guarded/build") if reason}
    found["seconds"] = {side: (base / side / "times").read_text().split()[1] for side in status}
    return found


def listed(names, limit=3):
    shown = [f"`{name}`" for name in names if not name.endswith(".dist-info/RECORD")] or ["`RECORD`"]
    return ", ".join(shown[:limit]) + (f" and {len(shown) - limit} more" if len(shown) > limit else "")


def outcome(found, side):
    return f"fails: {found['causes'][side]}" if found["status"][side] else "built"


def comparison(found):
    """The table's last column. A package that fails has made nothing to compare."""
    if found["status"]["control"] or found["status"]["guarded"]:
        return "fails alike" if fails_alike(found) else "**Rind makes a difference**"
    parts = [f"**the {kind} differs**: {listed(keys)}" for kind, keys in found["rind"].items()]
    for kind, keys in found["own"].items():
        reason = found["why"].get(kind)
        parts.append(f"the {kind} differs by itself{f', by {reason}' if reason else ''}: {listed(keys)}")
    return "; ".join(parts) or "the same"


def fails_alike(found):
    return found["status"]["control"] != 0 and found["causes"].get("control") == found["causes"].get("guarded")


def is_right(found):
    return fails_alike(found) if any(found["status"].values()) else not found["rind"] and not found["steps"]


def row(found, stands_for):
    cells = (f"{found['name']} {found['version']}", stands_for, outcome(found, "control"), outcome(found, "guarded"), comparison(found))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def line(path):
    found = json.loads(pathlib.Path(path).read_text())
    seconds = ", ".join(f"{found['seconds'][side]} s {how} Rind" for side, how in (("control", "without"), ("guarded", "with")))
    notes = "".join(f"; {name}: {text}" for name, text in found.get("steps", {}).items())
    print(f"{'ok' if is_right(found) else 'not ok'} {found['name']} {found['version']}: {outcome(found, 'guarded')}, "
          f"{comparison(found)} ({seconds}){notes}")
    return not is_right(found)


def current(path, results):
    """The results of the list's packages; an error names those that have none."""
    found, missing = [], []
    for name, version, stands_for in packages(path):
        file = pathlib.Path(results, f"{name}.json")
        data = json.loads(file.read_text()) if file.exists() else {}
        if data.get("version") == version:
            found.append((data, stands_for))
        else:
            missing.append(name)
    if missing:
        sys.exit(f"corpus: no result of {', '.join(missing)}: run tests/corpus --continue")
    return found


def page(path, results, target, facts):
    found = current(path, results)
    built = [data for data, _ in found if not any(data["status"].values())]
    days = sorted({data["date"] for data, _ in found})
    versions = sorted({data["rind_version"] for data, _ in found})
    text = pathlib.Path(target).read_text()
    head, mark, _ = text.partition(TABLE)
    if not mark:
        sys.exit(f"corpus: {target} has no line {TABLE.strip()}")
    same = sum(comparison(data) == "the same" for data in built)
    own = sum(bool(data["own"]) and not data["rind"] for data in built)
    wrong = [data["name"] for data, _ in found if not is_right(data)]
    lines = [
        f"{days[0] if len(days) == 1 else f'{days[0]} to {days[-1]}'}, Rind {' and '.join(versions)}, {facts}\n",
        f"Of {len(found)} packages {len(built)} are built without Rind and with it: {same} are the same, {own} differ by themselves. "
        f"{sum(fails_alike(data) for data, _ in found)} fail alike. {len(wrong)} differ because of Rind"
        f"{': ' + ', '.join(wrong) if wrong else ''}.\n",
        "| package | stands for | without Rind | with Rind | wheel and sdist |\n|---|---|---|---|---|\n"
        + "".join(row(data, stands_for) for data, stands_for in found),
    ]
    pathlib.Path(target).write_text(head + mark + "\n".join(lines))


def rows(path, target):
    """Faults of the page: a package of the list without a row, a row of no package, another text."""
    text = pathlib.Path(target).read_text().partition(TABLE)[2]
    shown = [tuple(re.split(r"(?<!\\)\|", row)[1:3]) for row in text.splitlines() if row.startswith("| ")][1:]
    shown = [(name.strip(), why.strip().replace("\\|", "|")) for name, why in shown]
    wanted = [(f"{name} {version}", stands_for) for name, version, stands_for in packages(path)]
    faults = [f"no row of {name} ({why})" for name, why in wanted if (name, why) not in shown]
    faults += [f"a row of {name} ({why}), which the list does not have so" for name, why in shown if (name, why) not in wanted]
    if not faults and shown != wanted:
        faults = ["the rows are not in the list's order, or one is there twice"]
    print("\n".join(faults) or f"{len(shown)} rows, as the list")
    return bool(faults)


def main(mode, *arguments):
    if mode == "packages":
        for name, version, _ in packages(*arguments):
            print(name, version)
    elif mode == "differ":
        return not differences(pathlib.Path(arguments[0]), "guarded")
    elif mode == "result":
        json.dump(result(pathlib.Path(arguments[0]), *arguments[1:]), sys.stdout, indent=1)
    elif mode == "page":
        page(*arguments)
    else:
        return {"line": line, "rows": rows}[mode](*arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
