# The commands of README.md and docs/: each page says how each is run (pages.py), and it is run so.
#
# A page's commands are run in its order, as root, on a machine with Rind installed, in a directory of the page's own.
# What they leave in /etc, /usr and /var/log/rind is gone at the page's end.
# Runs alone: pages list the builders of the machine, and give one a name.

TEST_SECONDS=600 # a page is one function

PAGES_PY=$RIND_SOURCE/tests/docs/pages.py

setup() {
  # The name that pages give the reader's own image.
  podman_rootful tag "$IMAGE_BUILDER" localhost/builder
}

test_every_command_says_how_it_is_run() {
  expect_status 0 python3 -B "$PAGES_PY" check "$RIND_SOURCE"/{README,CHANGELOG,SECURITY}.md "$RIND_SOURCE"/docs/*.md
}

# The rules are no use when the check passes everything.
test_control_of_the_rules() {
  cp "$RIND_SOURCE/tests/docs/"*.faulty "$RIND_TMP/"
  local page
  for page in "$RIND_TMP"/*.faulty; do
    expect_status 1 python3 -B "$PAGES_PY" check "$page"
    expect_equal "faults of $(basename "$page")" 1 "$(wc -l <<<"$OUTPUT")"
  done
}

# What a machine with the package has: engines with their usual options read the usual files.
# shellcheck disable=SC2154 # _engine_run is of tests/lib/engine.sh
_host_begins() {
  local top
  installed_on_top "$RIND_STAGE"
  cat >/etc/containers/storage.conf <<CONF
[storage]
driver = "overlay"
graphroot = "$RIND_TEST_CACHE/storage"
runroot = "$_engine_run/containers"
CONF
  # As on a machine with a journal: the hook keeps no refusals, and `rind-hook status` tells of none.
  mkdir -p /run/rind-hook
  mount -t tmpfs -o ro,mode=0700 tmpfs /run/rind-hook
  # What pages write there is nobody's afterwards.
  for top in /var/lib /var/log; do
    mkdir -p "$RIND_TMP/pages$top"/{upper,work}
    mount -t overlay overlay -o "lowerdir=$top,upperdir=$RIND_TMP/pages$top/upper,workdir=$RIND_TMP/pages$top/work" "$top"
  done
}

_host_ends() {
  podman_rootful rm -f -t 0 builder >/dev/null 2>&1 || true
  umount /var/lib /var/log /run/rind-hook
  rm -rf -- "$RIND_TMP/pages"
  installed_taken_off
}

_field() { python3 -c 'import json, sys; value = json.load(sys.stdin)[sys.argv[1]]; print("" if value is None else value, end="")' "$2" <<<"$1"; }

# One block: its status, and what it printed, are as the page says.
_run_block() {
  local block=$1 expected
  _field "$block" code >"$RIND_TMP/block"
  if [[ $(_field "$block" policy) == True ]]; then
    # The block is a policy.
    cp "$RIND_TMP/block" /etc/rind/policy.json
    expect_status 0 timeout 60 /usr/libexec/oci/hooks.d/rind-hook check
    rm /etc/rind/policy.json
    return
  fi
  expect_status "$(_field "$block" status)" timeout 300 bash -euo pipefail "$RIND_TMP/block"
  _field "$block" expected >"$RIND_TMP/expected"
  [[ -s $RIND_TMP/expected ]] || return 0
  python3 -B "$PAGES_PY" compare "$RIND_TMP/expected" <<<"$OUTPUT" ||
    fail "it printed: $OUTPUT, and the page says: $(cat "$RIND_TMP/expected")"
}

_run_page() {
  local page=$1 name=$2 block blocks
  mapfile -t blocks < <(python3 -B "$PAGES_PY" blocks "$page")
  mkdir "$RIND_TMP/page"
  _host_begins
  for block in "${blocks[@]}"; do
    # shellcheck disable=SC2317
    _block() { (cd "$RIND_TMP/page" && _run_block "$block"); }
    _run_one_test "docs/commands/$name:$(_field "$block" line)" _block
  done
  _host_ends
  rm -rf -- "$RIND_TMP/page"
}

# A test for each page that has something to run.
for page in "$RIND_SOURCE"/README.md "$RIND_SOURCE"/docs/*.md; do
  [[ -n $(python3 -B "$PAGES_PY" blocks "$page") ]] || continue
  page_name=$(basename "$page" .md)
  eval "tests_${page_name//-/_}() { _run_page '$page' '$page_name'; }"
done
