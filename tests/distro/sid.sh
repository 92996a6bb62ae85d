# Debian's unstable, with the newest compiler, podman and crun: a build there, the suite unit, and the files of
# the suite container that depend on the engine and the runtime. Its packages change from day to day; those in the cache
# are as old as the directory's date says.
# Runs alone: it is a run of its own, with as many files beside each other as there are processors
# File limit: 3600, it builds all of Rind and runs a suite and a part of another

TEST_SECONDS=1700 # each

tests_run() { inner_run sid unit; }

tests_engine() { inner_run sid -k 'container/@(annotations|engines|entry|identity|launch|modes|refusals|rootfs_places|seams|seccomp)/*' container; }
