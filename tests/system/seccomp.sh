# The filter of a step, read from inside. That each program says what the rules say, for every
# architecture and argument, is in tests/unit; here is what the kernel makes of it.
source "$RIND_SOURCE/tests/system/rig.inc"

# A program of this directory, to be given to python3 -c: the rig may not see the source tree.
program() { cat "$RIND_SOURCE/tests/system/seccomp_$1.py"; }

test_filter_is_on_for_the_step_and_for_pid_1() {
  local outside process
  expect_status 0 in_rig 'grep ^Seccomp_filters: /proc/self/status | cut -f 2'
  outside=$OUTPUT
  for process in self 1; do
    expect_status 0 in_rig "\"\$RIND\" run -- grep ^Seccomp /proc/$process/status | tr '\t\n' ' ;'"
    expect_equal "filter mode, and one filter more than outside, of $process" \
      "Seccomp: 2;Seccomp_filters: $((outside + 1));" "$OUTPUT"
  done
}

_expected() { # what a call of GROUP gets in a step
  case $1 in
    families) echo EAFNOSUPPORT ;;
    netlink) echo EPROTONOSUPPORT ;;
    missing | unknown) echo ENOSYS ;;
    *) echo EPERM ;;
  esac
}

# Each group of calls is a test. Two controls make the same calls outside: as root, and without
# capabilities, as a step is. What a step gets must be the filter's, and not what the kernel says anyway.
tests_calls() {
  local group name root plain step why
  local -A wrong=() controlled=() seen=()
  expect_status 0 in_rig 'paste -d " " <(/usr/bin/python3 -c "$1") \
    <(setpriv --bounding-set=-all --inh-caps=-all --no-new-privs /usr/bin/python3 -c "$1" | cut -d " " -f 3) \
    <("$RIND" run -- /usr/bin/python3 -c "$1" | cut -d " " -f 3)' "$(program calls)" >/dev/null
  while read -r group name root plain step; do
    seen[$group]=1
    why="$name: $root as root, $plain without capabilities, $step in a step"
    if [[ $group == allowed ]]; then
      controlled[$group]=1
      [[ $step == "$plain" ]] || wrong[$group]+="$why; "
      continue
    fi
    # Where the kernel refuses it to everyone without capabilities, root's control must do. Calls that
    # nobody listed may be unknown to an older kernel too.
    [[ $root != "$(_expected "$group")" || $group == unknown ]] || wrong[$group]+="no control for $why; "
    [[ $plain == "$(_expected "$group")" ]] || controlled[$group]=1
    [[ $step == "$(_expected "$group")" ]] || wrong[$group]+="$why; "
  done <<<"$OUTPUT"
  [[ -n ${controlled[allowed]:-} ]] || report_not_ok system/seccomp/calls "no call was made: $OUTPUT"
  for group in $(printf '%s\n' "${!seen[@]}" | sort); do
    [[ -n ${controlled[$group]:-} || $group == unknown ]] || wrong[$group]+="no call that the kernel itself lets a step make"
    if [[ -z ${wrong[$group]:-} ]]; then
      report_ok "system/seccomp/calls/$group"
    else
      report_not_ok "system/seccomp/calls/$group" "${wrong[$group]}"
    fi
  done
}

test_other_entry_points_are_death() {
  [[ $(uname -m) == x86_64 ]] || skip "int 0x80 and x32 are those of x86-64"
  expect_status 0 in_rig '/usr/bin/python3 -c "$1"' "$(program entry)"
  expect_equal "control: outside both return" $'int80 returned\nx32 returned' "$OUTPUT"
  expect_status 0 in_rig '"$RIND" run -- /usr/bin/python3 -c "$1"' "$(program entry)"
  expect_equal "in a step" $'int80 SIGSYS\nx32 SIGSYS' "$OUTPUT"
}

test_ordinary_work_is_not_disturbed() {
  expect_status 0 in_rig '"$RIND" run -- /usr/bin/python3 -c "$1"' "$(program ordinary)"
  expect_equal "what worked" \
    'threads fork subprocesses process_pools sockets own_child_traced own_child_attached terminals' \
    "$(tr '\n' ' ' <<<"$OUTPUT" | sed 's/ *$//')"
}

# The kernel carries a filter through fork and exec; a second one can only take away.
test_filter_stays_on_through_exec() {
  expect_status 0 in_rig '"$RIND" run -- sh -c "sh -c \"setsid -w sh -c \\\"grep ^Seccomp: /proc/self/status; unshare -U true\\\"\" 2>&1; true"'
  expect_contains "mode" "$OUTPUT" $'Seccomp:\t2'
  expect_contains "a user namespace" "$OUTPUT" "Operation not permitted"
}
