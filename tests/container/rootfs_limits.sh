# The image is the attacker, the third part: much of everything, and files that move while the hook looks.

TEST_SECONDS=300 # hundreds of thousands of files are made and removed

SITE=lib/python3.13/site-packages
SCRIPT=/opt/app-root/$SITE/fromager/run_network_isolation.sh

# Milliseconds that COMMAND takes, in $TOOK.
timed() {
  local start=${EPOCHREALTIME/./}
  "$@"
  TOOK=$(((${EPOCHREALTIME/./} - start) / 1000))
}

# A tmpfs at $BUNDLE/many, mounted at /opt/many, with COUNT environments of which the first SCRIPTS have the script.
make_many() {
  mkdir "$BUNDLE/many"
  mount -t tmpfs -o size=2g many "$BUNDLE/many"
  python3 - "$BUNDLE/many" "$1" "$2" <<'PY'
import os, sys
top, count, scripts = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.chdir(top)
for i in range(count):
    path = f"{i}/lib/python3.13/site-packages"
    os.makedirs(path)
    if i < scripts:
        os.mkdir(f"{path}/fromager")
        os.close(os.open(f"{path}/fromager/run_network_isolation.sh", os.O_CREAT, 0o755))
PY
  bundle_set --mount "/opt/many:bind:$BUNDLE/many:rbind,ro"
}

# 100,000 environments beside a script: refused by the defaults' limits, and soon.
hundred_thousand_environments() {
  bundle_make
  make_many 100000 0
  timed expect_status 0 bundle_run sh -c 'ls /opt/many | wc -l'
  expect_equal "without Rind" 100000 "$OUTPUT"
  local without=$TOOK
  use_rind
  timed bundle_refused "search the container for seams: it takes more than" echo started
  printf 'without Rind %s ms, refused after %s ms\n' "$without" "$TOOK"
  # A machine that is busy may take a while to start the runtime.
  ((TOOK - without < 6000)) || fail "it took $TOOK ms, without Rind $without ms"
}
on_one_runtime hundred_thousand_environments

# The image of these has no script: nothing but a seam could make it a builder, or its annotation does.
without_a_script() {
  bundle_make
  rm "$ROOTFS$SCRIPT"
}

# What is no builder by its configuration starts, with one line that names it.
test_hundred_thousand_environments_of_no_builder() {
  without_a_script
  make_many 100000 0
  use_rind
  timed expect_status 0 bundle_run sh -c 'echo started; ls /dev/rind 2>&1; true'
  expect_contains "the container" "$OUTPUT" started
  expect_contains "the container" "$OUTPUT" "No such file"
  expect_equal "lines of the hook" 1 "$(grep -c 'rind-hook: ' <<<"$OUTPUT")"
  expect_contains "the warning" "$OUTPUT" "rind-hook: bundle-$$-"
  expect_contains "the warning" "$OUTPUT" "the container starts without isolation, but may have a seam: search the container for seams: it takes more than 50000 paths"
  ((TOOK < 8000)) || fail "it took $TOOK ms"
}

test_hundred_thousand_environments_of_a_builder_by_annotation() {
  without_a_script
  bundle_builder
  make_many 100000 0
  use_rind
  bundle_refused "it takes more than 50000 paths" echo started
}

# A directory of a million names that do not match: read to a limit, whatever the clock says.
test_a_million_names() {
  without_a_script
  mkdir -p "$BUNDLE/many"
  mount -t tmpfs -o size=2g,nr_inodes=0 many "$BUNDLE/many"
  python3 -c '
import os, sys
os.chdir(sys.argv[1])
os.close(os.open("first", os.O_CREAT))
for i in range(1_050_000):
    os.link("first", str(i))' "$BUNDLE/many"
  bundle_set --mount "/opt/x/lib:bind:$BUNDLE/many:rbind,ro"
  use_rind
  expect_status 0 bundle_run echo started
  expect_contains "the warning" "$OUTPUT" "it takes more than 1000000 directory entries"
  bundle_builder
  bundle_refused "it takes more than 1000000 directory entries" echo started
}

# No clock ends the search in a builder. It ends that of any other container, which then starts.
test_clock_refuses_nothing() {
  without_a_script
  make_many 20000 0
  use_rind '{"seams": {"script": {"limits": {"entries": 10000000, "milliseconds": 10}}}}'
  expect_status 0 bundle_run sh -c 'echo started; ls /dev/rind 2>&1; true'
  expect_contains "no builder" "$OUTPUT" "No such file"
  expect_contains "the warning" "$OUTPUT" "it takes more than 10 ms"
  bundle_builder
  expect_status 0 bundle_run sh -c 'cd /dev/rind && echo started'
  expect_equal "a builder" started "$OUTPUT"
}

# More seams than a process can hold descriptors of.
test_many_seams() {
  bundle_make
  make_many 300 300
  expect_status 0 bundle_run sh -c 'ls /opt/many/*/lib/python3.13/site-packages/fromager/run_network_isolation.sh | wc -l'
  expect_equal "without Rind" 300 "$OUTPUT"
  use_rind
  bundle_refused "it takes more than 256 seams" echo started
}

test_as_many_seams_as_there_may_be() {
  bundle_make
  make_many 250 250
  use_rind
  expect_status 0 bundle_run sh -c 'ls /dev/rind/originals | wc -l'
  # Theirs, the script of the image and its interpreter.
  expect_equal "originals" 252 "$OUTPUT"
}

# The image's environment names hundreds of thousands of prefixes.
test_long_search_path() {
  bundle_make
  local i path
  for i in {0..14}; do
    path=$(seq -f "/$i/%g/bin" -s : 9000)
    bundle_set --env "PATH=$path:/usr/bin:/bin"
  done
  expect_status 0 bundle_run echo started
  use_rind
  timed bundle_refused "search the container for seams: it takes more than" echo started
  ((TOOK < 10000)) || fail "it took $TOOK ms"
}

# Prefixes that are none: too long, with wildcards, of links only. The builder starts as it would.
test_odd_prefixes() {
  bundle_make
  local long
  long=$(printf '/%.0s' {1..60000})
  bundle_set --env "VIRTUAL_ENV=/$(printf 'x/%.0s' {1..3000})" --env "PATH=$long/bin:/*/*/*/bin:/[/bin:$(printf '/opt/..%.0s' {1..500})/usr/bin"
  use_rind
  expect_status 0 bundle_run "$SCRIPT" /usr/bin/readlink /proc/self/ns/pid
  expect_contains "it ran" "$OUTPUT" "pid:["
}

# A chain of links, each of which leads through the next one forty times.
test_links_that_grow() {
  bundle_make
  local i
  for i in {0..38}; do
    ln -s "$(printf "l$((i + 1))/../%.0s" {1..400})" "$ROOTFS/opt/l$i"
  done
  mkdir "$ROOTFS/opt/l39"
  use_rind
  timed expect_status 0 bundle_run "$SCRIPT" readlink /proc/self/ns/pid
  ((TOOK < 8000)) || fail "it took $TOOK ms"
}

# Deeper than any path can say.
test_path_without_a_name() {
  bundle_make
  python3 - "$ROOTFS/opt" "$RIND_SOURCE/tests/image/fromager/run_network_isolation.sh" <<'PY'
import os, shutil, sys
os.chdir(sys.argv[1])
name = "d" * 250
os.mkdir("deep")
links = "/opt/deep"
os.chdir("deep")
for part in range(2):
    for i in range(12):
        os.mkdir(name)
        os.chdir(name)
    os.symlink("/".join([f"/opt/l{part - 1}" if part else links] + [name] * 12), f"{sys.argv[1]}/l{part}")
os.makedirs("lib/python3.13/site-packages/fromager")
shutil.copy(sys.argv[2], "lib/python3.13/site-packages/fromager/")
os.chmod("lib/python3.13/site-packages/fromager/run_network_isolation.sh", 0o755)
PY
  expect_status 0 bundle_run sh -c "grep -c 'set -e' /opt/l1/$SITE/fromager/run_network_isolation.sh"
  use_rind
  bundle_refused "its canonical path is longer than PATH_MAX" echo started
}
