# Each system call that Rind needs, denied alone, as an engine's profile or an older kernel does it: a step is as isolated as
# ever, or it is refused by a line that names the call.
source "$RIND_SOURCE/tests/system/rig.inc"

CALLS=(openat2 clone3 open_tree mount_setattr move_mount fsopen fsconfig fsmount umount2 pidfd_open close_range statx seccomp)

# What a step sees and may, and what the same program does outside.
# shellcheck disable=SC2016
FACTS='read -r _ id _ </proc/self/uid_map; [ "$id" = 0 ] || echo "a uid of its own"
set -- /proc/[0-9]*; [ $# -gt 8 ] || echo "its own processes"; echo "links $(grep -c : /proc/net/dev)"
grep -E "^(CapEff|NoNewPrivs|Seccomp):" /proc/self/status; cat ~/secret; touch /mnt/written && echo "writes to /mnt"; true'

# Prints what every call ends with, a line each: CALL STATUS LINE.
outcomes() { # ERRNO
  expect_status 0 in_rig 'mkdir -p /tmp/home && echo secret >/tmp/home/secret && export HOME=/tmp/home
    outcome() { # NAME COMMAND...
      local name=$1 output status=0
      shift
      output=$("$@" sh -c "$facts" 2>&1) || status=$?
      echo "$name $status $(tr "\n" " " <<<"$output")"
    }
    facts=$1
    printf "%s\n" "$3" >/tmp/deny_calls.py
    outcome outside
    outcome free "$RIND" run --
    for call in $4; do outcome "$call" /usr/bin/python3 /tmp/deny_calls.py "$2" "$call" "$RIND" run --; done' \
    "$FACTS" "$1" "$(<"$RIND_SOURCE/tests/lib/deny_calls.py")" "${CALLS[*]}"
}

# A call that only part of the steps need may be denied to the others.
judge() { # ERRNO
  local name status line free='' seen=0
  outcomes "$1" >/dev/null
  while read -r name status line; do
    case $name in
      outside)
        expect_contains "the control" "$line" secret
        expect_contains "the control" "$line" "writes to /mnt"
        ;;
      free)
        expect_equal "a step to which none is denied" 0 "$status"
        expect_contains "a step" "$line" "a uid of its own"
        expect_lacks "a step" "$line" "writes to /mnt"
        expect_contains "a step" "$line" "secret: No such file"
        free=$line
        ;;
      *)
        seen=$((seen + 1))
        if [[ $status == 0 ]]; then
          expect_equal "a step without $name" "$free" "$line"
          continue
        fi
        printf '%s\n' "$1 $name: $line"
        expect_equal "the status of a step without $name: $line" 125 "$status"
        expect_contains "the call in the line" "$line" "$name"
        expect_contains "the remedy" "$line" "; "
        expect_contains "the remedy" "$line" "seccomp profile"
        ;;
    esac
  done <<<"$OUTPUT"
  expect_equal "the calls" "${#CALLS[@]}" "$seen"
}

test_no_such_call() { judge ENOSYS; }
test_not_permitted() { judge EPERM; }
