# Where the hook keeps why a container did not start, on a machine without a journal. A mount namespace of its own has
# an empty /run and /tmp, and no /dev/log.
# shellcheck disable=SC2016

in_host() { # SCRIPT
  unshare --mount --propagation private -- bash -c '
    set -e
    mount --bind "$1" /mnt
    mount -t tmpfs -o mode=0755 none /run
    mount -t tmpfs -o mode=1777 none /tmp
    mount -t tmpfs -o mode=0755 none /dev
    mknod -m 0666 /dev/null c 1 3
    HOOK=/mnt/usr/libexec/oci/hooks.d/rind-hook
    refuse() { ! echo no state | "$HOOK" hook; }
    as_user() { setpriv --reuid 1234 --regid 1234 --clear-groups "$@"; }
    export HOOK
    eval "$2"' in_host "$RIND_STAGE" "$1" 2>&1 | sed '/^rind-hook: /d'
}

test_of_root() {
  expect_status 0 in_host 'refuse; stat -c "%U %a %F" /run/rind-hook /run/rind-hook/refusals
    grep -c "^20[0-9-]*T[0-9:]*Z .*state" /run/rind-hook/refusals; ls /tmp'
  expect_equal "the file" $'root 700 directory\nroot 600 regular file\n1' "$OUTPUT"
}

test_of_a_user() {
  expect_status 0 in_host 'for i in 1 2; do echo no | as_user "$HOOK" hook || true; done
    stat -c "%u %a" /tmp/rind-hook-1234; wc -l </tmp/rind-hook-1234/refusals
    install -d -o 1234 /run/user/1234; echo no | as_user "$HOOK" hook || true; ls /run/user/1234/rind-hook'
  expect_equal "the file" $'1234 700\n2\nrefusals' "$OUTPUT"
}

# What somebody else put there is not written to, and nothing is followed.
test_places_of_others() {
  expect_status 0 in_host 'install -d -o 1234 -m 0777 /tmp/victim
    ln -s victim /tmp/rind-hook-1234; echo no | as_user "$HOOK" hook || true; ls /tmp/victim
    rm /tmp/rind-hook-1234; install -d -o 4321 -m 0777 /tmp/rind-hook-1234; echo no | as_user "$HOOK" hook || true
    ls /tmp/rind-hook-1234
    rm -r /tmp/rind-hook-1234; install -d -o 1234 -m 0770 /tmp/rind-hook-1234; echo no | as_user "$HOOK" hook || true
    ls /tmp/rind-hook-1234; rm -r /tmp/rind-hook-1234
    install -d -o 1234 -m 0700 /tmp/rind-hook-1234; install -o 1234 /dev/null /tmp/victim/file
    ln -s ../victim/file /tmp/rind-hook-1234/refusals; echo no | as_user "$HOOK" hook || true; wc -c </tmp/victim/file
    rm /tmp/rind-hook-1234/refusals; mkfifo /tmp/rind-hook-1234/refusals; chown 1234 /tmp/rind-hook-1234/refusals
    echo no | timeout 20 setpriv --reuid 1234 --regid 1234 --clear-groups "$HOOK" hook || echo "status $?"
    rm /tmp/rind-hook-1234/refusals; echo no | as_user "$HOOK" hook || true; echo control; ls /tmp/rind-hook-1234'
  expect_equal "what was written" $'0\nstatus 1\ncontrol\nrefusals' "$OUTPUT"
}

test_bounded() {
  expect_status 0 in_host 'refuse; cd /run/rind-hook
    head -c 65500 /dev/zero 2>/dev/null >refusals || yes | head -c 65500 >refusals
    refuse; wc -l <refusals; refuse; wc -l <refusals; yes | head -c 65500 >refusals; refuse
    ls; (($(cat * | wc -c) < 140000)) && echo bounded'
  expect_equal "the files" $'1\n2\nrefusals\nrefusals.old\nbounded' "$OUTPUT"
}

test_status_prints_the_last_ones() {
  expect_status 0 in_host 'mount -t proc proc /proc; mkdir /run/etc; refuse; cd /run/rind-hook; seq 30 >refusals; status() { "$HOOK" status --defaults /mnt/usr/share/rind/policy.json --config /run/etc "$@"; }; status | tail -n 22
    status --json | tr -d "\" ,\n" | grep -c "\[123456.*30\]"'
  expect_equal "printed" "containers that did not start, from /run/rind-hook/refusals:
      (10 earlier ones)
$(seq -f '      %.0f' 11 30)
1" "$OUTPUT"
}

test_not_where_there_is_a_journal() {
  expect_status 0 in_host 'python3 -c "
import os, socket, subprocess
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(\"/dev/log\")
subprocess.run([os.environ[\"HOOK\"], \"hook\"], input=b\"no\")
print(b\"rind-hook\" in s.recv(65536))"; ls -d /run/rind-hook 2>/dev/null || true'
  expect_equal "the journal, and the files" True "$OUTPUT"
}
