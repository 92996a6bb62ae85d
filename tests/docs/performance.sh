# docs/performance.md and README.md say what bench/run measured: tables and charts are made by bench/chart of one committed file.

REFERENCE=$RIND_SOURCE/bench/results/reference.json
IMAGES=$RIND_SOURCE/docs/images
PAGES=(README.md docs/performance.md)
CHARTS=(cost cost-at-once)

# The pages and charts of FILE, in COPY.
_draw() { # FILE
  COPY=$(mktemp -d "$RIND_TMP/performance.XXXXXX")
  cp "${PAGES[@]/#/$RIND_SOURCE/}" "$COPY/"
  expect_status 0 "$RIND_SOURCE/bench/chart" "$1" "$COPY" "$COPY/README.md" "$COPY/performance.md"
}

_again="run bench/chart bench/results/reference.json docs/images ${PAGES[*]}"

test_charts_and_tables_are_those_of_the_figures() {
  local name
  _draw "$REFERENCE"
  for name in "${CHARTS[@]}"; do
    cmp "$COPY/$name.svg" "$IMAGES/$name.svg" || fail "docs/images/$name.svg is not what bench/chart draws: $_again"
  done
  for name in "${PAGES[@]}"; do
    diff -u "$RIND_SOURCE/$name" "$COPY/$(basename "$name")" || fail "$name has other figures than the file: $_again"
  done
}

# The comparison is no use when pages and charts do not depend on the figures.
test_control_other_figures_are_other_pages() {
  local name
  jq '.figures.steps.step.p10 = 98760 | .figures."at-once"."32".step.p10 = 54321 | .ratios."step/floor" = 9.87' "$REFERENCE" >"$RIND_TMP/other.json"
  _draw "$RIND_TMP/other.json"
  for name in "${CHARTS[@]}"; do
    ! cmp -s "$COPY/$name.svg" "$IMAGES/$name.svg" || fail "$name.svg is the same"
  done
  expect_contains "the chart" "$(<"$COPY/cost.svg")" "98.76 ms"
  expect_contains "README.md" "$(<"$COPY/README.md")" "9.87"
  expect_contains "the page" "$(<"$COPY/performance.md")" "| \`step/floor\` | a step, to the floor | 9.87 |"
  expect_contains "the page" "$(<"$COPY/performance.md")" "| 98.76 |"
}

test_charts_are_shown() {
  local name
  for name in "${CHARTS[@]}"; do
    expect_status 0 python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$IMAGES/$name.svg"
    expect_contains "docs/performance.md" "$(<"$RIND_SOURCE/docs/performance.md")" "(images/$name.svg)"
  done
  expect_contains README.md "$(<"$RIND_SOURCE/README.md")" "(docs/images/cost.svg)"
}

# Every key, unless the file says which peer it was made without.
test_the_figures_are_whole() {
  expect_status 0 python3 -B - "$RIND_SOURCE/bench" "$REFERENCE" <<'PY'
import json, sys
sys.path.insert(0, sys.argv[1])
import ratios
result = json.load(open(sys.argv[2]))
left_out = {line.split(":")[0] for line in result["left_out"]}
for kind, keys in (("ratios", ratios.RATIOS), ("differences", ratios.DIFFERENCES)):
    for suffix in ("", "_of_medians", "_of_cpu"):
        have = result[kind + suffix]
        lacking = [key for key in keys if key not in have and key.split("/")[-1] not in left_out]
        assert not lacking, f"{kind}{suffix} lacks {lacking}"
        assert set(have) <= set(keys), f"{kind}{suffix} has {set(have) - set(keys)}, which bench/ratios.py does not know"
# They are those of the figures beside them.
assert result["ratios"] == ratios.ratios(result["figures"], "p10")
assert result["differences_of_cpu"] == ratios.differences(result["figures"], "cpu")
machine = result["machine"]
assert all(machine[key] for key in ("linux", "processors", "distribution", "processor")) and result["date"] and result["revision"]
PY
}

# A figure is of a machine, and not of somebody's directories.
test_the_figures_have_no_path() {
  ! grep -nE '"[^"]*/(root|srv|tmp|home|work|var)/' "$REFERENCE" || fail "a path of the machine"
}

# Each key has its row, each part its name; options: unit/bench.
test_the_page_explains_what_bench_run_has() {
  local page part
  page=$(<"$RIND_SOURCE/docs/performance.md")
  for part in $("$RIND_SOURCE/bench/run" --help | sed -n 's/.*of: \([a-z -]*\) (default.*/\1/p'); do
    expect_contains "docs/performance.md" "$page" "$part"
  done
  for part in $(grep -oE 'bench/(run|compare|fromager)[^#|`]*' <<<"$page" | grep -oE -- '--[a-z]+' | sort -u); do
    cat <("$RIND_SOURCE/bench/run" --help) <("$RIND_SOURCE/bench/compare" --help) <("$RIND_SOURCE/bench/fromager" --help) |
      grep -E -- "^ +(-h, )?$part\b" >/dev/null || fail "docs/performance.md has an option that there is not: $part"
  done
}
