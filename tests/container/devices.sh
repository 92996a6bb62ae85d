# Devices that the engine gave a builder.

SCRIPT=/opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh

# Devices of the host under the names of others: what a GPU's would be, and one that no policy names.
# shellcheck disable=SC2016
devices_that_were_given() {
  local look='for d in /dev/kfd /dev/dri/renderD128 /dev/watchdog9; do head -c 1 $d 2>/dev/null | wc -c; done'
  use_rind
  expect_status 0 builder --device /dev/zero:/dev/kfd --device /dev/zero:/dev/dri/renderD128 --device /dev/zero:/dev/watchdog9 "$IMAGE_BUILDER" \
    bash -c 'sh -c "$2"; "$1" sh -c "$2; false" 2>&1 || :' devices "$SCRIPT" "$look"
  expect_equal "without Rind, and in the step" $'1\n1\n1\n1\n1\n0' "$(grep -v '^rind' <<<"$OUTPUT")"
  expect_contains "the line" "$OUTPUT" "without the container's devices watchdog9 (devices in the policy gives them)"
  # A builder that has none of them.
  expect_status 0 builder "$IMAGE_BUILDER" "$SCRIPT" sh -c 'ls /dev'
  expect_lacks "devices" "$OUTPUT" kfd
  # A node that only the system's group may open, and one that only root may.
  expect_status 0 builder --device /dev/zero:/dev/kfd --device /dev/zero:/dev/dri/renderD128 "$IMAGE_BUILDER" bash -c '
    chmod 0660 /dev/kfd /dev/dri/renderD128; chgrp 44 /dev/kfd; chgrp 0 /dev/dri/renderD128
    "$1" sh -c "$2; false" 2>&1 || :' devices "$SCRIPT" "$look"
  expect_equal "in the step" $'1\n0\n0' "$(grep -v '^rind' <<<"$OUTPUT")"
  expect_contains "the line" "$OUTPUT" "without access to the device dri/renderD128: its mode is 0660 and its group 0"
}
on_one_runtime devices_that_were_given
