# tox: a server that answers requests of its standard input.

TEST_SECONDS=$((2 * FRONT_ENDS_SECONDS + 60)) # two containers, each with a limit of its own

setup() { import_front_ends; }

tests_tox() {
  front_ends_beside <<'ROWS'
tox() { # PACKAGE COMMAND
  printf 'printf "%%s\\n" "[tox]" "env_list=t" "[testenv]" "package=%s" "commands=%s" >tox.ini; tox run' "$1" "$2"
}
answers='python -c \"import fe_setuptools.answer as a; assert a.answer() == 42\"'
row tox-wheel 'tox run, package = wheel' fe-setuptools "$(tox wheel "$answers")"
# pip builds the sdist when it installs it.
WANT=install row tox-sdist 'tox run, package = sdist' fe-setuptools "$(tox sdist "$answers")"
row tox-editable 'tox run, package = editable' fe-setuptools "$(tox editable "$answers")"
# One server for all requests: without setuptools tox keeps it.
row tox-wheel-hatchling 'tox run, package = wheel' fe-hatchling "$(tox wheel 'python -c \"import fe_hatchling\"')"
ROWS
}
