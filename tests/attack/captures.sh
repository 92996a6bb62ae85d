# What a package does to the places that a call of an interpreter names: what may leave them, and what may be read there.

TEST_SECONDS=600 # two containers with some thirty calls each

# captures GROUP   of captures.py: each of its attempts is one test, which succeeds without Rind and fails with it
captures() {
  local group=$1 side name verdict reason
  for side in control guarded; do
    if [[ $side == control ]]; then use_no_rind; else use_rind; fi
    if ! builder --timeout "$TEST_SECONDS" -v "$RIND_TMP/shared/attack:/srv/attack:ro" "$IMAGE_BUILDER" \
      python3 -B /srv/attack/captures.py "$group" >"$RIND_TMP/$group-$side.json" 2>"$RIND_TMP/$group-$side.log"; then
      report_not_ok "$TEST_PREFIX/$group/$side" "the container failed" "$RIND_TMP/$group-$side.log"
      return
    fi
  done
  while IFS=$'\t' read -r verdict name reason; do
    case $verdict in
      ok) report_ok "$TEST_PREFIX/$group/$name" ;;
      *) report_not_ok "$TEST_PREFIX/$group/$name" "$reason" ;;
    esac
  done < <(python3 -B "$RIND_SOURCE/tests/attack/verdict.py" lines "$RIND_TMP/$group-"{control,guarded}.json)
}

tests_temporary() { captures temporary; }
tests_artefacts() { captures artefacts; }
tests_environment() { captures environment; }
tests_reading() { captures reading; }
tests_sources() { captures sources; }
