# Waiting for a condition, never for a time.
#
# wait_until SECONDS COMMAND...   until COMMAND succeeds: at once when it does. After SECONDS, times RIND_TEST_PATIENCE, it
#                                 is an error that says what did not come about. What COMMAND says on standard error is not shown: it fails
#                                 until it succeeds.
# $WAIT_UNTIL                     the same function as text, for scripts that run elsewhere, in sh: "$WAIT_UNTIL; ..."

WAIT_UNTIL='wait_until() {
  _tries=$(($1 * 20 * PATIENCE))
  shift
  until "$@" 2>/dev/null; do
    _tries=$((_tries - 1))
    if [ "$_tries" -le 0 ]; then
      echo "waited in vain for: $*" >&2
      return 1
    fi
    sleep 0.05
  done
}'
# Where the text runs, in a container for example, the variable may be unknown.
WAIT_UNTIL=${WAIT_UNTIL/PATIENCE/${RIND_TEST_PATIENCE:-1}}
eval "$WAIT_UNTIL"
