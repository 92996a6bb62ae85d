"""Writes the config.json of an OCI bundle: bundle_config.py OPTION... -- COMMAND...  (to standard output)

Without options it is what podman would write for a container of its own network: its capabilities, its /dev, its
masked paths, no seccomp. See the options for what can be made different.
"""

import argparse
import json

CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETFCAP", "SETGID",
                "SETPCAP", "SETUID", "SYS_CHROOT"]
MOUNTS = [
    "/proc:proc:proc:nosuid,noexec,nodev",
    "/dev:tmpfs:tmpfs:nosuid,noexec,strictatime,mode=755,size=65536k",
    "/sys:sysfs:sysfs:nosuid,noexec,nodev,ro",
    "/dev/pts:devpts:devpts:nosuid,noexec,newinstance,ptmxmode=0666,mode=0620",
    "/dev/mqueue:mqueue:mqueue:nosuid,noexec,nodev",
    "/dev/shm:tmpfs:shm:nosuid,noexec,nodev,mode=1777,size=65536k",
]
MASKED = ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
          "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/fs/selinux", "/sys/dev/block"]
READ_ONLY = ["/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]


def mount(text):
    """DESTINATION:TYPE:SOURCE:OPTION,... as an entry of `mounts`."""
    destination, kind, source, options = text.split(":", 3)
    entry = {"destination": destination, "source": source, "options": options.split(",") if options else []}
    return {**entry, "type": kind} if kind else entry


def merge(target, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        else:
            target[key] = merge(target.get(key), value)
    return target


def hooks(files):
    """The `hooks` member that an engine makes of hook files (containers/common, pkg/hooks), without their timeout.

    `crun run` [1.8.1] waits for a hook that has one by SIGCHLD, and misses it when the container ends at the same
    time: it fails after that timeout, whatever the hook is. Engines call `crun create` and `crun start`, where the
    container is no child of the process that runs poststart.
    """
    stages = {}
    for file in files:
        with open(file) as f:
            description = json.load(f)
        for stage in description["stages"]:
            hook = {key: value for key, value in description["hook"].items() if key != "timeout"}
            stages.setdefault(stage, []).append(hook)
    return stages


def options():
    p = argparse.ArgumentParser()
    p.add_argument("--root", default="rootfs", help="root.path")
    p.add_argument("--read-only", action="store_true", help="root.readonly")
    p.add_argument("--cwd", default="/")
    p.add_argument("--user", default="0:0", help="UID:GID")
    p.add_argument("--env", action="append", default=[], help="NAME=VALUE, after the default ones")
    p.add_argument("--annotation", action="append", default=[], help="NAME=VALUE")
    p.add_argument("--mount", action="append", default=[], help="DESTINATION:TYPE:SOURCE:OPTION,... at the end")
    p.add_argument("--no-mount", action="append", default=[], help="DESTINATION of a default mount to leave out")
    p.add_argument("--cap-add", action="append", default=[], help="without CAP_")
    p.add_argument("--cap-drop", action="append", default=[], help="without CAP_; ALL for all")
    p.add_argument("--id-map", action="append", default=[], help="CONTAINER:HOST:SIZE, of uids and gids")
    p.add_argument("--share", action="append", default=[], help="a namespace that is the caller's, e.g. pid")
    p.add_argument("--hook", action="append", default=[], help="a hook file of hooks.d")
    p.add_argument("--cgroups-path", default="")
    p.add_argument("--patch", action="append", default=[], help="JSON merge patch over the result (RFC 7396)")
    p.add_argument("command", nargs="*")
    return p.parse_args()


def main():
    o = options()
    dropped = CAPABILITIES if "ALL" in o.cap_drop else o.cap_drop
    capabilities = [f"CAP_{c}" for c in CAPABILITIES if c not in dropped] + [f"CAP_{c}" for c in o.cap_add]
    uid, gid = o.user.split(":")
    held = capabilities if uid == "0" else []
    sets = {"bounding": capabilities, "permitted": held, "effective": held}
    namespaces = [n for n in ("pid", "ipc", "uts", "mount", "network") if n not in o.share]
    linux = {"maskedPaths": MASKED, "readonlyPaths": READ_ONLY}
    if o.id_map:
        namespaces.append("user")
        ids = [dict(zip(("containerID", "hostID", "size"), map(int, m.split(":")))) for m in o.id_map]
        linux |= {"uidMappings": ids, "gidMappings": ids}
    if o.cgroups_path:
        linux["cgroupsPath"] = o.cgroups_path
    linux["namespaces"] = [{"type": n} for n in namespaces]
    config = {
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": int(uid), "gid": int(gid)},
            "args": o.command or ["true"],
            "env": ["PATH=/opt/app-root/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    "HOME=/opt/app-root/src", "VIRTUAL_ENV=/opt/app-root", "LANG=C.UTF-8", *o.env],
            "cwd": o.cwd,
            "capabilities": sets,
            "noNewPrivileges": False,
        },
        "root": {"path": o.root, "readonly": o.read_only},
        "hostname": "bundle",
        "mounts": [mount(m) for m in MOUNTS if m.split(":")[0] not in o.no_mount] + [mount(m) for m in o.mount],
        "hooks": hooks(o.hook),
        "annotations": dict(a.split("=", 1) for a in o.annotation),
        "linux": linux,
    }
    if "uts" in o.share:
        del config["hostname"]
    for patch in o.patch:
        config = merge(config, json.loads(patch))
    print(json.dumps(config, indent=1))


main()
