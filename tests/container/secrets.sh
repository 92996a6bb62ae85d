# Ways to a secret that lead around the obvious one. Each test has its control in the same container.

SCRIPT=/opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh

# The step's view of FILE, started as PREFIX says; the control is the builder's own.
sees_no() {
  local file=$1
  shift
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    file=$1; shift
    grep -c RIND-TEST-SECRET "$file"
    "$@" grep -c RIND-TEST-SECRET "$file" 2>/dev/null || true' sees "$file" "$@"
  expect_equal "builder's count, and that of a step if it sees the file" 1 "$(head -n 1 <<<"$OUTPUT")"
  [[ ${OUTPUT#1} != *1* ]] || fail "the step reads $file: $OUTPUT"
}

# A package's settings, or a front end that filters the environment, may give a step another value.
test_another_home() { sees_no /opt/app-root/src/.netrc env HOME=/nonexistent "$SCRIPT"; }
test_no_home() { sees_no /opt/app-root/src/.netrc env -u HOME "$SCRIPT"; }
test_no_netrc_variable() { sees_no /etc/builder/netrc env -u NETRC "$SCRIPT"; }
test_relative_netrc_variable() { sees_no /etc/builder/netrc env NETRC=../../../etc/builder/netrc "$SCRIPT"; }

# In the container: rotated ROTATION COMMAND   what a step prints by COMMAND after the builder has done ROTATION
# shellcheck disable=SC2016
ROTATED=$WAIT_UNTIL'
rotated() {
  mkfifo /tmp/go
  exec 9<>/tmp/go
  "$SCRIPT" sh -c "echo ready; read go; $2; true" </tmp/go >/tmp/step 2>/dev/null 9>&- &
  wait_until 20 grep -q ready /tmp/step
  eval "$1"
  echo go >&9
  wait
  grep -v ready /tmp/step || true
}
'

test_netrc_that_is_rotated() {
  use_rind
  expect_status 0 builder --env SCRIPT="$SCRIPT" "$IMAGE_BUILDER" bash -c "$ROTATED"'
    rotated "cp /etc/builder/netrc /etc/builder/new; mv /etc/builder/new /etc/builder/netrc" \
      "cat /etc/builder/netrc; ls -A /etc/builder"'
  expect_equal "what the step saw" "" "$OUTPUT"
}

# Kubernetes: netrc -> ..data/netrc, ..data -> ..1, and a rotation swaps ..data.
test_secret_volume_of_kubernetes() {
  local volume=$RIND_TMP/kubernetes
  mkdir -p "$volume"/{..1,..2}
  echo RIND-TEST-SECRET-1 >"$volume/..1/netrc"
  echo RIND-TEST-SECRET-2 >"$volume/..2/netrc"
  ln -s ..1 "$volume/..data"
  ln -s ..data/netrc "$volume/netrc"
  use_rind
  expect_status 0 builder -v "$volume:/var/lib/creds" --env NETRC=/var/lib/creds/netrc --env SCRIPT="$SCRIPT" "$IMAGE_BUILDER" bash -c "$ROTATED"'
    cat "$NETRC"
    rotated "ln -s ..2 /var/lib/creds/..new; mv -T /var/lib/creds/..new /var/lib/creds/..data" \
      "cat /var/lib/creds/netrc /var/lib/creds/..*/netrc"'
  expect_equal "the control alone" RIND-TEST-SECRET-1 "$OUTPUT"
}

# A trusted name in the build environment, a link to a program outside of it.
test_trusted_name_by_a_link() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    mkdir -p work-dir/p-1/p-1 work-dir/p-1/build-3.13/bin
    ln -s /usr/bin/cat work-dir/p-1/build-3.13/bin/true
    cd work-dir/p-1/p-1
    export VIRTUAL_ENV=$PWD/../build-3.13
    PATH=$VIRTUAL_ENV/bin:$PATH /dev/rind/rind explain -- true'
  expect_lacks "explain" "$OUTPUT" "a trusted command"
}

test_directory_as_a_standard_stream() {
  use_rind
  expect_status 125 builder "$IMAGE_BUILDER" bash -c '"$1" sh -c "cat /proc/self/fd/0/.netrc" </opt/app-root/src' stream "$SCRIPT"
  expect_lacks "the step" "$OUTPUT" RIND-TEST-SECRET
}

test_socket_in_a_mounted_directory() {
  mkdir -p "$RIND_TMP/sockets"
  python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$RIND_TMP/sockets/podman.sock"
  use_rind
  expect_status 0 builder -v "$RIND_TMP/sockets:/srv/sockets" "$IMAGE_BUILDER" bash -c '
    [[ -S /srv/sockets/podman.sock ]] && echo control
    "$1" sh -c "test -S /srv/sockets/podman.sock && echo the step; true"' socket "$SCRIPT"
  expect_equal "who sees it" control "$OUTPUT"
}

# Fromager installed by uv below /root, HOME elsewhere or there: the hook script is still found.
test_front_end_below_something_hidden() {
  use_rind
  expect_status 0 builder --env HOME=/root "$IMAGE_BUILDER" bash -c '
    tools=/root/.local/share/uv
    mkdir -p $tools/tools $tools/python
    ln -s cpython-3.13.5 $tools/python/cpython-3.13
    mkdir -p $tools/python/cpython-3.13.5/bin
    cp -r /usr/lib/python3/dist-packages/pyproject_hooks $tools/tools/
    ln -s /usr/bin/python3 $tools/python/cpython-3.13.5/bin/python3
    mkdir -p work-dir/p-1/p-1 work-dir/p-1/build-3.13/bin
    ln -s $tools/python/cpython-3.13/bin/python3 work-dir/p-1/build-3.13/bin/python3
    cd work-dir/p-1/p-1
    printf "def build_wheel(directory, *a):\n name = \"p-1-py3-none-any.whl\"\n open(directory + \"/\" + name, \"w\")\n return name\n" >backend.py
    control=$(mktemp -d); mkdir /tmp/out
    echo "{\"kwargs\": {\"wheel_directory\": \"/tmp/out\", \"config_settings\": {}, \"metadata_directory\": null}}" >$control/input.json
    VIRTUAL_ENV=/opt/app-root/src/work-dir/p-1/build-3.13 _PYPROJECT_HOOKS_BUILD_BACKEND=backend _PYPROJECT_HOOKS_BACKEND_PATH=$PWD \
      "$1" /opt/app-root/src/work-dir/p-1/build-3.13/bin/python3 $tools/tools/pyproject_hooks/_in_process/_in_process.py build_wheel $control
    cat $control/output.json' uv "$SCRIPT"
  expect_contains "the result" "$OUTPUT" p-1-py3-none-any.whl
}
