"""The containers of the rows, and the policies with which Rind meets them: NAME -> (options of the engine, policy).

places.py             prints the names
places.py NAME        prints the policy, the same with the rows' fixes in package rules, and then an option a line
places.py NAME ENDS [ROW...]   prints the policy with what the lines in ENDS (drive.py) say to add to it, in package rules, but for
                      these rows
"""

import json
import sys

from table import ROWS

PLAIN = ["-v", "{shared}/read-only:/srv/read-only:ro"]
ABLE = [f"--cap-add={name}" for name in ("SYS_NICE", "SYS_RESOURCE", "SYS_PTRACE", "MKNOD", "NET_RAW", "BPF", "PERFMON")]
MEMORY = {"view": "private", "backing": "memory", "size": 1 << 20}

PLACES = {
    "plain": (PLAIN, {"hide": ["/srv/hidden"]}),
    "policies": ([], {"views": {"/srv/rw": "rw", "$HOME": "ro"}}),
    # Addresses on the loopback device: the container has a network, and no way out of the machine.
    "network": (["--cap-add=NET_ADMIN"], {}),
    "small": ([], {"views": {**dict.fromkeys(("$HOME", "/tmp", "/var/tmp", "/dev/shm"), MEMORY), "$CCACHE_DIR": {"size": 1 << 20}}}),
    "devices": ([f"--device=/dev/zero:/dev/{name}" for name in ("kvm", "fuse", "net/tun", "watchdog9", "nvidia0")], {}),
    "variables": (
        [f"--env={name}=causes-value" for name in ("CAUSES_API_KEY", "GITHUB_TOKEN", "AWS_REGION", "DOCKER_HOST", "HTTPS_PROXY", "SSH_AUTH_SOCK")]
        + [f"--env={name}=causes-value" for name in ("DATABASE_URL", "GIT_CONFIG_GLOBAL", "XDG_RUNTIME_DIR")],
        {},
    ),
    "host": (["--hostname=build-host-7"], {}),
    # Without the engine's own filter: Rind's is the one that denies.
    "able": (["--security-opt=seccomp=unconfined", *ABLE], {}),
    "terminal": (["--tty"], {}),
    "limits": (
        [],
        {"limits": {"wall_clock_seconds": 8, "grace_seconds": 1, "processes": 40, "open_files": 64, "address_space_bytes": 2 << 30}},
    ),
    "memory": (["--memory=200m", "--memory-swap=200m"], {"views": {"$HOME": {"view": "private", "backing": "memory", "size": 1 << 30}}}),
}


def subject(cause):
    """The name of a row's package. It says nothing, for the line has it."""
    return f"subject{ROWS.index(cause)}"


def with_rules(policy, patches):
    return {**policy, "packages": {cause.name: {"packages": [subject(cause)], "policy": patch} for cause, patch in patches.items()}}


def fixes_at(place):
    return {cause: cause.fix for cause in ROWS if cause.place == place and cause.fix is not None}


def merged(document, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        result[key] = merged(result.get(key), value)
        if value is None:
            del result[key]
    return result


def said_to_add(line):
    """What a line of Rind says to add to the policy, all of it; None where it says nothing of the kind."""
    result, words = None, "add to the policy: "
    for part in line.split(words)[1:]:
        result = merged(result, json.JSONDecoder().raw_decode(part)[0])
    return result


def printed(place, ends, without):
    lines = {cause: ends[cause.name]["line"] for cause in ROWS if cause.place == place and cause.name in ends and cause.name not in without}
    patches = {cause: said_to_add(line) for cause, line in lines.items()}
    return {cause: patch for cause, patch in patches.items() if patch}


if __name__ == "__main__":
    if len(sys.argv) == 1:
        print(*PLACES, sep="\n")
    else:
        place = sys.argv[1]
        options, policy = PLACES[place]
        if len(sys.argv) == 2:
            print(json.dumps(policy), json.dumps(with_rules(policy, fixes_at(place))), *options, sep="\n")
        else:
            print(json.dumps(with_rules(policy, printed(place, json.load(open(sys.argv[2])), sys.argv[3:]))))
