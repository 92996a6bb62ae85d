# bench/floor.c, which bench/run holds a step against, does isolate: a floor that left something out would be a lie.

setup() {
  FLOOR=$RIND_TMP/floor
  gcc -O2 -static -Wall -Wextra -Werror -o "$FLOOR" "$RIND_SOURCE/bench/floor.c"
  # Outside of /tmp, which the floor covers. Only this file's mount namespace sees it.
  mount -t tmpfs writable /mnt
}

teardown() { umount /mnt; }

# shellcheck disable=SC2016
PROBE='
namespaces() { for kind in user mnt pid ipc uts net; do readlink /proc/self/ns/$kind; done; }
can_write() { (: >"$1/rind-floor-new") 2>/dev/null && { rm "$1/rind-floor-new"; echo yes; } || echo no; }
case $1 in
  namespaces) namespaces ;;
  root) can_write /etc; can_write /var ;;
  writable) can_write "$2" ;;
  tmp) ls -A /tmp | wc -l; can_write /tmp ;;
  processes) for d in /proc/[0-9]*; do test -e "$d/exe" && echo "${d#/proc/}"; done | wc -l ;;
  network) sed -n "s/^ *\\([^: ]*\\):.*/\\1/p" /proc/self/net/dev ;;
  loopback) python3 -c "import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); s.listen(); socket.create_connection(s.getsockname()); print(\"up\")" ;;
  privileges) sed -n "s/^\\(CapEff\\|CapPrm\\|NoNewPrivs\\):.//p" /proc/self/status ;;
  orphan) (sleep 7654.321 & ) ; exit 3 ;;
esac'

in_floor() { "$FLOOR" -w /mnt /bin/bash -c "$PROBE" probe "$@"; }
outside() { /bin/bash -c "$PROBE" probe "$@"; }

test_every_namespace_is_its_own() {
  local kind
  diff <(outside namespaces) <(in_floor namespaces) >"$RIND_TMP/namespaces" || true
  for kind in user mnt pid ipc uts net; do
    expect_equal "lines that differ of $kind" 2 "$(grep -c "[<>] $kind:" "$RIND_TMP/namespaces")"
  done
  expect_equal "control" "$(outside namespaces)" "$(outside namespaces)"
}

test_the_root_is_read_only() {
  expect_equal "writes" $'no\nno' "$(in_floor root)"
  expect_equal "control" $'yes\nyes' "$(outside root)"
  expect_equal "what is to be writable" yes "$(in_floor writable /mnt)"
}

test_tmp_is_its_own() {
  expect_equal "files in /tmp, writes" $'0\nyes' "$(in_floor tmp)"
  ls -d "$RIND_TMP"
  (($(outside tmp | head -n 1) > 0)) || fail "outside it is empty, too"
}

test_it_sees_its_own_processes_only() {
  local seen
  seen=$(in_floor processes)
  ((seen >= 2 && seen <= 5)) || fail "it sees $seen processes"
  ((seen < $(outside processes))) || fail "outside there are no more"
}

test_the_network_is_loopback_and_up() {
  expect_equal "devices" lo "$(in_floor network)"
  expect_equal "loopback" up "$(in_floor loopback)"
}

test_it_has_no_privileges() {
  expect_equal "capabilities, no_new_privs" $'0000000000000000\n0000000000000000\n1' "$(in_floor privileges)"
  expect_lacks "control" "$(outside privileges)" "0000000000000000"
}

test_status_and_what_is_left() {
  local status=0
  in_floor orphan || status=$?
  expect_equal "status" 3 "$status"
  ! pgrep -f 'sleep 7654\.321' >/dev/null || fail "a process outlived it"
  expect_status 125 "$FLOOR" /does/not/exist
  expect_status 125 "$FLOOR"
}
