# hatch, pdm, poetry, flit, meson-python: front ends and back ends that come together.

TEST_SECONDS=$((2 * FRONT_ENDS_SECONDS + 60)) # two containers, each with a limit of its own

setup() { import_front_ends; }

tests_hatch() {
  front_ends_beside <<'ROWS'
row hatch-build-setuptools fe-setuptools 'hatch build "$OUT"'
row hatch-build-hatchling fe-hatchling 'hatch build "$OUT"'
row hatch-build-wheel fe-hatchling 'hatch build -t wheel; mv dist/*.whl "$OUT"'
row hatchling fe-hatchling 'python -m hatchling build -d "$OUT"'
row flit-build fe-flit 'flit build; mv dist/* "$OUT"'
row flit-core-wheel fe-flit 'python -m flit_core.wheel --outdir "$OUT"'
row meson-python-editable fe-meson '
  uv venv -q --seed V
  V/bin/python -m pip install -q meson-python meson
  V/bin/python -m pip install --no-deps --no-build-isolation -e .
  V/bin/python -c "import fe_meson; assert fe_meson.answer() == 42"
  sed -i s/42/43/ fe_meson.c
  V/bin/python -c "import fe_meson; assert fe_meson.answer() == 43"'
row meson-python-wheel fe-meson 'python -m build -w -o "$OUT"'
ROWS
}

tests_pdm_and_poetry() {
  front_ends_beside <<'ROWS'
row pdm-build fe-pdm 'pdm build -d "$OUT"'
row pdm-build-setuptools fe-setuptools 'pdm build -d "$OUT"'
row poetry-build fe-poetry 'poetry build -o "$OUT"'
row poetry-build-setuptools fe-setuptools '
  printf "%s\n" "[[tool.poetry.source]]" "name = \"tests\"" "url = \"$PIP_INDEX_URL\"" "priority = \"primary\"" >>pyproject.toml
  poetry build -o "$OUT"'
ROWS
}
