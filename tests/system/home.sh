# What of HOME a step sees, and what is said of the rest: a back end that only asks whether a file exists would build
# something else without a word.
source "$RIND_SOURCE/tests/system/hook.inc"

# BEFORE [AFTER]: what there is before the container starts, and what is written later
after_a_start() {
  in_hook_rig 'export HOME=/mnt/home; mkdir $HOME; eval "$1"; sleep 0.02; touch /dev/rind/manifest.json; sleep 0.02; eval "$2"
    hook build_wheel "
import os
for at in (\".numpy-site.cfg\", \".pythranrc\", \".config/meson/native/x\", \".toolrc\", \".config/tool/conf\", \".netrc\"):
    if os.path.exists(os.path.expanduser(\"~/\" + at)): print(\"seen\", at, flush=True)
put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")" 2>&1; echo "status $?"' "$1" "${2:-}"
}

test_settings_that_builds_read() {
  # shellcheck disable=SC2016
  expect_status 0 after_a_start 'cd $HOME; mkdir -p .config/meson/native; echo >.numpy-site.cfg; echo >.pythranrc; echo >.config/meson/native/x'
  expect_equal "seen" $'seen .numpy-site.cfg\nseen .pythranrc\nseen .config/meson/native/x\nstatus 0' "$OUTPUT"
}

# A plugin's, or the entry point's.
test_what_was_written_since_the_container_started() {
  # shellcheck disable=SC2016
  expect_status 0 after_a_start 'mkdir $HOME/.dir' 'cd $HOME; echo >.toolrc; mkdir -p .config/tool; echo >.config/tool/conf; echo >.dir/conf'
  expect_lacks "not seen" "$OUTPUT" seen
  local path
  for path in .toolrc .config/tool .dir; do
    expect_contains "$path" "$OUTPUT" "without /mnt/home/$path, which was written since the container started: a step has a HOME of its own; if the build needs it, add {\"views\": {\"\$HOME/$path\": \"ro\"}} to the policy"
  done
}

test_what_is_nothing_to_say() {
  local silent='cd $HOME; mkdir -p .cache/tool .config/gh .local/share .ssh .cargo work .config/meson; echo >.cache/tool/x; echo >.netrc; echo >.bash_history; echo >.config/auth.json; echo >notes; echo >.cargo/x'
  expect_status 0 after_a_start "$silent; echo >.toolrc" "rm -rf \$HOME/.config/gh; ${silent/.config\/gh/}"
  expect_equal "written, and not said" "status 0" "$OUTPUT"
}
