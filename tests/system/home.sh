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

# Settings in HOME that apply to every build: a step has copies without credentials, writes to them, and the builder's stay.
# shellcheck disable=SC2016
SETTINGS='export HOME=/mnt/home; mkdir -p $HOME/.config/go $HOME/.config/git
  printf "[user]\n\tname = Builder\n[url \"https://me:SECRET@host/\"]\n\tinsteadOf = x:\n[url \"https://SECRET@other/\"]\n\tinsteadOf = y:\n[http]\n\textraheader = Authorization: SECRET\n" >$HOME/.gitconfig
  printf "[user]\n\temail = b@example.org\n" >$HOME/.config/git/config
  printf "GOFLAGS=-trimpath\nGOPROXY=https://me:SECRET@host/go\nMY_TOKEN=SECRET" >$HOME/.config/go/env
  printf "[build_ext]\ndefine = FOO\n[easy_install]\nindex_url = https://me:SECRET@host/simple\n" >$HOME/.pydistutils.cfg
  printf "build --copt=-O1\n" >$HOME/.bazelrc; echo "python 3.12.1" >$HOME/.tool-versions
  snapshot() { find $HOME -type f -exec md5sum {} + | sort; }; snapshot >/mnt/before
  look() { "$@" sh -c "git config user.name; git config user.email; git config --global --get-all safe.directory; cat ~/.gitconfig ~/.config/go/env ~/.pydistutils.cfg ~/.bazelrc ~/.tool-versions
    git config --global step.name x && echo y >>~/.config/go/env && git config step.name"; }
'

test_settings_without_their_credentials() {
  expect_status 0 in_hook_rig "$SETTINGS"'look "$RIND" run --; snapshot | diff /mnt/before - && echo same'
  local one
  for one in Builder b@example.org GOFLAGS=-trimpath 'define = FOO' --copt=-O1 'python 3.12.1' $'x\nsame'; do expect_contains "seen" "$OUTPUT" "$one"; done
  expect_contains "beside Rind's own" "$OUTPUT" $'b@example.org\n*'
  expect_lacks "no credentials" "$OUTPUT" SECRET
  expect_status 0 in_hook_rig "$SETTINGS"'look env; snapshot | diff /mnt/before - || echo changed'
  expect_contains "control: without Rind all of it is read" "$OUTPUT" SECRET
  expect_contains "control: and the builder's files are changed" "$OUTPUT" changed
}

# Of a file that may still have one there is no copy, and a line says so; a view of the policy's own gives it.
test_settings_that_may_have_a_credential() {
  local script="$SETTINGS"'echo "build --remote_header=x-api-key=SECRET" >>$HOME/.bazelrc
    "$RIND" run -- sh -c "cat ~/.bazelrc; echo y >>~/.config/go/env; mv ~/.tool-versions ~/x; cp ~/x ~/.tool-versions && echo written" 2>&1'
  expect_status 0 in_hook_rig "$script"
  expect_lacks "no credentials" "$OUTPUT" SECRET
  expect_contains "it is said" "$OUTPUT" "read access to /mnt/home/.bazelrc: it may have a credential"
  expect_contains "the others can be written" "$OUTPUT" written
  RIG_POLICY='{"views": {"/mnt/home/.bazelrc": "ro"}}' expect_status 0 in_hook_rig "$script"
  expect_contains "as it is" "$OUTPUT" SECRET
}

# Nothing is made through a link, and an operator's "hidden" holds around and behind it.
test_settings_behind_links_and_covers() {
  local links='mkdir -p $HOME/dotfiles/foo; mv $HOME/.config/* $HOME/dotfiles; rmdir $HOME/.config; ln -s dotfiles $HOME/.config; '
  expect_status 0 in_hook_rig "$SETTINGS$links"'PKG_CONFIG_PATH=$HOME/.config/foo "$RIND" run -- git config user.name'
  expect_contains "the others" "$OUTPUT" Builder
  local views
  for views in '{"/mnt/home/.bazelrc": "hidden"}' '{"$HOME/.bazelrc": "hidden"}' '{"/mnt/dotfiles": "hidden"}'; do
    RIG_POLICY="{\"views\": $views}" expect_status 0 in_hook_rig "$SETTINGS"'mkdir /mnt/dotfiles; mv $HOME/.bazelrc /mnt/dotfiles; ln -s /mnt/dotfiles/.bazelrc $HOME
      [[ "$RIG_POLICY" == *dotfiles* ]] || { rm $HOME/.bazelrc; mv /mnt/dotfiles/.bazelrc $HOME; }
      "$RIND" run -- sh -c "cat ~/.bazelrc; true" 2>&1'
    expect_lacks "$views" "$OUTPUT" copt
  done
}

# The line of a failed step does not blame them.
test_settings_are_no_cause() {
  expect_status 1 in_hook_rig "$SETTINGS"'hook build_wheel "
import subprocess; subprocess.run([\"git\", \"config\", \"--list\"]); sys.exit(1)" 2>&1'
  expect_contains "the line" "$OUTPUT" "ended with exit status 1"
  expect_lacks "names the copy" "$OUTPUT" gitconfig
}

# A umask of 077 closes them; a link of the builder's may lead to them.
test_settings_that_are_closed_or_links() {
  expect_status 0 in_hook_rig "$SETTINGS"'chmod 600 $HOME/.gitconfig; mkdir /mnt/dotfiles; mv $HOME/.pydistutils.cfg /mnt/dotfiles/x; ln -s /mnt/dotfiles/x $HOME/.pydistutils.cfg
    "$RIND" run -- sh -c "git config user.name; cat ~/.pydistutils.cfg"'
  expect_contains "closed" "$OUTPUT" Builder
  expect_contains "a link" "$OUTPUT" "define = FOO"
  expect_lacks "no credentials" "$OUTPUT" SECRET
}

# What the policy hides stays hidden, and a package that makes HOME's settings a link gets nothing by it.
test_settings_that_the_policy_hides() {
  RIG_POLICY='{"hide": ["/mnt/home/.gitconfig"], "views": {"$HOME/.bazelrc": "hidden"}}'
  expect_status 0 in_hook_rig "$SETTINGS"'"$RIND" run -- sh -c "git config user.name; cat ~/.gitconfig ~/.bazelrc; true"'
  expect_lacks "hidden" "$OUTPUT" Builder
  expect_lacks "hidden" "$OUTPUT" copt
  RIG_POLICY='{}'
  expect_status 0 in_hook_rig 'mount -t tmpfs root /root; echo "[user] name = PRIVATE" >/root/secret; mkdir $S/home; ln -s /root/secret $S/home/.gitconfig; export HOME=$S/home
    hook build_wheel "
import subprocess; print(subprocess.run([\"git\", \"config\", \"user.name\"], capture_output=True, text=True).stdout, flush=True)
put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")" 2>&1'
  expect_lacks "a link of a package" "$OUTPUT" PRIVATE
}

# A JVM takes its home from /etc/passwd: what it was given there before the step is not below HOME.
test_a_home_of_etc_passwd_alone() {
  local at
  for at in .m2/repository/x .m2/none .profile; do
    expect_status 1 in_hook_rig 'export HOME=/mnt/home; mkdir -p $HOME /root/.m2/repository; touch /root/.m2/repository/x /root/.profile
      hook build_wheel "import pwd; os.stat(pwd.getpwuid(0).pw_dir + \"/$1\")" 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}' "$at"
    case $at in
      *x) expect_contains "$at" "$OUTPUT" "it could not find /mnt/home/.m2/repository/x: the builder has it in /root, its home in /etc/passwd" ;;
      .profile) expect_contains "$at" "$OUTPUT" "Rind denied only what programs try in passing: it could not find /mnt/home/.profile: the builder has it in /root" ;;
      *) expect_lacks "$at" "$OUTPUT" "the builder has it" ;;
    esac
  done
  # Control: where both are one directory, it is found.
  expect_status 0 in_hook_rig 'export HOME=/root; mkdir -p /root/.m2/repository; touch /root/.m2/repository/x
    hook build_wheel "import pwd; os.stat(pwd.getpwuid(0).pw_dir + \"/.m2/repository/x\"); put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")" 2>&1'
}
