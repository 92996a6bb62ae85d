# A build environment whose bin has something called like a tool of the front end's.

# Makes the environment of the probe, puts $1 (a command, with $bin) into it, and goes on.
go_on() {
  builder "$IMAGE_BUILDER" bash -c '
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
  expect_contains "the reason" "$OUTPUT" "would be run by the front end as its own uv"
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
on_each_runtime by_a_step
