# uv: its hooks are texts for `python -c`, with answers beside the environment.

TEST_SECONDS=$((2 * FRONT_ENDS_SECONDS + 60)) # two containers, each with a limit of its own

setup() { import_front_ends; }

tests_uv() {
  front_ends_beside <<'ROWS'
answers='import fe_setuptools.answer as a; assert a.answer() == 42'
row uv-build 'uv build -o DIRECTORY' fe-setuptools 'uv build -o "$OUT"'
row uv-build-into-dist 'uv build' fe-setuptools 'uv build; mv dist/fe_setuptools* "$OUT"'
row uv-build-wheel 'uv build --wheel' fe-setuptools 'uv build --wheel -o "$OUT"'
row uv-build-sdist 'uv build --sdist' fe-setuptools 'uv build --sdist -o "$OUT"'
row uv-build-no-isolation 'uv build --no-build-isolation' fe-setuptools 'uv venv -q V; uv pip install -q --python V setuptools; VIRTUAL_ENV=$PWD/V uv build --no-build-isolation --wheel -o "$OUT"'
row uv-build-hatchling 'uv build' fe-hatchling 'uv build -o "$OUT"'
row uv-pip-install 'uv pip install DIRECTORY' fe-setuptools "uv venv -q V; VIRTUAL_ENV=\$PWD/V uv pip install --no-deps .; V/bin/python -c '$answers'"
row uv-pip-install-editable 'uv pip install -e DIRECTORY' fe-setuptools "uv venv -q V; VIRTUAL_ENV=\$PWD/V uv pip install --no-deps -e .; V/bin/python -c '$answers'"
row uv-sync 'uv sync' fe-setuptools "uv sync; .venv/bin/python -c '$answers'"
row uv-sync-no-editable 'uv sync --no-editable' fe-setuptools "uv sync --no-editable; .venv/bin/python -c '$answers'"
row uv-run 'uv run COMMAND' fe-setuptools "uv run python -c '$answers'"
ROWS
}
