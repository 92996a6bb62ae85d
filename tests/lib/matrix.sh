# The table of engines and modes: each cell is a container that was started, compared with what is expected of it.
#
# matrix_begin            makes the files that the containers look with, and an empty page
# matrix_table COLUMNS... TITLE is on the first call's left; a column is ENGINE:RUNTIME, see _COLUMN_NAMES
# matrix_row WANT TITLE FUNCTION [ARG...]
#     runs FUNCTION once per column, all columns at the same time, with RIND_ENGINE, RIND_RUNTIME, HOOK_LOG and NAME
#     (a name that nobody else has) set; it prints what the container and the engine say. WANT is what must come
#     out of it: one word for all columns or ROOTFUL/ROOTLESS (in nested tables PLAIN/VOLUME), as _CELL has them, and after a `:` a text that must
#     stand in the reason, e.g. refused:CAP_SYS_ADMIN. `not` and `engine` stand with a reason: it is the row's last cell.
# matrix_end              compares the page with docs/engines.md, or writes it there when RIND_UPDATE_DOCS is set
#
# Every cell is reported as a test of its own.

MATRIX_PAGE=$RIND_SOURCE/docs/engines.md

# What a cell says, by what happened.
declare -A _CELL=(
  [own]="isolated" [self]="isolated, builder's uid" [refused]="does not start" [step]="no step runs"
  [bare]="**not isolated**" [engine]="no such mode" [not]="not run" [failed]="podman fails"
)

declare -A _COLUMN_NAMES=([podman_rootful]="root" [podman_rootless]="user" [bundle]="root" [nested_root]="root" [nested_podman]="user")

matrix_begin() {
  MATRIX=$RIND_TMP/shared/matrix
  mkdir -p "$MATRIX"
  cp "$RIND_SOURCE"/tests/matrix/* "$MATRIX/"
  chmod -R a+rX "$MATRIX"
  _matrix_rows=$RIND_TMP/engines.md
  : >"$_matrix_rows"
}

matrix_table() { # TITLE COLUMN...
  local title=$1 column header="| $1 |" rule="|---|"
  _matrix_title=$title
  shift
  _matrix_columns=("$@")
  for column in "$@"; do
    header+=" ${_COLUMN_NAMES[${column%:*}]}, ${column#*:} |"
    rule+="---|"
  done
  printf '\n%s what is said |\n%s---|\n' "$header" "$rule" >>"$_matrix_rows"
}

# The outcome's word, from the text that a cell printed and the hook's log.
_matrix_outcome() { # STATUS OUTPUT HOOK_LOG
  local last
  last=$(sed '/^time=/d' <<<"$2" | tail -n 1)
  if [[ $1 == 0 && $last =~ ^(own|self|bare)$ ]]; then
    # Nothing before it, but what engines warn of.
    if grep -qvE "^(time=|$last\$)" <<<"$2"; then echo wrong; else echo "$last"; fi
  elif [[ $2$3 == *"rind-hook: "* ]]; then
    echo refused
  elif [[ $1 == 125 && $2 == *"rind: "* ]]; then
    echo step
  else
    echo failed
  fi
}

# The hook's or the helper's line, as a reader sees it: runc and podman quote it.
_matrix_line() {
  sed -nE 's/.*(rind(-hook)?: )/\1/p' <<<"$1" | sed -n 1p |
    sed -E 's/\\+n.*//; s/\\+"/"/g; s/: OCI runtime error$//; s/^rind(-hook)?: //; s/^([0-9a-f]{12} \([^)]*\)|bundle-[0-9-]*): //; s/[|]/\\|/g'
}

_matrix_cell() { # COLUMN DIRECTORY FUNCTION ARG...
  local directory=$2 status=0 output
  RIND_ENGINE=${1%:*} RIND_RUNTIME=${1#*:} NAME=matrix-$$-$(basename "$2") HOOK_LOG=$2/hook.log
  shift 2
  : >"$HOOK_LOG"
  chmod 0666 "$HOOK_LOG"
  output=$("$@" 2>&1) || status=$?
  printf '%s\n' "$output" "$(cat "$HOOK_LOG")" >"$directory/output"
  _matrix_outcome "$status" "$output" "$(cat "$HOOK_LOG")" >"$directory/outcome"
  # Engines have lines of their own about a container that runs.
  [[ $(cat "$directory/outcome") =~ ^(own|self|bare)$ ]] || _matrix_line "$(cat "$HOOK_LOG")"$'\n'"$output" >"$directory/line"
}

_matrix_want() { # WANT COLUMN: the word
  local words=${1%%:*}
  if [[ $2 == podman_rootless:* || $2 == *:proc-volume ]]; then echo "${words#*/}"; else echo "${words%/*}"; fi
}

_matrix_report() { # WANT TEXT NAME DIRECTORY
  local outcome
  outcome=$(cat "$4/outcome")
  if [[ $outcome == "$1" && $(cat "$4/output") == *"$2"* ]]; then
    report_ok "$3"
  else
    report_not_ok "$3" "expected $1${2:+ ($2)}, got $outcome: $(tail -c 400 "$4/output" | tr '\n' ' ')"
  fi
}

matrix_row() {
  local want=$1 title=$2 text='' column word said='' cells='' directory n=0
  shift 2
  [[ $want != *:* ]] || text=${want#*:}
  local base=$RIND_TMP/matrix.$((++_matrix_count)) reason=$text
  mkdir -p "$base"
  chmod 0711 "$base"
  for column in "${_matrix_columns[@]}"; do
    word=$(_matrix_want "$want" "$column")
    directory=$base/$((n++))
    mkdir "$directory"
    chmod 0711 "$directory"
    [[ $word == not || $word == engine ]] || _matrix_cell "$column" "$directory" "$@" &
  done
  wait
  n=0
  for column in "${_matrix_columns[@]}"; do
    word=$(_matrix_want "$want" "$column")
    directory=$base/$((n++))
    if [[ $word != not && $word != engine ]]; then
      _matrix_report "$word" "$([[ $word =~ ^(own|self|bare|failed)$ ]] || echo "$text")" "container/matrix/$_matrix_title: $title (${column/:/, })" "$directory"
      word=$(cat "$directory/outcome")
      [[ -n $said || $word == failed ]] || said=$(cat "$directory/line" 2>/dev/null || true)
    else
      said=$reason
    fi
    cells+=" ${_CELL[$word]:-$word} |"
  done
  printf '| %s |%s %s |\n' "$title" "$cells" "$said" >>"$_matrix_rows"
}
_matrix_count=0

_matrix_between() { sed -n '/^<!-- matrix -->$/,/^<!-- end of matrix -->$/{/^<!-- .*matrix -->$/!p}' "$1"; }

matrix_end() {
  local name=container/matrix/page page=$RIND_SOURCE/build/engines.md
  # Of the page, all but the tables is for people to write.
  {
    sed '/^<!-- matrix -->$/q' "$MATRIX_PAGE"
    cat "$_matrix_rows"
    printf '\n'
    sed -n '/^<!-- end of matrix -->$/,$p' "$MATRIX_PAGE"
  } >"$page"
  [[ -z ${RIND_UPDATE_DOCS:-} ]] || cp "$page" "$MATRIX_PAGE"
  if diff -u <(_matrix_between "$MATRIX_PAGE") <(_matrix_between "$page") >"$RIND_TMP/engines.diff"; then
    report_ok "$name"
  else
    report_not_ok "$name" "docs/engines.md is not what was found (build/engines.md); to take it: tests/run --update-docs"
    sed 's/^/#   /' "$RIND_TMP/engines.diff"
  fi
}
