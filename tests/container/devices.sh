# Devices that the engine gave a builder.

SCRIPT=/opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh

# Devices of the host under the names of others: what a GPU's would be, and one that no policy names.
# shellcheck disable=SC2016
devices_that_were_given() {
  local look='for d in /dev/kfd /dev/dri/renderD128 /dev/watchdog9; do head -c 1 $d 2>/dev/null | wc -c; done'
  use_rind
  expect_status 0 builder --device /dev/zero:/dev/kfd --device /dev/zero:/dev/dri/renderD128 --device /dev/zero:/dev/watchdog9 "$IMAGE_BUILDER" \
    bash -c 'sh -c "$2"; "$1" sh -c "$2; false" 2>&1 || :' devices "$SCRIPT" "$look"
  expect_equal "without Rind, and in the step" $'1\n1\n1\n1\n1\n0' "$(grep -v '^rind' <<<"$OUTPUT")"
  expect_contains "the line" "$OUTPUT" "without the container's devices watchdog9 (devices in the policy gives them)"
  # A builder that has none of them.
  expect_status 0 builder "$IMAGE_BUILDER" "$SCRIPT" sh -c 'ls /dev'
  expect_lacks "devices" "$OUTPUT" kfd
  # With other devices than the ready ones each step makes its own /dev.
  expect_status 0 builder --device /dev/zero:/dev/dri/renderD128 "$IMAGE_BUILDER" bash -c 'cd /; stat -c "%d" /dev/rind/ready/dev-*; "$1" stat -c "%d" /dev' devices "$SCRIPT"
  expect_equal "file systems" 2 "$(grep -v '^rind' <<<"$OUTPUT" | sort -u | wc -l)"
  # A node that only the system's group may open, and one that only root may.
  expect_status 0 builder --device /dev/zero:/dev/kfd --device /dev/zero:/dev/dri/renderD128 "$IMAGE_BUILDER" bash -c '
    chmod 0660 /dev/kfd /dev/dri/renderD128; chgrp 44 /dev/kfd; chgrp 0 /dev/dri/renderD128
    "$1" sh -c "$2; false" 2>&1 || :' devices "$SCRIPT" "$look"
  expect_equal "in the step" $'1\n0\n0' "$(grep -v '^rind' <<<"$OUTPUT")"
  expect_contains "the line" "$OUTPUT" "without access to the device dri/renderD128: its mode is 0660 and its group 0"
}
on_one_runtime devices_that_were_given

# What the kit has ready: the step's /dev and what hides a path are clones of it.
# shellcheck disable=SC2016
what_the_kit_has_ready() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    cd /; kit=/dev/rind/ready; dev=$(echo $kit/dev-*); echo "${dev##*/}"
    stat -c "%d" $dev $kit/directory $kit/file; "$1" stat -c "%d" /dev /root /etc/shadow; echo ls; "$1" ls /dev; "$1" ls /dev/rind 2>&1
    "$1" sh -c "echo x >/dev/null; test -w /dev/null && ! { echo x >/dev/full; } 2>/dev/null && head -c 4 /dev/urandom | wc -c"
    "$1" python3 -c "import os; print(os.ttyname(os.openpty()[1]))"' ready "$SCRIPT"
  local lines
  mapfile -t lines <<<"$(grep -v '^rind' <<<"$OUTPUT")"
  expect_equal "its devices" "dev-full,null,random,tty,urandom,zero" "${lines[0]}"
  expect_equal "file systems of the kit, and of what a step sees" "${lines[*]:1:3}" "${lines[*]:4:3}"
  expect_contains "the step's /dev" "$OUTPUT" $'ls\nfd\nfull\nmqueue\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\nzero\n'
  expect_contains "the kit is hidden" "$OUTPUT" "cannot access '/dev/rind': No such file or directory"
  expect_contains "it works" "$OUTPUT" $'\n4\n/dev/pts/0'
  # The builder, with all that it may do, changes none of it.
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    cd /dev/rind/ready; dev=$(echo dev-*)
    for f in new file/x directory/new $dev/new $dev/shm/new; do { : >$f; } 2>/dev/null && echo "made $f"; done
    { echo x >>file; } 2>/dev/null && echo "wrote to file"
    rm -rf * 2>/dev/null; mv $dev other 2>/dev/null; chmod 0777 file directory $dev/null $dev 2>/dev/null && echo changed
    ln -sf /etc/passwd $dev/null 2>/dev/null && echo replaced; mknod $dev/new c 1 3 2>/dev/null && echo mknod
    umount $dev/null $dev 2>/dev/null && echo unmounted; mount -o remount,rw $dev 2>/dev/null && echo remounted
    mount --bind /etc/passwd $dev/null 2>/dev/null && echo covered
    unshare -Urm sh -c "umount $dev/null || mount -o remount,bind,rw $dev || mount -o remount,bind,rw /dev/rind" 2>/dev/null && echo "in a namespace of its own"
    stat -c "%A %F" file directory $dev $dev/null; ls; ls $dev | wc -l'
  expect_equal "what it did" '-r--r--r-- regular empty file
dr-xr-xr-x directory
drwxr-xr-x directory
crw-rw-rw- character special file
dev-full,null,random,tty,urandom,zero
directory
file
14' "$OUTPUT"
}
on_each_runtime what_the_kit_has_ready

test_ready_devices_of_a_rootless_engine() {
  RIND_ENGINE=podman_rootless
  import_image podman_rootless
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c 'cd /; stat -c "%d" /dev/rind/ready/dev-*; "$1" sh -c "stat -c %d /dev; echo x >/dev/null && echo ok"' ready "$SCRIPT"
  local lines
  mapfile -t lines <<<"$OUTPUT"
  expect_equal "file systems" "${lines[0]}" "${lines[1]}"
  expect_equal "it works" ok "${lines[2]}"
}
