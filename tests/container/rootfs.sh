# The image is the attacker: whatever it holds, the hook does it right or refuses, and follows nothing.

SCRIPT=/opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh

plain_bundle() {
  use_rind
  bundle_make
  expect_status 0 bundle_run "$SCRIPT" sh -c 'readlink /proc/self/ns/pid; cat /opt/app-root/src/.netrc; true'
  expect_contains "it ran" "$OUTPUT" "pid:["
  expect_lacks "the step" "$OUTPUT" RIND-TEST-SECRET
}
on_each_runtime plain_bundle

test_control_plain_bundle() {
  bundle_make
  expect_status 0 bundle_run cat /opt/app-root/src/.netrc
  expect_contains "without Rind" "$OUTPUT" RIND-TEST-SECRET
}
