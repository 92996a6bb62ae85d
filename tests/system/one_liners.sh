# One line of Python in the sources, as plugins and Makefiles have them: what it looks at, changes and is told is as without
# Rind. Only what asks for nothing but the interpreter itself is such a question, which sees no sources.
source "$RIND_SOURCE/tests/system/interpreter.inc"

# TEXT [ARG...]: what the environment's interpreter answers in P, in which there is a directory `d` with a file `f`
answers() {
  # shellcheck disable=SC2016
  in_interpreter_rig 'cd $P; : >PKG-INFO; mkdir -p d; echo text >d/f; text=$1; shift
    echo told | $V/bin/python -c "$text" "$@" 2>&1; ls -p | tr "\n" " "' "$@"
}
expect_answer() { # ANSWER NAMES-IN-P TEXT [ARG...]
  local expected
  printf -v expected '%s\n%s' "$1" "$2"
  expect_status 0 answers "${@:3}"
  expect_equal "${*:3}" "$expected" "${OUTPUT% }"
}

FILES='PKG-INFO d/ pyproject.toml'

test_what_it_looks_at() {
  expect_answer True "$FILES" 'import os; print(os.path.exists("d/f"))'
  expect_answer 5 "$FILES" 'import os; print(os.stat("d/f").st_size)'
  expect_answer True "$FILES" 'import os; print(os.path.isfile(os.path.join("d", "f")))'
  expect_answer "['f']" "$FILES" 'import os; print([name for _, _, names in os.walk("d") for name in names])'
  expect_answer True "$FILES" 'import pathlib; print(pathlib.Path("d").is_dir())'
  expect_answer True "$FILES" 'import os, sys; print(os.path.isdir(sys.argv[1]))' d
  expect_answer True "$FILES" 'import os, sys; print(os.path.isdir(sys.argv[1]))' /tmp/project/d
  expect_answer True "$FILES" 'import os; print(os.path.isdir("/tmp/project/d"))'
}

test_what_it_changes() {
  expect_answer 1 'PKG-INFO a/ d/ pyproject.toml' 'import os; os.makedirs("a/b"); print(1)'
  expect_answer 1 'PKG-INFO d/ made/ pyproject.toml' 'import pathlib; pathlib.Path("made").mkdir(); print(1)'
  expect_answer 1 'PKG-INFO d/ pyproject.toml t' 'import pathlib; pathlib.Path("t").touch(); print(1)'
  expect_answer 1 'PKG-INFO e/ pyproject.toml' 'import os; os.rename("d", "e"); print(1)'
  expect_answer '[]' "$FILES" 'import os; os.remove("d/f"); print(os.listdir("d"))'
  expect_answer 1 'PKG-INFO d/ link pyproject.toml' 'import os; os.symlink("d", "link"); print(1)'
}

test_what_it_is_told() {
  expect_answer TOLD "$FILES" 'print(input().upper())'
  expect_answer "b'told'" "$FILES" 'import os; print(os.read(0, 4))'
}

# It answers without the sources, and is told nothing.
test_a_question_to_the_interpreter() {
  # shellcheck disable=SC2016
  expect_status 0 in_interpreter_rig 'cd $P; echo "print(\"FORGED\")" >platform.py
    echo "print(\"FORGED\")" | tee sysconfig.py >$SP/sitecustomize.py
    $V/bin/python -c "import os, sys, sysconfig; print(os.path.isdir(os.path.join(sys.prefix, \"lib\")))"
    $V/bin/python -c "import platform, sys; print(platform.system(), sys.prefix)"'
  expect_contains "the answer" "$OUTPUT" "True
Linux /tmp/build-env-x"
  expect_lacks "the answer" "$OUTPUT" FORGED
}

# uv's question lies in a package in its cache. Under a umask of 077 only its owner may read either, and what the step sees of the
# cache is empty; of the cache's other files it sees nothing all the same.
# shellcheck disable=SC2016
IN_CACHE='export UV_CACHE_DIR=/var/cache/u; M=$UV_CACHE_DIR/.tmpX
  umask "$1"; mkdir -p $M/python/packaging
  : >$M/python/__init__.py; : >$M/python/packaging/__init__.py; echo "name = \"of the front end\"" >$M/python/packaging/_b.py
  printf "import os, sys\nfrom .packaging._b import name\ndef main(): print(name, sys.prefix, os.path.exists(\"%s/secret\"))\n" $UV_CACHE_DIR >$M/python/info.py
  echo secret >$UV_CACHE_DIR/secret; chmod 600 $UV_CACHE_DIR/secret; chmod "$2" $UV_CACHE_DIR; chmod "$3" $M
  cd $P; $V/bin/python -I -B -c "import sys; sys.path = [\"$M\"] + sys.path; from python.info import main; main()" 2>&1'
test_a_question_in_a_closed_cache() {
  local modes
  for modes in "022 755 755" "077 700 700" "027 750 750" "077 755 700" "022 700 755" "022 711 755"; do
    # shellcheck disable=SC2086
    expect_status 0 in_interpreter_rig "$IN_CACHE" $modes
    expect_contains "umask, cache, modules: $modes" "$OUTPUT" "of the front end /tmp/build-env-x"
  done
  expect_lacks "with a closed cache" "$OUTPUT" "build-env-x True"
}

# In a cache that only its owner may read a credential is hidden, and the step runs in a directory of it.
test_a_call_in_a_closed_cache() {
  # shellcheck disable=SC2016
  expect_status 0 in_interpreter_rig 'export CARGO_HOME=/var/cache/c; mkdir -p $CARGO_HOME/run; echo secret >$CARGO_HOME/credentials.toml
    chmod -R go= $CARGO_HOME; echo "import os; print(os.getcwd(), os.stat(\"/var/cache/c/credentials.toml\").st_size)" >/tmp/front/look.py
    cd $CARGO_HOME/run; $V/bin/python /tmp/front/look.py 2>&1'
  expect_contains "in it" "$OUTPUT" "/var/cache/c/run 0"
}
