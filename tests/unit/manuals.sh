# Manuals say what the programs' --help says, no more and no less.
# shellcheck source=tests/unit/help.inc
source "$RIND_SOURCE/tests/unit/help.inc"

MANUALS=(man8/rind-hook.8 man1/rind.1 man5/rind-policy.5)
manual() { printf '%s/usr/share/man/%s' "$RIND_STAGE" "$1"; }

test_manuals_are_without_warnings() {
  local page
  for page in "${MANUALS[@]}"; do
    [[ -s $(manual "$page") ]] || fail "$page is not installed"
    mandoc -Tlint -W warning "$(manual "$page")"
  done
  # Control: it would say so.
  printf '.TH a 1\n.SH NAME\n.XY\n' >"$RIND_TMP/wrong.1"
  if mandoc -Tlint -W warning "$RIND_TMP/wrong.1"; then fail "mandoc takes anything"; fi
}

test_manuals_are_found_by_whatis() {
  local page name
  for page in "${MANUALS[@]}"; do
    name=$(basename "$page")
    expect_contains "$page" "$(lexgrog "$(manual "$page")")" "\"${name%.*} - "
  done
}

sections() { sed -n 's/^\.SH \(.*\)$/\1/p' "$(manual "$1")" | tr -d '"'; }

test_manuals_have_the_usual_sections() {
  local page section
  for page in "${MANUALS[@]}"; do
    for section in NAME SYNOPSIS DESCRIPTION FILES "SEE ALSO"; do
      expect_contains "$page" $'\n'"$(sections "$page")"$'\n' $'\n'"$section"$'\n'
    done
  done
  expect_contains "rind-policy.5" "$(sections man5/rind-policy.5)" EXAMPLES
  for page in man8/rind-hook.8 man1/rind.1; do
    for section in COMMANDS OPTIONS "EXIT STATUS" EXAMPLES; do
      expect_contains "$page" $'\n'"$(sections "$page")"$'\n' $'\n'"$section"$'\n'
    done
  done
}

# The page on the policy is the manual, all of it: each of its headings, and each key of its tables.
test_policy_manual_is_the_page() {
  local text heading key found=0
  text=$(mandoc -Tascii -O width=1000 "$(manual man5/rind-policy.5)" | sed 's/.\x08//g' | tr -s ' ')
  while read -r heading; do
    expect_contains "headings" "$text" "$heading"
    found=$((found + 1))
  done < <(sed -n '/^##/s/^##* //p' "$RIND_SOURCE/docs/policy.md" | tr -d '`' | tr -s ' ')
  while read -r key; do
    expect_contains "keys" "$text" "$key"
    found=$((found + 1))
  done < <(sed -n 's/^| `\([a-z._]*\)` |.*/\1/p' "$RIND_SOURCE/docs/policy.md")
  ((found > 60)) || fail "only $found headings and keys were looked for"
  expect_lacks "the manual" "$text" "](" # a link that was left
  expect_lacks "the manual" "$text" "| "
}

# The first page of the policy's manual has every key, and policies that can be used.
test_policy_manual_begins_with_keys_and_examples() {
  local source=$RIND_SOURCE/packaging/man/rind-policy.5.md first key
  first=$(sed '/^# DESCRIPTION/,$d' "$source")
  while read -r key; do
    grep -qE "^(\*\*[a-z_]+\*\*, )*\*\*$key\*\*(, |$)" <<<"$first" || fail "no key $key before the description"
  done < <(python3 -c 'import json, sys; print("\n".join(json.load(open(sys.argv[1]))))' "$RIND_SOURCE/policy/policy.json")
  local examples=$RIND_TMP/examples file
  mkdir "$examples"
  python3 - "$source" "$examples" <<'PY'
import pathlib, re, sys
text = pathlib.Path(sys.argv[1]).read_text().split("# EXAMPLES")[1]
blocks = [block for block in re.findall(r"(?:^    .*\n)+", text, re.M) if block.lstrip().startswith("{")]
for number, block in enumerate(blocks):
    directory = pathlib.Path(sys.argv[2], str(number))
    directory.mkdir()
    (directory / "policy.json").write_text(block)
PY
  for file in "$examples"/*; do
    expect_contains "example $(cat "$file"/policy.json)" "$(hook check --config "$file" --defaults "$RIND_SOURCE/policy/policy.json" || true)" "ok       install.policy"
  done
  [[ -d $examples/4 ]] || fail "fewer than five policies were found"
}

# rind-hook(8) has an index of the annotations: those that the page on the policy has.
test_annotations_are_in_the_manual() {
  same "annotations" "$(sed -nE 's/^\| `(io\.rind\.[a-z.]*)`.*/\1/p' "$RIND_SOURCE/docs/policy.md" | sort | xargs)" \
    "$(sed -nE 's/^\*\*(io\.rind\.[a-z.]*)=.*/\1/p' "$RIND_SOURCE/packaging/man/rind-hook.8.md" | sort | xargs)"
}

# What a manual's synopsis says: lines of it that begin with the command.
synopsis() { # SOURCE PROGRAM COMMAND
  local lines
  lines=$(grep -E "^\*\*$2 $3\*\*" "$RIND_SOURCE/packaging/man/$1")
  [[ $lines != *VIEWS* ]] || lines+=$(sed -n '/^\*VIEWS\*,/,/^# /p' "$RIND_SOURCE/packaging/man/$1")
  tr -d '*' <<<"$lines" | options_in
}
commands_of() { sed -n "s,^\*\*$2 \([a-z]*\)\*\*.*,\1,p" "$RIND_SOURCE/packaging/man/$1" | sort -u | xargs; }
defined() { sed -n '/^# OPTIONS/,/^# EXIT/{/^\*\*-/p}' "$RIND_SOURCE/packaging/man/$1" | options_in; }

test_manual_of_the_hook() {
  local command
  same "commands" "$HOOK_COMMANDS" "$(hook --help | sed -n '/^Subcommands:/,$s/^  \([a-z]*\) .*/\1/p' | sort | xargs)"
  same "the synopsis" "$HOOK_COMMANDS" "$(commands_of rind-hook.8.md rind-hook)"
  for command in $HOOK_COMMANDS; do
    same "$command" "$(hook_options "$command" | grep -vx -- --help)" "$(synopsis rind-hook.8.md rind-hook "$command")"
  done
  same "options" "$({ hook --help; for command in $HOOK_COMMANDS; do hook "$command" --help; done; } | options_in)" \
    "$(defined rind-hook.8.md)"
}

test_manual_of_the_helper() {
  local command
  same "commands" "$TOOL_COMMANDS" "$(tool | sed -n 's/^\(usage:\|      \) rind \([a-z][a-z]*\) .*/\2/p' | sort -u | xargs)"
  same "the synopsis" "$TOOL_COMMANDS" "$(commands_of rind.1.md /dev/rind/rind)"
  for command in run explain shell check; do
    same "$command" "$(tool_options "$command")" "$(synopsis rind.1.md /dev/rind/rind "$command")"
  done
  expect_equal "launch" "" "$(tool_options launch)$(synopsis rind.1.md /dev/rind/rind launch)"
  same "options" "$(tool | options_in)" "$(defined rind.1.md)"
}

# Without the converter the build says what to do, and goes without when it is told so.
test_build_without_the_converter() {
  local build=$RIND_TMP/no-manuals
  expect_status 1 cmake -S "$RIND_SOURCE" -B "$build" -G Ninja -DGO_MD2MAN=0
  expect_contains "the remedy" "$OUTPUT" "-DRIND_MANUALS=OFF"
  expect_status 0 cmake -S "$RIND_SOURCE" -B "$build" -G Ninja -DGO_MD2MAN=0 -DRIND_MANUALS=OFF
}
