# Other compilers build it without a warning, and their unit tests pass. Debian 13's are in the suite distro.
# Only with --all: it builds everything a second time, and the tests are those of the suite unit

TEST_SECONDS=1800 # it builds, where ccache has nothing yet

test_clang() {
  unit_tests_of clang++
}
