# Debian 13: builds with its g++ 14, and runs there what depends on the compiler, the C library, the engine and the
# runtime: the suites unit, system and container, as a run without --all does. Podman is 5.4 there, crun 1.21, runc 1.1.
# Runs alone: it is a run of its own, with as many files beside each other as there are processors
# File limit: 5400, it builds all of Rind twice and runs three suites

TEST_SECONDS=5000

tests_run() { inner_run trixie unit system container; }

tests_clang() { inner_run trixie --all -k 'unit/sanitizers/*' unit; }
