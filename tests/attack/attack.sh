# Every attempt of the hostile package is one test: without Rind it must succeed, with Rind it must fail.

# attack LABEL [IMAGE OPTION...]
attack() {
  local label=$1 control guarded
  shift
  control=$RIND_TMP/control-${label//\//-}.json guarded=$RIND_TMP/guarded-${label//\//-}.json
  use_no_rind
  if ! run_attempts "$control" "$@"; then
    report_not_ok "$label/control" "the run without Rind failed: $(tail -n 1 "$control.log")"
    return
  fi
  use_rind
  if ! run_attempts "$guarded" "$@"; then
    report_not_ok "$label/with-rind" "the run with Rind failed: $(hook_messages | tail -n 1) $(tail -n 1 "$guarded.log")"
    sed 's/^/#   /' "$guarded.log" | tail -n 40
    return
  fi
  local verdict name reason
  while IFS=$'\t' read -r verdict name reason; do
    case $verdict in
      ok) report_ok "$label/$name" ;;
      *) report_not_ok "$label/$name" "$reason" ;;
    esac
  done < <(python3 -B "$RIND_SOURCE/tests/attack/verdict.py" lines "$control" "$guarded")
}

tests_attempts() { attack attack; }

# A builder that is not root: a step keeps its uid, and everything but that must hold.
tests_other_user() {
  make_users_image
  attack attack/other-user "$IMAGE_USERS" --user "$USERS_ID" --tmpfs /run:mode=1777
}
