"""Seccomp profile as an engine reads it -> merge patch for config.json: oci_seccomp.py PROFILE [CAP_NAME...]

What containers/common does when it starts a container with these capabilities: entries that do not concern the
architecture or the capabilities are left out, names of architectures are mapped.
"""

import json
import platform
import sys

ARCHITECTURES = {"x86_64": ("amd64", "SCMP_ARCH_X86_64"), "aarch64": ("arm64", "SCMP_ARCH_AARCH64"),
                 "s390x": ("s390x", "SCMP_ARCH_S390X"), "riscv64": ("riscv64", "SCMP_ARCH_RISCV64")}


def concerns(entry, name, capabilities):
    includes, excludes = entry.get("includes") or {}, entry.get("excludes") or {}
    return (name in includes.get("arches", [name])
            and name not in excludes.get("arches", [])
            and capabilities >= set(includes.get("caps", []))
            and not capabilities & set(excludes.get("caps", [])))


def main(file, *capabilities):
    with open(file) as f:
        profile = json.load(f)
    name, architecture = ARCHITECTURES[platform.machine()]
    architectures = [architecture]
    for entry in profile["archMap"]:
        if entry["architecture"] == architecture:
            architectures += entry["subArchitectures"]
    calls = [{key: entry[key] for key in ("names", "action", "errnoRet", "args") if key in entry}
             for entry in profile["syscalls"] if concerns(entry, name, set(capabilities))]
    seccomp = {"defaultAction": profile["defaultAction"], "architectures": architectures, "syscalls": calls}
    if "defaultErrnoRet" in profile:
        seccomp["defaultErrnoRet"] = profile["defaultErrnoRet"]
    print(json.dumps({"linux": {"seccomp": seccomp}}))


main(*sys.argv[1:])
