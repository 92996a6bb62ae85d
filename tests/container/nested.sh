# podman in podman beside the matrix: containers that are no builders, and where the reason of a refusal is found.
# shellcheck disable=SC2016

setup() { import_outer; }

MOUNT=(--cap-add sys_admin,mknod)

# The hook cannot look into the container there (crun's init is undumpable): what is no builder starts all the same.
test_plain_containers_start_without_ptrace() {
  use_rind '{"containers": {"seam": false}}'
  expect_status 0 nested root crun "${MOUNT[@]}" -- 'inner "$IMAGE" echo started'
  expect_equal "a plain container" started "$OUTPUT"
  expect_status 126 nested root crun "${MOUNT[@]}" -- 'inner --annotation io.rind.builder=true "$IMAGE" echo started'
  expect_lacks "a builder by its annotation" "$OUTPUT" started
  use_rind
  expect_status 126 nested root crun "${MOUNT[@]}" -- 'inner "$IMAGE" echo started'
  expect_lacks "a builder by its seam" "$OUTPUT" started
}

# A policy that cannot be read does not change that.
test_without_a_policy() {
  use_rind '{"unknown": 1}'
  expect_status 126 nested root crun "${MOUNT[@]}" -- 'inner --annotation io.rind.builder=true "$IMAGE" echo started'
  expect_lacks "a builder by its annotation" "$OUTPUT" started
}

# crun does not pass the hook's line on, and an outer container has no journal.
reason() { # USER PROC FILE TEXT OPTION...
  local user=$1 proc=$2 file=$3 text=$4
  shift 4
  use_rind
  expect_status 0 nested "$user" "$proc" "$@" -- 'inner --annotation io.rind.builder=true "$IMAGE" true && echo started
    stat -c "%U %a" "$(dirname "$1")" 2>/dev/null; stat -c "%U %a" "$1"; hook status; hook status --json' "$file"
  expect_lacks "podman" "${OUTPUT%%did not start*}" "$text"
  expect_contains "its directory" "$OUTPUT" "$user 700"
  expect_contains "its file" "$OUTPUT" "$user 600"
  expect_contains "status" "$OUTPUT" "did not start, from $file:"
  expect_contains "status" "${OUTPUT#*did not start}" "$text"
  expect_contains "status --json" "${OUTPUT#*\"refused\"}" "$text"
}
test_reason_for_root() { reason root crun /run/rind-hook/refusals "--cap-add SYS_PTRACE" "${MOUNT[@]}"; }
test_reason_for_a_user() { reason podman proc-volume /tmp/rind-hook-1000/refusals "--security-opt unmask=ALL"; }

# What a step sees as /proc is its own pid namespace's, read-only; the builder's is the outer container's.
test_steps_proc() {
  use_rind
  local user
  for user in root podman; do
    expect_status 0 nested "$user" proc-volume --privileged -- 'inner --annotation io.rind.builder=true "$IMAGE" bash -c '"'"'
      look="set -- /proc/[0-9]*; echo \$#; (: >/proc/sys/kernel/core_pattern) 2>/dev/null && echo written; true"
      (($(sh -c "$look" | head -n 1) > 4)) && echo control
      echo $$ $(readlink /proc/self)
      /dev/rind/rind run -- sh -c "$look"
      /dev/rind/rind check >/dev/null && echo checked'"'"
    local lines
    mapfile -t lines <<<"$OUTPUT"
    expect_equal "$user: the builder" control "${lines[0]}"
    expect_equal "$user: processes in a step, rind check" "2 checked" "${lines[*]:2}"
    [[ ${lines[1]% *} != "${lines[1]#* }" ]] || fail "control: the builder's /proc is its own"
  done
}

# podman 5 of an ordinary user tells its version, on which it depends what it reads, only where its configuration may lie somewhere.
test_check_knows_the_engine() {
  use_rind
  local user
  for user in root podman; do
    expect_status 0 nested "$user" crun --privileged -- 'hook check | grep "version.podman" || true'
    expect_contains "$user" "$OUTPUT" "podman version 5."
  done
}
