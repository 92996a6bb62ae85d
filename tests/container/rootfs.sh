# The image is the attacker: whatever it holds, the hook does it right or refuses, and follows nothing.

SITE=/opt/app-root/lib/python3.13/site-packages
SCRIPT=$SITE/fromager/run_network_isolation.sh

seams_of_bundle() {
  expect_status 0 bundle_run python3 -c \
    'import json; print(*sorted(s["path"] for s in json.load(open("/dev/rind/manifest.json"))["seams"] if s["kind"] != "interpreter"))'
}

isolated_bundle() {
  use_rind
  bundle_make
  bundle_isolated_through "$SCRIPT"
}
on_each_runtime isolated_bundle

test_control_bundle() {
  bundle_make
  expect_status 0 bundle_run sh -c "$BUNDLE_LOOK"
  expect_contains "without Rind" "$OUTPUT" RIND-TEST-SECRET
}

# /dev itself. The runtime mounts the container's /dev where the image's link leads.
link_for_dev() {
  rmdir "$ROOTFS/dev"
  mkdir "$ROOTFS/elsewhere"
  ln -s elsewhere "$ROOTFS/dev"
}

dev_is_a_link() {
  bundle_make
  link_for_dev
  expect_status 0 bundle_run sh -c 'readlink /dev; stat -f -c %T /elsewhere'
  expect_equal "without Rind" $'elsewhere\ntmpfs' "$OUTPUT"
  use_rind
  bundle_refused "/dev is a symbolic link" echo started
  rm "$ROOTFS$SCRIPT"
  expect_status 0 bundle_run echo started
}
on_each_runtime dev_is_a_link

# Where one wants to read the host's /run: a link of the image makes a volume of it the container's /dev.
volume_lands_on_dev() {
  bundle_make
  local host=$BUNDLE/host
  mkdir "$host"
  mount -t tmpfs host "$host"
  ln -s dev "$ROOTFS/devices"
  bundle_set --mount "/devices:bind:$host:rbind,rw"
  echo of-the-host >"$host/file"
  expect_status 0 bundle_run cat /dev/file
  expect_equal "without Rind" of-the-host "$OUTPUT"
  use_rind
  bundle_refused "/dev is not a private tmpfs" echo started
  expect_lacks "what is made on the host" "$(ls "$host")" rind
}
on_each_runtime volume_lands_on_dev

# Links in circles, upwards, to the top, and two ways to one place.
links_in_circles() {
  bundle_make
  rm -r "$ROOTFS/usr/local/lib"
  ln -s lib "$ROOTFS/usr/local/lib"
  ln -s python3.98 "$ROOTFS/usr/lib/python3.98"
  ln -s .. "$ROOTFS/opt/up"
  ln -s . "$ROOTFS/opt/here"
  ln -s / "$ROOTFS/opt/top"
  ln -s /opt/app-root "$ROOTFS/venv"
  ln -s "../../../../../../../../../../../../../opt/app-root/lib/python3.13" "$ROOTFS/usr/lib/python3.99"
  expect_status 1 bundle_run cat /usr/local/lib/x
  expect_contains "without Rind" "$OUTPUT" "Too many levels of symbolic links"
  use_rind
  seams_of_bundle
  expect_equal "seams" "$SCRIPT" "$OUTPUT"
  bundle_isolated_through "/venv/lib/python3.13/site-packages/fromager/run_network_isolation.sh"
}
on_each_runtime links_in_circles

# What is under a seam's name and cannot be covered is not passed over.
make_odd_seam() {
  rm -f "$ROOTFS$SCRIPT"
  case $1 in
    directory) mkdir "$ROOTFS$SCRIPT" ;;
    fifo) mkfifo "$ROOTFS$SCRIPT" ;;
    "character special file") mknod "$ROOTFS$SCRIPT" c 1 3 ;;
    "block special file") mknod "$ROOTFS$SCRIPT" b 7 0 ;;
    socket) python3 -c 'import os, socket, sys; os.chdir(sys.argv[1]); socket.socket(socket.AF_UNIX).bind(sys.argv[2])' \
      "$(dirname "$ROOTFS$SCRIPT")" "$(basename "$SCRIPT")" ;;
  esac
}

tests_odd_seam() {
  local kind name
  for kind in directory fifo socket "character special file" "block special file"; do
    name=container/rootfs/odd_seam_${kind// /_}
    if (
      bundle_make
      make_odd_seam "$kind"
      expect_status 0 bundle_run stat -c %F "$SCRIPT"
      expect_equal "without Rind" "$kind" "$OUTPUT"
      use_rind
      bundle_refused "is not a regular file" echo started
    ) >"$RIND_TMP/odd.log" 2>&1; then
      report_ok "$name"
    else
      report_not_ok "$name" "$(tail -n 1 "$RIND_TMP/odd.log")"
    fi
  done
}

# Nobody reads a seam: one of 1 TiB costs what any other costs.
test_huge_seam() {
  bundle_make
  truncate -s 1T "$ROOTFS$SCRIPT"
  expect_status 0 bundle_run stat -c %s "$SCRIPT"
  expect_equal "without Rind" 1099511627776 "$OUTPUT"
  use_rind
  BUNDLE_LIMIT=20
  bundle_isolated_through "$SCRIPT"
}

# The seam is a link to a file of the host, by an absolute path and by a chain of `..`: it leads to what the
# container finds there, as it does for the container itself.
test_link_to_a_file_of_the_host() {
  local secret=$RIND_TMP/host-secret link
  echo HOST-SECRET >"$secret"
  for link in "$secret" "../../../../../../../../../../../../../..$secret"; do
    bundle_make
    bundle_builder
    ln -sf "$link" "$ROOTFS$SCRIPT"
    expect_contains "on the host the link leads out of the rootfs" "$(cat "$ROOTFS$SCRIPT")" HOST-SECRET
    use_rind
    seams_of_bundle
    expect_equal "seams" /usr/bin/unshare "$OUTPUT"
    expect_status 0 bundle_run sh -c 'cat /dev/rind/originals/*/*'
    expect_lacks "originals" "$OUTPUT" HOST-SECRET
    mkdir -p "$(dirname "$ROOTFS$secret")"
    cp "$RIND_SOURCE/tests/image/fromager/run_network_isolation.sh" "$ROOTFS$secret"
    chmod 0755 "$ROOTFS$secret"
    seams_of_bundle
    expect_equal "seams" "$secret" "$OUTPUT"
    bundle_isolated_through "$SCRIPT"
    expect_equal "the host's file" HOST-SECRET "$(cat "$secret")"
    bundle_remove
  done
}

# A link of /proc that only the kernel resolves: for the hook nothing is there.
test_link_through_a_magic_link() {
  local link
  for link in /proc/self/exe /proc/1/exe /proc/1/root/etc/passwd /proc/1/cwd/etc/passwd /proc/thread-self/exe; do
    bundle_make
    bundle_builder
    ln -sf "$link" "$ROOTFS$SCRIPT"
    rm "$ROOTFS/usr/bin/unshare"
    expect_status 0 bundle_run sh -c "test -s $SCRIPT"
    use_rind "$POLICY_FROMAGER_ONLY"
    bundle_refused "no seam was found" echo started
    use_no_rind
    bundle_remove
  done
}

# What the engine masks stays masked: the kit's copy of the original would be a second way to it.
link_to_a_masked_file() {
  bundle_make
  mkdir "$ROOTFS/srv/masked"
  echo MASKED-SECRET >"$ROOTFS/srv/masked/file"
  ln -sf /srv/masked/file "$ROOTFS$SCRIPT"
  expect_status 0 bundle_run cat "$SCRIPT"
  expect_equal "before it is masked" MASKED-SECRET "$OUTPUT"
  bundle_set --patch '{"linux": {"maskedPaths": ["/proc/kcore", "/srv/masked"]}}'
  expect_status 1 bundle_run cat "$SCRIPT"
  use_rind
  bundle_refused "the engine masks /srv/masked; start it without a mask for this path" sh -c 'cat /dev/rind/originals/*/*; echo started'
}
on_each_runtime link_to_a_masked_file

test_link_into_proc_and_sys() {
  local file
  for file in /proc/version /proc/sys/kernel/ostype /proc/timer_list /proc/1/status /sys/kernel/mm/transparent_hugepage/enabled; do
    bundle_make
    ln -sf "$file" "$ROOTFS$SCRIPT"
    expect_status 0 bundle_run sh -c "test -f $SCRIPT || test -c $SCRIPT"
    use_rind
    bundle_refused "it is in a kernel file system" sh -c 'cat /dev/rind/originals/*/*; echo started'
    use_no_rind
    bundle_remove
  done
}

# One file with two names: the seam's name is covered, the other is not.
test_hard_link() {
  bundle_make
  ln -f "$ROOTFS/etc/passwd" "$ROOTFS$SCRIPT"
  expect_status 0 bundle_run grep root "$SCRIPT"
  use_rind
  bundle_isolated_through "$SCRIPT"
  expect_status 0 bundle_run grep -c root:x:0:0 /etc/passwd
}

# What is in the rootfs where the host has its own: helper, policy, libraries, and what ld.so would load.
make_trap_library() {
  g++ -shared -fPIC -o "$ROOTFS/srv/trap.so" -xc++ - <<CODE
#include <fcntl.h>
#include <unistd.h>
__attribute__((constructor)) static void spring() {
  if (open("$RIND_TMP/trap-on-the-host", O_CREAT | O_WRONLY, 0644) < 0) { (void)!write(2, "TRAP\n", 5); }
}
CODE
}

test_libraries_of_the_rootfs() {
  bundle_make
  make_trap_library
  echo /srv/trap.so >"$ROOTFS/etc/ld.so.preload"
  find "$ROOTFS/usr/lib" -name 'libmount.so.1*' -delete
  mkdir -p "$ROOTFS/lib/x86_64-linux-gnu"
  cp "$ROOTFS/srv/trap.so" "$ROOTFS/usr/lib/libmount.so.1"
  expect_status 0 bundle_run true
  expect_contains "without Rind" "$OUTPUT" TRAP
  use_rind
  bundle_isolated_through "$SCRIPT"
  [[ ! -e $RIND_TMP/trap-on-the-host ]] || fail "the trap was loaded on the host"
  # The helper loads nothing: it alone prints no line.
  expect_status 0 bundle_run /dev/rind/rind --version
  expect_lacks "the helper" "$OUTPUT" TRAP
}

test_helper_and_policy_of_the_rootfs() {
  local stage=$RIND_TMP/shared/stage file
  use_rind
  bundle_make
  for file in /usr/libexec/rind/rind "$stage/usr/libexec/rind/rind"; do
    mkdir -p "$(dirname "$ROOTFS$file")"
    printf '#!/bin/sh\necho helper of the image\n' >"$ROOTFS$file"
    chmod 0755 "$ROOTFS$file"
  done
  for file in /etc/rind/policy.json /usr/share/rind/policy.json "$stage/usr/share/rind/policy.json"; do
    mkdir -p "$(dirname "$ROOTFS$file")"
    echo '{"containers": {"seam": false}, "trusted": [["..."]]}' >"$ROOTFS$file"
  done
  use_no_rind
  expect_status 0 bundle_run "$stage/usr/libexec/rind/rind"
  expect_equal "without Rind" "helper of the image" "$OUTPUT"
  use_rind
  bundle_isolated_through "$SCRIPT"
  expect_status 0 bundle_run sha256sum /dev/rind/rind "$SCRIPT"
  expect_equal "the helper" "$(sha256sum <"$stage/usr/libexec/rind/rind" | cut -d' ' -f1)" \
    "$(cut -d' ' -f1 <<<"$OUTPUT" | sort -u)"
}

# A whiteout, as in an image whose upper layer takes the script away.
test_whiteout() {
  bundle_make
  rm "$ROOTFS$SCRIPT"
  expect_status 0 stat -c %t:%T "$BUNDLE/upper$SCRIPT"
  expect_equal "in the upper layer" 0:0 "$OUTPUT"
  bundle_builder
  use_rind
  seams_of_bundle
  expect_equal "seams" /usr/bin/unshare "$OUTPUT"
}
