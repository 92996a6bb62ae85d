# The `interpreter` seam: front ends that know no isolation, and .pth files that installs run.

POLICY_INTERPRETER='{"seams": {"interpreter": {"use": "always"}}}'

# What a front end leaves: its wheel, and (of the telltale) whether /tmp was the container's.
FRONT_END_PIP='cp -r /srv/packages/two-installs /tmp/ && echo mine >/tmp/other &&
  python3 -m pip -v wheel --no-deps -w /tmp/out /tmp/two-installs 2>&1 && ls /tmp/out && cat /tmp/telltale'
FRONT_END_BUILD='cp -r /srv/packages/two-installs /tmp/ && echo mine >/tmp/other &&
  python3 -m build -v --wheel -o /tmp/out /tmp/two-installs 2>&1 && ls /tmp/out && cat /tmp/telltale'

pip_wheel_isolates() {
  wheels
  use_rind "$POLICY_INTERPRETER"
  expect_status 1 python_builder bash -c "$FRONT_END_PIP"
  expect_contains "the wheel" "$OUTPUT" "two_installs-1.0-py3-none-any.whl"
  expect_contains "no mark in the container's /tmp" "$OUTPUT" "cat: /tmp/telltale: No such file"
  expect_contains "the build dependency ran" "$OUTPUT" "TELLTALE uid=6"
  expect_lacks "root" "$OUTPUT" "TELLTALE uid=0"
  expect_lacks "a secret" "$OUTPUT" "secret=True"
  expect_lacks "others' files in /tmp" "$OUTPUT" "'other'"
}
test_pip_wheel_isolates() { pip_wheel_isolates; }

build_isolates() {
  wheels
  use_rind "$POLICY_INTERPRETER"
  expect_status 1 python_builder bash -c "$FRONT_END_BUILD"
  expect_contains "the wheel" "$OUTPUT" "two_installs-1.0-py3-none-any.whl"
  expect_contains "no mark in the container's /tmp" "$OUTPUT" "cat: /tmp/telltale: No such file"
  expect_contains "the second install" "$OUTPUT" "Successfully installed extra-1.0"
  expect_contains "the build dependency ran" "$OUTPUT" "TELLTALE uid=6"
  expect_lacks "root" "$OUTPUT" "TELLTALE uid=0"
  expect_lacks "a secret" "$OUTPUT" "secret=True"
  expect_lacks "others' files in /tmp" "$OUTPUT" "'other'"
}
on_one_runtime build_isolates

test_pip_wheel_control() {
  wheels
  expect_status 0 python_builder bash -c "$FRONT_END_PIP"
  expect_contains "root with secrets" "$OUTPUT" "TELLTALE uid=0"
  expect_contains "a secret" "$OUTPUT" "secret=True"
  expect_contains "others' files in /tmp" "$OUTPUT" "'other'"
}

test_build_control() {
  wheels
  expect_status 0 python_builder bash -c "$FRONT_END_BUILD"
  expect_contains "root with secrets" "$OUTPUT" "TELLTALE uid=0"
  expect_contains "a secret" "$OUTPUT" "secret=True"
}

# Without isolation by the front end, the hooks run in the image's own interpreter.
test_front_ends_without_environments() {
  wheels
  use_rind "$POLICY_INTERPRETER"
  expect_status 0 python_builder bash -c 'cp -r /srv/packages/hello-ext /tmp/a && cp -r /tmp/a /tmp/b &&
    python3 -m pip wheel --no-build-isolation --no-deps -w /tmp/out /tmp/a && ls /tmp/out &&
    python3 -m build --no-isolation --wheel /tmp/b && ls -n /tmp/b/dist && stat -c "%u %n" /tmp/a /tmp/b /tmp/b/build'
  expect_contains "pip's wheel" "$OUTPUT" "hello_ext-1.0-cp313-cp313-linux_x86_64.whl"
  expect_contains "the sources are the builder's again" "$OUTPUT" "0 /tmp/b/build"
  expect_lacks "another owner" "$OUTPUT" "6 /tmp/a"
}

# sdist, and the wheel from the sdist: as `python -m build` does it when it is told nothing.
test_build_by_way_of_the_sdist() {
  wheels
  use_rind "$POLICY_INTERPRETER"
  expect_status 0 python_builder bash -c 'cp -r /srv/packages/hello-ext /tmp/a && python3 -m build /tmp/a && ls /tmp/a/dist'
  expect_contains "the sdist" "$OUTPUT" "hello_ext-1.0.tar.gz"
  expect_contains "the wheel" "$OUTPUT" "hello_ext-1.0-cp313-cp313-linux_x86_64.whl"
}

# `uv pip install` asks the environment's interpreter about itself, with -I -B -c: under Fromager the only
# thing that runs a dependency's .pth files outside of its script.
QUERY='python3 -m venv --without-pip /tmp/w/v && cp /srv/wheels/*.whl /tmp/w && cd /tmp/w &&
  python3 -m zipfile -e telltale-1.0-py3-none-any.whl v/lib/python3.13/site-packages &&
  mkdir -p /root/.cache/uv/.tmpX /root/.cache/uv/.tmpY && echo "print(40 + 2)" >/root/.cache/uv/.tmpX/asked.py &&
  v/bin/python3 -I -B -c "import sys; sys.path = [\"/root/.cache/uv/.tmpX\", *sys.path]; import asked; import os; print(os.listdir(os.path.dirname(sys.path[0])), sys.prefix, sys.executable)"
  cat /tmp/telltale'

query_isolates() {
  wheels
  use_rind "$POLICY_INTERPRETER"
  expect_status 1 python_builder bash -c "$QUERY"
  expect_contains "the answer" "$OUTPUT" "42"
  expect_contains "where it is" "$OUTPUT" "['.tmpX'] /tmp/w/v /tmp/w/v/bin/python3"
  expect_contains "the .pth ran" "$OUTPUT" "TELLTALE uid=6"
  expect_lacks "a secret" "$OUTPUT" "secret=True"
}
test_query_isolates() { query_isolates; }

test_query_control() {
  wheels
  expect_status 0 python_builder bash -c "$QUERY"
  expect_contains "root with secrets" "$OUTPUT" "TELLTALE uid=0"
  expect_contains "a secret" "$OUTPUT" "secret=True"
}

# Every way to an environment's interpreter leads into a step.
WAYS='set -e; cd /tmp; python3 -m venv --without-pip KIND v
  for p in "v/bin/python" "v/bin/python3" "/tmp/v/bin/python3.13"; do "$p" -c "import os,sys; print(QwayQ, int(open(Q/proc/self/uid_mapQ).read().split()[1]), sys.prefix)"; done
  cat >by_line <<X
#!/tmp/v/bin/python3
import os, sys
print("line", int(open("/proc/self/uid_map").read().split()[1]), sys.prefix)
X
  cat >by_env <<X
#!/usr/bin/env python3
import os, sys
print("env", int(open("/proc/self/uid_map").read().split()[1]), sys.prefix)
X
  chmod +x by_line by_env; cp by_line by_env /srv/; /srv/by_line; PATH=/tmp/v/bin:$PATH /srv/by_env
  (exec -a python3 v/bin/python3 -c "import os,sys; print(Qnamed otherwiseQ, int(open(Q/proc/self/uid_mapQ).read().split()[1]))")
  (exec -a /tmp/v/bin/python3 /usr/bin/python3 -c "import os,sys; print(Qsays it is thereQ, int(open(Q/proc/self/uid_mapQ).read().split()[1]), sys.prefix)")
  ln -s /tmp/v/bin/python3 /srv/link; /srv/link -c "import os,sys; print(Qa linkQ, sys.prefix)"
  python3 -c "import os,sys; print(QownQ, int(open(Q/proc/self/uid_mapQ).read().split()[1]), sys.prefix, sys.executable)"
  /usr/bin/python3 -c "import os,sys; print(QownQ, int(open(Q/proc/self/uid_mapQ).read().split()[1]), sys.prefix, sys.executable)"
  fromager --version'

every_way() {
  wheels
  use_rind "$POLICY_INTERPRETER"
  local script=${WAYS//KIND/$1}
  expect_status 0 python_builder bash -c "${script//Q/\\\"}"
  expect_lacks "root in the environment" "$OUTPUT" "way 0"
  expect_contains "ways" "$OUTPUT" "/tmp/v"
  local kind
  for kind in line env "named otherwise" "says it is there"; do
    expect_contains "$kind" "$OUTPUT" "$kind 6"
  done
  expect_contains "a link" "$OUTPUT" "a link /"
  expect_contains "the image's own" "$OUTPUT" "own 0 /opt/app-root /opt/app-root/bin/python3"
  expect_contains "the system's own" "$OUTPUT" "own 0 /usr /usr/bin/python3"
}
test_every_way_symlinks() { every_way --symlinks; }
test_every_way_copies() { every_way --copies; }

# A copy on a volume outlives the container, and its kit.
test_a_copy_that_outlives_its_container() {
  wheels
  local volume=$RIND_TMP/outliving
  mkdir "$volume"
  use_rind "$POLICY_INTERPRETER"

  expect_status 0 builder -v "$volume:/vol" "$IMAGE_BUILDER" python3 -m venv --copies --without-pip /vol/v
  use_no_rind
  expect_status 125 builder -v "$volume:/vol" "$IMAGE_BUILDER" /vol/v/bin/python3 -c 'print("ran")'
  expect_contains "why" "$OUTPUT" "read the kit"
  use_rind '{"seams": {"interpreter": {"use": "never"}}}'
  expect_status 125 builder -v "$volume:/vol" "$IMAGE_BUILDER" /vol/v/bin/python3 -c 'print("ran")'
  expect_contains "why" "$OUTPUT" "a copy of Rind's helper"
}

# Interpreters that find their libraries by $ORIGIN, and several in one image. They are small programs of
# that shape: Debian has no relocatable Python.
relocatable() {
  local top=$1 version
  for version in 3.8 3.9; do
    mkdir -p "$top/py$version/bin" "$top/py$version/lib"
    printf 'const char *version(void) { return "%s"; }\n' "$version" >"$top/v.c"
    printf '#include <stdio.h>\nconst char *version(void);\nint main(int n, char **a) { return printf("python %%s as %%s with %%d\\n", version(), a[0], n) < 0; }\n' >"$top/m.c"
    gcc -shared -fPIC -o "$top/py$version/lib/libpy.so" "$top/v.c"
    # shellcheck disable=SC2016
    gcc -o "$top/py$version/bin/python$version" "$top/m.c" -L"$top/py$version/lib" -lpy '-Wl,-rpath,$ORIGIN/../lib'
    ln -s "python$version" "$top/py$version/bin/python3"
  done
}

test_relocatable_interpreters() {
  wheels
  local top=$RIND_TMP/relocatable
  mkdir "$top"
  relocatable "$top"
  use_rind "$POLICY_INTERPRETER"

  expect_status 0 builder -v "$top/py3.8:/opt/py3.8" -v "$top/py3.9:/opt/py3.9" "$IMAGE_BUILDER" bash -c '
    /opt/py3.8/bin/python3 a b; /opt/py3.9/bin/python3.9; (cd /opt/py3.9/bin && ./python3)
    python3 -c "import json; print([s[\"path\"] for s in json.load(open(\"/dev/rind/manifest.json\"))[\"seams\"]])"
    fromager step /srv/packages/probe -- /opt/py3.8/bin/python3 in a step'
  expect_contains "by its library" "$OUTPUT" "python 3.8 as /opt/py3.8/bin/python3 with 3"
  expect_contains "another" "$OUTPUT" "python 3.9 as /opt/py3.9/bin/python3.9 with 1"
  expect_contains "by a relative name" "$OUTPUT" "python 3.9 as ./python3 with 1"
  expect_contains "covered" "$OUTPUT" "'/opt/py3.8/bin/python3.8', '/opt/py3.9/bin/python3.9'"
  expect_contains "in a step" "$OUTPUT" "python 3.8 as /opt/py3.8/bin/python3 with 4"
}

# Hook calls from a directory that is no project: nobody's home becomes a step's sources.
test_a_hook_from_elsewhere() {
  wheels
  use_rind "$POLICY_INTERPRETER"
  expect_status 125 python_builder bash -c 'mkdir /tmp/ctl && echo "{\"kwargs\": {}}" >/tmp/ctl/input.json && cd /root &&
    python3 /usr/lib/python3/dist-packages/pyproject_hooks/_in_process/_in_process.py build_wheel /tmp/ctl'
  expect_contains "why" "$OUTPUT" "is not a source tree"
}

# ps, top and pkill go by it. The kernel takes it from the path that is executed: that is the kit's.
test_processes_keep_their_names() {
  use_rind "$POLICY_INTERPRETER"
  expect_status 0 builder "$IMAGE_BUILDER" python3 -c 'print(open("/proc/self/comm").read())'
  expect_contains "the interpreter" "$OUTPUT" python3
  use_rind '{"seams": {"interpreter": {"use": "always"}}, "narrow": {"environment": ["*TOKEN*"]}}'
  expect_status 0 builder -e A_TOKEN=x "$IMAGE_BUILDER" bash -c 'cat /proc/1/comm; :'
  expect_equal "the entry point" bash "$OUTPUT"
}

# Ordinary users, too: steps are their own.
test_as_an_ordinary_user() {
  wheels
  use_rind "$POLICY_INTERPRETER"
  expect_status 0 builder --user 1000:1000 -v "$RIND_TMP/shared/wheels:/srv/wheels:ro" --env PIP_NO_INDEX=1 \
    --env "PIP_FIND_LINKS=/srv/wheels /usr/share/python-wheels" --env HOME=/tmp "$IMAGE_BUILDER" \
    bash -c 'cp -r /srv/packages/hello-ext /tmp/a && python3 -m build --wheel /tmp/a && ls /tmp/a/dist'
  expect_contains "the wheel" "$OUTPUT" "hello_ext-1.0-cp313-cp313-linux_x86_64.whl"
}

# An install may write in the environment, and so may what is installed there already: what takes the
# interpreter's place is gone before anybody calls it. The front end is `python -m build`, which installs twice.
USURPED='cp -r /srv/packages/two-installs /tmp/ && sed -i s/telltale/NAME/ /tmp/two-installs/pyproject.toml &&
  python3 -m build -v --wheel -o /tmp/out /tmp/two-installs 2>&1'

usurped() {
  wheels
  use_rind "$POLICY_INTERPRETER"
  expect_status 1 python_builder bash -c "${USURPED//NAME/$1}"
  expect_contains "the reason" "$OUTPUT" "find the build dependency"
  expect_lacks "a package's program" "$OUTPUT" "GRABBED"
}
test_an_interpreter_usurped_by_a_pth_file() { usurped usurper; }
test_an_interpreter_usurped_by_a_script() { usurped script; }

usurped_control() {
  wheels
  OUTPUT=$(python_builder bash -c "${USURPED//NAME/$1}" 2>&1) || true
  expect_contains "a package's program as root" "$OUTPUT" "GRABBED uid=0 secret=True"
}
test_an_interpreter_usurped_by_a_pth_file_control() { usurped_control usurper; }
test_an_interpreter_usurped_by_a_script_control() { usurped_control script; }

# Without its pyvenv.cfg an environment is not told from the image's own interpreter: the front end's next call,
# here of a program that a package may have written, would be no step.
UNMARKED='python3 -m venv --without-pip /tmp/w/v &&
  python3 -m zipfile -e /srv/wheels/unmarker-1.0-py3-none-any.whl /tmp/w/v/lib/python3.13/site-packages &&
  printf "#!/tmp/w/v/bin/python3\nimport os; print(\"ran as\", int(open(\"/proc/self/uid_map\").read().split()[1]))\n" >/tmp/w/v/bin/tool && chmod +x /tmp/w/v/bin/tool
  /tmp/w/v/bin/python3 -m pip install x; /tmp/w/v/bin/tool'

test_an_environment_that_an_install_unmarks() {
  wheels
  use_rind "$POLICY_INTERPRETER"
  OUTPUT=$(python_builder bash -c "$UNMARKED" 2>&1) || true
  expect_contains "the reason" "$OUTPUT" "; Rind removed the environment's python"
  expect_lacks "a call outside of a step" "$OUTPUT" "ran as"
}

test_an_environment_that_is_unmarked_control() {
  wheels
  expect_status 0 python_builder bash -c "$UNMARKED"
  expect_contains "the program" "$OUTPUT" "ran as 0"
}

# Files that only the builder may read are shown by copies, and those take room.
test_named_files_that_are_closed_and_large() {
  local look='import os; print(sum(len(open("/tmp/links/" + name, "rb").read()) for name in os.listdir("/tmp/links")), int(open("/proc/self/uid_map").read().split()[1]) != 0)'
  use_rind "$POLICY_INTERPRETER"
  expect_status 0 builder --env LOOK="$look" "$IMAGE_BUILDER" sh -ec '
    python3 -m venv --without-pip /tmp/v; mkdir -m 0700 /tmp/links; umask 077
    for i in 1 2 3 4 5; do head -c 1048576 /dev/urandom >/tmp/links/$i; done
    PYTHONPATH=/tmp/links /tmp/v/bin/python -c "$LOOK"'
  expect_contains "what a step of another uid reads" "$OUTPUT" "5242880 True"
}
