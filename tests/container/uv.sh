# The real uv: what it does with environments is the same with Rind as without.

# In the container: environments of each kind, asked by uv and by other front ends' questions; installs, and reuse.
SAME='exec 2>&1; set -u
cd /srv; uv() { /srv/uv/uv --cache-dir /srv/cache "$@"; }
uv venv -q --python /opt/app-root/bin/python3 a; uv venv -q --system-site-packages b; python3 -m venv --without-pip c; python3 -m venv --copies --without-pip d
mkdir real; uv venv -q real/e; ln -s real link
for v in a b c d link/e; do
  export VIRTUAL_ENV=/srv/$v
  uv pip install -q --no-index --find-links /srv/wheels extra; echo "$v status $?"
  uv --no-cache pip install -q --no-index --find-links /srv/wheels --reinstall extra; echo "$v again $?"
  uv pip list --format freeze 2>&1; uv pip freeze; uv pip check 2>&1 | sed "s/in [0-9.]*ms//"; uv pip show extra 2>&1
  $v/bin/python3 -c "import extra; print(extra.__file__)"
  $v/bin/python3 -c "from importlib.metadata import distributions; print(sorted(d.name for d in distributions(path=[p for p in __import__(\"sys\").path if \"/srv/\" in p])))"
  $v/bin/python3 -m sysconfig | grep -v "$$" | sort | head -40
  $v/bin/python3 -m site | sed "s,/tmp/[^ ]*,,"
  $v/bin/python3 -c "import sys, json, site, sysconfig; print(json.dumps([sys.prefix, sys.base_prefix, sys.exec_prefix, sys.executable, sys._base_executable, sys.path[1:], site.getsitepackages(), sysconfig.get_paths(), sys.flags.isolated]))"
  (cd /usr && /srv/$v/bin/python -I -c "import sys; print(sys.path, sys.executable)")
  uv python find "/srv/$v"; uv pip uninstall -q extra; echo "uninstall $?"
done
mkdir -p /srv/asked/python && echo "import json, sys, os, platform; main = lambda: print(json.dumps([sys.path[1:], sys.prefix, sys.base_prefix, sys._base_executable, sys.executable, platform.platform(), os.path.realpath(sys.executable)]))" >/srv/asked/python/get_interpreter_info.py
for v in a b c d link/e; do $v/bin/python3 -I -B -c "import sys; sys.path = [\"/srv/asked\"] + sys.path; from python.get_interpreter_info import main; main()"; done'

test_uv_is_the_same() {
  local control
  expect_status 0 uv_builder "$IMAGE_BUILDER" bash -c "$SAME"
  control=$OUTPUT
  expect_contains "installs" "$control" "extra==1.0"
  use_rind
  expect_status 0 uv_builder "$IMAGE_BUILDER" bash -c "$SAME"
  diff <(echo "$control") <(echo "$OUTPUT") || fail "uv says something else with Rind"
}

# What it takes for the answers of real uv, with all that they hold: the cache's entry is the same.
INFO='exec 2>&1; /srv/uv/uv venv -q --cache-dir /srv/c1 /srv/a && echo "import sys" >/srv/a/lib/python3.13/site-packages/x.pth
VIRTUAL_ENV=/srv/a /srv/uv/uv --cache-dir /srv/cache pip list >/dev/null && cat /srv/cache/interpreter-v*/*/*.msgpack | base64 -w 0'

test_the_answers_are_the_same() {
  # The time of the interpreter is in the entry, so it is one image, and one interpreter that nobody touches.
  expect_status 0 uv_builder "$IMAGE_BUILDER" bash -c "$INFO"
  local control=$OUTPUT
  [[ ${#control} -gt 1000 ]] || fail "no entry: $control"
  use_rind
  expect_status 0 uv_builder "$IMAGE_BUILDER" bash -c "$INFO"
  expect_equal "what uv knows of the interpreter" "$(base64 -d <<<"$control" | tr -cd '[:print:]')" "$(base64 -d <<<"$OUTPUT" | tr -cd '[:print:]')"
}
