# What a person at a terminal sees while something takes long.
#
# show TEXT      a line that the next output takes the place of. Nothing where standard error is no terminal.
# unshow         takes it away
# with_progress LOG COMMAND...   runs it; its output goes to LOG, and its newest line is shown. Where there is no terminal
#                (CI) a line is said in ten seconds, so that a long build is not taken for a hang. The status is
#                COMMAND's; errexit does not hold inside where the caller is a condition, so give it one command,
#                or a function of commands that are joined by &&.

_SAY_EVERY=10

show() {
  [[ -t 2 ]] || return 0
  local columns=${COLUMNS:-80}
  printf '\r\e[K%s' "${1:0:columns-1}" >&2
}

unshow() { [[ ! -t 2 ]] || printf '\r\e[K' >&2; }

_show_lines() { # LOG
  local line said=$SECONDS
  : >"$1"
  while IFS= read -r line || [[ -n $line ]]; do
    printf '%s\n' "$line" >>"$1"
    show "$line"
    if [[ ! -t 2 ]] && ((SECONDS - said >= _SAY_EVERY)); then
      say "$line"
      said=$SECONDS
    fi
  done
  unshow
}

with_progress() {
  local log=$1
  shift
  "$@" 2>&1 | _show_lines "$log"
  return "${PIPESTATUS[0]}"
}
