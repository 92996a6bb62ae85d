# Every attempt of the hostile package is one test: without Rind it must succeed, with Rind it must fail.

tests_attempts() {
  local control=$RIND_TMP/control.json guarded=$RIND_TMP/guarded.json
  if ! run_attempts "$control"; then
    report_not_ok attack/control "the run without Rind failed: $(tail -n 1 "$control.log")"
    return
  fi
  use_rind
  if ! run_attempts "$guarded"; then
    report_not_ok attack/with-rind "the run with Rind failed: $(hook_messages | tail -n 1) $(tail -n 1 "$guarded.log")"
    sed 's/^/#   /' "$guarded.log" | tail -n 40
    return
  fi
  local verdict name reason
  while IFS=$'\t' read -r verdict name reason; do
    case $verdict in
      ok) report_ok "attack/$name" ;;
      *) report_not_ok "attack/$name" "$reason" ;;
    esac
  done < <(python3 -B "$RIND_SOURCE/tests/attack/verdict.py" lines "$control" "$guarded")
}
