# narrow.environment: what the container's first process, and so every process, does not get.
# shellcheck disable=SC2016 # probes are expanded in the container

SECRET=RIND-TEST-SECRET-entry
NARROWED='{"narrow": {"environment": ["*TOKEN*", "*SECRET*"]}}'

# All that a process finds out: its own environment, and everybody's. The words of a probe must not
# have the secret in them.
SHELL_PROBE='env; cat /proc/[0-9]*/environ | tr "\0" "\n"; echo "probe of $0 ends"'
PYTHON_PROBE='
import glob, os, sys
print(dict(os.environ))
for name in glob.glob("/proc/[0-9]*/environ"):
    print(open(name, "rb").read())
print("probe of", sys.argv[0], "ends")'

# Scripts to be entry points, one a way to get to an ELF file.
setup() {
  ENTRY=$RIND_TMP/shared/entry
  mkdir -p "$ENTRY/path"
  printf '#!/usr/bin/env python3\n%s\n' "$PYTHON_PROBE" >"$ENTRY/env-python"
  printf '#!/usr/bin/python3 -B\n%s\n' "$PYTHON_PROBE" >"$ENTRY/python"
  printf '#!/bin/bash\n%s\n' "$SHELL_PROBE" >"$ENTRY/bash"
  printf '#! \t../entry/interpreter\n%s\n' "$SHELL_PROBE" >"$ENTRY/chain"
  printf '#!/srv/entry/bash-of-path -e\nexit 1\n' >"$ENTRY/interpreter"
  # What the chain's end gets to see: its own path and that of the script. It goes on to the latter.
  printf '#!/bin/bash\nexec bash "${@: -1}"\n' >"$ENTRY/bash-of-path"
  cp "$ENTRY/bash" "$ENTRY/path/probe-by-path"
  chmod -R a+rx "$ENTRY"
}

with_secrets() {
  builder -v "$ENTRY:/srv/entry:ro" -e FORGE_TOKEN=$SECRET-1 -e my_secret=$SECRET-2 -e KEPT_VALUE=kept "$@"
}

# How each entry point is started, and the end of what it prints as its $0 (runtimes make a script's
# relative path absolute, each in its way).
each_entry() {
  local run=$1
  $run bash "$IMAGE_BUILDER" bash -c "$SHELL_PROBE"
  $run /bin/sh "$IMAGE_BUILDER" /bin/sh -c "$SHELL_PROBE"
  $run -c "$IMAGE_BUILDER" python3 -c "$PYTHON_PROBE"
  $run -c "$IMAGE_BUILDER" env python3 -c "$PYTHON_PROBE"
  $run /srv/entry/env-python "$IMAGE_BUILDER" /srv/entry/env-python
  $run /srv/entry/python "$IMAGE_BUILDER" /srv/entry/python
  $run ./bash -w /srv/entry "$IMAGE_BUILDER" ./bash
  $run ./chain -w /srv/entry "$IMAGE_BUILDER" ./chain
  $run /srv/entry/path/probe-by-path -e PATH=/nowhere:/srv/entry/path:/usr/bin "$IMAGE_BUILDER" probe-by-path
  $run bash --init "$IMAGE_BUILDER" bash -c "$SHELL_PROBE"
  $run bash --user 1234:0 "$IMAGE_BUILDER" bash -c "$SHELL_PROBE"
  $run bash --pid "container:$NEIGHBOUR" "$IMAGE_BUILDER" bash -c "$SHELL_PROBE"
}

sees_secrets() {
  local name=$1
  shift
  expect_status 0 with_secrets "$@"
  expect_contains "the end of $*" "$OUTPUT" "$name ends"
  expect_contains "variables of $*" "$OUTPUT" "$SECRET-1"
  expect_contains "variables of $*" "$OUTPUT" "$SECRET-2"
}

sees_none() {
  local name=$1
  shift
  expect_status 0 with_secrets "$@"
  expect_contains "the end of $*" "$OUTPUT" "$name ends"
  expect_contains "variables of $*" "$OUTPUT" "KEPT_VALUE"
  expect_lacks "variables of $*" "$OUTPUT" "$SECRET"
}

with_neighbour() {
  NEIGHBOUR=$(podman_rootful run -d --rm --network none --timeout 300 "$IMAGE_PLAIN" sleep 300)
  # shellcheck disable=SC2064
  trap "podman_rootful kill $NEIGHBOUR >/dev/null 2>&1 || true" EXIT
  each_entry "$1"
}

test_entry_points_control() { with_neighbour sees_secrets; }

entry_points() {
  use_rind "$NARROWED"
  with_neighbour sees_none
}
on_each_runtime entry_points

test_rootless() {
  RIND_ENGINE=podman_rootless
  import_image podman_rootless
  sees_secrets bash "$IMAGE_BUILDER" bash -c "$SHELL_PROBE"
  use_rind "$NARROWED"
  sees_none bash "$IMAGE_BUILDER" bash -c "$SHELL_PROBE"
  sees_none bash --init "$IMAGE_BUILDER" bash -c "$SHELL_PROBE"
}

buildah_run() {
  local container
  container=$(buildah_rootful from "$IMAGE_BUILDER")
  # shellcheck disable=SC2064
  trap "buildah_rootful rm $container >/dev/null" EXIT
  buildah_rootful config --annotation "$BUILDER_ANNOTATION" --env "FORGE_TOKEN=$SECRET" "$container"
  expect_status 0 buildah_rootful run "$container" -- bash -c "$SHELL_PROBE"
  expect_contains "variables without Rind" "$OUTPUT" "$SECRET"
  local end=${OUTPUT##*$'\n'} # buildah looks for the program itself, and puts its path into argv
  use_rind "$NARROWED"
  expect_status 0 buildah_rootful run "$container" -- bash -c "$SHELL_PROBE"
  expect_contains "the end" "$OUTPUT" "$end"
  expect_lacks "variables" "$OUTPUT" "$SECRET"
}
on_each_runtime buildah_run

# A RUN step's first process is a shell, with the ARGs and ENVs of the Containerfile.
podman_build() {
  local context=$RIND_TMP/entry-context.$RIND_RUNTIME
  mkdir "$context"
  printf 'FROM %s\nARG FORGE_TOKEN\nENV FORGE_SECRET=%s\nRUN %s\n' \
    "$IMAGE_BUILDER" "$SECRET" 'env | grep FORGE; cat /proc/[0-9]*/environ | tr "\0" "\n"; echo "it ends"' \
    >"$context/Containerfile"
  expect_status 0 podman_build_rootful --build-arg "FORGE_TOKEN=$SECRET-arg" "$context"
  expect_contains "variables without Rind" "$OUTPUT" "FORGE_TOKEN=$SECRET-arg"
  use_rind "$NARROWED"
  expect_status 0 podman_build_rootful --build-arg "FORGE_TOKEN=$SECRET-arg" "$context"
  # The instructions themselves are printed, too: only what the container says counts.
  expect_contains "the end" "$OUTPUT" $'\nit ends'
  expect_lacks "variables" "$OUTPUT" $'\n'"FORGE_TOKEN=$SECRET-arg"
  expect_lacks "variables" "$OUTPUT" $'\n'"FORGE_SECRET=$SECRET"
}
on_each_runtime podman_build

# Only what the first process was given goes; what somebody gives on is nobody else's business.
other_processes() {
  use_rind "$NARROWED"
  expect_status 0 with_secrets "$IMAGE_BUILDER" bash -c '
    FORGE_TOKEN=later bash -c "echo child: \$FORGE_TOKEN"
    FORGE_TOKEN=later unshare --user --map-root-user --pid --fork bash -c "echo nested \$\$: \$FORGE_TOKEN"
    exec -a -bash bash -c "shopt -q login_shell && echo login: \$0"'
  expect_contains "a child's" "$OUTPUT" "child: later"
  expect_contains "a nested first process's" "$OUTPUT" "nested 1: later"
  expect_contains "a login shell" "$OUTPUT" "login: -bash"
}
on_each_runtime other_processes

# The documented limit: exec brings an environment of its own.
exec_is_not_narrowed() {
  local container
  use_rind "$NARROWED"
  container=$(with_secrets -d "$IMAGE_BUILDER" sleep 60)
  # shellcheck disable=SC2064
  trap "podman_rootful kill $container >/dev/null 2>&1 || true" EXIT
  expect_status 0 podman_rootful exec "$container" cat /proc/1/environ
  expect_lacks "the first process's environment" "$OUTPUT" "$SECRET"
  expect_status 0 podman_rootful exec "$container" env
  expect_contains "an executed program's environment" "$OUTPUT" "FORGE_TOKEN=$SECRET-1"
}
on_each_runtime exec_is_not_narrowed

# What such a program gives its steps is, all the same, nothing that narrow.environment names: also where no other
# rule knows the name.
steps_of_exec() {
  local container step='fromager step /srv/packages/probe -- env'
  use_rind '{"narrow": {"environment": ["MYCORP_*"]}}'
  container=$(builder -d -e MYCORP_LICENSE=$SECRET-1 -e OTHER_LICENSE=$SECRET-2 "$IMAGE_BUILDER" sleep 60)
  # shellcheck disable=SC2064
  trap "podman_rootful kill $container >/dev/null 2>&1 || true" EXIT
  expect_status 0 podman_rootful exec --env MYCORP_OTHER=$SECRET-3 "$container" sh -c "env; echo; $step"
  expect_contains "the executed program's environment" "${OUTPUT%%$'\n\n'*}" "MYCORP_LICENSE=$SECRET-1"
  expect_contains "the step's environment" "${OUTPUT#*$'\n\n'}" "OTHER_LICENSE=$SECRET-2"
  expect_lacks "the step's environment" "${OUTPUT#*$'\n\n'}" "MYCORP_"
}
on_each_runtime steps_of_exec

# Builds and steps go on: shells and interpreters are uncovered in a step.
steps_of_a_narrowed_builder() {
  use_rind "$NARROWED"
  expect_status 0 with_secrets "$IMAGE_BUILDER" fromager build /srv/packages/hello-ext
  expect_contains "the wheel" "$OUTPUT" "built"
  expect_status 0 with_secrets "$IMAGE_BUILDER" bash -c '
    fromager step /srv/packages/probe -- bash -c "echo step: \$0, \$(readlink /proc/\$\$/exe); ls -d /dev/rind || true"'
  expect_contains "the step's shell" "$OUTPUT" "step: bash, /usr/bin/bash"
  expect_contains "the kit" "$OUTPUT" "cannot access '/dev/rind'"
  expect_status 0 with_secrets "$IMAGE_BUILDER" /dev/rind/rind check
  expect_lacks "check" "$OUTPUT" "fail"
}
on_each_runtime steps_of_a_narrowed_builder

# A program that is a seam already is covered once, and still narrows.
test_entry_that_is_a_seam() {
  expect_status 0 with_secrets "$IMAGE_OLDER" unshare --user bash -c "$SHELL_PROBE"
  expect_contains "variables without Rind" "$OUTPUT" "$SECRET"
  use_rind "$NARROWED"
  expect_status 0 with_secrets "$IMAGE_OLDER" unshare --user bash -c "$SHELL_PROBE"
  expect_contains "the end" "$OUTPUT" "probe of bash ends"
  expect_lacks "variables" "$OUTPUT" "$SECRET"
  expect_status 0 with_secrets "$IMAGE_OLDER" unshare --user cat /dev/rind/manifest.json /dev/rind/entry.json
  expect_contains "the seam" "$OUTPUT" '"kind":"unshare"'
  expect_lacks "a second seam" "$OUTPUT" '"kind":"entry"'
  expect_contains "covers for the environment" "$OUTPUT" '"covers":[]'
}

# sudo and the like keep their setuid bit as entry points.
test_setuid_entry_point() {
  use_rind "$NARROWED"
  # It reads /etc/shadow, which is root's.
  expect_status 0 with_secrets --user nobody "$IMAGE_BUILDER" passwd --status
  expect_contains "what only root can read" "$OUTPUT" "nobody L"
}

test_nothing_to_drop_nothing_covered() {
  use_rind '{"narrow": {"environment": ["NO_SUCH_VARIABLE"]}}'
  expect_status 0 with_secrets "$IMAGE_BUILDER" bash -c 'ls /dev/rind; readlink /proc/$$/exe; true'
  expect_lacks "the kit" "$OUTPUT" "entry.json"
  expect_contains "the shell" "$OUTPUT" "/usr/bin/bash"
}

test_no_builder_is_narrowed() {
  use_rind "$NARROWED"
  expect_status 0 plain -e FORGE_TOKEN=$SECRET "$IMAGE_PLAIN" bash -c 'echo $FORGE_TOKEN'
  expect_contains "its variable" "$OUTPUT" "$SECRET"
}

# Entry points as a hostile image has them. Each is refused, with our line; what the kernel would not
# execute either ends without Rind, too.
hostile_files() {
  local i
  ln -sfn loop-b "$ENTRY/loop-a"
  ln -sfn loop-a "$ENTRY/loop-b"
  [[ -p $ENTRY/fifo ]] || mkfifo -m 0777 "$ENTRY/fifo"
  mkdir -p "$ENTRY/directory"
  printf '#!/srv/entry/circle-b\n' >"$ENTRY/circle-a"
  printf '#!/srv/entry/circle-a\n' >"$ENTRY/circle-b"
  for ((i = 0; i < 10; i++)); do printf '#!/srv/entry/level-%d\n' $((i + 1)) >"$ENTRY/level-$i"; done
  printf '#!/bin/bash\necho started\n' >"$ENTRY/level-10"
  { printf '#!/' && head -c 10000000 /dev/zero | tr '\0' a; } >"$ENTRY/huge-line"
  printf 'echo started\n' >"$ENTRY/no-shebang"
  printf '#!/no/such/interpreter\n' >"$ENTRY/dangling"
  : >"$ENTRY/empty"
  chmod a+rx "$ENTRY"/circle-* "$ENTRY"/level-* "$ENTRY"/huge-line "$ENTRY"/no-shebang "$ENTRY"/dangling "$ENTRY/empty"
}

does_not_start() {
  : >"$RIND_TMP/hook.log"
  local status=0 before=$SECONDS
  OUTPUT=$(with_secrets "$IMAGE_BUILDER" "$1" 2>&1) || status=$?
  OUTPUT+=$(hook_messages)
  printf '%s\n' "$OUTPUT"
  ((status != 0)) || fail "$1 started"
  ((SECONDS - before < 30)) || fail "$1 took $((SECONDS - before)) s"
}

hostile_entry_points() {
  local name
  hostile_files
  for name in loop-a fifo directory circle-a level-0 huge-line no-shebang dangling empty absent; do
    use_no_rind
    does_not_start "/srv/entry/$name"
    use_rind "$NARROWED"
    does_not_start "/srv/entry/$name"
    expect_contains "what is said of $name" "$OUTPUT" "remove variables from the environment of the container's entry point"
    expect_lacks "$name" "$OUTPUT" "$SECRET"
  done
}
on_each_runtime hostile_entry_points

# Five levels are what the kernel follows: these start, and are narrowed.
test_deepest_chain() {
  hostile_files
  expect_status 0 with_secrets "$IMAGE_BUILDER" /srv/entry/level-6
  use_rind "$NARROWED"
  expect_status 0 with_secrets "$IMAGE_BUILDER" /srv/entry/level-6
  expect_contains "the script" "$OUTPUT" "started"
  use_no_rind
  does_not_start /srv/entry/level-5
}

# A link through the container's own /proc, which a hook outside sees differently: not the next
# program of that name in PATH is taken for the entry point.
link_through_proc() {
  mkdir -p "$ENTRY/evil"
  ln -sfn /proc/self/root/srv/entry/bash "$ENTRY/evil/sh"
  local environment=PATH=/srv/entry/evil:/usr/bin
  expect_status 0 with_secrets -e $environment "$IMAGE_BUILDER" sh
  expect_contains "variables without Rind" "$OUTPUT" "$SECRET"
  use_rind "$NARROWED"
  local status=0
  : >"$RIND_TMP/hook.log"
  OUTPUT=$(with_secrets -e $environment "$IMAGE_BUILDER" sh 2>&1) || status=$?
  OUTPUT+=$(hook_messages)
  ((status != 0)) || fail "it started: $OUTPUT"
  expect_contains "the reason" "$OUTPUT" "/srv/entry/evil/sh"
}
on_each_runtime link_through_proc

# What the user cannot reach is passed over by runc, and taken by crun (which then fails).
test_program_that_only_root_can_reach() {
  use_runtime runc
  mkdir -p "$ENTRY/closed"
  printf '#!/usr/bin/env python3\nprint("wrong")\n' >"$ENTRY/closed/probe-by-path"
  chmod 0755 "$ENTRY/closed/probe-by-path"
  chmod 0700 "$ENTRY/closed"
  sees_secrets /srv/entry/path/probe-by-path --user 1234:0 \
    -e PATH=/srv/entry/closed:/srv/entry/path:/usr/bin "$IMAGE_BUILDER" probe-by-path
  use_rind "$NARROWED"
  sees_none /srv/entry/path/probe-by-path --user 1234:0 -e PATH=/srv/entry/closed:/srv/entry/path:/usr/bin \
    "$IMAGE_BUILDER" probe-by-path
}
