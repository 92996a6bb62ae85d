# Commands that the policy trusts are no steps, and they succeed where Fromager's own script fails.

SCRIPT=/opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh

# Today: the engine forbids to set a host name, so the probe fails and isolation turns itself off.
test_control_probe_fails() {
  expect_status 1 builder "$IMAGE_BUILDER" "$SCRIPT" true
  expect_status 0 builder "$IMAGE_BUILDER" fromager build /srv/packages/probe
  expect_contains "the front end's choice" "$OUTPUT" "network isolation: off"
}

probe_succeeds() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" "$SCRIPT" true
  expect_equal "output of true" "" "$OUTPUT"
  expect_status 0 builder "$IMAGE_OLDER" unshare --net --map-current-user true
}
on_one_runtime probe_succeeds

test_host_name() {
  use_rind
  # It is set at poststart, when the container's first process runs already.
  expect_status 0 builder "$IMAGE_BUILDER" sh -c "$WAIT_UNTIL"'; named() { [ "$(hostname)" = localhost ]; }; wait_until 10 named 2>/dev/null; hostname'
  expect_equal "the container's host name" "localhost" "$OUTPUT"
}

# What is no call of Fromager's goes to the real program, unchanged.
test_other_unshare_calls() {
  use_rind
  expect_status 0 builder "$IMAGE_OLDER" unshare --version
  expect_contains "the real unshare" "$OUTPUT" "util-linux"
  expect_status 0 builder "$IMAGE_OLDER" unshare --map-root-user id -u
  expect_equal "mapped root" "0" "$OUTPUT"
}

test_no_command_is_an_error_as_the_scripts() {
  expect_status 2 builder "$IMAGE_BUILDER" "$SCRIPT"
  use_rind
  expect_status 2 builder "$IMAGE_BUILDER" "$SCRIPT"
}

# Only a host name of the container's own is changed: not that of a pod, or of another container.
test_host_name_of_another() {
  use_rind
  podman_rootful run -d --rm --name "uts-$$" --hostname myapp --network none "$IMAGE_PLAIN" sleep 60 >/dev/null
  builder --uts "container:uts-$$" "$IMAGE_BUILDER" sleep 1
  OUTPUT=$(podman_rootful exec "uts-$$" hostname)
  podman_rootful rm -f -t 0 "uts-$$" >/dev/null
  expect_equal "the other container's host name" myapp "$OUTPUT"
}

# A package's program under a trusted name, called by its path. Whatever VIRTUAL_ENV says, it is a step or refused; run by itself, as the
# control, it has the builder's secrets.
test_trusted_name_of_a_package() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    fromager step /srv/packages/probe -- true
    work=$PWD/work-dir/probe-1.0; bin=$(echo $work/build-*/bin)
    mkdir -p work-dir/other-2.0/other-2.0 /srv/elsewhere
    printf "#!/bin/sh\necho \$1: secrets: \$(grep -c RIND-TEST-SECRET /opt/app-root/src/.netrc)\n" >/srv/elsewhere/wheel
    chmod 0755 /srv/elsewhere/wheel
    /srv/elsewhere/wheel control
    for place in $work/probe-1.0 $bin $PWD/work-dir/other-2.0/other-2.0 /srv/elsewhere; do
      [ $place = /srv/elsewhere ] || cp /srv/elsewhere/wheel $place/
      for environment in VIRTUAL_ENV= VIRTUAL_ENV=/opt/app-root VIRTUAL_ENV=${bin%/bin} VIRTUAL_ENV=/usr; do
        env $environment PATH=$place:$PATH "$1" $place/wheel pack x
        env $environment PATH=$place:$PATH "$1" wheel pack x
      done
      env -u VIRTUAL_ENV PATH=$place:/usr/bin "$1" wheel pack x
    done 2>&1; true' trusted "$SCRIPT"
  expect_contains "control" "$OUTPUT" "control: secrets: 1"
  expect_contains "the reason" "$OUTPUT" "trust wheel: /srv/elsewhere/wheel is not in a directory of the container's own PATH"
  expect_lacks "in any place" "${OUTPUT#*secrets: 1}" "secrets: 1"
}

# An entry script puts the front end's own environment into PATH, which the image's PATH does not have.
test_activated_by_an_entry_script() {
  local system=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  use_rind
  expect_status 0 builder -e PATH=$system "$IMAGE_BUILDER" bash -c '
    PATH=/opt/app-root/bin:$PATH; fromager build /srv/packages/probe'
  expect_contains "the build" "$OUTPUT" "built "
}

# A tool in a place that the container's PATH does not have: refused, and a path in the policy trusts it.
test_tool_elsewhere() {
  local elsewhere='mkdir /srv/tools; mv /opt/app-root/bin/uv /srv/tools/; PATH=/srv/tools:$PATH; fromager build /srv/packages/probe'
  use_no_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$elsewhere"
  use_rind
  expect_status 125 builder "$IMAGE_BUILDER" bash -c "$elsewhere"
  expect_contains "the line" "$OUTPUT" "trust uv: /srv/tools/uv is not in a directory of the container's own PATH; add the directory"
  use_rind '{"trusted": [["true"], ["/srv/tools/uv", "venv", "..."], ["wheel", "pack", "..."]]}'
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$elsewhere"
  expect_contains "the build" "$OUTPUT" "built "
}

# Older releases of Fromager (0.54) make build environments by virtualenv; a module of that name stands for it here. In a project it could be the
# package's.
virtualenv_of_the_front_end() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    mkdir -p /srv/modules /srv/builds /srv/project
    printf "import sys, os\nos.mkdir(sys.argv[-1])\n" | tee /srv/modules/virtualenv.py >/srv/project/virtualenv.py
    touch /srv/project/setup.py
    (cd /srv/builds && PYTHONPATH=/srv/modules "$1" /opt/app-root/bin/python3 -m virtualenv --pip=bundle /srv/builds/made && ls)
    (cd /srv/project && "$1" /opt/app-root/bin/python3 -m virtualenv /srv/builds/other >/dev/null 2>&1; ls /srv/builds)' venv "$SCRIPT"
  expect_equal "what was made" $'made\nmade' "$OUTPUT"
}
on_one_runtime virtualenv_of_the_front_end
