# Completion offers what the programs' --help says, no more and no less.
# shellcheck source=tests/unit/help.inc
source "$RIND_SOURCE/tests/unit/help.inc"

# What bash offers for a line; its last word is the one that is being typed.
completions() {
  bash -c '
    source "$1"
    COMP_WORDS=("${@:2}")
    COMP_CWORD=$(($# - 2))
    handler=$(complete -p "$2")
    handler=${handler#*-F }
    "${handler%% *}"
    printf "%s\n" "${COMPREPLY[@]}"' complete "$RIND_STAGE/usr/share/bash-completion/completions/$1" "$@"
}

test_completion_of_the_hook() {
  local command
  same "commands" "$HOOK_COMMANDS" "$(completions rind-hook '' | grep -v ^- | sort | xargs)"
  same "options" "$(hook --help | options_in)" "$(completions rind-hook -- | sort)"
  for command in $HOOK_COMMANDS; do
    same "$command" "$(hook_options "$command")" "$(completions rind-hook "$command" -- | sort)"
  done
  mkdir -p "$RIND_TMP/completion/directory"
  : >"$RIND_TMP/completion/file"
  same "files" "$RIND_TMP/completion/directory $RIND_TMP/completion/file" \
    "$(completions rind-hook check --helper "$RIND_TMP/completion/" | sort | xargs)"
  same "directories" "$RIND_TMP/completion/directory" \
    "$(completions rind-hook check --config "$RIND_TMP/completion/" | sort | xargs)"
}

test_completion_of_the_helper() {
  local command
  same "commands" "$TOOL_COMMANDS" "$(completions rind '' | grep -v ^- | sort | xargs)"
  same "options" $'--help\n--version' "$(completions rind -- | sort)"
  for command in run explain shell why check; do
    same "$command" "$(tool_options "$command")" "$(completions rind "$command" --  | grep -vx -- -- | sort)"
  done
  same "launch" -- "$(completions rind launch '')"
  same "hooks" "$(sed -n '/kHooks = {/,/};/s/^ *"\(.*\)",$/\1/p' "$RIND_SOURCE/helper/step/call.cpp" | sort)" \
    "$(completions rind explain --hook '' | sort)"
  mkdir -p "$RIND_TMP/completion/directory"
  : >"$RIND_TMP/completion/file"
  same "sources" "$RIND_TMP/completion/directory" \
    "$(completions rind shell --source "$RIND_TMP/completion/" | sort | xargs)"
  expect_contains "commands" $'\n'"$(completions rind run -- unsha)"$'\n' $'\nunshare\n'
  same "its arguments" "$RIND_TMP/completion/file" "$(completions rind run -- cat "$RIND_TMP/completion/f")"
}

test_link_in_the_path() {
  local link=$RIND_STAGE/usr/bin/rind-hook
  [[ -L $link ]] || fail "no link"
  expect_equal "where it leads" "$RIND_STAGE/usr/libexec/oci/hooks.d/rind-hook" "$(readlink -f "$link")"
  expect_status 0 "$link" --version
}
