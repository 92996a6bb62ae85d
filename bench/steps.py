"""The commands that are measured in a builder."""

import subprocess

APP_ROOT = "/opt/app-root"
SCRIPT = f"{APP_ROOT}/lib/python3.13/site-packages/fromager/run_network_isolation.sh"
HOME = f"{APP_ROOT}/src"
TRUE = "/usr/bin/true"
RUN = ["/dev/rind/rind", "run"]

OURS = {
    "direct": [TRUE],
    "floor": ["/srv/bench/floor", "-w", HOME, TRUE],
    "step": [*RUN, "--", TRUE],
    # A tool of the front end that the policy trusts, as Fromager calls it: it loses the network, and is no step.
    "tool": [SCRIPT, TRUE],
}
PEERS = {
    # It cannot mount a procfs of its own here, keeps the builder's uid and environment, and has no seccomp filter.
    "bwrap": ["/srv/bench/bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/", "/", "--dev", "/dev",
              "--tmpfs", "/tmp", "--tmpfs", "/var/tmp", "--tmpfs", HOME, "--tmpfs", "/run", TRUE],
    "nsjail": ["/srv/bench/nsjail", "-Mo", "-q", "--disable_proc", "--chroot", "/", "--user", "0", "--group", "0", "--", TRUE],
    "minijail0": ["/srv/bench/minijail0", "-U", "-m", "-M", "-v", "-p", "-l", "-e", "-n", TRUE],
    # What Fromager's own script does, without its `hostname`, which podman denies.
    "script": ["/usr/bin/env", "unshare", "--uts", "--net", "--map-root-user", "/bin/bash", "-c",
               'command -v ip >/dev/null && ip link set lo up; command -v hostname >/dev/null; exec "$@"', "x", TRUE],
}


def only_working(place, cases):
    """Those of the cases that run there, and a line for each that does not."""
    working, lacking = {}, []
    for name, command in cases.items():
        done = subprocess.run([*place, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode == 0:
            working[name] = command
        else:
            last = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
            lacking.append(f"{name}: it does not run in the container: {last}")
    return working, lacking
