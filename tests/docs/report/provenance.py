"""Whether each line is an in-toto Statement v1 with a SLSA provenance v1: the required keys, their types and forms."""

import json
import re
import sys

TIME = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z"
lines = sys.stdin.read().splitlines()
assert lines, "no statement"
for line in lines:
    statement = json.loads(line)
    assert set(statement) == {"_type", "subject", "predicateType", "predicate"}, set(statement)
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://slsa.dev/provenance/v1"
    for subject in statement["subject"]:
        assert subject["name"] and re.fullmatch("[0-9a-f]{64}", subject["digest"]["sha256"]), subject
    assert statement["subject"]
    definition, run = statement["predicate"]["buildDefinition"], statement["predicate"]["runDetails"]
    # A TypeURI.
    assert re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", definition["buildType"]), definition
    assert re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", run["builder"]["id"]), run
    assert isinstance(definition["externalParameters"], dict) and isinstance(definition["internalParameters"], dict)
    assert isinstance(definition["resolvedDependencies"], list)
    assert all(isinstance(version, str) for version in run["builder"]["version"].values())
    assert run["metadata"]["invocationId"]
    assert re.fullmatch(TIME, run["metadata"]["startedOn"]) and re.fullmatch(TIME, run["metadata"]["finishedOn"])
