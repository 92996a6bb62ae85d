# Hard links between a lent tree and what lies outside of it: copies take their place in the tree.
source "$RIND_SOURCE/tests/system/hook.inc"

# shellcheck disable=SC2016
LINKS='
O=/tmp/w/outside
mkdir $O
# All about files but their number of links.
facts() { (cd "$1" && find . ! -name backend.py ! -type d -printf "%p %U:%G %m %y %l %T@ %s\n" | sort; find . -type f ! -name backend.py -exec sha256sum {} + | sort); }
linked() { find "$1" ! -type d -links +1 | wc -l; }
try() { hook get_requires_for_build_wheel "$1
result([])"; echo $?; }
'
in_links_rig() { in_hook_rig "$LINKS$1" "${@:2}"; }

# Of several types, owners and modes; each name outside keeps all, and the copies are equal.
test_copies_take_the_place() {
  expect_status 0 in_links_rig '
    mkdir $O/d; echo one >$O/one; echo two >$O/d/two; chmod 0755 $O/d/two; ln -s one $O/link; echo ro >$O/ro; chmod 0444 $O/ro; chown 1000:1000 $O/ro
    touch -d @1000000000.5 $O/one $O/d/two; touch -h -d @1000000001 $O/link
    cp -al $O/. $S; facts $O >/tmp/before; facts $S | diff /tmp/before - && linked $S
    try ""
    facts $O | diff /tmp/before -; facts $S | diff /tmp/before -; linked $O; linked $S
    try "open(\"one\", \"a\").write(\"more\"); open(\"ro\").read()"; facts $O | diff /tmp/before -; cat $S/one; find $S -name ".rind*" -o -uid +60000'
  expect_equal "links before; status, links; status, what the step wrote" $'4\n0\n0\n0\n0\none\nmore' "$OUTPUT"
}

test_names_in_the_tree_stay_one_file() {
  expect_status 0 in_links_rig 'echo x >$O/f; mkdir -p $S/a/b; for n in one a/two a/b/three; do ln $O/f $S/$n; done
    try "
import os
assert len({os.stat(n).st_ino for n in (\"one\", \"a/two\", \"a/b/three\")}) == 1
open(\"one\", \"a\").write(\"y\"); print(open(\"a/b/three\").read())"; stat -c "%h %u" $S/a/two $O/f; cat $O/f'
  expect_equal "what it read, status, links, content outside" $'x\ny\n0\n3 0\n1 0\nx' "$OUTPUT"
}

test_a_local_clone() {
  expect_status 0 in_links_rig 'cd $O; git init -q .; echo x >f; git add f; git -c user.name=a -c user.email=a@b commit -qm1; rm -rf $S; git clone -q $O $S; cd /tmp
    facts $O >/tmp/before; [[ $(linked $S) != 0 ]] && echo linked
    try "import subprocess; subprocess.run([\"git\", \"-c\", \"safe.directory=*\", \"fsck\", \"--strict\"], check=True, stderr=subprocess.DEVNULL)"
    facts $O | diff /tmp/before -; linked $S; git -C $S status --short'
  expect_equal "control, status, links" $'linked\n0\n0\n?? backend.py' "$OUTPUT"
}

test_attributes_are_copied() {
  expect_status 0 in_links_rig 'echo x >$O/f; /usr/bin/python3 -c "import os; os.setxattr(\"$O/f\", \"user.note\", b\"x\")"; ln $O/f $S/f
    try ""; linked $S; /usr/bin/python3 -c "import os; print(os.listxattr(\"$S/f\"))"'
  expect_equal "status, links, attributes" $'0\n0\n[\'user.note\']' "$OUTPUT"
}

# SETUP makes the tree one that is refused; that changes nothing in it or outside.
expect_refused() { # REASON SETUP
  expect_status 0 in_links_rig 'echo x >$O/f; mkdir -p $S/a; touch $S/a/{1,2,3}; eval "$1"
    ls_all() { find /tmp/w ! -name backend.py -printf "%p %i %U %G %m %n %l\n" | sort; }
    make_call get_requires_for_build_wheel "result([])"; ls_all >/tmp/before; call_hook get_requires_for_build_wheel; echo $?; ls_all | diff /tmp/before -' "$2"
  expect_contains "why" "$OUTPUT" "$1"
  expect_contains "what to type" "$OUTPUT" "git clone --no-hardlinks"
  expect_contains "what to type" "$OUTPUT" "UV_LINK_MODE=copy"
  expect_equal "status" 125 "$(grep -v '^rind:' <<<"$OUTPUT")"
}
test_a_fifo() { expect_refused 'a/fifo has another hard link outside of /tmp/w/pkg-1/pkg-1, and it is not a regular file' 'mkfifo $O/p; ln $O/p $S/a/fifo'; }
test_a_file_above_the_limit() { expect_refused 'copies of such files would take more than 4 GiB' 'truncate -s 5G $O/f; ln $O/f $S/a/large'; }

# --- an attack: the tree has a hard link to a file that only the builder may read
secret() {
  in_links_rig 'echo SECRET >$O/netrc; chmod 0600 $O/netrc; ln $O/netrc $S/config
    try "print(open(\"config\").read())" 2>&1; stat -c "%a %u:%g %h" $O/netrc'
}
test_a_link_to_a_secret() {
  expect_status 0 secret
  expect_lacks "the secret" "$OUTPUT" SECRET
  expect_contains "why" "$OUTPUT" "other users may not read it, so it may be a secret of the builder"
  expect_equal "status, and the secret's" $'125\n600 0:0 2' "$(grep -v '^rind:' <<<"$OUTPUT")"
}
test_a_link_to_a_secret_control() {
  RIG_POLICY=$IDENTITY_NONE
  expect_status 0 secret
  expect_contains "control: with the builder's uid" "$OUTPUT" SECRET
}
# A step cannot make such a link, whatever the kernel allows to others.
test_a_step_cannot_make_one() {
  expect_status 0 in_links_rig 'echo x >$S/own; chmod 0755 /tmp/w $W; try "
import os
os.link(\"own\", \"control\")
try: os.link(\"/usr/bin/env\", \"made\")
except OSError as e: print(e.strerror)"; ls $S'
  expect_equal "why, status, files" $'Invalid cross-device link\n0\nbackend.py\ncontrol\nown' "$OUTPUT"
}
