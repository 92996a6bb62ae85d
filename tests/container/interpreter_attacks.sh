# What a hostile package or build dependency tries at the `interpreter` seam.

# after_install DEPENDENCY COMMAND: what COMMAND finds in /tmp/v after an install in which code of the environment ran.
after_install() {
  python_builder bash -c "mkdir /tmp/s && ln -s /usr/bin/python3 /tmp/s/py && cd /tmp/s && python3 -m venv /tmp/v &&
    /tmp/v/bin/python3 -m pip install -q $1 && { /tmp/v/bin/python3 -m pip install -q extra; echo status \$?; $2; }" 2>&1
}


# To the image's interpreter, for now: a later step may change /tmp/s/py.
test_an_interpreter_by_way_of_the_sources() {
  wheels
  expect_status 0 after_install detour 'readlink /tmp/v/bin/python'
  expect_contains "control" "$OUTPUT" "/tmp/s/py"
  use_rind
  expect_status 1 after_install detour 'readlink /tmp/v/bin/python'
  expect_lacks "a way that steps may write" "$OUTPUT" "/tmp/s/py"
  expect_contains "the install fails" "$OUTPUT" "status 125"
}

# An install that does nothing of the kind.
test_an_environment_left_as_it_was() {
  wheels
  use_rind
  expect_status 0 after_install telltale 'readlink /tmp/v/bin/python'
  expect_contains "the install" "$OUTPUT" "status 0"
}

# A package closes the environment in an install. The next step has a uid of its own all the same, and works.
CLOSED='echo RIND-TEST-SECRET-key >/srv/key; chmod 600 /srv/key; stat -c %a /tmp/v/lib
  /tmp/v/bin/python -c "
import extra; print(\"uid\", int(open(\"/proc/self/uid_map\").read().split()[1]) >= 60000)
try: print(open(\"/srv/key\").read())
except OSError as e: print(type(e).__name__)"'
test_an_environment_closed_in_an_install() {
  wheels
  expect_status 0 after_install closer "$CLOSED"
  expect_contains "control" "$OUTPUT" $'status 0\n700\nuid False\nRIND-TEST-SECRET-key'
  use_rind
  expect_status 0 after_install closer "$CLOSED"
  # Its own top of the environment can be written to, and is thrown away.
  expect_contains "the environment" "$OUTPUT" $'status 0\n705\n'
  expect_contains "a step" "$OUTPUT" $'uid True\nPermissionError'
}

LEGACY='mkdir -p /tmp/old && cd /tmp/old && cat >setup.py <<X
import os, sys
sys.stderr.write("LEGACY uid=%d token=%s\n" % (int(open("/proc/self/uid_map").read().split()[1]), "BUILDER_TOKEN" in os.environ))
from setuptools import setup
setup(name="old", version="1.0")
X
cd /tmp'

test_setup_py_by_pip() {
  wheels
  expect_status 0 python_builder bash -c "$LEGACY; python3 -m pip -v wheel --no-use-pep517 --no-build-isolation --no-deps -w /tmp/out /tmp/old 2>&1"
  expect_contains "control" "$OUTPUT" "LEGACY uid=0 token=True"
  use_rind
  expect_status 0 python_builder bash -c "$LEGACY; python3 -m pip -v wheel --no-use-pep517 --no-build-isolation --no-deps -w /tmp/out /tmp/old 2>&1; ls /tmp/out"
  expect_lacks "outside of a step" "$OUTPUT" "LEGACY uid=0"
  expect_contains "a step" "$OUTPUT" "LEGACY uid=6"
  expect_contains "its wheel" "$OUTPUT" "old-1.0-py3-none-any.whl"
  expect_status 0 python_builder bash -c "$LEGACY; python3 -m pip -v wheel --use-pep517 --no-deps -w /tmp/out /tmp/old 2>&1"
  expect_contains "a step" "$OUTPUT" "LEGACY uid=6"
}

test_setup_py_by_default() {
  wheels
  use_rind
  python_builder bash -c "$LEGACY; python3 -m pip --version; python3 -m pip -v wheel --no-deps -w /tmp/out /tmp/old 2>&1" >"$RIND_TMP/out" 2>&1 || true
  expect_lacks "outside of a step" "$(cat "$RIND_TMP/out")" "LEGACY uid=0"
  expect_contains "a step" "$(cat "$RIND_TMP/out")" "LEGACY uid=6"
}

ZIPPED='cp -r /srv/packages/hello-ext /tmp/p && cat >>/tmp/p/setup.py <<X
import os, sys
sys.stderr.write("ZIPPED uid=%d token=%s\n" % (int(open("/proc/self/uid_map").read().split()[1]), "BUILDER_TOKEN" in os.environ))
X
mkdir /tmp/z && python3 -m zipfile -c /tmp/z/pip.zip /usr/lib/python3/dist-packages/pip &&
  PYTHONPATH=/tmp/z/pip.zip python3 -m pip -v wheel --no-build-isolation --no-deps -w /tmp/out /tmp/p 2>&1'

# pip from an archive (pip.pyz) unpacks the hooks' script under a name of its own.
test_pip_from_an_archive() {
  wheels
  expect_status 0 python_builder bash -c "$ZIPPED"
  expect_contains "control" "$OUTPUT" "ZIPPED uid=0 token=True"
  use_rind
  expect_status 0 python_builder bash -c "$ZIPPED"
  # The script is 0600: the step gets a copy.
  expect_contains "a step" "$OUTPUT" "ZIPPED uid=6"
  expect_lacks "a step" "$OUTPUT" "token=True"
  expect_lacks "outside of a step" "$OUTPUT" "token=True"
}

# Secrets where no rule but HOME's hides them; and an environment, sources and a control directory of a front end's.
PLACE='echo RIND-TEST-SECRET-note >/root/note && chmod 600 /root/note && mkdir -p /tmp/s/dist /tmp/ctl /tmp/out &&
  ln -s /root/note /tmp/s/dist/x-1.0-py3-none-any.whl && ln -s /root /tmp/s/home && touch /tmp/s/pyproject.toml &&
  python3 -m venv --without-pip /tmp/v && cd /tmp/s
  show="import sys; print(\"SAYS\", open(sys.argv[1]).read())"
  HOOKS=/usr/lib/python3/dist-packages/pyproject_hooks/_in_process/_in_process.py'

# expect_closed COMMAND: it shows the secret, unless there is Rind.
expect_closed() {
  wheels
  python_builder bash -c "$PLACE; $1" >"$RIND_TMP/control" 2>&1 || true
  expect_contains "control" "$(cat "$RIND_TMP/control")" "RIND-TEST-SECRET-note"
  use_rind
  python_builder bash -c "$PLACE; $1" >"$RIND_TMP/output" 2>&1 || true
  expect_lacks "the secret" "$(cat "$RIND_TMP/output")" "RIND-TEST-SECRET-note"
  expect_contains "it was tried" "$(cat "$RIND_TMP/output")" "$2"
}

# What a front end names may have been left by an earlier step.
test_a_named_file_is_a_link() {
  expect_closed '/tmp/v/bin/python -c "$show" /tmp/s/dist/x-1.0-py3-none-any.whl' "Error"
}

test_a_named_file_by_way_of_a_link() {
  expect_closed '/tmp/v/bin/python -c "$show" /tmp/s/home/note' "Error"
}

test_a_named_directory_is_a_link() {
  expect_closed '/tmp/v/bin/python -c "import sys; print(open(sys.argv[1] + \"/note\").read())" /tmp/s/home' "Error"
}

test_a_link_in_pips_build_environment() {
  expect_closed 'mkdir -p /tmp/pip-build-env-x/site && ln -s /root /tmp/pip-build-env-x/overlay &&
    PYTHONPATH=/tmp/pip-build-env-x/site /tmp/v/bin/python -c "print(open(\"/tmp/pip-build-env-x/overlay/note\").read())"' "Error"
}

test_pyvenv_cfg_names_a_home() {
  expect_closed 'printf "home = /root\nexecutable = /root/note\n" >/tmp/v/pyvenv.cfg
    PYTHONHOME=/usr /tmp/v/bin/python -c "print(open(\"/root/note\").read())"' "Error"
}

# hook KWARGS [COMMAND]: a backend in the sources that shows the secret is called after COMMAND.
HOOK='hook() { mkdir -p backend
  printf "import os, sys\ndef build_wheel(*a, **k):\n  print(\"NOTE\", [open(p).read() for p in (\"/root/note\",) if os.access(p, 4)], a)\n  return \"x\"\n" >backend/b.py
  echo "{\"kwargs\": $1}" >/tmp/ctl/input.json; eval "${2:-}"
  PEP517_BUILD_BACKEND=b _PYPROJECT_HOOKS_BUILD_BACKEND=b _PYPROJECT_HOOKS_BACKEND_PATH=$PWD/backend python3 "$HOOKS" build_wheel /tmp/ctl; }
'
test_the_output_is_home() {
  expect_closed "$HOOK"'hook "{\"wheel_directory\": \"/root\", \"config_settings\": null, \"metadata_directory\": null}"' "is hidden by views."
}

test_the_output_is_a_link_to_home() {
  expect_closed "$HOOK"'hook "{\"wheel_directory\": \"/tmp/s/home\", \"config_settings\": null, \"metadata_directory\": null}"' "is not a directory"
}

test_home_is_a_project() {
  expect_closed 'cd /root; touch pyproject.toml; '"$HOOK"'hook "{\"wheel_directory\": \"/tmp/out\", \"config_settings\": null, \"metadata_directory\": null}"' "rind: "
}

test_the_metadata_is_home() {
  expect_closed "$HOOK"'hook "{\"wheel_directory\": \"/tmp/out\", \"config_settings\": null, \"metadata_directory\": \"/root\"}"' "is hidden by views."
}

test_the_input_is_a_link() {
  expect_closed "$HOOK"'hook "{\"wheel_directory\": \"/tmp/out\", \"config_settings\": null, \"metadata_directory\": null}" "mv /tmp/ctl/input.json /tmp/in; ln -s /tmp/in /tmp/ctl/input.json"' "rind: "
}

# Of HOME as a whole not even the parts are shown.
test_home_is_named() {
  expect_closed '/tmp/v/bin/python -c "import sys; print(open(sys.argv[1] + \"/note\").read())" /root' "Error"
}
