# `rind-hook report`, looked at in a browser: the page of real steps, and what is in it. The page's picture in docs/images is
# of that run; with --update-docs it is made anew.

TEST_SECONDS=300 # a run of some ten builds

HOOK=$RIND_TMP/shared/stage/usr/libexec/oci/hooks.d/rind-hook
PACKAGES=(big-matrix many-objects slow-parser code-generator phones-home old-fortran is-killed hostile-names
  small-tool plain-text date-words byte-tables)
IMAGE_OF_REPORT=$RIND_SOURCE/docs/images/report.png

# Builds them in one container, three at a time; the records of their steps are in RECORDS.
setup() {
  local name
  command -v chromium >/dev/null ||
    die "there is no chromium, in which this suite looks at the page: apt-get install chromium"
  RECORDS=$RIND_TMP/run
  mkdir -p "$RECORDS" "$RIND_TMP/sources"
  chmod 0755 "$RIND_TMP/sources"
  for name in "${PACKAGES[@]}"; do
    mkdir -p "$RIND_TMP/sources/$name/backend"
    cp "$RIND_SOURCE/tests/docs/report/backend.py" "$RIND_TMP/sources/$name/backend/made_up.py"
    printf '%s\n' '[build-system]' 'requires = []' 'build-backend = "made_up"' 'backend-path = ["backend"]' '[project]' \
      "name = \"$name\"" 'version = "1.0"' >"$RIND_TMP/sources/$name/pyproject.toml"
  done
  chmod -R go+rX "$RIND_TMP/sources"
  chmod 0700 "$RECORDS"
  use_rind "{\"record\": {\"place\": \"host\", \"directory\": \"$RECORDS\"}}"
  expect_status 0 builder -v "$RIND_TMP/sources:/srv/sources:ro" "$IMAGE_BUILDER" bash -c '
    mkdir /tmp/run ~/fortran && cd /tmp/run
    cp /bin/true ~/fortran/gfortran
    printf "%s\n" "$@" | xargs -P 3 -I NAME sh -c "
      fromager --network-isolation --work-dir NAME/work --wheels-repo NAME/wheels --sdists-repo NAME/sdists \
        build --sdist --metadata /srv/sources/NAME || true"' \
    builds "${PACKAGES[@]}"
}

# rind-hook with the policy of the run.
hook() {
  "$HOOK" "$1" --defaults "$RIND_TMP/shared/stage/usr/share/rind/policy.json" --config "${RIND_HOOKS%/hooks.d}/etc" "${@:2}"
}

# Headless, in a network namespace without a way out, and in a pid namespace: none of its processes is left. The pages are the
# tests' own. Root's browser has no sandbox of its own. A profile for each: an instance that still ends holds its own.
browser() {
  local profile
  profile=$(mktemp -d "$RIND_TMP/browser.XXXXXX")
  # shellcheck disable=SC2016 # the shell in the namespace is its process 1
  timeout -k 5 100 unshare --net --pid --fork --kill-child --mount-proc sh -c '"$@"; exit $?' browser \
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-color-profile=srgb \
    --user-data-dir="$profile" --virtual-time-budget=3000 "$@" 2>"$profile.log" || fail "the browser: $(tail -n 5 "$profile.log")"
  rm -rf -- "$profile"
}

# What the browser made of FILE (and #FRAGMENT): JSON in DOM.
look() {
  DOM=$(browser "${@:2}" --dump-dom "file://$1" | python3 -B "$RIND_SOURCE/tests/docs/report/dom.py")
}
dom() { jq -r "$1" <<<"$DOM"; }

# The page of the run, once.
page() {
  PAGE=$RIND_TMP/report.html
  [[ -s $PAGE ]] || hook report -o "$PAGE"
}

test_page_of_a_run() {
  page
  look "$PAGE"
  local steps
  steps=$(cat "$RECORDS"/*.jsonl | wc -l)
  ((steps > 30)) || fail "only $steps steps were recorded"
  expect_equal "steps" "$steps" "$(dom .steps)"
  expect_equal "what is shown" "true $steps steps" "$(dom '"\(.script_ran) \(.shown)"')"
  expect_contains "the title" "$(dom .title)" "$steps steps, 3 failed"
  expect_equal "what failed" "is-killed-1.0 old-fortran-1.0 phones-home-1.0" "$(dom '.failed | sort | join(" ")')"
  expect_equal "the first packages" "is-killed-1.0 old-fortran-1.0 phones-home-1.0" \
    "$(dom '.visible_packages[:3] | sort | join(" ")')"
  expect_equal "one script, and nothing that is loaded" "1 0 []" "$(dom '"\(.scripts) \(.images) \(.loads)"')"
  expect_contains "how one ended" "$(dom .text)" "signal 9"
  expect_contains "what one was denied" "$(dom .text)" "fortran/gfortran: the container has it, and it is hidden"
  expect_contains "what one wrote" "$(dom .text)" "96 MiB"
  expect_contains "an output" "$(dom .text)" "slow_parser-1.0-py3-none-any.whl"
  expect_contains "its hash" "$(dom .text)" \
    "sha256:$(hook log --package slow-parser --json | jq -r 'select(.hook == "build_wheel") | .outputs[0].sha256')"
  expect_contains "the network" "$(dom .text)" "refused on the network"
  expect_lacks "the page" "$(<"$PAGE")" "://"
}

# The largest of each is there to see: the table has it.
test_log_of_a_run() {
  expect_status 0 hook log
  expect_equal "lines" "$(($(cat "$RECORDS"/*.jsonl | wc -l) + 1))" "$(grep -c . <<<"$OUTPUT")"
  expect_lacks "what is no name" "$OUTPUT" $'\e'
  expect_status 0 hook log --failed
  expect_equal "what failed" "is-killed-1.0 old-fortran-1.0 phones-home-1.0" \
    "$(grep -oE '[a-z-]+-1\.0' <<<"$OUTPUT" | sort -u | xargs)"
  expect_status 0 hook log --package big-matrix --json
  jq -se 'map(select(.hook == "build_wheel"))[0].usage.peak_memory > 400000000' <<<"$OUTPUT" ||
    fail "the memory of big-matrix: $OUTPUT"
  expect_status 0 hook log --since 2w --package nobody
  expect_contains "of nobody" "$OUTPUT" "no step that was asked for in"
  expect_status 0 hook log --provenance --package byte-tables
  expect_equal "statements" "byte_tables-1.0-py3-none-any.whl byte_tables-1.0.tar.gz" \
    "$(jq -r .subject[0].name <<<"$OUTPUT" | sort | xargs)"
  expect_status 0 python3 -B "$RIND_SOURCE/tests/docs/report/provenance.py" <<<"$OUTPUT"
}

test_filters() {
  page
  look "$PAGE#package=slow"
  expect_equal "packages" "slow-parser-1.0" "$(dom '.visible_packages | unique | join(" ")')"
  expect_equal "packages of steps" "slow-parser-1.0" "$(dom '.visible_steps | unique | join(" ")')"
  expect_contains "what is said" "$(dom .shown)" " of "
  look "$PAGE#failed"
  expect_equal "steps" 3 "$(dom '.visible_steps | length')"
}

# Without its script: the same rows, all of them.
test_without_scripts() {
  page
  sed '/^<script>$/,/^<\/script>$/d' "$PAGE" >"$RIND_TMP/plain.html"
  look "$RIND_TMP/plain.html"
  expect_equal "scripts" 0 "$(dom .scripts)"
  expect_equal "whether the script ran" false "$(dom .script_ran)"
  expect_equal "steps" "$(cat "$RECORDS"/*.jsonl | wc -l)" "$(dom '.visible_steps | length')"
  expect_equal "failed" 3 "$(dom '.failed | length')"
}

EVIL='<img src=x onerror=document.title="OWNED">'
ESCAPED='&lt;img src=x onerror=document.title=&quot;OWNED&quot;&gt;'

# A package's file name, and what a container's user writes into its own record, stay text.
test_names_run_nothing() {
  page
  local raw=$RIND_TMP/raw.html open=$RIND_TMP/open.html
  expect_contains "the record of a real step" "$(cat "$RECORDS"/*.jsonl)" 'onerror=document.title='
  look "$PAGE"
  expect_lacks "the title" "$(dom .title)" OWNED
  expect_equal "what is markup" "1 0 []" "$(dom '"\(.scripts) \(.images) \(.handlers)"')"
  expect_contains "the name" "$(dom .text)" "$EVIL"
  expect_lacks "the name that turns the text" "$(dom .text)" $'\u202e'
  # Control: the same page with that name as it is, without the policy of the page, runs it.
  python3 -c 'import sys
text = open(sys.argv[1]).read()
assert sys.argv[2] in text
open(sys.argv[4], "w").write(text.replace(sys.argv[2], sys.argv[3]))' "$PAGE" "$ESCAPED" "$EVIL" "$raw"
  sed '/Content-Security-Policy/d' "$raw" >"$open"
  look "$open"
  expect_equal "control: the title" OWNED "$(dom .title)"
  # And where the name is not escaped, the page's policy still stops it.
  look "$raw"
  expect_lacks "the title, by the policy alone" "$(dom .title)" OWNED
  expect_equal "the image is there" true "$(dom '.images > 0')"
}

# A line that the user of a container wrote: every text of it is hostile, and its numbers are.
test_hostile_lines() {
  local file=$RIND_TMP/hostile.jsonl
  python3 -c 'import json, sys
evil = "</script><script>document.title=\"OWNED\"</script>" + sys.argv[1] + "\u202e\u0000\u001b[2J"
line = json.loads(open(sys.argv[2]).readline())
def spoil(value, key=""):
    if isinstance(value, dict):
        return {k: spoil(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [evil, evil] if not value or isinstance(value[0], str) else [spoil(v) for v in value]
    return evil if isinstance(value, str) and key not in ("start", "end") else value
line["outputs"] = [{"name": "n", "path": "/p", "size": 1, "sha256": "s"}]
print(json.dumps(spoil(line)))
line["usage"] = {"peak_memory": 1e999, "written": -1, "user_time": 1e308, "system_time": {}}
line["duration"], line["outcome"]["exit_status"], line["start"] = 1e308, 10**30, "0000-01-01T00:00:00.000Z"
print(json.dumps(line).replace("Infinity", "1e400"))
print(json.dumps(line).replace("Infinity", "7"))' "$EVIL" "$(ls "$RECORDS"/*.jsonl)" >"$file"
  printf '%s\n' '<script>document.title="OWNED"</script>' >>"$file"
  expect_status 0 hook report -o "$RIND_TMP/hostile.html" "$file"
  expect_contains "what was left out" "$OUTPUT" "no record"
  look "$RIND_TMP/hostile.html"
  expect_lacks "the title" "$(dom .title)" OWNED
  expect_equal "what is markup" "1 0 []" "$(dom '"\(.scripts) \(.images) \(.handlers)"')"
  expect_equal "whether the script ran" true "$(dom .script_ran)"
  expect_status 0 hook log "$file"
  expect_lacks "the table" "$OUTPUT" $'\e'
}

test_ten_thousand_steps() {
  local file=$RIND_TMP/many.jsonl
  python3 -c 'import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
for number in range(10000):
    line = lines[number % len(lines)]
    print(json.dumps({**line, "package": f"package-{number // 8}-1.0"}))' "$(ls "$RECORDS"/*.jsonl)" >"$file"
  expect_status 0 hook report -o "$RIND_TMP/many.html" "$file"
  look "$RIND_TMP/many.html#package=package-77-"
  expect_equal "what is shown" "8 of 10000 steps" "$(dom .shown)"
}

# What docs/record.md shows is a picture of such a page.
test_picture() {
  page
  local image=$RIND_TMP/report.png size
  browser --window-size=1180,1150 --screenshot="$image" "file://$PAGE"
  [[ -z ${RIND_UPDATE_DOCS:-} ]] || cp "$image" "$IMAGE_OF_REPORT"
  for image in "$image" "$IMAGE_OF_REPORT"; do
    expect_equal "the format of $image" PNG "$(head -c 4 "$image" | tail -c 3)"
    size=$(stat -c %s "$image")
    # A blank page has 6 KB.
    ((size > 40000 && size < 200000)) || fail "$image has $size bytes"
  done
  expect_contains "docs/record.md" "$(<"$RIND_SOURCE/docs/record.md")" "(images/report.png)"
}
