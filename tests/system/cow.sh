# Views in which the builder's cache can be read, and written to without effect.
source "$RIND_SOURCE/tests/system/hook.inc"

# cow_policy [SIZE DIRECTORIES FALLBACK]
cow_policy() {
  printf '{"views": {"$CCACHE_DIR": {"view": "cow", "size": %d, "directories": %d, "fallback": "%s"}}}' \
    "${1:-1048576}" "${2:-64}" "${3:-refuse}"
}

# shellcheck disable=SC2016
CACHE='
export CCACHE_DIR=/mnt/cache
mkdir -p /mnt/cache/a/b
echo one >/mnt/cache/one; echo two >/mnt/cache/a/two; echo three >/mnt/cache/a/b/three
snapshot() { find "$@" -printf "%p %i %U %G %m %n %s %T@ %l\n" | sort; }
step() { "$RIND" run -- "$@"; }
'

in_cow_rig() {
  local script=$1
  shift
  RIG_POLICY=${RIG_POLICY:-$(cow_policy)} in_rig "$CACHE$script" "$@"
}

# What a tool does to a cache; by an identity of its own and by the caller's.
expect_writes_to_vanish() {
  RIG_POLICY=$1
  expect_status 0 in_cow_rig 'snapshot /mnt/cache >/tmp/w/before; find /mnt/cache -type f -exec cat {} + >>/tmp/w/before
    step sh -e -c "
cd /mnt/cache
cat one a/two a/b/three
echo new >a/b/new; cat a/b/new
mkdir a/c; echo x >a/c/x; mkdir z; rmdir z
echo tmp >a/tmp; mv a/tmp a/two; cat a/two
rm one; echo in >one; cat one
rm a/b/three; ls a/b
mkfifo p; ln -s a l; ln a/two a/hard; cat a/hard
find . | sort | tr \"\n\" \" \""; echo; echo $?
    snapshot /mnt/cache >/tmp/w/after; find /mnt/cache -type f -exec cat {} + >>/tmp/w/after; diff /tmp/w/before /tmp/w/after && echo same'
  expect_equal "in the step, its status, and the cache" 'one
two
three
new
tmp
in
new
tmp
. ./a ./a/b ./a/b/new ./a/c ./a/c/x ./a/hard ./a/two ./l ./one ./p 
0
same' "$OUTPUT"
}

test_writes_vanish() { expect_writes_to_vanish "$(cow_policy)"; }
test_writes_vanish_with_the_callers_identity() {
  local policy
  policy=$(cow_policy)
  expect_writes_to_vanish "${policy%\}}, \"identity\": {\"ephemeral\": \"none\"}}"
}

# The directories are the step's, the files are not: the kernel makes no copy of a file whose owner has
# no number in the step, so a file that was there cannot be moved or added to. (EOVERFLOW, where its
# mode would let the step.) It can be replaced, above.
test_files_of_the_cache_stay_the_builders() {
  local script='echo any >/mnt/cache/any; chmod 0666 /mnt/cache/any; snapshot /mnt/cache >/tmp/w/before
    step sh -c "cd /mnt/cache; mv a/two a/moved; echo x >>one; echo x >>any; ln a/b/three a/hard; cat a/two a/moved one any a/hard" 2>/dev/null
    snapshot /mnt/cache | diff /tmp/w/before - && echo same'
  expect_status 0 in_cow_rig "$script"
  expect_equal "as they were" $'two\none\nany\nsame' "$OUTPUT"
  local policy
  policy=$(cow_policy)
  RIG_POLICY="${policy%\}}, \"identity\": {\"ephemeral\": \"none\"}}"
  expect_status 0 in_cow_rig "$script"
  expect_equal "control: the caller's identity" $'two\none\nx\nany\nx\nthree\nsame' "$OUTPUT"
}

test_control_read_only_and_plain() {
  RIG_POLICY='{"views": {"$CCACHE_DIR": "ro"}}'
  expect_status 1 in_cow_rig 'step touch /mnt/cache/new'
  expect_contains "denied" "$OUTPUT" "Read-only file system"
  expect_status 0 in_cow_rig 'touch /mnt/cache/new'
}

test_each_step_begins_anew() {
  expect_status 0 in_cow_rig 'step sh -c "rm /mnt/cache/a/two; echo x >/mnt/cache/new"; step find /mnt/cache | sort'
  expect_equal "the second step" $'/mnt/cache\n/mnt/cache/a\n/mnt/cache/a/b\n/mnt/cache/a/b/three\n/mnt/cache/a/two\n/mnt/cache/one' "$OUTPUT"
}

# Overlayfs needs xattrs of the user for it, which a tmpfs has from Linux 6.6 on. Before, the line says so.
test_directories_are_removed_replaced_and_moved() {
  local script='change() { "$RIND" run -- /usr/bin/python3 -c "import os, shutil; os.chdir(\"/mnt/cache\"); $1; raise SystemExit(3)" || true; }
    /usr/bin/python3 -c "import os; os.setxattr(\"/mnt/cache\", \"user.any\", b\"\")" 2>/dev/null || echo no xattrs
    change "shutil.rmtree(\"a\"); print(\"removed\")"
    change "os.remove(\"one\"); os.mkdir(\"one\"); print(\"replaced\")"
    change "os.mkdir(\"new\"); os.rename(\"new\", \"moved\"); print(\"moved\")"'
  expect_status 0 in_cow_rig "$script"
  if [[ $OUTPUT == "no xattrs"* ]]; then
    expect_equal "what was done" "" "$(grep -xE 'removed|replaced|moved' <<<"$OUTPUT")"
    expect_contains "the line of the failed step" "$OUTPUT" \
      "without removing, replacing and moving directories in /mnt/cache (EIO, EXDEV): a cow view can do that from Linux 6.6 on"
  else
    expect_equal "what was done" $'removed\nreplaced\nmoved' "$(grep -xE 'removed|replaced|moved' <<<"$OUTPUT")"
    expect_lacks "the line of the failed step" "$OUTPUT" "Linux 6.6"
  fi
}

test_size() {
  RIG_POLICY=$(cow_policy 65536)
  expect_status 1 in_cow_rig 'step dd if=/dev/zero of=/mnt/cache/a/big bs=1k count=128'
  expect_contains "reason" "$OUTPUT" "No space left"
  expect_status 0 in_cow_rig 'step dd if=/dev/zero of=/mnt/cache/a/big bs=1k count=32'
}

# Those near the top are made the step's, so many as the policy says; the others can be read.
test_directories() {
  local script='for i in {1..6}; do mkdir -p /mnt/cache/d$i/e; echo x >/mnt/cache/d$i/e/f; done
    "$RIND" run -- sh -c "find /mnt/cache -type f | xargs cat | wc -l; find /mnt/cache -mindepth 1 -type d -exec test -w {} \; -print | wc -l; touch /mnt/cache/d1/e/new; exit 3"; ls /mnt/cache/d1/e'
  RIG_POLICY=$(cow_policy 1048576 8)
  expect_status 0 in_cow_rig "$script"
  expect_equal "files that can be read, directories that can be written" $'9\n8' "$(head -n 2 <<<"$OUTPUT")"
  expect_contains "a deeper one" "$OUTPUT" "Permission denied"
  expect_contains "the line of the failed step" "$OUTPUT" "without write access to all of /mnt/cache: it has more than 8 directories"
  RIG_POLICY=$(cow_policy 1048576 64)
  expect_status 0 in_cow_rig "$script"
  expect_equal "control" $'9\n14' "$(head -n 2 <<<"$OUTPUT")"
  expect_lacks "control" "$OUTPUT" "Permission denied"
  expect_lacks "control: the line" "$OUTPUT" "write access to all"
}

# Closed to everybody but the builder, and so to the step.
test_closed_parts() {
  local script='mkdir -m 0700 /mnt/cache/closed; echo s >/mnt/cache/closed/key; echo s >/mnt/cache/key; chmod 0600 /mnt/cache/key
    step sh -c "cat /mnt/cache/key; cat /mnt/cache/closed/key; ls /mnt/cache/closed; cat /mnt/cache/one" 2>&1; echo $?'
  expect_status 0 in_cow_rig "$script"
  expect_equal "denials" 3 "$(grep -c 'Permission denied' <<<"$OUTPUT")"
  expect_equal "what can be read, status" $'one\n0' "$(grep -v denied <<<"$OUTPUT")"
  RIG_POLICY='{"identity": {"ephemeral": "none"}}'
  expect_status 0 in_cow_rig "$script"
  expect_equal "control: the caller's number" $'s\ns\nkey\none\n0' "$OUTPUT"
}

# A cache below a closed HOME, and one that is closed itself.
test_cache_in_a_closed_place() {
  expect_status 0 in_cow_rig 'mkdir -m 0700 /mnt/home; mv /mnt/cache /mnt/home/cache; export HOME=/mnt/home CCACHE_DIR=/mnt/home/cache; echo s >/mnt/home/key
    step sh -c "ls -A /mnt/home; cat /mnt/home/cache/a/two; echo x >/mnt/home/cache/a/new && echo written"; ls /mnt/home/cache/a'
  expect_equal "in the step, and afterwards" $'.gitconfig\ncache\ntwo\nwritten\nb\ntwo' "$OUTPUT"
  expect_status 125 in_cow_rig 'chmod 0700 /mnt/cache; step true'
  expect_contains "why" "$OUTPUT" "make the cow view of /mnt/cache"
  RIG_POLICY=$(cow_policy 65536 64 private)
  expect_status 0 in_cow_rig 'chmod 0700 /mnt/cache; step sh -c "ls -A /mnt/cache; touch /mnt/cache/new"; ls /mnt/cache'
  expect_equal "empty, and unchanged" $'a\none' "$(said succeeded)"
  expect_contains "it is said" "$OUTPUT" "without read access to the cache /mnt/cache (\$CCACHE_DIR): only its owner may read its files"
}

test_credentials_in_a_cache_are_hidden() {
  expect_status 0 in_rig 'export CARGO_HOME=/mnt/cargo; mkdir -p /mnt/cargo/registry; echo s >/mnt/cargo/credentials.toml; echo r >/mnt/cargo/registry/r
    cat /mnt/cargo/credentials.toml; "$RIND" run -- sh -c "cat /mnt/cargo/credentials.toml /mnt/cargo/registry/r; echo x >/mnt/cargo/registry/new; cat /mnt/cargo/registry/new"'
  expect_equal "control, step" $'s\nr\nx' "$OUTPUT"
}

# An overlay does not look through a mount.
test_mount_below() {
  local script='mkdir /mnt/cache/m; mount -t tmpfs m /mnt/cache/m; echo s >/mnt/cache/m/f
    "$RIND" run -- sh -c "ls -A /mnt/cache; echo x >/mnt/cache/new && cat /mnt/cache/new; exit 3"; status=$?; ls /mnt/cache; exit $status'
  RIG_POLICY=$(cow_policy)
  expect_status 125 in_cow_rig "$script"
  expect_contains "why" "$OUTPUT" "make the cow view of /mnt/cache"
  expect_contains "remedy" "$OUTPUT" "remove the mounts below it, or set the view's fallback to \"private\" in the policy"
  RIG_POLICY=$(cow_policy 65536 64 private)
  expect_status 3 in_cow_rig "$script"
  expect_equal "empty in the step, and works; the cache is as it was" $'x\na\nm\none' "$(said)"
  expect_contains "the line of the failed step" "$OUTPUT" "without the cow view of /mnt/cache (the step has an empty directory instead)"
}

test_size_of_the_fallback() {
  RIG_POLICY=$(cow_policy 65536 64 private)
  expect_status 1 in_cow_rig 'mkdir /mnt/cache/m; mount -t tmpfs m /mnt/cache/m; step dd if=/dev/zero of=/mnt/cache/big bs=1k count=128'
  expect_contains "reason" "$OUTPUT" "No space left"
}

# Names of the overlay's own have no meaning in the cache: it is not told what to show by its files.
test_whiteouts_and_attributes_of_the_cache_itself() {
  expect_status 0 in_cow_rig 'mknod /mnt/cache/a/gone c 0 0; chmod 0666 /mnt/cache/a/gone
    step sh -c "ls /mnt/cache/a; setfattr -n user.overlay.redirect -v /etc /mnt/cache/a 2>/dev/null; ls /mnt/cache/a/passwd" 2>&1; true'
  expect_contains "nothing of /etc" "$OUTPUT" "No such file"
}

test_setuid_and_devices() {
  expect_status 0 in_cow_rig 'cp /bin/id /mnt/cache/id; chmod 4755 /mnt/cache/id; chown 1234 /mnt/cache/id; chmod 4755 /mnt/cache/id; /mnt/cache/id -u
    mknod -m 0666 /mnt/cache/null c 1 3; head -c 1 /dev/zero >/mnt/cache/null && echo control
    step sh -c "test \$(/mnt/cache/id -u) = \$(id -u) && echo own; cat /mnt/cache/null" 2>&1; true'
  expect_equal "control, and step" $'1234\ncontrol\nown' "$(head -n 3 <<<"$OUTPUT")"
  expect_contains "the device" "$OUTPUT" "Permission denied"
}

test_noexec() {
  RIG_POLICY='{"views": {"$CCACHE_DIR": {"view": "cow", "size": 1048576, "directories": 64, "fallback": "refuse", "noexec": true}}}'
  expect_status 126 in_cow_rig 'cp /bin/id /mnt/cache/id; step /mnt/cache/id'
  RIG_POLICY=$(cow_policy)
  expect_status 0 in_cow_rig 'cp /bin/id /mnt/cache/id; step /mnt/cache/id'
}

test_nothing_is_left_behind() {
  expect_status 0 in_cow_rig 'grep -c . /proc/self/mountinfo; step touch /mnt/cache/a/new; grep -c . /proc/self/mountinfo; ls -A /mnt/cache /tmp'
  local lines
  mapfile -t lines <<<"$OUTPUT"
  expect_equal "mounts" "${lines[0]}" "${lines[1]}"
  expect_equal "files" $'/mnt/cache:\na\none\n\n/tmp:\nseam\nw' "$(printf '%s\n' "${lines[@]:2}")"
}

# One directory that other users may list and not search: the rest of the cache is there all the same.
test_a_directory_that_cannot_be_searched() {
  expect_status 0 in_cow_rig 'mkdir -m 0744 /mnt/cache/closed; echo s >/mnt/cache/closed/f
    step sh -c "cat /mnt/cache/a/two; echo x >/mnt/cache/a/new && cat /mnt/cache/a/new; cat /mnt/cache/closed/f 2>/dev/null; true" 2>&1'
  expect_equal "the cache" $'two\nx' "$OUTPUT"
}

# The owner of a closed directory on the way has a number in the step. What is closed in that user's cache stays closed.
# shellcheck disable=SC2016
test_closed_directories_of_a_third_user_stay_closed() {
  RIG_POLICY='{"views": {"/mnt/home/cache": {"view": "cow", "size": 65536, "directories": 64, "fallback": "private"}}}'
  local prepare='mkdir -p /mnt/home/cache/closed /mnt/home/cache/open; echo s >/mnt/home/cache/closed/f; echo o >/mnt/home/cache/open/f
    echo s >/mnt/home/cache/.secret; chmod 0600 /mnt/home/cache/.secret; chmod 0700 /mnt/home /mnt/home/cache/closed; chown -R 1000:1000 /mnt/home; cd /
    try="cat /mnt/home/cache/open/f; cat /mnt/home/cache/closed/f /mnt/home/cache/.secret 2>/dev/null; true"; '
  expect_status 0 in_rig "$prepare"'setpriv --reuid 1000 --regid 1000 --clear-groups sh -c "$try"'
  expect_equal "control: their owner" $'o\ns\ns' "$OUTPUT"
  expect_status 0 in_rig "$prepare"'"$RIND" run -- sh -c "$try"'
  expect_equal "a step" o "$(grep -v '^rind: ' <<<"$OUTPUT")"
}

# Other steps and the front end make and remove directories of a cache all the time.
test_directories_that_go_meanwhile() {
  # shellcheck disable=SC2016
  RIG_POLICY=$(cow_policy 1048576 512) expect_status 0 in_cow_rig 'cat >/tmp/churn.py <<"PY"
import os
while True:
    for n in range(150): os.mkdir(f"/mnt/cache/d{n}")
    for n in range(150): os.rmdir(f"/mnt/cache/d{n}")
PY
    /usr/bin/python3 /tmp/churn.py & for _ in {1..40}; do step touch /mnt/cache/a/new || break; done; kill $!; echo done'
  expect_equal "what is said" "done" "$OUTPUT"
}
