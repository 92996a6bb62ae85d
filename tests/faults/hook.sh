# One failed system call of rind-hook, or its death there: the container is isolated as ever, or does not start.
# A sample; tests/fault-table tries every call.
source "$RIND_SOURCE/tests/faults/rig.inc"

TEST_SECONDS=${RIND_FAULTS_SECONDS:-300} # some forty containers, under a tracer

# The stride has no divisor in common with the number of errors: over the calls each error is hit.
tests_hook() {
  local had=no
  [[ ! -e /run/rind-hook ]] || had=yes
  hook_faults "$(every_nth 5 97)" EPERM ENOSYS ENOMEM ENOSPC EINTR EIO KILL >"$RIND_TMP/hook.faults" || report_not_ok "$TEST_PREFIX/ran" "status $?"
  # `rind-hook status` of this machine would print these refusals.
  [[ $had == yes ]] || rm -rf /run/rind-hook
  report_faults "$RIND_TMP/hook.faults"
}

# At poststart the container runs already. One that has no kit ends, whatever fails.
tests_poststart() {
  local hook=$RIND_STAGE/usr/libexec/oci/hooks.d/rind-hook pid
  mkdir -p "$RIND_TMP/bundle" "$RIND_TMP/etc"
  printf '{"root":{"path":"/"},"annotations":{"io.rind.builder":"true"}}' >"$RIND_TMP/bundle/config.json"
  mkfifo "$RIND_TMP/ready"
  # shellcheck disable=SC2016
  unshare --mount --propagation private --uts sh -c 'mount -t tmpfs new /dev && mount -t tmpfs none /run && mkdir -p /tmp/rind-hook-0 && mount -t tmpfs -o mode=0700 none /tmp/rind-hook-0 && echo x >"$1" && exec sleep 1000' sh "$RIND_TMP/ready" &
  pid=$!
  expect_equal "the container" x "$(cat "$RIND_TMP/ready")"
  # The hook keeps refusals in /run, or else in /tmp: `rind-hook status` of this machine would print them.
  # shellcheck disable=SC2016
  FAULT=${FAULT:-$RIND_BUILD/tests/faults/rind-fault} unshare --mount --propagation private -- sh -c 'mount -t tmpfs none /run
    mkdir -p /tmp/rind-hook-0; mount -t tmpfs -o mode=0700 none /tmp/rind-hook-0; exec "$@"' faults \
    python3 "$RIND_SOURCE/tests/faults/judge_poststart.py" "$RIND_TMP" \
    "{\"ociVersion\":\"1.0\",\"id\":\"c\",\"status\":\"running\",\"pid\":$pid,\"bundle\":\"$RIND_TMP/bundle\"}" \
    "$(every_nth 5 41)" EPERM ENOSYS ENOMEM ENOSPC EINTR EIO KILL -- \
    "$hook" hook --defaults "$RIND_STAGE/usr/share/rind/policy.json" --config "$RIND_TMP/etc" >"$RIND_TMP/poststart.faults" ||
    report_not_ok "$TEST_PREFIX/ran" "status $?"
  kill "$pid"
  rmdir --ignore-fail-on-non-empty /tmp/rind-hook-0
  report_faults "$RIND_TMP/poststart.faults"
}
