# One failed system call of rind-hook, or its death there: the container is isolated as ever, or does not start.
# A sample; tests/fault-table tries every call.
source "$RIND_SOURCE/tests/faults/rig.inc"

TEST_SECONDS=${RIND_FAULTS_SECONDS:-300} # some forty containers, under a tracer

# The stride has no divisor in common with the number of errors: over the calls each error is hit.
tests_hook() {
  hook_faults "$(every_nth 5 97)" EPERM ENOSYS ENOMEM ENOSPC EINTR EIO KILL >"$RIND_TMP/hook.faults" || report_not_ok "$TEST_PREFIX/ran" "status $?"
  report_faults "$RIND_TMP/hook.faults"
}
