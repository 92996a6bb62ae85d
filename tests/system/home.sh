# What of HOME a step sees: a back end that only asks whether a file exists would build something else without a word.
source "$RIND_SOURCE/tests/system/hook.inc"

test_settings_that_builds_read() {
  # shellcheck disable=SC2016
  expect_status 0 in_hook_rig 'export HOME=/mnt/home; mkdir -p $HOME/.config/meson/native $HOME/.config/tool
    for at in .tool-versions .numpy-site.cfg .pythranrc .config/meson/native/x .config/tool/conf .netrc; do echo >$HOME/$at; done
    hook build_wheel "
for at in (\".tool-versions\", \".numpy-site.cfg\", \".pythranrc\", \".config/meson/native/x\", \".config/tool/conf\", \".netrc\"):
    if os.path.exists(os.path.expanduser(\"~/\" + at)): print(\"seen\", at, flush=True)
put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")" 2>&1'
  expect_equal "seen" $'seen .tool-versions\nseen .numpy-site.cfg\nseen .pythranrc\nseen .config/meson/native/x' "$OUTPUT"
}
