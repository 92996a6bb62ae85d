# Words of Rind's own are few in README.md, and explained by docs/glossary.md (words.py).

WORDS_PY=$RIND_SOURCE/tests/docs/words.py

_pages() { find "$RIND_SOURCE/docs" -maxdepth 1 -name '*.md' ! -name glossary.md; }

test_words_are_explained() {
  local pages
  mapfile -t pages < <(_pages)
  expect_status 0 python3 -B "$WORDS_PY" "$RIND_SOURCE/README.md" "$RIND_SOURCE/docs/glossary.md" "${pages[@]}"
}

# Each of these has one fault.
test_control_of_the_words() {
  local readme=$RIND_TMP/README.md glossary=$RIND_SOURCE/docs/glossary.md page=$RIND_TMP/page.md text
  local ours="Five words are ours. A **step** is one."$'\n\n'
  echo "See [the glossary](glossary.md)." >"$page"
  for text in "${ours}A seam is another." "${ours}\`\`\`mermaid"$'\n'"the kit"$'\n'"\`\`\`" \
    "Five words are ours. A **gizmo** is one." \
    "Five words are ours. **builder**, **hook**, **helper**, **step**, **policy**, **record**."; do
    printf '%s\n\n' "$text" >"$readme"
    expect_status 1 python3 -B "$WORDS_PY" "$readme" "$glossary" "$page"
    expect_equal "faults of: $text" 1 "$(wc -l <<<"$OUTPUT")"
  done
  printf '%s' "$ours<!-- a seam --> [it](docs/record.md)" >"$readme"
  expect_status 0 python3 -B "$WORDS_PY" "$readme" "$glossary" "$page"
  echo "No link." >"$page"
  expect_status 1 python3 -B "$WORDS_PY" "$readme" "$glossary" "$page"
}
