# One failed system call of rind-hook, or its death there: the container is isolated as ever, or does not start.
# A sample; tests/fault-table tries every call.
source "$RIND_SOURCE/tests/faults/rig.inc"

TEST_SECONDS=${RIND_FAULTS_SECONDS:-300} # some forty containers, under a tracer

# The stride has no divisor in common with the number of errors: over the calls each error is hit.
hook() {
  local had=no
  [[ ! -e /run/rind-hook ]] || had=yes
  hook_faults "$(every_nth 5 97)" EPERM ENOSYS ENOMEM ENOSPC EINTR EIO KILL >"$RIND_TMP/$RIND_RUNTIME.faults" || report_not_ok "$TEST_PREFIX/ran" "status $?"
  # `rind-hook status` of this machine would print these refusals.
  [[ $had == yes ]] || rm -rf /run/rind-hook
  TEST_PREFIX+=/$RIND_RUNTIME
  report_faults "$RIND_TMP/$RIND_RUNTIME.faults"
}
on_each_runtime_several hook

# At poststart the container runs already. One that has no kit ends, whatever fails. The hook keeps refusals in /run, or else
# in /tmp: here in places of its own, for `rind-hook status` of this machine would print them.
# shellcheck disable=SC2016
tests_poststart() {
  local hook=$RIND_STAGE/usr/libexec/oci/hooks.d/rind-hook
  mkdir -p "$RIND_TMP/bundle" "$RIND_TMP/etc" /tmp/rind-hook-0
  printf '{"root":{"path":"/"},"annotations":{"io.rind.builder":"true"}}' >"$RIND_TMP/bundle/config.json"
  mkfifo "$RIND_TMP/ready"
  FAULT=${FAULT:-$RIND_BUILD/tests/faults/rind-fault} unshare --mount --propagation private -- bash -euc '
    mount -t tmpfs none /run
    mount -t tmpfs -o mode=0700 none /tmp/rind-hook-0
    unshare --mount --propagation private --uts sh -c "mount -t tmpfs new /dev && echo x >\"\$1\" && exec sleep 1000" sh "$2/ready" &
    trap "kill $!" EXIT
    read -r _ <"$2/ready"
    state="{\"ociVersion\":\"1.0\",\"id\":\"c\",\"status\":\"running\",\"pid\":$!,\"bundle\":\"$2/bundle\"}"
    python3 "$1" "$2" "$state" "${@:3}"' poststart "$RIND_SOURCE/tests/faults/judge_poststart.py" "$RIND_TMP" \
    "$(every_nth 5 41)" EPERM ENOSYS ENOMEM ENOSPC EINTR EIO KILL -- \
    "$hook" hook --defaults "$RIND_STAGE/usr/share/rind/policy.json" --config "$RIND_TMP/etc" >"$RIND_TMP/poststart.faults" ||
    report_not_ok "$TEST_PREFIX/ran" "status $?"
  rmdir --ignore-fail-on-non-empty /tmp/rind-hook-0
  report_faults "$RIND_TMP/poststart.faults"
}
