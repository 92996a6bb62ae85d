# What package code does that a step may not (causes/table.py): the last line names it, and the key that gives it. With a row's fix,
# and with what the line says to add to the policy, in a rule of the package the build passes.
#
# File limit: 3000, some five hundred builds, most of them twice
# RIND_CAUSES='home-*' judges only these rows.
# A place has up to ninety builds. Each runs two to four times, and a failing one once more under a tracer.
TEST_SECONDS=1000

CAUSES=$RIND_SOURCE/tests/container/causes

# The builds of a place, without Rind or with it as use_rind said before: a JSON file.
build_causes() { # PLACE FILE WITH-RULES OPTION...
  local directory
  directory=$(mktemp -d "$RIND_TMP/causes.XXXXXX")
  builder -v "$CAUSES:/srv/causes:ro" -v "$directory:/srv/results" "${@:4}" "$IMAGE_BUILDER" \
    python3 -B /srv/causes/drive.py "$1" "${RIND_CAUSES:-*}" /srv/results/ends.json $3 </dev/null >"$directory/log" 2>&1 || true
  if ! mv "$directory/ends.json" "$2"; then
    tail -n 20 "$directory/log" >&2
    hook_messages >&2
    return 1
  fi
}

# What a line says to add is refused: the rest is tried without it, and judge.py misses it.
build_with_what_is_printed() { # PLACE OPTION...
  local refused=() row
  while :; do
    use_rind "$(python3 -B "$CAUSES/places.py" "$1" "$RIND_TMP/rind.json" "${refused[@]}")"
    : >"$RIND_TMP/hook.log"
    if build_causes "$1" "$RIND_TMP/printed.json" with-rules "${@:2}"; then return; fi
    row=$(hook_messages | sed -n 's/.*packages\.\([a-z0-9-]*\)\.policy.*/\1/p')
    [[ -n $row ]] || return 1
    refused+=("$row")
  done
}

judge_place() { # PLACE
  local policy fixes options verdict name reason
  { read -r policy; read -r fixes; mapfile -t options; } < <(python3 -B "$CAUSES/places.py" "$1")
  mkdir -p "$RIND_TMP/read-only"
  options=("${options[@]//\{shared\}/$RIND_TMP}")
  cd "$RIND_TMP" # conmon leaves a file that is called oom
  use_no_rind
  build_causes "$1" "$RIND_TMP/control.json" "" "${options[@]}"
  use_rind "$policy"
  build_causes "$1" "$RIND_TMP/rind.json" "" "${options[@]}"
  use_rind "$fixes"
  build_causes "$1" "$RIND_TMP/fixed.json" with-rules "${options[@]}"
  build_with_what_is_printed "$1" "${options[@]}"
  while IFS=$'\t' read -r verdict reason; do
    name=$TEST_PREFIX/${verdict#* }
    case $verdict in
      ok\ *) report_ok "$name" ;;
      todo\ *) report_ok "$name (it is not named yet)" ;;
      *) report_not_ok "$name" "$reason" ;;
    esac
  done < <(python3 -B "$CAUSES/judge.py" "$RIND_TMP"/{control,rind,fixed,printed}.json)
}

for place in $(python3 -B "$CAUSES/places.py"); do
  eval "tests_$place() { judge_place $place; }"
done
unset place
