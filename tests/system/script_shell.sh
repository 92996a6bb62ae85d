# What the bash of Fromager's script does for a command: the helper stands in its place.
source "$RIND_SOURCE/tests/system/hook.inc"

# The control is a script of bash's, with the last line of Fromager's.
SCRIPT='printf "#!/bin/bash\nset -e\nexec \"\$@\"\n" >/mnt/bin/script; chmod 0755 /mnt/bin/script
'

# shellcheck disable=SC2016
test_working_directory_of_the_call() {
  expect_status 0 in_rig "$SCRIPT"'mkdir -p /mnt/files/a; ln -s a /mnt/files/link; look() { (cd -P "$1" && env PWD="$2" _=/usr/bin/front-end "${@:3}" env | grep -E "^(PWD|_)=" || echo "no PWD"); }
    for place in / /mnt/files/a /mnt/files/link ""; do
      look /mnt/files/a "$place" /mnt/bin/script >>/tmp/bash
      look /mnt/files/a "$place" "$SEAM" >>/tmp/step
    done
    cat /tmp/bash; cmp /tmp/bash /tmp/step'
  expect_equal "PWD" $'PWD=/mnt/files/a\nPWD=/mnt/files/a\nPWD=/mnt/files/link\nPWD=/mnt/files/a' "$OUTPUT"
}

# Images put a compiler into PATH in the file that BASH_ENV names (gcc-toolset).
# shellcheck disable=SC2016
test_bash_env_is_read() {
  expect_status 0 in_rig "$SCRIPT"'mkdir -p /mnt/files/bin; printf "#!/bin/sh\necho the toolset\n" >/mnt/files/bin/gcc; chmod 0755 /mnt/files/bin/gcc
    printf "unset BASH_ENV\nexport PATH=/mnt/files/bin:\$PATH X_SCLS=toolset\n" >/mnt/files/enable
    export BASH_ENV=/mnt/files/enable
    for script in /mnt/bin/script "$SEAM"; do
      "$script" sh -c "gcc; echo \"\$X_SCLS-\$BASH_ENV-\$1\"" sh "two  words"
    done
    "$RIND" explain -- "$SEAM" make | grep -A 1 ^command; "$RIND" explain -- make | grep -A 1 ^command'
  expect_equal "bash, the step, explain" $'the toolset\ntoolset--two  words\nthe toolset\ntoolset--two  words
command: make
started by: /bin/bash, which reads BASH_ENV first
command: make
working directory: /tmp' "$OUTPUT"
}

# Shells export functions: `module` of an image's modules, `which` of Fedora's.
# shellcheck disable=SC2016
test_exported_functions() {
  expect_status 0 in_rig "$SCRIPT"'module() { echo "loaded $1"; }; export -f module
    for script in /mnt/bin/script "$SEAM"; do "$script" bash -c "module gcc"; done'
  expect_equal "bash, the step" $'loaded gcc\nloaded gcc' "$OUTPUT"
}

# shellcheck disable=SC2016
test_bash_env_that_is_hidden_is_said() {
  expect_status 0 in_hook_rig 'mkdir -p /mnt/home/etc; echo "export MADE=yes" >/mnt/home/etc/enable; export HOME=/mnt/home BASH_ENV=/mnt/home/etc/enable
    make_call build_wheel "print(\"made\", os.environ.get(\"MADE\")); put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")"; call_hook build_wheel'
  expect_contains "the step" "$OUTPUT" "made None"
  expect_contains "what is said" "$OUTPUT" 'without the settings of BASH_ENV: $BASH_ENV names /mnt/home/etc/enable, which views.$HOME hides (to show it, add "/mnt/home/etc/enable": "ro" to "views")'
}
