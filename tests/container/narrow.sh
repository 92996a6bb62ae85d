# What the hook does to the mounts of a container as a whole: attributes, sharing, views. Engine sockets are in
# narrow_sockets.sh.

# A directory of the host's, with what a mount from it should not be good for.
setup() {
  BOUND=$RIND_TMP/bound
  mkdir -p "$BOUND/in" "$RIND_TMP/nested"
  mknod -m 0666 "$BOUND/zero" c 1 5
  chmod 0777 "$BOUND" "$RIND_TMP/nested"
  # A mount in it: `-v` is recursive.
  mount --bind "$RIND_TMP/nested" "$BOUND/in"
  mknod -m 0666 "$RIND_TMP/nested/zero" c 1 5
  import_image podman_rootless
}

teardown() { umount "$BOUND/in"; }

# Tries, as a program in /srv/bound, what takes suid, dev and exec there. Prints what could be done. The
# options are podman's own defaults turned around, in case that it has any.
attempts() {
  "$@" "$IMAGE_BUILDER" bash -c '
    for at in "${@:-/srv/bound}"; do
      cp /usr/bin/id "$at/id"; chown 0:0 "$at/id"; chmod 4755 "$at/id"
      [[ $(setpriv --reuid 1234 --clear-groups "$at/id" -u 2>/dev/null) == 0 ]] && echo "suid in $at"
      [[ $(head -c 1 "$at/zero" 2>/dev/null | wc -c) == 1 ]] && echo "dev in $at"
      "$at/id" >/dev/null 2>&1 && echo "exec in $at"
    done; rm -f /srv/bound/id /srv/bound/in/id; true' attempts "${PLACES[@]}" 2>&1
}

bind_mounts() {
  PLACES=(/srv/bound /srv/bound/in)
  expect_status 0 attempts builder -v "$BOUND:/srv/bound"
  expect_equal "control" 'suid in /srv/bound
dev in /srv/bound
exec in /srv/bound
suid in /srv/bound/in
dev in /srv/bound/in
exec in /srv/bound/in' "$OUTPUT"
  use_rind
  expect_status 0 attempts builder -v "$BOUND:/srv/bound"
  expect_equal "what can be done" $'exec in /srv/bound\nexec in /srv/bound/in' "$OUTPUT"
  use_rind '{"narrow": {"bind_mounts": ["noexec"]}}'
  expect_status 0 attempts builder -v "$BOUND:/srv/bound"
  expect_equal "with noexec alone" "dev in /srv/bound
dev in /srv/bound/in" "$OUTPUT"
  use_rind '{"narrow": {"bind_mounts": []}}'
  expect_status 0 attempts builder -v "$BOUND:/srv/bound"
  expect_contains "with nothing" "$OUTPUT" "suid in /srv/bound"
}
on_each_runtime bind_mounts

# Everything that the host has mounted, some of it more than once at a place. What the kernel says of each mount.
hosts_root() {
  local without='grep " /host[ /]" /proc/self/mountinfo | cut -d" " -f5,6 | grep -v "nosuid.*nodev\|nodev.*nosuid"; true'
  expect_status 0 builder -v /:/host "$IMAGE_BUILDER" bash -c "$without"
  expect_contains "control" "$OUTPUT" "/host rw"
  use_rind
  expect_status 0 builder -v /:/host "$IMAGE_BUILDER" bash -c "$without"
  expect_equal "mounts without nosuid and nodev" "" "$OUTPUT"
}
on_each_runtime hosts_root

# A directory with an overlay over it, whose layer is thrown away.
overlay_volume() {
  PLACES=(/srv/bound)
  expect_status 0 attempts builder -v "$BOUND:/srv/bound:O"
  expect_contains "control" "$OUTPUT" "suid in /srv/bound"
  use_rind
  expect_status 0 attempts builder -v "$BOUND:/srv/bound:O"
  expect_equal "what can be done" "exec in /srv/bound" "$OUTPUT"
}
on_each_runtime overlay_volume

# Rootless the devices of the host are of no use as files; a setuid program is.
rootless_bind_mounts() {
  RIND_ENGINE=podman_rootless PLACES=(/srv/bound)
  local own=$RIND_TMP/rootless-bound
  install -d -o "$RIND_TEST_USER" -m 0755 "$own"
  expect_status 0 attempts builder -v "$own:/srv/bound"
  expect_contains "control" "$OUTPUT" "suid in /srv/bound"
  use_rind
  expect_status 0 attempts builder -v "$own:/srv/bound"
  expect_equal "what can be done" "exec in /srv/bound" "$OUTPUT"
}
on_each_runtime rootless_bind_mounts

# A device that was asked for, by a name of its own and in a directory that is bound, too.
devices_stay() {
  use_rind
  expect_status 0 builder -v "$BOUND:/srv/bound" -v /dev/zero:/srv/bound/asked-for -v /dev/zero:/srv/zero \
    "$IMAGE_BUILDER" bash -c '
    for device in /srv/bound/asked-for /srv/zero /srv/bound/zero /srv/bound/in/zero; do
      head -c 1 $device 2>/dev/null | wc -c
    done'
  expect_equal "two that were asked for, two that lie in a directory" $'1\n1\n0\n0' "$OUTPUT"
  rm -f "$BOUND/asked-for"
}
on_each_runtime devices_stay

rootless_devices_stay() {
  RIND_ENGINE=podman_rootless
  use_rind
  expect_status 0 builder --device /dev/zero:/dev/asked-for -v /dev/zero:/srv/zero "$IMAGE_BUILDER" \
    bash -c 'for device in /dev/asked-for /srv/zero /dev/zero; do head -c 1 $device | wc -c; done'
  expect_equal "devices" $'1\n1\n1' "$OUTPUT"
}
on_each_runtime rootless_devices_stay

init_stays_a_program() {
  use_rind '{"narrow": {"bind_mounts": ["nosuid", "nodev", "noexec"]}}'
  expect_status 0 builder --init "$IMAGE_BUILDER" fromager build /srv/packages/hello-ext
  expect_contains "the wheel" "$OUTPUT" built
}
on_each_runtime init_stays_a_program

# The mounts of a shared directory of the host's that lie below it, seen from the host.
below() { findmnt -rno TARGET | grep -c "^$1/" || true; }

# Starts a container with $SHARED on /srv/shared, mounts something there from within the container's mount
# namespace and something on the host; tells which of them travels.
travels() {
  local option=$1 name=travels-$$ pid
  "$RIND_ENGINE" rm -i -f "$name" >/dev/null
  "$RIND_ENGINE" run -d --name "$name" --network none --annotation "$BUILDER_ANNOTATION" \
    --annotation "run.oci.hooks.stderr=$RIND_TMP/hook.log" -v "$SHARED:/srv/shared:$option" \
    "$IMAGE_BUILDER" sleep 60 >/dev/null
  pid=$("$RIND_ENGINE" inspect -f '{{.State.Pid}}' "$name")
  nsenter -t "$pid" -m mount -t tmpfs tmpfs /srv/shared/inner
  [[ $(below "$SHARED") == 0 ]] || echo "to the host"
  mount -t tmpfs tmpfs "$SHARED/outer"
  grep -q ' /srv/shared/outer ' "/proc/$pid/mountinfo" && echo "to the container"
  umount "$SHARED/outer"
  "$RIND_ENGINE" rm -t 0 -f "$name" >/dev/null
  umount "$SHARED/inner" 2>/dev/null || true
}

make_shared_directory() {
  SHARED=$RIND_TMP/travels
  mkdir -p "$SHARED"/{inner,outer}
  mount --bind "$SHARED" "$SHARED"
  mount --make-shared "$SHARED"
  trap 'umount -R "$SHARED"' EXIT
}

propagation() {
  make_shared_directory
  local option
  for option in shared rshared; do
    use_no_rind
    expect_equal "control" $'to the host\nto the container' "$(travels $option)"
    use_rind
    expect_equal "what travels from $option" "to the container" "$(travels $option)"
  done
}
on_each_runtime propagation

# VIEWS, as an object of JSON, over a volume that has what they name.
make_volume() {
  VOLUME=$RIND_TMP/views
  rm -rf -- "$VOLUME"
  mkdir -p "$VOLUME"/{ro/deep,hidden,private,outer/inner,real}
  chmod 0751 "$VOLUME/private"
  local name
  for name in ro/deep hidden private outer outer/inner real; do echo content >"$VOLUME/$name/file"; done
  echo content >"$VOLUME/secret"
  ln -s real "$VOLUME/link"
  ln -s ../../../../../../../../etc "$VOLUME/out"
  ln -s loop "$VOLUME/loop"
}

LOOK_AND_WRITE='
  cd /srv/views
  for place in "$@"; do
    if [[ -d $place ]]; then
      echo "$place: $(ls $place | tr "\n" " ")"
      (: >"$place/new") 2>/dev/null && echo "$place: written" && rm "$place/new"
    else
      echo "$place: $(cat "$place")"
      (echo more >>"$place") 2>/dev/null && echo "$place: written"
    fi
  done; true'

look_and_write() {
  builder -v "$VOLUME:/srv/views" "$IMAGE_BUILDER" bash -c "$LOOK_AND_WRITE" look "$@"
}

# A builder with the volume at /srv/views is refused; why is in $OUTPUT.
not_started() {
  local status=0
  : >"$RIND_TMP/hook.log"
  OUTPUT=$(builder -v "$VOLUME:/srv/views" "$IMAGE_BUILDER" echo started 2>&1) || status=$?
  ((status != 0)) || fail "it was started: $OUTPUT"
  OUTPUT+=$(hook_messages)
}

views() {
  local places=(ro ro/deep hidden secret private outer outer/inner link real)
  make_volume
  expect_status 0 look_and_write "${places[@]}"
  expect_equal "control: written" 9 "$(grep -c written <<<"$OUTPUT")"
  make_volume
  use_rind '{"narrow": {"views": {
    "/srv/views/ro": "ro", "/srv/views/hidden": "hidden", "/srv/views/secret": "hidden",
    "/srv/views/outer": "ro", "/srv/views/outer/inner": {"view": "private", "backing": "memory", "size": 1048576},
    "/srv/views/private": {"view": "private", "backing": "memory", "size": 1048576},
    "/srv/views/link": "ro", "/srv/views/absent": "hidden", "/srv/views/secret/x": "ro"}}}'
  expect_status 0 look_and_write "${places[@]}"
  expect_equal "what is seen" 'ro: deep 
ro/deep: file 
hidden: 
secret: 
private: 
private: written
outer: file inner 
outer/inner: 
outer/inner: written
link: file 
real: file ' "$OUTPUT"
  expect_equal "the host's files" "content content" "$(cat "$VOLUME/secret" "$VOLUME/private/file" | xargs)"
}
on_each_runtime views

# A link that the hook cannot follow may be followed from inside: what it names is not passed over.
test_views_through_links_that_lead_nowhere() {
  make_volume
  ln -s /proc/self/root/srv/views/secret "$VOLUME/magic"
  expect_status 0 builder -v "$VOLUME:/srv/views" "$IMAGE_BUILDER" cat /srv/views/magic
  local link
  for link in magic loop; do
    use_rind "{\"narrow\": {\"views\": {\"/srv/views/$link\": \"hidden\"}}}"
    not_started
    expect_contains "the reason" "$OUTPUT" "does not resolve outside of the running container"
  done
}

rootless_views() {
  RIND_ENGINE=podman_rootless
  make_volume
  chown -R "$RIND_TEST_USER:" "$VOLUME"
  expect_status 0 look_and_write ro hidden private
  expect_equal "control: written" 3 "$(grep -c written <<<"$OUTPUT")"
  use_rind '{"narrow": {"views": {"/srv/views/ro": "ro", "/srv/views/hidden": "hidden",
    "/srv/views/private": {"view": "private", "backing": "memory", "size": 1048576}}}}'
  expect_status 0 look_and_write ro hidden private
  expect_equal "what is seen" $'ro: deep \nhidden: \nprivate: \nprivate: written' "$OUTPUT"
}
on_each_runtime rootless_views

# Nobody can take a view away, a mount on it is one of the hook's, and its owner and mode are those of before.
views_hold() {
  make_volume
  use_rind '{"narrow": {"views": {"/srv/views/ro": "ro", "/srv/views/hidden": "hidden",
    "/srv/views/private": {"view": "private", "backing": "memory", "size": 1048576}}}}'
  expect_status 0 builder -v "$VOLUME:/srv/views" "$IMAGE_BUILDER" bash -c '
    cd /srv/views
    for attempt in "umount hidden" "mv hidden other" "rmdir private" "umount ro" "mount -o remount,rw ro" \
      "unshare -Urm umount /srv/views/hidden" "unshare -Urm mount -o remount,bind,rw /srv/views/ro"; do
      $attempt 2>/dev/null && echo "done: $attempt"
    done
    stat -c %a private; grep " /srv/views/private " /proc/self/mountinfo | cut -d" " -f6; true'
  expect_equal "what could be done, mode and options" $'751\nrw,nosuid,nodev,relatime' "$OUTPUT"
}
on_each_runtime views_hold

# A link out of the volume stays in the container: /etc is the image's.
links_stay_inside() {
  make_volume
  use_rind '{"narrow": {"views": {"/srv/views/out": "ro"}}}'
  expect_status 0 builder -v "$VOLUME:/srv/views" "$IMAGE_BUILDER" bash -c '
    (: >/etc/new) 2>/dev/null && echo "/etc is written"; (: >/usr/new) && echo "/usr is written"'
  expect_equal "what can be written" "/usr is written" "$OUTPUT"
  # The machine is as before.
  (: >"/etc/rind-tests-$$") || fail "/etc of the host is read-only"
  rm "/etc/rind-tests-$$"
}
on_each_runtime links_stay_inside

# What the image makes of a path that the policy names must not be the root, /proc or /dev.
links_to_what_must_stay() {
  local target
  for target in / /proc /proc/sys /dev /dev/pts; do
    make_volume
    ln -s "$target" "$VOLUME/trap"
    use_rind '{"narrow": {"views": {"/srv/views/trap": "hidden"}}}'
    not_started
    expect_contains "the path" "$OUTPUT" "narrow /srv/views/trap in the container"
    expect_contains "the reason" "$OUTPUT" "leads to $target"
  done
}
on_each_runtime links_to_what_must_stay

private_needs_a_directory() {
  make_volume
  use_rind '{"narrow": {"views": {"/srv/views/secret": {"view": "private", "backing": "memory", "size": 1048576}}}}'
  not_started
  expect_contains "the reason" "$OUTPUT" "/srv/views/secret in the container: it is not a directory"
}
on_each_runtime private_needs_a_directory

# What a runtime does after the hook: masks, a read-only root, the terminal, the working directory.
what_runtimes_do_later() {
  make_volume
  use_rind '{"narrow": {"views": {"/usr/share": "ro", "/mnt": "hidden", "/opt/app-root/src": "ro",
    "/srv/views/private": {"view": "private", "backing": "memory", "size": 1048576}}}}'
  expect_status 0 builder --read-only --tty --workdir /srv/views/private -v "$VOLUME:/srv/views" \
    "$IMAGE_BUILDER" bash -c '
    pwd; ls -A; [[ -c /dev/console && -t 1 ]] && echo "a terminal"
    grep -q " /proc/keys " /proc/self/mountinfo && echo masked; (: >/proc/sysrq-trigger) 2>/dev/null || echo "read-only"; (: >/new) 2>/dev/null || echo "root is read-only"'
  expect_equal "what it finds" "/srv/views/private
a terminal
masked
read-only
root is read-only" "${OUTPUT//$'\r'/}"
}
on_each_runtime what_runtimes_do_later

# The seam is searched again where a view changed what is seen: below a read-only clone it would be lost.
seam_below_a_view() {
  use_rind '{"narrow": {"views": {"/opt": "ro"}}}'
  expect_status 0 builder --tmpfs /work --workdir /work "$IMAGE_BUILDER" bash -c '
    "$1" sh -c "cat /opt/app-root/src/.netrc; true" 2>/dev/null; cat /opt/app-root/src/.netrc' \
    seam /opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh
  expect_equal "the secret, as the container sees it and not the step" 1 "$(grep -c RIND-TEST-SECRET <<<"$OUTPUT")"
  use_rind '{"narrow": {"views": {"/opt": "hidden"}}, "seams": {"unshare": {"paths": []}, "interpreter": {"use": "never"}}}'
  : >"$RIND_TMP/hook.log"
  local status=0
  OUTPUT=$(builder --workdir / "$IMAGE_BUILDER" echo started 2>&1) || status=$?
  ((status != 0)) || fail "it was started without a seam"
  expect_contains "the reason" "$(hook_messages)$OUTPUT" "narrow.views"
}
on_each_runtime seam_below_a_view

# No builder is narrowed.
test_other_containers() {
  PLACES=(/srv/bound)
  use_rind '{"narrow": {"views": {"/srv/bound": "hidden"}}}'
  expect_status 0 plain -v "$BOUND:/srv/bound" "$IMAGE_PLAIN" sh -c 'head -c 1 /srv/bound/zero | wc -c'
  expect_equal "the device" 1 "$OUTPUT"
}
