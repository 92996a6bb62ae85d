# A build environment whose bin has something called like a tool of the front end's.

# Makes the environment of the probe, puts $1 (a command, with $bin) into it, and goes on.
go_on() {
  builder "$IMAGE_BUILDER" bash -c '
    '"${WHERE:-}"'
    fromager step /srv/packages/probe -- true
    bin=$(echo work-dir/probe-1.0/build-*/bin)
    eval "$1"
    '"$2" guard "$1"
}

SHIPPED='printf "#!/bin/sh\necho taken over as uid \$(id -u) >>/srv/taken\n" >$bin/uv; chmod 0755 $bin/uv'
NEXT_STEP='fromager step /srv/packages/probe -- echo "the step ran"; echo "status $?"'

refused() {
  use_rind
  expect_status 0 go_on "$SHIPPED" "$NEXT_STEP"
  expect_contains "the next step" "$OUTPUT" "status 125"
  expect_contains "the reason" "$OUTPUT" "/bin/uv as its own uv"
  expect_contains "the remedy" "$OUTPUT" "guard.tools"
  [[ $'\n'$OUTPUT != *$'\nthe step ran'* ]] || fail "the step ran: $OUTPUT"
  # Whatever it is: a link to nowhere, a directory.
  expect_status 0 go_on 'ln -s nowhere $bin/uv' "$NEXT_STEP"
  expect_contains "a link" "$OUTPUT" "status 125"
  expect_status 0 go_on 'mkdir $bin/uv' "$NEXT_STEP"
  expect_contains "a directory" "$OUTPUT" "status 125"
}
on_each_runtime refused

# Without it the step runs; by policy it runs; and another tool's name is no matter.
control() {
  use_rind
  expect_status 0 go_on true "$NEXT_STEP"
  expect_contains "without" "$OUTPUT" $'\nthe step ran'
  expect_status 0 go_on 'touch $bin/ninja; chmod +x $bin/ninja' "$NEXT_STEP"
  expect_contains "another tool" "$OUTPUT" $'\nthe step ran'
  use_rind '{"guard": {"tools": []}}'
  expect_status 0 go_on "$SHIPPED" "$NEXT_STEP"
  expect_contains "by policy" "$OUTPUT" $'\nthe step ran'
  use_rind '{"packages": {"has uv": {"packages": ["probe"], "policy": {"guard": {"tools": []}}}}}'
  expect_status 0 go_on "$SHIPPED" "$NEXT_STEP"
  expect_contains "by the package's rule" "$OUTPUT" $'\nthe step ran'
}
on_each_runtime control

# What it is about: in a build, it would be run as uv, outside of every step. The build stops before.
taken_over() {
  use_no_rind
  expect_status 0 go_on "$SHIPPED" 'fromager build /srv/packages/probe >/dev/null 2>&1; cat /srv/taken'
  expect_contains "without Rind" "$OUTPUT" "taken over as uid 0"
  use_rind
  expect_status 0 go_on "$SHIPPED" 'fromager build /srv/packages/hello-ext /srv/packages/probe; echo "status $?"; ls /srv/taken; true'
  expect_contains "the other package" "$OUTPUT" "built "
  expect_contains "this one" "$OUTPUT" "status 125"
}
on_each_runtime taken_over

# A step cannot put it there: its environment is read-only.
by_a_step() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    fromager step /srv/packages/probe -- sh -c "touch \$VIRTUAL_ENV/bin/uv; true"
    fromager step /srv/packages/probe -- echo "the step ran"'
  expect_contains "the next step" "$OUTPUT" $'\nthe step ran'
}
on_one_runtime by_a_step

# What a front end or its uv looks up by PATH, with the environment's bin first. The front end goes on when its hook has
# succeeded; then comes an install that starts the tool. Control: without Rind each tool is the package's.
TOOLS='uv git git-lfs git-remote-x git-credential-x ssh keyring nvidia-smi basename sed uname gettext gettext.sh cargo patch unshare'
looked_up() {
  go_on true '
    for tool in '"$TOOLS"'; do
      printf "#!/bin/sh\necho took over $tool as uid \$(read -r _ id _ </proc/self/uid_map; echo \$id)\n" >$bin/$tool; chmod 0755 $bin/$tool
      fromager step /srv/packages/probe -- echo hook 2>&1 && env PATH=$bin:$PATH $tool
      rm $bin/$tool
    done; true'
}

every_tool() {
  local tool
  use_no_rind
  expect_status 0 looked_up
  for tool in $TOOLS; do expect_contains "control" $'\n'"$OUTPUT"$'\n' $'\n'"took over $tool as uid 0"$'\n'; done
  use_rind
  expect_status 0 looked_up
  expect_lacks "what was run" "$OUTPUT" "took over"
  for tool in $TOOLS; do expect_contains "the reason" "$OUTPUT" "/bin/$tool as its own $tool"; done
  expect_contains "the remedy for a name with wildcards" "$OUTPUT" 'remove "git-remote-*" from guard.tools'
}
on_one_runtime every_tool

# What packages bring for their builds, and no front end runs outside of a step. keyring is poetry's and hatch's, as
# installers write it: by the environment's own interpreter it is a step, whoever calls it.
programs_of_packages() {
  use_rind
  expect_status 0 go_on '
    for name in cmake ninja pip wheel cython maturin meson patchelf hg git-cliff git-clang-format rustfmt swig; do
      printf "#!/bin/sh\n" >$bin/$name; chmod 0755 $bin/$name
    done
    printf "#!%s/python3\nimport os; print(\"netrc\", os.path.exists(\"/opt/app-root/src/.netrc\"))\n" $PWD/$bin >$bin/keyring; chmod 0755 $bin/keyring' "$NEXT_STEP; echo \$(\$bin/keyring)"
  expect_contains "the next step" "$OUTPUT" $'\nthe step ran\nstatus 0\n'
  expect_contains "keyring" "$OUTPUT" $'status 0\nnetrc False'
  expect_status 0 go_on 'printf "#!/bin/sh\n%s\n%s\n" "$(printf "\\47\\47\\47exec\\47 \\47%s/python3\\47 \"\$0\" \"\$@\"" $PWD/$bin)" "$(printf "\\47 \\47\\47\\47")" >$bin/keyring
    echo "import os; print(\"netrc\", os.path.exists(\"/opt/app-root/src/.netrc\"))" >>$bin/keyring; chmod 0755 $bin/keyring; cat $bin/keyring' "$NEXT_STEP; echo \$(\$bin/keyring)"
  expect_contains "a line that would be too long" "$OUTPUT" $'\nthe step ran\nstatus 0\nnetrc False'
}
on_one_runtime programs_of_packages

# Everything else under that name is run as the builder.
other_keyrings() {
  use_rind
  local ship
  for ship in 'printf "#!/bin/sh\n" >$bin/keyring' 'ln -s python3 $bin/keyring' 'printf "#!/usr/bin/python3\n" >$bin/keyring' \
    'printf "#!%s/sh\n" $PWD/$bin >$bin/keyring' 'mkdir $bin/keyring' 'cp /bin/true $bin/keyring' \
    'printf "#!/bin/sh\nid\n#!%s/python3\n" $PWD/$bin >$bin/keyring' \
    'printf "#!%s/../bin/python3\n" $PWD/$bin >$bin/keyring' 'ln -s $PWD/$bin /srv/link; printf "#!/srv/link/python3\n" >$bin/keyring' 'printf "#!%s/python3 -I\n" $PWD/$bin >$bin/keyring'; do
    expect_status 0 go_on "$ship; chmod 0755 \$bin/keyring" "$NEXT_STEP"
    expect_contains "$ship" "$OUTPUT" "/bin/keyring as its own keyring"
  done
  # Where no seam covers the interpreter, a script of it is no step.
  use_rind "$POLICY_FROMAGER_ONLY"
  expect_status 0 go_on 'printf "#!%s/python3\n" $PWD/$bin >$bin/keyring; chmod 0755 $bin/keyring' "$NEXT_STEP"
  expect_contains "without seams of interpreters" "$OUTPUT" "as its own keyring"
}
on_one_runtime other_keyrings

# The kernel reads 256 bytes of a program. Of a first line that is longer it executes nothing, and execvp(3) gives the file to a
# shell, which runs what follows.
keyring_of_a_long_path() {
  local WHERE='mkdir "/srv/$(printf %0230d 0)"; cd /srv/0*'
  local ship='printf "#!%s/python3\necho taken over as uid \$(id -u) >>/srv/taken\n" "$PWD/$bin" >$bin/keyring; chmod 0755 $bin/keyring'
  use_no_rind
  expect_status 0 go_on "$ship" 'env "$PWD/$bin/keyring"; cat /srv/taken'
  expect_contains "without Rind" "$OUTPUT" "taken over as uid 0"
  use_rind
  expect_status 0 go_on "$ship" "$NEXT_STEP"
  expect_contains "the next step" "$OUTPUT" "/bin/keyring as its own keyring"
}
on_one_runtime keyring_of_a_long_path
