"""The schemas, held against what they describe: schema.py cases|keys|records|policies [FILE...]

cases      the policy's schema judges the cases of policy_cases.txt, which the parser judges, too
keys       it has the defaults' keys and values, and the keys that the parser's source names; no others
records    every line of each FILE is a record of which the schema knows every key; and it refuses what is none
policies   every FILE is a policy
tests      every FILE is one of expectations, and the schema refuses what the command refuses
"""

import copy
import json
import pathlib
import re
import sys

import jsonschema

TOP = pathlib.Path(__file__).resolve().parents[2]
TEST = json.loads((TOP / "schema/policy-test.schema.json").read_text())
POLICY = json.loads((TOP / "schema/policy.schema.json").read_text())
RECORD = json.loads((TOP / "schema/record.schema.json").read_text())
failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)


def errors(schema, value):
    return [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(value)]


def cases():
    group = None
    counts = {}
    for line in (TOP / "tests/unit/policy_cases.txt").read_text().splitlines():
        if line.startswith("== "):
            group = line[3:].partition(":")[0]
        elif line and not line.startswith("#"):
            found = errors(POLICY, json.loads(line))
            expect((group == "invalid") == bool(found), f"{group}: {line}: {found}")
            counts[group] = counts.get(group, 0) + 1
    expect(counts["valid"] > 40 and counts["invalid"] > 120 and counts["unsaid"] > 10, f"too few cases: {counts}")


def resolved(node):
    """A node with what its $ref says; of a choice, what is no null."""
    if "$ref" in node and node["$ref"] != "#":
        target = POLICY["$defs"][node["$ref"].removeprefix("#/$defs/")]
        node = {**resolved(target), **{k: v for k, v in node.items() if k != "$ref"}}
    return node


def compare(node, value, path):
    node = resolved(node)
    if "default" in node:
        expect(node["default"] == value, f"{path}: the schema says {node['default']}, the defaults {value}")
        return
    properties = node.get("properties")
    if properties is None:
        expect(False, f"{path}: neither a default nor keys")
        return
    known = {key for key in properties if key != "$schema"}
    expect(known == set(value), f"{path}: of one only: {sorted(known ^ set(value))}")
    for key in known & set(value):
        compare(properties[key], value[key], f"{path}.{key}")


def names_in(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "properties":
                yield from value
            if key not in ("default", "enum", "const"):
                yield from names_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from names_in(value)


# How the parser asks for a key: by name, of the object at hand.
GETTER = r'\b(?:string|boolean|integer|strings|choice|object|any|has|parse_limit|parse_commands|patterns_of_paths|parse_names)\((?:\w+, )?"([^"]+)"'


def keys():
    compare(POLICY, json.loads((TOP / "policy/policy.json").read_text()), "policy")
    source = "".join(file.read_text() for file in (TOP / "common/policy").glob("p*.cpp"))
    asked = set(re.findall(GETTER, source)) | {"hide"}
    expect(len(asked) > 60, f"only {len(asked)} keys were found in the parser")
    known = set(names_in(POLICY)) - {"$schema"}
    expect(asked == known, f"keys of the parser or of the schema only: {sorted(asked ^ known)}")


def strict(node):
    """The record's schema, as it would be if no new key could come."""
    if isinstance(node, dict):
        node = {key: strict(value) for key, value in node.items()}
        if "properties" in node and "required" in node:
            node["additionalProperties"] = False
    elif isinstance(node, list):
        node = [strict(value) for value in node]
    return node


# A place in a record, and what may not be there; a function is called with what is.
WRONG = [
    (["version"], 2), (["start"], "2026-08-05 12:00:00"), (["end"], "2026-08-05T12:01:01Z"), (["duration"], -1),
    (["kind"], "step"), (["hook"], "build"), (["program"], ""), (["identity", "mode"], "root"), (["identity", "uid"], -1),
    (["network"], "host"), (["seccomp"], "default"), (["namespaces"], ["user", "user"]), (["namespaces"], ["cgroup"]),
    (["rules"], None), (["absent"], "terminals"), (["outcome", "exit_status"], 256), (["outcome", "exit_status"], None),
    (["outcome", "signal"], 9), (["outcome", "limit"], "memory"), (["outcome", "out_of_memory"], 0),
    (["outputs", 0, "sha256"], "BA78"), (["outputs", 0, "path"], "relative"), (["outputs", 0, "size"], 1.5),
    (["dropped"], ["x"] * 33), (["dropped_count"], "0"),
]


def refuses_what_is_no_record(record):
    for place, value in WRONG:
        wrong = copy.deepcopy(record)
        at = wrong
        for part in place[:-1]:
            at = at[part]
        at[place[-1]] = value
        expect(errors(RECORD, wrong), f"a record with {place} {value} is taken")
    for key in RECORD["properties"]:
        wrong = {k: v for k, v in record.items() if k != key}
        expect(errors(RECORD, wrong), f"a record without {key} is taken")
    later = {**record, "new": 1}
    expect(not errors(RECORD, later), "a later release's record is refused")
    expect(errors(strict(RECORD), later), "a key that the schema does not know is not found")


def records(files):
    example = json.loads(re.search(r"```json\n(.*?)\n```", (TOP / "docs/record.md").read_text(), re.S)[1])
    expect(not errors(strict(RECORD), example), f"the page's example: {errors(strict(RECORD), example)}")
    refuses_what_is_no_record(example)
    for file in files:
        lines = pathlib.Path(file).read_text().splitlines()
        expect(lines, f"{file} is empty")
        for line in lines:
            found = errors(strict(RECORD), json.loads(line))
            expect(not found, f"{file}: {line}: {found}")


def policies(files):
    for file in files:
        found = errors(POLICY, json.loads(pathlib.Path(file).read_text()))
        expect(not found, f"{file}: {found}")


def tests(files):
    for file in files:
        found = errors(TEST, json.loads(pathlib.Path(file).read_text()))
        expect(not found, f"{file}: {found}")


if __name__ == "__main__":
    what, files = sys.argv[1], sys.argv[2:]
    for schema in (POLICY, RECORD, TEST):
        jsonschema.Draft202012Validator.check_schema(schema)
    {"cases": cases, "keys": keys, "records": lambda: records(files), "policies": lambda: policies(files),
     "tests": lambda: tests(files)}[what]()
    print("\n".join(failures))
    sys.exit(1 if failures else 0)
