# Caches that variables name, and caches at their default places below HOME: they are read, and what a step writes
# to them is thrown away.
source "$RIND_SOURCE/tests/system/hook.inc"

# Makes HOME, and caches with a file each. `step` and `plain` run a command with and without Rind.
# shellcheck disable=SC2016
CACHES='
export HOME=/mnt/home; mkdir -p $HOME /mnt/c
step() { "$RIND" run -- "$@"; }
plain() { "$@"; }
snapshot() { find "$@" -printf "%p %m %s %T@\n" | sort; }
'
in_cache_rig() {
  local script=$1
  shift
  in_rig "$CACHES$script" "$@"
}

VARIABLES="CARGO_TARGET_DIR XDG_CACHE_HOME npm_config_cache GOCACHE GOMODCACHE GOPATH PIP_CACHE_DIR TRITON_CACHE_DIR NUMBA_CACHE_DIR
MPLCONFIGDIR YARN_CACHE_FOLDER FETCHCONTENT_BASE_DIR TEST_TMPDIR TORCH_EXTENSIONS_DIR TORCH_HOME CUDA_CACHE_PATH CONAN_HOME
CARGO_BUILD_TARGET_DIR GOTMPDIR npm_config_store_dir COREPACK_HOME VCPKG_DEFAULT_BINARY_CACHE GRADLE_USER_HOME ZIG_GLOBAL_CACHE_DIR MYPY_CACHE_DIR PYTHONPYCACHEPREFIX CCACHE_TEMPDIR"

# use_them WITH: each variable names a directory; what is there is read, a file and a directory are made.
# shellcheck disable=SC2016
USE='for v in $V; do export $v=/mnt/c/$v; done
use() { $1 sh -c "for v in $V; do eval d=\\\$\$v; mkdir -p \$d/new && echo x >\$d/new/f && cat \$d/new/f \$d/old/f >/dev/null || echo \"bad \$v\"; done"; }'

test_variables() {
  # shellcheck disable=SC2016
  local script="V=\$(echo \$1); $USE"'; for v in $V; do mkdir -p /mnt/c/$v/old; echo y >/mnt/c/$v/old/f; done; snapshot /mnt/c >/mnt/before
    use step; snapshot /mnt/c | diff /mnt/before - && echo same'
  expect_status 0 in_cache_rig "$script" "$VARIABLES"
  expect_equal "all are read and written, and as before" same "$OUTPUT"
  expect_status 0 in_cache_rig "${script/use step/use plain}; true" "$VARIABLES"
  expect_lacks "control: without Rind all are used" "$OUTPUT" bad
  expect_contains "control: and changed" "$OUTPUT" "/new/f"
}

# Directories that are empty, or not there yet: a build makes them.
test_variables_of_empty_and_missing_directories() {
  # shellcheck disable=SC2016
  local use='"$RIND" run -- sh -c "for d in \$CARGO_TARGET_DIR \$GOCACHE \$PIP_CACHE_DIR \$NUMBA_CACHE_DIR; do mkdir -p \$d/new && echo x >\$d/new/f && ls -A \$d; done"'
  expect_status 0 in_cache_rig "mkdir -p /mnt/c/empty /mnt/hidden; export CARGO_TARGET_DIR=/mnt/c/empty GOCACHE=/mnt/c/a/b PIP_CACHE_DIR=/mnt/home/pip NUMBA_CACHE_DIR=/root/n; mount -t tmpfs r /root; $use; find /mnt/c /root -mindepth 1 | sort"
  expect_equal "written; nothing stays but the directories" $'new\nnew\nnew\nnew\n/mnt/c/a\n/mnt/c/a/b\n/mnt/c/empty' "$(said)"
}

# Its room is the disk's, not that of memory.
test_an_empty_cache_has_the_disks_room() {
  RIG_POLICY='{"views": {"$CARGO_TARGET_DIR": {"size": 65536}}}'
  expect_status 0 in_cache_rig 'export CARGO_TARGET_DIR=/mnt/c; step dd if=/dev/zero of=/mnt/c/big bs=1k count=256 status=none && echo written; ls /mnt/c'
  expect_equal "written, gone" written "$OUTPUT"
  # Control: what is in it is read through the layer of that size.
  expect_status 1 in_cache_rig 'export CARGO_TARGET_DIR=/mnt/c; echo x >/mnt/c/f; step dd if=/dev/zero of=/mnt/c/big bs=1k count=256 status=none'
  expect_contains "why" "$OUTPUT" "No space left"
}

# Where the builder cannot make the directory either, it is said.
test_a_directory_that_cannot_be_made() {
  expect_status 1 in_cache_rig 'mount -t tmpfs -o ro r /mnt/c; export GOCACHE=/mnt/c/x; step sh -c "mkdir -p /mnt/c/x"'
  expect_contains "the line" "$OUTPUT" 'without a directory /mnt/c/x to write to (views.$GOCACHE): it does not exist, and the builder cannot make it: Read-only file system'
}

# A full disk and a quota say that, too.
test_a_directory_that_has_no_room() {
  expect_status 1 in_cache_rig 'mount -t tmpfs -o nr_inodes=1 r /mnt/c; export GOCACHE=/mnt/c/x; step sh -c "echo runs; false"'
  expect_contains "the line" "$OUTPUT" 'the builder cannot make it: No space left on device'
  expect_contains "the step" "$OUTPUT" runs
}

test_default_places_below_home() {
  # shellcheck disable=SC2016
  local script='for d in .cargo/registry/src/x .cargo/git .cache/ccache/a .ccache/a go/pkg/mod/x .cache/go-build/0 .npm/_cacache/x .cache/sccache .rustup/toolchains; do mkdir -p $HOME/$d; echo c >$HOME/$d/f; done
    for f in .cargo/credentials.toml .cargo/credentials .npmrc .netrc plan.txt .cache/other .npm/x; do echo secret >$HOME/$f; done
    chmod 0700 $HOME $HOME/.cache
    USE="cd; cat .cargo/registry/src/x/f .cargo/git/f .cache/ccache/a/f .ccache/a/f go/pkg/mod/x/f .cache/go-build/0/f .npm/_cacache/x/f .cache/sccache/f .rustup/toolchains/f | tr -d \"\n\"; echo
      for f in .cargo/credentials.toml .cargo/credentials .npmrc .netrc plan.txt .cache/other .npm/x; do cat \$f 2>/dev/null; done | grep -c secret
      for d in .cargo/registry/src .cache/ccache/a .ccache go/pkg/mod .npm/_cacache .cache/new/x .npm/new go/bin .cargo/bin; do mkdir -p \$d && echo n >\$d/new || echo \"bad \$d\"; done"
    snapshot $HOME >/mnt/before'
  expect_status 0 in_cache_rig "$script"'; step sh -c "$USE"; snapshot $HOME | diff /mnt/before - >/mnt/diff; grep -v "^[0-9]\|^---\|^[<>] /mnt/home [0-9]" /mnt/diff; true'
  expect_equal "read; no secret; written; as before" $'ccccccccc\n0' "$OUTPUT"
  expect_status 0 in_cache_rig "$script"'; plain sh -c "$USE"; snapshot $HOME | diff -q /mnt/before - >/dev/null || echo changed'
  expect_equal "control: without Rind" $'ccccccccc\n7\nchanged' "$OUTPUT"
}

# A variable of a cache never uncovers a home, a temporary directory, or credentials.
test_variables_that_name_other_places() {
  # shellcheck disable=SC2016
  local script='mkdir -p $HOME/.ssh $HOME/.config/x /mnt/o/tmp; for f in /tmp/theirs $HOME/plan $HOME/.ssh/id $HOME/.config/x/f; do echo secret >$f; chmod 0644 $f; done
    mount -t tmpfs r /root; echo secret >/root/f; chmod 0755 /root
    export NUMBA_CACHE_DIR=/tmp XDG_CACHE_HOME=$HOME GOPATH=/ GOCACHE=/root HF_HOME=$HOME/.ssh TORCH_HOME=$HOME/.config/x MPLCONFIGDIR=$HOME/.config PIP_CACHE_DIR=/mnt
    use() { "$@" sh -c "cat /tmp/theirs $HOME/plan $HOME/.ssh/id $HOME/.config/x/f /root/f 2>/dev/null | sort | uniq -c | sed \"s/^ *//\"; for d in \$NUMBA_CACHE_DIR \$XDG_CACHE_HOME; do touch \$d/new && echo written; done"; }'
  expect_status 0 in_cache_rig "$script; use step"
  expect_equal "no secret; what is private can be written" $'written\nwritten' "$OUTPUT"
  expect_status 0 in_cache_rig "$script; use plain"
  expect_equal "control: without Rind" $'5 secret\nwritten\nwritten' "$OUTPUT"
}

# Only of the step's own home.
test_caches_of_another_home() {
  expect_status 0 in_cache_rig 'mount -t tmpfs r /root; mkdir -p /root/.cargo/registry /mnt/home/.cargo; echo other >/root/.cargo/registry/f; echo own >/mnt/home/.cargo/f
    step sh -c "cat ~/.cargo/f; cat /root/.cargo/registry/f 2>/dev/null"; cat /root/.cargo/registry/f'
  expect_equal "own; control" $'own\nother' "$(said)"
}

# Credentials in what a variable names.
test_credentials_in_caches() {
  # shellcheck disable=SC2016
  local script='mkdir -p /mnt/c/{hf,gradle,conan,x/huggingface}; for f in hf/token hf/stored_tokens gradle/gradle.properties conan/credentials.json conan/.conan.db x/huggingface/token; do echo secret >/mnt/c/$f; done
    for d in hf gradle conan x; do echo cached >/mnt/c/$d/f; done
    export HF_HOME=/mnt/c/hf GRADLE_USER_HOME=/mnt/c/gradle CONAN_HOME=/mnt/c/conan XDG_CACHE_HOME=/mnt/c/x'
  expect_status 0 in_cache_rig "$script"'; step sh -c "find /mnt/c -type f -exec cat {} +" | sort | uniq -c | sed "s/^ *//"'
  expect_equal "in the step" "4 cached" "$OUTPUT"
  expect_status 0 in_cache_rig "$script"'; plain sh -c "find /mnt/c -type f -exec cat {} +" | sort | uniq -c | sed "s/^ *//"'
  expect_equal "control: without Rind" $'4 cached\n6 secret' "$OUTPUT"
}

# Closed to everybody but the builder: it is said, with the remedy, and the remedy helps.
test_closed_caches_are_said() {
  # shellcheck disable=SC2016
  local script='export CCACHE_DIR=/mnt/c; mkdir -p /mnt/c/0/1; echo x >/mnt/c/0/1/f; echo x >/mnt/c/0/1/g'
  expect_status 1 in_cache_rig "$script"'; chmod 0600 /mnt/c/0/1/*; "$RIND" explain -- cat x | grep ^without; step cat /mnt/c/0/1/f'
  local says='without read access to the cache /mnt/c ($CCACHE_DIR): only its owner may read its files; run `chmod -R go+rX /mnt/c`, and fill it with umask 022 (CCACHE_UMASK=022)'
  expect_equal "explain" "$says" "$(head -n 1 <<<"$OUTPUT")"
  expect_contains "the line" "${OUTPUT##*$'\n'}" "$says"
  expect_status 0 in_cache_rig "$script"'; chmod 0600 /mnt/c/0/1/*; chmod -R go+rX /mnt/c; "$RIND" explain -- cat x | grep ^without; step cat /mnt/c/0/1/f'
  expect_equal "after that" x "$OUTPUT"
}

# HOME and /var/tmp have the room of their disk; where there is none, memory.
test_home_is_on_disk() {
  RIG_POLICY='{"views": {"$HOME": {"size": 65536}, "/var/tmp": {"size": 65536}}}'
  # shellcheck disable=SC2016
  local script='mount -t tmpfs v /var/tmp; for d in $HOME /var/tmp; do step sh -c "dd if=/dev/zero of=$d/big bs=1k count=256 status=none && echo written"; ls -A $d; done'
  expect_status 0 in_cache_rig "$script"
  expect_equal "written, and gone" $'written\nwritten' "$OUTPUT"
  expect_status 0 in_cache_rig 'mount -t tmpfs -o ro v /var/tmp; mount -t tmpfs -o ro h $HOME; step sh -c "echo x >~/f && cat ~/f; dd if=/dev/zero of=$HOME/big bs=1k count=256"'"; $script; true"
  expect_contains "in memory" "$OUTPUT" $'x\n'
  expect_contains "it is said" "$OUTPUT" 'without the disk for the private view of /mnt/home (views.$HOME; it is in memory, 65536 bytes): Read-only file system'
  expect_contains "and its limit holds" "$OUTPUT" "No space left"
}

test_a_full_view_is_named() {
  RIG_POLICY='{"views": {"$HOME": {"backing": "memory", "size": 65536}}}'
  expect_status 1 in_cache_rig 'step sh -c "dd if=/dev/zero of=\$HOME/big bs=1k count=256 status=none"'
  expect_contains "the line" "$OUTPUT" 'without room in /mnt/home: the view is full (views.$HOME: its "size" is 65536 bytes; or give it "backing": "disk")'
  expect_status 0 in_cache_rig 'step sh -c "dd if=/dev/zero of=\$HOME/big bs=1k count=256 status=none; true"'
  expect_contains "a step that ends well" "$OUTPUT" 'the command succeeded; without room in /mnt/home: '
  expect_status 1 in_cache_rig 'step sh -c "echo x >\$HOME/f; exit 1"'
  expect_lacks "control: a step that filled nothing" "$OUTPUT" "room in"
  RIG_POLICY=
  expect_status 1 in_cache_rig 'mount -t tmpfs -o size=262144 h $HOME; step sh -c "dd if=/dev/zero of=\$HOME/big bs=1k count=1024 status=none"'
  expect_contains "a disk" "$OUTPUT" 'without room in /mnt/home: its file system is full (views.$HOME)'
}

# ccache whose places a file names. `compile` compiles one file in a fresh directory and says whether it was a hit.
# shellcheck disable=SC2016
CCACHE='command -v ccache >/dev/null || exit 77
unset CCACHE_DIR CCACHE_CONFIGPATH CCACHE_NOHASHDIR CCACHE_BASEDIR XDG_CACHE_HOME
mount -t tmpfs e /var/cache; echo "int a;" >/mnt/a.c
compile() { "$@" sh -c "cd \$TMPDIR 2>/dev/null || cd /tmp; ccache -z >/dev/null; ccache gcc -c /mnt/a.c -o a.o && ccache --print-stats | grep -cE \"^(direct_cache_hit|preprocessed_cache_hit)[[:space:]]1\""; }
'
ccache_by() { # SETUP
  # shellcheck disable=SC2016
  expect_status 0 in_cache_rig "$CCACHE$1"'; compile plain; compile step; compile plain'
  expect_equal "a miss; a hit in the step; a hit without Rind" $'0\n1\n1' "$OUTPUT"
}
test_ccache_by_its_file_in_home() { ccache_by 'mkdir -p $HOME/.config/ccache; echo "cache_dir = /mnt/c/ccache" >$HOME/.config/ccache/ccache.conf'; }
test_ccache_by_configpath() { ccache_by 'echo "cache_dir = /mnt/c/ccache" >/mnt/ccache.conf; export CCACHE_CONFIGPATH=/mnt/ccache.conf'; }
test_ccache_by_the_systems_file() { ccache_by 'cp -a /etc /mnt/etc 2>/dev/null; mount --bind /mnt/etc /etc; echo "cache_dir = /var/cache/ccache" >/etc/ccache.conf'; }
test_ccache_by_default() { ccache_by 'mkdir -p $HOME/.cache'; }
test_ccache_with_a_temporary_directory() { ccache_by 'printf "cache_dir = /mnt/c/ccache\ntemporary_dir = /mnt/c/tmp\n" >/mnt/ccache.conf; export CCACHE_CONFIGPATH=/mnt/ccache.conf'; }
test_ccache_with_a_log() { ccache_by 'mkdir -p /mnt/log; printf "cache_dir = /mnt/c/ccache\nlog_file = /mnt/log/ccache.log\n" >/mnt/ccache.conf; export CCACHE_CONFIGPATH=/mnt/ccache.conf'; }
test_ccache_by_variables() { ccache_by 'mkdir -p /mnt/t /mnt/log; export CCACHE_DIR=/mnt/c/ccache CCACHE_TEMPDIR=/mnt/t/x CCACHE_LOGFILE=/mnt/log/l'; }
