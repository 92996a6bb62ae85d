"""Puts what Fromager made without Rind beside what it made with Rind.

compare.py artefacts CONTROL GUARDED NAME   of the directory NAME in both: wheels and sdists, and what Fromager wrote of them
compare.py steps RECORDS MODE DIRECTORY...  that each step was isolated: its record (docs/record.md), and that the packages
                                            built in the directories have theirs. MODE is the expected identity.mode
compare.py times CONTROL GUARDED            the time of each run in both, for people

The first two print a line for each result: `ok` or `not ok`, NAME, REASON, with tabs between.

A wheel is the same byte for byte: the runs have SOURCE_DATE_EPOCH. Of an sdist times are not compared, and nothing of gzip.
"""

import hashlib
import json
import pathlib
import sys
import tarfile
import zipfile

NAMESPACES = {"user", "mount", "pid", "ipc", "uts", "net"}
OUTPUTS = {"build_wheel", "build_sdist", "build_editable", "prepare_metadata_for_build_wheel"}


def digest(data):
    return hashlib.sha256(data).hexdigest()


def wheel_members(path):
    with zipfile.ZipFile(path) as archive:
        return {
            i.filename: (oct(i.external_attr >> 16), i.compress_type, i.date_time, digest(archive.read(i)))
            for i in archive.infolist()
        }


def sdist_members(path):
    with tarfile.open(path) as archive:
        return {
            m.name: (m.type, oct(m.mode), m.uid, m.gid, m.uname, m.gname, m.linkname)
            + ((digest(archive.extractfile(m).read()),) if m.isfile() else ())
            for m in archive.getmembers()
        }


def difference(one, other):
    """Where two mappings differ, in a line; "" where they do not."""
    keys = [key for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key)]
    return "; ".join(f"{key}: {one.get(key)} without Rind, {other.get(key)} with it" for key in keys[:4]) + (
        f"; and {len(keys) - 4} more" if len(keys) > 4 else ""
    )


def compare_artefact(one, other):
    if not other.exists():
        return "it was not made with Rind"
    if not one.exists():
        return "it was not made without Rind"
    if one.suffix != ".whl":
        return difference(sdist_members(one), sdist_members(other))
    if one.read_bytes() == other.read_bytes():
        return ""
    members = difference(wheel_members(one), wheel_members(other))
    return members or "the members are the same, but not the order or the fields beside them"


def owners(top):
    """Type, owner and mode of what a run leaves, but for uv's cache, whose names are random, and logs.

    In `steps` plugins run everything: their commands, unlike hooks, leave no compiled modules of the build environment.
    """
    result = {}
    for path in sorted(top.rglob("*")):
        name = path.relative_to(top)
        # A parallel build has a directory of its thread's number.
        if name.parts[:2] in (("work-dir", "uv-cache"), ("work-dir", "logs")) or path.name.isdigit():
            continue
        if top.name == "steps" and "__pycache__" in name.parts and name.parts[2:3] and name.parts[2].startswith("build-"):
            continue
        status = path.lstat()
        result[str(name)] = (oct(status.st_mode), status.st_uid, status.st_gid)
    return result


def artefacts(control, guarded, name):
    tops = [pathlib.Path(side, name) for side in (control, guarded)]
    names = {
        path.relative_to(top)
        for top in tops
        for pattern in ("wheels-repo/downloads/*.whl", "sdists-repo/builds/*.tar.gz")
        for path in top.glob(pattern)
    }
    if not names:
        yield name, "nothing was built"
    for artefact in sorted(names):
        yield f"{name}/{artefact.name}", compare_artefact(tops[0] / artefact, tops[1] / artefact)
    # What override plugins read of their calls (plugins/rind_plugins).
    for file in sorted({path.relative_to(top) for top in tops for path in top.glob("work-dir/calls/*")}):
        lines = [dict(enumerate((top / file).read_text().splitlines() if (top / file).exists() else [])) for top in tops]
        yield f"{name}/calls/{file.stem}", difference(*lines)
    files = ("work-dir/graph.json", "work-dir/build-order.json", "work-dir/constraints.txt")
    texts = [{f: digest((top / f).read_bytes()) for f in files if (top / f).exists()} for top in tops]
    yield f"{name}/graph-and-order", difference(*texts)
    yield f"{name}/owners-and-modes", difference(owners(tops[0]), owners(tops[1]))


def absent(step, mode):
    """What the policy prefers and the step did not have; "" where that is nothing but what MODE says already."""
    texts = [text for text in step["absent"] if mode != "self" or not text.startswith("an identity of its own")]
    return f"{step['package']} {step['hook'] or step['program']}: {', '.join(texts)}" if texts else ""


def fault(step, mode):
    """What is wrong with a step's record; "" where nothing is."""
    outcome = step["outcome"]
    expected = {
        "identity.mode": (step["identity"]["mode"], mode),
        "network": (step["network"], "none"),
        "namespaces": (NAMESPACES - set(step["namespaces"]), set()),
        "exit_status": (outcome["exit_status"], 0),
        "error": (outcome["error"], ""),
        # setuptools leaves its egg-info beside the metadata; nobody reads it there.
        "dropped": (step["dropped"] if step["hook"] in ("build_wheel", "build_sdist") else [], []),
    }
    # What a plugin's command leaves is compared where it lies.
    if step["kind"] == "hook":
        expected["outputs"] = (len(step["outputs"]), 1 if step["hook"] in OUTPUTS else 0)
    wrong = [f"{key} is {found}, not {wanted}" for key, (found, wanted) in expected.items() if found != wanted]
    return f"{step['package']} {step['hook'] or step['program']}: {', '.join(wrong)}" if wrong else ""


def steps(records, mode, *directories):
    found = [json.loads(line) for file in pathlib.Path(records).glob("*.jsonl") for line in file.open()]
    for name, judge in (("steps/isolated", fault), ("steps/nothing-absent", absent)):
        wrong = [text for text in (judge(step, mode) for step in found) if text]
        yield name, "; ".join(wrong[:4]) or ("" if found else "there is no record")
    made = {
        output["path"].rsplit("/", 1)[-1].rsplit("-", 3)[0] for step in found for output in step["outputs"]
        if output["path"].endswith(".whl")
    }
    # A pre-built wheel has no build number of Fromager's, and no step.
    built = {
        path.name.split("-0-")[0]
        for directory in directories
        for path in pathlib.Path(directory).glob("wheels-repo/downloads/*-0-*.whl")
    }
    missing = sorted(built - made)
    yield "steps/all-recorded", f"no step made {missing}" if missing else ""


def seconds(side):
    """NAME: (seconds, seconds of the processors)"""
    lines = (line.split() for line in pathlib.Path(side, "times").read_text().splitlines())
    return {name: (float(real), float(user) + float(system)) for name, real, user, system in lines}


def times(control, guarded):
    without, with_rind = seconds(control), seconds(guarded)
    for name in without:
        pairs = zip(("", " of the processors"), without[name], with_rind[name])
        print(f"{name}:", "; ".join(f"{a:.1f} s{what} without Rind, {b:.1f} s with it ({b / a:.2f})" for what, a, b in pairs))
    return ()


def main(mode, *arguments):
    for name, reason in {"artefacts": artefacts, "steps": steps, "times": times}[mode](*arguments):
        print("not ok" if reason else "ok", name, reason, sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
