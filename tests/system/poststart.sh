# What poststart decides at a glance: by what lies at the container's /dev/rind, and by config.json where there is no kit.

source "$RIND_SOURCE/tests/system/poststart.inc"

setup() {
  BUNDLES=$RIND_TMP/bundles
  mkdir -p "$BUNDLES"/{plain,builder,command,etc}
  printf '{"root":{"path":"/"},"process":{"args":["nginx"]}}' >"$BUNDLES/plain/config.json"
  printf '{"root":{"path":"/"},"annotations":{"io.rind.builder":"true"}}' >"$BUNDLES/builder/config.json"
  printf '{"root":{"path":"/"},"process":{"args":["fromager","build"]}}' >"$BUNDLES/command/config.json"
}

# said BUNDLE MAKE: $STATUS and $OUTPUT, what poststart says to a container whose /dev is what the commands MAKE make.
said() {
  local pid
  rm -f "$RIND_TMP/ready"
  mkfifo "$RIND_TMP/ready"
  # shellcheck disable=SC2016
  unshare --mount --propagation private --uts sh -c 'mount -t tmpfs new /dev && eval "$1" && echo x >"$2" && exec sleep 60' \
    sh "$2" "$RIND_TMP/ready" &
  pid=$!
  expect_equal "the container" x "$(cat "$RIND_TMP/ready")"
  poststart "$pid" "$BUNDLES/$1" "$BUNDLES/etc"
  kill "$pid"
  printf '%s with %s: %s %s\n' "$1" "$2" "$STATUS" "$OUTPUT"
}

KIT='mkdir /dev/rind && mount -t tmpfs rind /dev/rind'
# No kit, whoever made it: nothing, what an image or a volume can have there, and a kit that was taken away.
NO_KIT=(
  true
  'mkdir -p /dev/rind/originals && echo {} >/dev/rind/policy.json'
  'echo x >/dev/rind'
  'mkdir /dev/kit && mount -t tmpfs rind /dev/kit && ln -s /dev/kit /dev/rind'
  'ln -s /dev/rind /dev/rind'
  "$KIT && umount /dev/rind"
)

test_control_a_builder_with_a_kit() {
  local bundle
  for bundle in builder command plain; do
    said "$bundle" "$KIT"
    expect_equal "with a kit" "0 " "$STATUS $OUTPUT"
  done
}

test_builder_without_a_kit_is_refused() {
  local make bundle
  for make in "${NO_KIT[@]}"; do
    for bundle in builder command; do
      said "$bundle" "$make"
      expect_equal "status" 1 "$STATUS"
      expect_contains "the reason" "$OUTPUT" "isolate the builder container ("
      expect_contains "the reason" "$OUTPUT" "it runs without a kit: the hook did not run at prestart, or ran too late"
    done
  done
}

test_others_are_left_alone() {
  local make
  for make in "${NO_KIT[@]}"; do
    said plain "$make"
    expect_equal "no builder" "0 " "$STATUS $OUTPUT"
  done
}

# The operator's own signs of a builder count as they do at prestart.
test_by_the_operators_policy() {
  printf '{"containers": {"commands": ["nginx*"], "host_name": "built"}}' >"$BUNDLES/etc/policy.json"
  said plain true
  expect_equal "status" 1 "$STATUS"
  expect_contains "the reason" "$OUTPUT" "command nginx*"
  said command true
  expect_equal "no builder any more" "0 " "$STATUS $OUTPUT"
  rm "$BUNDLES/etc/policy.json"
}

# crun fails a container now and then whose hook leaves something of the state in the pipe.
test_state_is_read_to_its_end() {
  local kind
  for kind in gone plain no-json too-large; do
    # shellcheck disable=SC2016
    expect_status 0 python3 - "$HOOK" "$RIND_STAGE/usr/share/rind/policy.json" "$BUNDLES" "$kind" <<'PY'
import json, subprocess, sys
hook, defaults, bundles, kind = sys.argv[1:]
waiting = subprocess.Popen(["sleep", "60"])
pid = waiting.pid
if kind == "gone":
    waiting.kill()
    waiting.wait()
size = 17_000_000 if kind == "too-large" else 1_000_000
state = json.dumps({"ociVersion": "1.0", "id": "c", "status": "running", "pid": pid, "bundle": bundles + "/plain",
                    "annotations": {"x": "y" * size}}).encode()
if kind == "no-json":
    state = b"?" + state
process = subprocess.Popen([hook, "hook", "--defaults", defaults, "--config", bundles + "/etc"], stdin=subprocess.PIPE,
                           stderr=subprocess.PIPE)
written = process.stdin.write(state)  # BrokenPipeError where the hook ends before it has read all
process.stdin.close()
error = process.stderr.read().decode()
waiting.kill()
print(kind, process.wait(), error)
sys.exit(process.returncode != (1 if kind in ("no-json", "too-large") else 0) or bool(error) != bool(process.returncode))
PY
  done
}
