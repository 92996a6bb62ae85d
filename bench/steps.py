"""The commands that bench/run and bench/compare measure in a builder."""

APP_ROOT = "/opt/app-root"
SCRIPT = f"{APP_ROOT}/lib/python3.13/site-packages/fromager/run_network_isolation.sh"
HOME = f"{APP_ROOT}/src"
TRUE = "/usr/bin/true"

DIRECT = {"direct": [TRUE]}
FLOOR = {"floor": ["/srv/bench/floor", "-w", HOME, TRUE]}
STEP = {"step": ["/dev/rind/rind", "run", "--", TRUE]}
# It cannot mount a procfs of its own here, keeps the builder's uid and environment, and has no seccomp filter.
BWRAP = {"bwrap": ["/srv/bench/bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/", "/", "--dev", "/dev",
                   "--tmpfs", "/tmp", "--tmpfs", "/var/tmp", "--tmpfs", HOME, "--tmpfs", "/run", TRUE]}
# What Fromager's own script does, without its `hostname`, which podman denies.
OWN_SCRIPT = {"script": ["/usr/bin/env", "unshare", "--uts", "--net", "--map-root-user", "/bin/bash", "-c",
                         'command -v ip >/dev/null && ip link set lo up; command -v hostname >/dev/null; exec "$@"', "x", TRUE]}
# A tool of the front end that the policy trusts, as Fromager calls it: it loses the network, and is no step.
TOOL = {"tool": [SCRIPT, TRUE]}
