# A uid is used again: what its last step left is out of the next one's reach.

# With one lease every step has the same uid; and the work lies where no view hides it.
two_steps() {
  builder -v "$RIND_TMP/shared/attack:/srv/attack:ro" "$IMAGE_BUILDER" bash -c '
    mkdir /jobs && cd /jobs
    fromager step /srv/packages/probe -- python3 -B /srv/attack/reuse.py leave &&
      fromager step /srv/packages/hello-ext -- python3 -B /srv/attack/reuse.py find'
}

# The last word of each line of JSON with this key.
values() { python3 -c '
import json, sys
for line in sys.stdin:
    if line.startswith("{") and sys.argv[1] in (said := json.loads(line)): print(said[sys.argv[1]])' "$1"; }

test_nothing_is_left_for_the_next_step_of_a_uid() {
  expect_status 0 two_steps
  local found
  found=$(values found <<<"$OUTPUT")
  local thing
  for thing in "source file" "closed directory" "source file changed" "mode changed" socket "abstract socket" \
    /tmp/reused /dev/shm/reused /var/tmp/reused "shared memory" queue process signal; do
    expect_contains "control" "$found" "'$thing'"
  done
  use_rind '{"leases": 1}'
  expect_status 0 two_steps
  expect_contains "the seam is in use" "$OUTPUT" "network isolation: script"
  expect_equal "one uid" 1 "$(values uid <<<"$OUTPUT" | sort -u | wc -l)"
  [[ $(values uid <<<"$OUTPUT" | head -n 1) != 0 ]] || fail "the steps ran as root"
  expect_equal "what is found" "[]" "$(values found <<<"$OUTPUT")"
}
