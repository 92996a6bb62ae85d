"""compare_facts.py FILE [--old]: judges what a step saw (first line of FILE) beside the container (second line).

Prints VERDICT<tab>NAME<tab>REASON for each expectation.
"""

import json
import sys

step, container = (json.loads(line) for line in open(sys.argv[1]).read().splitlines() if line)


def expect(name, true, *seen):
    print("ok" if true else "not ok", name, "seen: " + ", ".join(map(str, seen)), sep="\t")


for kind in ("user", "mnt", "pid", "ipc", "uts", "net"):
    inside, outside = step["namespaces"][kind], container["namespaces"][kind]
    expect(f"own {kind} namespace", inside != outside, inside, outside)
status = step["status"]
expect("no new privileges", status["NoNewPrivs"] == "1", status["NoNewPrivs"])
for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
    expect(f"{name} is empty", int(status[name], 16) == 0, status[name])
own = step["uid_map"][1]
expect("a uid of its own", int(own) not in (0, *container["uid"]), step["uid_map"], container["uid"])
expect("inside, the builder's", step["uid"] == container["uid"], step["uid"], container["uid"])
expect("one uid is mapped", step["uid_map"] == [str(container["uid"][0]), own, "1"], step["uid_map"])
expect("one gid is mapped", step["gid_map"][1:] == [own, "1"], step["gid_map"])
expect("only the loopback interface", step["interfaces"] == ["lo"], step["interfaces"])
expect("loopback is up", step["loopback"] is None, step["loopback"])
expect("host name", step["host_name"] == "localhost", step["host_name"])
expect("few processes", len(step["processes"]) <= 4, step["processes"])
expect("/proc is read-only", step["proc_read_only"], step["proc_read_only"])
expect("writing to /proc fails", step["proc_write"] is not None, step["proc_write"])
expect("core_pattern is closed", step["core_pattern_write"] is not None, step["core_pattern_write"])
expect("/proc is masked as the container's", set(step["proc_shows"]) <= set(container["proc_shows"]), step["proc_shows"])
expect("/ is read-only", step["root_read_only"], step["root_read_only"])
expect("/ is nosuid", step["root_nosuid"], step["root_nosuid"])
expect("no descriptor above 2", max(step["descriptors"]) <= 2, step["descriptors"])
expect("a session of its own", step["session"] > 0, step["session"])
expect("umask as the container's", step["umask"] == container["umask"], step["umask"])
expect("HOME exists", step["home"][1], step["home"])
expect("TMPDIR is writable", step["tmp"] is None, step["tmp"])
expect("few devices", len(step["devices"]) <= 16 and "rind" not in step["devices"], step["devices"])
expect("cwd is the source tree", step["cwd"].endswith("/probe-1.0/probe-1.0"), step["cwd"])
if not "--old" in sys.argv:
    # By pip the hook is a grandchild of the step, and its stdin is pip's business.
    expect("stdin is /dev/null", step["stdin_is_null"], step["stdin_is_null"])
credentials = {"NETRC", "TWINE_PASSWORD", "NGC_API_KEY", "AWS_SECRET_ACCESS_KEY", "GITLAB_PAT", "CI_JOB_TOKEN", "PIP_INDEX_URL"}
leaked = credentials & set(step["environment"])
expect("the container has credentials", credentials <= set(container["environment"]), container["environment"])
expect("no credentials in the environment", not leaked, leaked)
expect("VIRTUAL_ENV is kept", "VIRTUAL_ENV" in step["environment"])
