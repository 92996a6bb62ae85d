# Debian's unstable, with the newest podman and crun: a build with its compiler, and the files of the suite container that
# depend on the engine and the runtime most. Its packages change from day to day; how old those in the cache are
# says the directory's date.
# Runs alone: it is a run of its own, with as many files beside each other as there are processors
# File limit: 3600, it builds all of Rind and runs three suites

TEST_SECONDS=3300

tests_run() { inner_run sid unit system container; }
