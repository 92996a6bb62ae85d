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
