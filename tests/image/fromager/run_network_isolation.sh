#!/usr/bin/env -S unshare --uts --net --map-root-user /bin/bash
# Runs a command in a network namespace of its own, in which only the loopback device exists:
# run_network_isolation.sh COMMAND [ARGUMENT...]
# Our own words for the script that Fromager has under this name; shebang and behaviour are the same,
# and so is its weakness: where the engine forbids to set the host name, it fails.
set -e
set -o pipefail

if [ $# -eq 0 ]; then
  echo "usage: $0 COMMAND [ARGUMENT...]" >&2
  exit 2
fi

if ! command -v ip >/dev/null 2>&1; then
  echo "$0: there is no 'ip' command to bring up the loopback device for $*" >&2
  exit 2
fi
ip link set lo up

# "localhost" must resolve for the command.
if command -v hostname >/dev/null 2>&1; then
  hostname localhost
fi

exec "$@"
