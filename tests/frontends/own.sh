# A front end of the tests' own (inside/own_front_end.py): it calls an environment's interpreter in forms that no known one uses.

TEST_SECONDS=$((2 * FRONT_ENDS_SECONDS + 60)) # two containers, each with a limit of its own

setup() { import_front_ends; }

tests_own() {
  front_ends_beside <<'ROWS'
for form in $(python /srv/inside/own_front_end.py --list); do
  row "$form" "${form//-/ }" fe-setuptools "python /srv/inside/own_front_end.py $form \$PWD \$OUT"
done
ROWS
}
