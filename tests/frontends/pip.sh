# pip, build, flit, and setup.py: front ends whose hooks go through pyproject_hooks, and those without hooks.

TEST_SECONDS=$((2 * FRONT_ENDS_SECONDS + 60)) # two containers, each with a limit of its own

setup() { import_front_ends; }

tests_pip() {
  front_ends_beside <<'ROWS'
answers='import fe_setuptools.answer as a; assert a.answer() == 42'
row pip-wheel 'pip wheel DIRECTORY' fe-setuptools 'pip wheel --no-deps -w "$OUT" .'
row pip-wheel-no-build-isolation 'pip wheel --no-build-isolation' fe-setuptools 'uv venv -q --seed V; V/bin/python -m pip install -q setuptools; V/bin/python -m pip wheel --no-deps --no-build-isolation -w "$OUT" .'
# pip fetches what the build requires, so the step has the network (seams.interpreter.installs).
WANT=install row pip-install 'pip install DIRECTORY' fe-setuptools "uv venv -q --seed V; V/bin/python -m pip install --no-deps .; V/bin/python -c '$answers'"
WANT=install row pip-install-editable 'pip install -e DIRECTORY' fe-setuptools "uv venv -q --seed V; V/bin/python -m pip install --no-deps -e .; V/bin/python -c '$answers'"
# As cibuildwheel does in its container.
row cibuildwheel 'pip wheel /project --wheel-dir=NEW-DIRECTORY, as cibuildwheel does' fe-setuptools 'python -m pip wheel /src/cibuildwheel --wheel-dir=/tmp/cibuildwheel/built_wheel --no-deps; mv /tmp/cibuildwheel/built_wheel/*.whl "$OUT"'
row pip-install-local 'pip install --no-build-isolation --no-deps DIRECTORY' fe-setuptools "uv venv -q --seed V; V/bin/python -m pip install -q setuptools; V/bin/python -m pip install --no-build-isolation --no-deps .; V/bin/python -c '$answers'"
row build 'python -m build' fe-setuptools 'python -m build -o "$OUT"'
row build-sdist 'python -m build -s' fe-setuptools 'python -m build -s -o "$OUT"'
row build-no-isolation 'python -m build -n -w' fe-setuptools 'uv venv -q V; uv pip install -q --python V build setuptools; V/bin/python -m build -n -w -o "$OUT"'
row build-installer-uv 'python -m build --installer uv -w' fe-setuptools 'python -m build --installer uv -w -o "$OUT"'
row build-into-dist 'python -m build -w, into dist' fe-setuptools 'python -m build -w; mv dist/*.whl "$OUT"'
# In an environment of the sources', as people have it, and by the front ends' own interpreter.
environment='uv venv -q V; uv pip install -q --python V setuptools wheel'
row setup-py-bdist-wheel 'setup.py bdist_wheel' fe-setuptools "$environment"'; V/bin/python setup.py -q bdist_wheel -d "$OUT"'
row setup-py-bdist-wheel-of-the-front-end 'setup.py bdist_wheel, by the interpreter of the front end' fe-setuptools 'python setup.py -q bdist_wheel --dist-dir "$OUT"'
row setup-py-sdist 'setup.py sdist' fe-setuptools "$environment"'; V/bin/python setup.py -q sdist -d "$OUT"'
row setup-py-build-ext 'setup.py build_ext --inplace' fe-setuptools "$environment; V/bin/python setup.py -q build_ext --inplace; PYTHONPATH=src V/bin/python -c '$answers'"
# These write into the environment. `develop` lets pip fetch what the build requires, and has no network.
WANT='fails when installing build dependencies' row setup-py-develop 'setup.py develop' fe-setuptools "uv venv -q --seed V; uv pip install -q --python V setuptools; V/bin/python setup.py -q develop --no-deps; V/bin/python -c '$answers'"
row setup-py-install 'setup.py install' fe-setuptools "$environment; V/bin/python setup.py -q install; V/bin/python -c '$answers'"
row setuptools-by-a-text 'python -c "... build_meta.build_wheel(...)"' fe-setuptools "$environment"'; V/bin/python -c "from setuptools import build_meta as b; print(b.build_wheel(\"$OUT\"))"'
ROWS
}
