# What a variable of the front end's names, where a package chooses the place: by a link in its sources, or by a file
# there that says more than the variable.
source "$RIND_SOURCE/tests/system/front_end.inc"

HIDDEN='{"views": {"/srv/home": "hidden"}}'

# SETUP: a hook that reads /srv/home/private/data, with what SETUP made and exported. Prints its content, or the error
# shellcheck disable=SC2016
reads_private() {
  in_front_end_rig 'mkdir -p /srv/home/private; echo PRIVATE >/srv/home/private/data; eval "$1"
    call get_requires_for_build_wheel "" "
import sys
try: print(open(\"/srv/home/private/data\").read(), end=\"\")
except OSError as error: print(error.strerror)
sys.exit(\"ends so that its line is seen\")" 2>&1' "$1"
}
expect_not_read() { # SETUP
  RIG_POLICY=$HIDDEN expect_status 1 reads_private "$1"
  expect_contains "what the step reads" "$OUTPUT" "No such file or directory"
  expect_lacks "the file" "$OUTPUT" PRIVATE
  RIG_POLICY=$HIDDEN CONTROL=yes expect_status 1 reads_private "$1"
  expect_contains "control" "$OUTPUT" PRIVATE
}

test_link_at_a_cache() {
  expect_not_read 'ln -s /srv/home/private $P/target; export CARGO_TARGET_DIR=$P/target'
  RIG_POLICY=$HIDDEN expect_status 1 reads_private 'ln -s /srv/home/private $P/target; export CARGO_TARGET_DIR=$P/target'
  # shellcheck disable=SC2016
  expect_contains "the line" "$OUTPUT" '$CARGO_TARGET_DIR leads by a link in the sources to /srv/home/private, which views./srv/home hides (to show it, add "/srv/home/private": "ro" to "views")'
}
test_link_at_a_relative_cache() {
  expect_not_read 'ln -s /srv/home/private $P/target; export CARGO_TARGET_DIR=target'
}
# As CI systems keep caches: in the project.
test_link_on_the_way_to_a_cache() {
  expect_not_read 'ln -s /srv/home $P/.cache; export PIP_CACHE_DIR=$P/.cache/private'
}
test_link_in_a_home_in_the_sources() {
  expect_not_read 'mkdir $P/home; ln -s /srv/home/private $P/home/.ccache; export HOME=$P/home'
}
# The wheel is built from the unpacked sdist. An earlier step made the link in the project, and removed what told that it is one.
test_link_in_another_tree_of_the_build() {
  expect_not_read 'mkdir /tmp/unpacked; mv $P/pyproject.toml /tmp/unpacked/; SOURCES=/tmp/unpacked
    ln -s /srv/home/private $P/target; export CARGO_TARGET_DIR=$P/target'
}
test_settings_of_ccache_in_the_sources() {
  expect_not_read 'mkdir $P/.ccache; echo "temporary_dir = /srv/home/private" >$P/.ccache/ccache.conf; export CCACHE_DIR=$P/.ccache'
  expect_not_read 'echo "cache_dir = /srv/home/private" >$P/ccache.conf; export CCACHE_CONFIGPATH=ccache.conf'
}

# The builder's own links and settings count.
test_link_of_the_builder() {
  RIG_POLICY=$HIDDEN expect_status 1 reads_private 'mkdir /srv/links; ln -s /srv/home/private /srv/links/target; export CARGO_TARGET_DIR=/srv/links/target'
  expect_contains "is read" "$OUTPUT" PRIVATE
  RIG_POLICY=$HIDDEN expect_status 1 reads_private 'mkdir /srv/links; echo "temporary_dir = /srv/home/private" >/srv/links/ccache.conf; export CCACHE_CONFIGPATH=/srv/links/ccache.conf'
  expect_contains "is read" "$OUTPUT" PRIVATE
}
# What is not hidden is a cache as it was.
test_link_to_a_visible_cache() {
  # shellcheck disable=SC2016
  expect_status 0 in_front_end_rig 'mkdir /srv/fast; echo old >/srv/fast/old; ln -s /srv/fast $P/target; export CARGO_TARGET_DIR=$P/target
    call get_requires_for_build_wheel "" "
print(open(\"target/old\").read(), end=\"\"); open(\"target/new\", \"w\").write(\"new\"); result([])" 2>&1; echo $?; ls /srv/fast'
  expect_equal "read, status, what is left" $'old\n0\nold' "$OUTPUT"
}

# SETUP: a hook, and what is in /srv/elsewhere after it
makes_elsewhere() {
  # shellcheck disable=SC2016
  in_front_end_rig 'mkdir /srv/elsewhere; eval "$1"; call get_requires_for_build_wheel "" "result([])"; echo $?; find /srv/elsewhere -mindepth 1' "$1"
}
test_no_directory_is_made_through_a_link() {
  local setup
  for setup in 'ln -s /srv/elsewhere $P/build' 'mkdir $P/sub; ln -s ../../../elsewhere $P/sub/x; ln -s sub/x $P/build'; do
    expect_status 0 makes_elsewhere "$setup; export CARGO_TARGET_DIR=build/target"
    expect_equal "status, what is there" 0 "$OUTPUT"
  done
  # Control: the variable's own directory is made.
  expect_status 0 makes_elsewhere 'export CARGO_TARGET_DIR=/srv/elsewhere/target'
  expect_equal "status, what is there" $'0\n/srv/elsewhere/target' "$OUTPUT"
}

# A tree that the policy lends is the one that the variable names.
writes_elsewhere() {
  # shellcheck disable=SC2016
  in_front_end_rig 'mkdir /srv/elsewhere; ln -s /srv/elsewhere $P/cache; export CCACHE_DIR='"$1"'
    call get_requires_for_build_wheel "" "
try: open(\"/srv/elsewhere/planted\", \"w\"); print(\"written\")
except OSError as error: print(error.strerror)
result([])"; ls /srv/elsewhere'
}
test_no_tree_is_lent_through_a_link() {
  RIG_POLICY='{"views": {"$CCACHE_DIR": {"view": "rw", "lend": true, "size": null, "directories": null, "fallback": null}}}'
  # shellcheck disable=SC2016
  expect_status 0 writes_elsewhere '$P/cache'
  expect_equal "what the step says, what is there" 'Read-only file system' "$OUTPUT"
  expect_status 0 writes_elsewhere /srv/elsewhere
  expect_equal "control" $'written\nplanted' "$OUTPUT"
}
