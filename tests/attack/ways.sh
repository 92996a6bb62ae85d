# The attempts that hooks make, once by each form in which other front ends and plugins run a package's code.

# shellcheck source=/dev/null
source "$RIND_SOURCE/tests/attack/attack.sh"
unset -f tests_attempts tests_on_a_volume tests_other_user

# Front ends give /dev/null; only Fromager's hooks have the container's standard input. `work-requirements` and `venv-append`
# are about an environment beside the sources that Fromager makes. Elsewhere than in Fromager's layout nothing tells that a
# directory which a variable of the container names is another package's (`neighbour-prefix`).
way() { # WAY [ATTEMPT that cannot be there without Rind...]
  ATTACK_DRIVER="ways.py $1" ATTACK_WITHOUT="stdin ${*:2}" attack "$TEST_PREFIX/$1"
}

tests_uv() { way uv work-requirements neighbour-prefix; }
tests_hatch() { way hatch work-requirements neighbour-prefix; }
tests_tox() { way tox work-requirements neighbour-prefix; }
tests_setup_py() { way setup_py work-requirements venv-append neighbour-prefix; }
tests_plugin() { way plugin; }
tests_plugin_by_script() { way plugin_by_script; }
tests_here_document() { way here_document; }
tests_shell_by_script() { way shell_by_script; }
