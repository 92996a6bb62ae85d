# Every attempt of the hostile package is one test: without Rind it must succeed, with Rind it must fail.

# The whole of an attack is one function: two containers, each with a limit of its own.
TEST_SECONDS=$((2 * ATTEMPTS_SECONDS + 60))

# run_of NAME FILE [IMAGE OPTION...]   run_attempts; what becomes of a run that fails is a failed test NAME
run_of() {
  local name=$1 file=$2 status=0 said=''
  shift 2
  run_attempts "$file" "$@" || status=$?
  ((status != 0)) || return 0
  # Of the container's own messages the last may be an empty line, and those of the hook are elsewhere.
  [[ -z $RIND_HOOKS ]] || said=" $(hook_messages | tail -n 1)"
  report_not_ok "$name" "the container ended with status $status$(_status_means "$status"):$said $(_reason "$file.log")" "$file.log"
  return 1
}

_status_means() { [[ $1 != 137 && $1 != 255 ]] || printf ' (killed, as it is after %s s)' "$ATTEMPTS_SECONDS"; }

# attack LABEL [IMAGE OPTION...]     ATTACK_WITHOUT: names of attempts that cannot succeed there even without Rind
attack() {
  local label=$1 control guarded
  shift
  control=$RIND_TMP/control-${label//\//-}.json guarded=$RIND_TMP/guarded-${label//\//-}.json
  use_no_rind
  run_of "$label/control" "$control" "$@" || return 0
  use_rind
  run_of "$label/with-rind" "$guarded" "$@" || return 0
  local verdict name reason
  while IFS=$'\t' read -r verdict name reason; do
    [[ " ${ATTACK_WITHOUT:-} " != *" $name "* ]] || continue
    case $verdict in
      ok) report_ok "$label/$name" ;;
      *) report_not_ok "$label/$name" "$reason" ;;
    esac
  done < <(python3 -B "$RIND_SOURCE/tests/attack/verdict.py" lines "$control" "$guarded")
}

tests_attempts() { attack attack; }

# The sources lie on a volume, and the step has them in a twin (container/twins). No file of another file system can be
# linked into them.
tests_on_a_volume() {
  ATTACK_WITHOUT="owner-by-hard-link sdist-hard-link" attack attack/on-a-volume "$IMAGE_BUILDER" -v /opt/app-root/src
}

# A builder that is not root: a step keeps its uid, and everything but that must hold.
tests_other_user() {
  make_users_image
  attack attack/other-user "$IMAGE_USERS" --user "$USERS_ID" --tmpfs /run:mode=1777
}
