# One failed system call of the helper, or the death of its process or of its caller there: the step is isolated as ever, or is
# refused with a message, and nothing is left. A sample; tests/fault-table tries every call.
source "$RIND_SOURCE/tests/faults/rig.inc"

TEST_SECONDS=${RIND_FAULTS_SECONDS:-300} # some fifty steps, under a tracer
RIG_SECONDS=$TEST_SECONDS

# The stride has no divisor in common with the number of errors: over the calls each error is hit.
tests_build_hook() {
  faults_of hook "$(every_nth 5 211)" EPERM ENOSYS ENOMEM ENOSPC EINTR EIO >"$RIND_TMP/build_hook.faults" || report_not_ok "$TEST_PREFIX/ran" "status $?"
  report_faults "$RIND_TMP/build_hook.faults"
}
tests_command() {
  faults_of run "$(every_nth 7 211)" EPERM ENOSYS ENOMEM ENOSPC EINTR EIO >"$RIND_TMP/command.faults" || report_not_ok "$TEST_PREFIX/ran" "status $?"
  report_faults "$RIND_TMP/command.faults"
}
tests_killed() {
  faults_of hook "$(every_nth 3 61)" KILL >"$RIND_TMP/killed.faults" || report_not_ok "$TEST_PREFIX/ran" "status $?"
  report_faults "$RIND_TMP/killed.faults"
}
# The step goes on, as it does without Rind: its results are nobody's to judge.
tests_caller_killed() {
  faults_of hook "$(every_nth 3 97)" KILL-CALLER >"$RIND_TMP/caller_killed.faults" || report_not_ok "$TEST_PREFIX/ran" "status $?"
  report_faults "$RIND_TMP/caller_killed.faults"
}
