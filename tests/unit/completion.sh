# Completion in each shell offers what the programs' --help says, no more and no less.
# shellcheck source=tests/unit/help.inc
source "$RIND_SOURCE/tests/unit/help.inc"

# What a shell offers for a line; its last word is the one that is being typed.
completions() { "completions_of_$SHELL_NAME" "$@"; }

completions_of_bash() {
  bash -c '
    source "$1"
    COMP_WORDS=("${@:2}")
    COMP_CWORD=$(($# - 2))
    handler=$(complete -p "$2")
    handler=${handler#*-F }
    "${handler%% *}"
    printf "%s\n" "${COMPREPLY[@]}"' complete "$RIND_STAGE/usr/share/bash-completion/completions/$1" "$@"
}

completions_of_zsh() {
  local scratch
  scratch=$(mktemp -d "$RIND_TMP/zsh.XXXXXX")
  zsh -f "$RIND_SOURCE/tests/unit/zsh_completions.zsh" "$RIND_STAGE/usr/share/zsh/site-functions" "$scratch" "$@" | grep -v '^-.$'
}

# fish looks for completions of programs that are there. What it offers are whole words and descriptions.
completions_of_fish() {
  mkdir -p "$RIND_TMP/bin"
  ln -sf "$RIND_STAGE/usr/libexec/oci/hooks.d/rind-hook" "$RIND_STAGE/usr/libexec/rind/rind" "$RIND_TMP/bin/"
  HOME=$RIND_TMP PATH=$RIND_TMP/bin:$PATH fish --no-config -c '
    set fish_complete_path $argv[1] $fish_complete_path
    complete -C "$argv[2]" | string replace -r "\t.*" "" | string match -rv "^-.\$"' \
    "$RIND_STAGE/usr/share/fish/vendor_completions.d" "$*"
}

# in_each_shell NAME defines test_NAME_bash and so on, which call NAME.
in_each_shell() {
  local shell
  for shell in bash zsh fish; do eval "test_$1_$shell() { SHELL_NAME=$shell; $1; }"; done
}

# Options as they are offered after a dash; without it, what is no option.
options_offered() { completions "$@" -- | grep '^-' | sort | xargs; }
words_offered() { completions "$@" '' | grep -v '^-' | sort | xargs; }
# Names in the directory that has a file and a directory. bash and fish offer paths, zsh what is below them.
names_offered() { completions "$@" "$RIND_TMP/completion/" | sed 's,/$,,; s,.*/,,' | sort | xargs; }

completion_of_the_hook() {
  local command
  same "commands" "$HOOK_COMMANDS" "$(words_offered rind-hook)"
  same "options" "$(hook --help | options_in | xargs)" "$(options_offered rind-hook)"
  for command in $HOOK_COMMANDS; do
    same "$command" "$(hook_options "$command" | xargs)" "$(options_offered rind-hook "$command")"
  done
  mkdir -p "$RIND_TMP/completion/directory"
  : >"$RIND_TMP/completion/file"
  same "files" "directory file" "$(names_offered rind-hook check --helper)"
  same "directories" directory "$(names_offered rind-hook check --config)"
}
in_each_shell completion_of_the_hook

completion_of_the_helper() {
  local command
  same "commands" "$TOOL_COMMANDS" "$(words_offered rind)"
  same "options" "--help --version" "$(options_offered rind)"
  for command in run explain shell why check; do
    same "$command" "$(tool_options "$command" | xargs)" "$(completions rind "$command" -- | grep -x -- '--..*' | sort | xargs)"
  done
  same "hooks" "$(sed -n '/kHooks = {/,/};/s/^ *"\(.*\)",$/\1/p' "$RIND_SOURCE/helper/step/hooks.h" | sort | xargs)" \
    "$(words_offered rind explain --hook)"
  mkdir -p "$RIND_TMP/completion/directory"
  : >"$RIND_TMP/completion/file"
  same "sources" directory "$(names_offered rind shell --source)"
  expect_contains "commands" $'\n'"$(completions rind run -- unsha)"$'\n' $'\nunshare\n'
  same "its arguments" "directory file" "$(names_offered rind run -- cat)"
}
in_each_shell completion_of_the_helper

test_link_in_the_path() {
  local link=$RIND_STAGE/usr/bin/rind-hook
  [[ -L $link ]] || fail "no link"
  expect_equal "where it leads" "$RIND_STAGE/usr/libexec/oci/hooks.d/rind-hook" "$(readlink -f "$link")"
  expect_status 0 "$link" --version
}
