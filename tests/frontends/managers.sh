# hatch, pdm, poetry, flit, meson-python: front ends and back ends that come together.

TEST_SECONDS=$((2 * FRONT_ENDS_SECONDS + 60)) # two containers, each with a limit of its own

setup() { import_front_ends; }

tests_managers() {
  front_ends_beside <<'ROWS'
row hatch-build-setuptools 'hatch build' fe-setuptools 'hatch build "$OUT"'
row hatch-build-hatchling 'hatch build' fe-hatchling 'hatch build "$OUT"'
row hatch-build-wheel 'hatch build -t wheel' fe-hatchling 'hatch build -t wheel; mv dist/*.whl "$OUT"'
row hatchling 'python -m hatchling build' fe-hatchling 'python -m hatchling build -d "$OUT"'
WANT=open row flit-build 'flit build' fe-flit 'flit build; mv dist/* "$OUT"'
row flit-core-wheel 'python -m flit_core.wheel' fe-flit 'python -m flit_core.wheel --outdir "$OUT"'
row meson-python-editable 'pip install --no-build-isolation -e, and a rebuild at import' fe-meson '
  uv venv -q --seed V
  V/bin/python -m pip install -q meson-python meson
  V/bin/python -m pip install --no-deps --no-build-isolation -e .
  V/bin/python -c "import fe_meson; assert fe_meson.answer() == 42"
  sed -i s/42/43/ fe_meson.c
  V/bin/python -c "import fe_meson; assert fe_meson.answer() == 43"'
row meson-python-wheel 'python -m build -w' fe-meson 'python -m build -w -o "$OUT"'
row pdm-build 'pdm build' fe-pdm 'pdm build -d "$OUT"'
row pdm-build-setuptools 'pdm build' fe-setuptools 'pdm build -d "$OUT"'
row poetry-build 'poetry build' fe-poetry 'poetry build -o "$OUT"'
row poetry-build-setuptools 'poetry build' fe-setuptools '
  printf "%s\n" "[[tool.poetry.source]]" "name = \"tests\"" "url = \"$PIP_INDEX_URL\"" "priority = \"primary\"" >>pyproject.toml
  poetry build -o "$OUT"'
ROWS
}
