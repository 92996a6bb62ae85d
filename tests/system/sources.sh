# Which tree is a step's, and which of its links lead out: what a front end calls a source tree is one.
source "$RIND_SOURCE/tests/system/hook.inc"
source "$RIND_SOURCE/tests/system/front_end.inc"

# --- project files that are links

# NAME TARGET SETUP: P/NAME is a link to TARGET; what a hook reads through it
linked_project_file() {
  in_front_end_rig 'mkdir /srv/repo/common /srv/secret; echo common >/srv/repo/common/$1; echo SECRET >/srv/secret/token; rm $P/pyproject.toml; ln -s $2 $P/$1; eval "${3:-}"
    call get_requires_for_build_wheel "" "print(open(\"$1\").read(), end=\"\"); open(\"made\", \"w\"); result([])" 2>&1; echo $?; ls -F $P; stat -c %u $P/made $P /srv/repo/common/* 2>/dev/null | sort -u; true' "$@"
}
tests_link_to_a_file_that_is_seen() {
  local name
  for name in pyproject.toml setup.py; do
    OUTPUT=$(linked_project_file "$name" "../common/$name") || true
    if [[ $OUTPUT == $'common\n0\nmade\n'"$name"$'@\n0' ]]; then report_ok "system/sources/link_to_a_file_that_is_seen/$name"
    else report_not_ok "system/sources/link_to_a_file_that_is_seen/$name" "$OUTPUT"; fi
  done
}
# What the link leads to stays whose it is, and cannot be written.
test_target_of_a_link_is_not_lent() {
  expect_status 0 linked_project_file pyproject.toml ../common/pyproject.toml 'chown 1000:1000 /srv/repo/common/pyproject.toml; chmod 0666 /srv/repo/common/pyproject.toml'
  expect_equal "owners" $'0\n1000' "$(tail -n 2 <<<"$OUTPUT")"
}
test_target_that_is_closed() {
  expect_status 0 linked_project_file pyproject.toml ../common/pyproject.toml 'chmod 0600 /srv/repo/common/pyproject.toml'
  expect_contains "why" "$OUTPUT" "without read access to /srv/repo/common/pyproject.toml: other users may not read it"
}
# An attack: a package's link to what the policy hides.
test_link_to_what_is_hidden() {
  RIG_POLICY='{"hide": ["/srv/secret"]}'
  expect_status 0 linked_project_file pyproject.toml /srv/secret/token
  expect_contains "why" "$OUTPUT" "rind: show the sources to the step: /srv/repo/p/pyproject.toml is a link to /srv/secret/token, which is hidden for steps"
  expect_contains "remedy" "$OUTPUT" 'replace the link by a copy, or add "/srv/secret": "ro" to views in the policy'
  expect_lacks "the secret" "$OUTPUT" SECRET
}
test_link_to_what_is_hidden_control() {
  CONTROL=yes expect_status 0 linked_project_file pyproject.toml /srv/secret/token
  expect_contains "control" "$OUTPUT" SECRET
}
# Links of other names show no more, either.
test_other_link_to_what_is_hidden() {
  RIG_POLICY='{"hide": ["/srv/secret"]}'
  expect_status 0 linked_project_file be.py /srv/secret/token ': >$P/pyproject.toml'
  expect_lacks "the secret" "$OUTPUT" SECRET
}

# --- a second tree in the work directory

# SETUP PLACE CODE: a hook in W/PLACE, beside W/pkg-1
in_second_tree() {
  in_hook_rig 'mkdir -p $W/sdist/pkg-1 $W/prefix; : >$W/sdist/pkg-1/pyproject.toml; : >$W/prefix/of-the-front-end; eval "$1"; S=$W/$2
    hook build_wheel "$3
put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")" 2>&1; echo $?; ls $OUT $W/prefix; find $W -uid +60000' "$@"
}
test_second_tree() {
  expect_status 0 in_second_tree true sdist/pkg-1 'import os; open("made", "w"); print(os.listdir(os.path.dirname(os.getcwd()) + "/.."))'
  expect_contains "status and output" "$OUTPUT" $'\n0\n/tmp/out:\npkg-1-py3-none-any.whl\n'
  expect_lacks "other trees" "$OUTPUT" "prefix'"
}
test_a_part_of_the_second_tree() {
  expect_status 0 in_second_tree 'mkdir $W/sdist/pkg-1/py; : >$W/sdist/pkg-1/py/setup.py' sdist/pkg-1/py 'open("../made", "w")'
  expect_contains "status and output" "$OUTPUT" $'0\n/tmp/out:\npkg-1-py3-none-any.whl\n'
}
test_what_is_no_source_tree() {
  expect_status 0 in_second_tree true prefix pass
  expect_contains "why" "$OUTPUT" "its working directory /tmp/w/pkg-1/prefix is not in a source tree below /tmp/w/pkg-1"
  expect_contains "status" "$OUTPUT" $'\n125\n'
}
# An attack: a step makes its build_dir a link to the libraries beside the sources, which the next step would write.
test_a_link_to_a_prefix() {
  expect_status 0 in_hook_rig 'mkdir -p $W/prefix $S/py; echo "open(\"planted\", \"w\")" >/tmp/front/plant.py
    hook get_requires_for_build_wheel "
import os
os.rmdir(\"py\"); os.symlink(\"../prefix\", \"py\")"; echo $?
    (cd $S/py && /usr/bin/python3 /tmp/front/plant.py); ls $W/prefix; rm $W/prefix/*
    make_call build_wheel pass; cp /tmp/front/plant.py $W/prefix/backend.py
    (cd $S/py && VIRTUAL_ENV=$V exec "$SEAM" $V/bin/python3 /tmp/front/_in_process.py build_wheel $CTL) 2>&1; echo $?; ls $W/prefix'
  expect_contains "why" "$OUTPUT" "is not in a source tree below /tmp/w/pkg-1"
  expect_equal "status, control, status, the prefix" $'0\nplanted\n125\nbackend.py' "$(grep -v '^rind:' <<<"$OUTPUT")"
}

# --- directories of the sources that the builder may list but not search

# A data directory of another user, in a container whose builder is not root: a step has its uid.
# DIRECTORY
listed_only() {
  # shellcheck disable=SC2016
  expect_status 0 in_hook_rig 'mkdir -p $S/data/$1 /tmp/home; : >$S/data/HEAD; chown -R 1000:1000 /tmp/w /tmp/home; chown -R 0:0 $S/data; chmod 0744 $S/data
    make_call build_wheel "print(sorted(os.listdir(\"data\")), flush=True); put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")"
    chown -R 1000:1000 $OUT $CTL; export S V SEAM CTL; export -f call_hook
    HOME=/tmp/home setpriv --reuid 1000 --regid 1000 --clear-groups bash -c "call_hook build_wheel" 2>&1; ls $OUT' "$1"
  expect_equal "what the step lists, and its wheel" "['HEAD', '$1']"$'\npkg-1-py3-none-any.whl' "$(grep -v "^rind: build_wheel of pkg-1 succeeded" <<<"$OUTPUT")"
}
test_directory_that_may_not_be_searched() { listed_only inner; }
test_repository_that_may_not_be_searched() { listed_only objects; }
