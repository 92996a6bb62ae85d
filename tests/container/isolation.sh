# What a build step sees from inside, beside what the container sees.

TEST_SECONDS=300 # each function is two containers that build, and forty reports

# Prints two lines of JSON: the step's facts and the container's.
gather_facts() {
  local image=$1
  shift
  # The descriptor and the pipe on stdin are there to be kept away from the step.
  echo "RIND-TEST-SECRET-stdin" | builder -i "$image" bash -c '
    set -e
    exec 7</root/.ssh/id_ed25519
    fromager "$@" build /srv/packages/probe >&2
    cat work-dir/probe-1.0/probe-1.0/facts.json
    echo
    python3 -B /srv/packages/probe/backend/facts.py' facts "$@"
}

compare_facts() {
  local label=$1 facts=$RIND_TMP/facts.json verdict name reason
  shift
  use_rind
  if ! gather_facts "$@" >"$facts" 2>"$facts.log"; then
    report_not_ok "$label" "no facts: $(tail -n 3 "$facts.log") $(hook_messages | tail -n 1)"
    return
  fi
  while IFS=$'\t' read -r verdict name reason; do
    if [[ $verdict == ok ]]; then
      report_ok "$label/$name"
    else
      report_not_ok "$label/$name" "$reason"
    fi
  done < <(python3 "$RIND_SOURCE/tests/container/compare_facts.py" "$facts" "${@:2}")
}

script() { compare_facts "$TEST_PREFIX/script_$RIND_RUNTIME" "$IMAGE_BUILDER"; }
unshare_call() { compare_facts "$TEST_PREFIX/unshare_$RIND_RUNTIME" "$IMAGE_OLDER" --old; }

on_one_runtime_several script
on_one_runtime_several unshare_call
