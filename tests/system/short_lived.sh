# The hook and processes that end while it looks at them. A process that is ending has lost its root some milliseconds
# before it has ended: that is no error, and nobody's container fails by it.

source "$RIND_SOURCE/tests/system/poststart.inc"
RACES=300

setup() {
  SHORT=$RIND_TMP/short-lived
  mkdir -p "$SHORT"
}

# answers HOW STATUS KIND [COUNT]: in $OUTPUT, a line for each answer of the hook: TIMES STATUS TEXT
answers() {
  OUTPUT=$(python3 "$RIND_SOURCE/tests/system/short_lived.py" "$HOOK" "$SHORT" "$@")
  printf '%s\n' "$OUTPUT"
  [[ -n $OUTPUT ]] || fail "no answer"
}

# Every answer is a start without a word.
expect_silence() {
  local other
  other=$(grep -vE '^[0-9]+ 0 *$' <<<"$OUTPUT" || true)
  [[ -z $other ]] || fail "$1: $other"
}

test_running_plain() {
  answers race running plain $RACES
  expect_silence "poststart"
}

test_created_plain() {
  answers race created plain $RACES
  expect_silence "prestart of crun"
}

# runc's prestart: where the process has ended the runtime starts nothing, and the hook may say so.
test_creating_plain() {
  answers race creating plain $RACES
  local other
  other=$(grep -vE '^[0-9]+ 0 *$|^[0-9]+ 1 rind-hook: bbbbbbbbbbbb: .*its first process has ended' <<<"$OUTPUT" || true)
  [[ -z $other ]] || fail "prestart of runc: $other"
}

# A builder without a kit that is still alive is refused: here nobody made one.
test_running_builder() {
  answers race running builder $RACES
  local other
  other=$(grep -vE '^[0-9]+ 0 *$|^[0-9]+ 1 .*the hook did not run at prestart' <<<"$OUTPUT" || true)
  [[ -z $other ]] || fail "poststart: $other"
}

# The state of those milliseconds, held: no root, and not ended.
test_lost_its_root() {
  local status kind
  for status in running stopped created; do
    for kind in plain builder; do
      answers half "$status" "$kind"
      expect_silence "$status, $kind"
    done
  done
}

test_gone() {
  local status kind
  for status in running stopped created; do
    for kind in plain builder; do
      answers gone "$status" "$kind"
      expect_silence "$status, $kind"
    done
  done
  answers gone creating plain
  expect_contains "before the start" "$OUTPUT" "1 1 rind-hook: bbbbbbbbbbbb: inspect the container: its first process has ended"
}

# What is certain stays refused.
test_alive() {
  answers alive running plain
  expect_silence "a plain container"
  answers alive running builder
  expect_contains "a builder that nobody isolated" "$OUTPUT" "1 1 rind-hook: bbbbbbbbbbbb: isolate the builder container"
  expect_contains "the reason" "$OUTPUT" "the hook did not run at prestart"
}

# changed_root KIT: $OUTPUT and $STATUS, what the hook says to a builder whose first process has another root by now.
changed_root() {
  local pid
  mkdir -p "$SHORT/other" "$SHORT/builder"
  printf '{"root":{"path":"/"},"annotations":{"io.rind.builder":"true"}}' >"$SHORT/builder/config.json"
  rm -f "$SHORT/ready"
  mkfifo "$SHORT/ready"
  # shellcheck disable=SC2016
  unshare --mount --propagation private sh -c '
    mount -t tmpfs new /dev && mkdir /dev/rind && { [ "$1" = no-kit ] || mount -t tmpfs rind /dev/rind; }
    exec python3 -c "
import os, sys, time
ready = open(sys.argv[2], \"w\")
os.chroot(sys.argv[1])
ready.write(\"x\")
ready.close()
time.sleep(60)" "$2" "$3"' sh "$1" "$SHORT/other" "$SHORT/ready" &
  pid=$!
  expect_equal "the process" x "$(cat "$SHORT/ready")"
  poststart "$pid" "$SHORT/builder" "$SHORT"
  kill "$pid"
  printf '%s %s\n' "$STATUS" "$OUTPUT"
}

# The first process may change its root once it runs (chroot); the container has its kit all the same.
test_kit_of_a_process_that_changed_its_root() {
  changed_root kit
  expect_equal "with a kit" "0 " "$STATUS $OUTPUT"
  changed_root no-kit
  expect_equal "without one" 1 "$STATUS"
  expect_contains "the reason" "$OUTPUT" "the hook did not run at prestart"
}
