# What variables and PATH name is there: toolchains and libraries in homes, temporary directories and beside the
# sources; never the credentials in them, or what lies beside them.
source "$RIND_SOURCE/tests/system/hook.inc"

# A home with a toolchain and with secrets. `step` runs a command isolated; `plain` runs it without Rind.
# shellcheck disable=SC2016
HOMES='
mkdir -p /mnt/home/.ssh /mnt/home/.config/gh /mnt/home/prefix/lib/pkgconfig
export HOME=/mnt/home
for f in .netrc .ssh/id .config/gh/hosts.yml plan.txt; do echo secret >$HOME/$f; done
step() { "$RIND" run -- "$@"; }
plain() { "$@"; }
show() { "$@" sh -c "for f in $FILES; do cat \$f 2>/dev/null || echo \"no \${f##*/}\"; done"; }
'
in_home_rig() {
  local script=$1
  shift
  in_rig "$HOMES$script" "$@"
}

test_a_prefix_beside_the_sources() {
  # shellcheck disable=SC2016
  local script='mkdir -p $W/dist/lib/pkgconfig $W/dist/include; echo library >$W/dist/lib/x.so; echo header >$W/dist/include/x.h
    mkdir -p /tmp/w/other-2/dist; echo other >/tmp/w/other-2/dist/f
    export ARROW_HOME=$W/dist OTHER_HOME=/tmp/w/other-2/dist
    hook build_wheel "
import os
for path in (os.environ[\"ARROW_HOME\"] + \"/lib/x.so\", os.environ[\"OTHER_HOME\"] + \"/f\"):
    try: print(open(path).read().strip(), flush=True)
    except OSError as e: print(type(e).__name__, flush=True)
try: open(os.environ[\"ARROW_HOME\"] + \"/new\", \"w\")
except OSError as e: print(e.strerror, flush=True)
put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")"'
  expect_status 0 in_hook_rig "$script"
  expect_equal "it is read; another package's is not; nothing is written" $'library\nFileNotFoundError\nRead-only file system' "$OUTPUT"
  expect_status 0 in_hook_rig "SEAM=env; $script"
  expect_equal "control: without Rind" $'library\nother' "$OUTPUT"
  # By a directory deep in it, the whole prefix is there: a .pc file names the others.
  expect_status 0 in_hook_rig 'mkdir -p $W/dist/lib/pkgconfig $W/dist/include; echo header >$W/dist/include/x.h
    export PKG_CONFIG_PATH=/usr/share/pkgconfig:$W/dist/lib/pkgconfig
    hook build_wheel "print(open(\"'"/tmp/w/pkg-1"'/dist/include/x.h\").read().strip(), flush=True); put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")"'
  expect_equal "a header" header "$OUTPUT"
}

test_prefixes_in_homes_and_temporary_directories() {
  # shellcheck disable=SC2016
  local script='mkdir -p /tmp/p/lib /var/tmp/rind-p/lib; for d in $HOME/prefix /tmp/p /var/tmp/rind-p; do mkdir -p $d/lib; echo $d >$d/lib/f; done
    export A_ROOT=$HOME/prefix LD_LIBRARY_PATH=/tmp/p/lib CMAKE_PREFIX_PATH="/usr;/var/tmp/rind-p"
    FILES="$HOME/prefix/lib/f /tmp/p/lib/f /var/tmp/rind-p/lib/f $HOME/plan.txt $HOME/.netrc $HOME/.ssh/id"'
  expect_status 0 in_home_rig "mount -t tmpfs t /var/tmp; $script; show step"
  expect_equal "in the step" $'/mnt/home/prefix\n/tmp/p\n/var/tmp/rind-p\nno plan.txt\nno .netrc\nno id' "$OUTPUT"
  expect_status 0 in_home_rig "mount -t tmpfs t /var/tmp; $script; show plain"
  expect_equal "control: without Rind" $'/mnt/home/prefix\n/tmp/p\n/var/tmp/rind-p\nsecret\nsecret\nsecret' "$OUTPUT"
}

test_options_of_compilers() {
  expect_status 0 in_home_rig 'mkdir -p $HOME/prefix/include; echo header >$HOME/prefix/include/x.h; echo lib >$HOME/prefix/lib/x.so
    export CFLAGS="-O2 -I$HOME/prefix/include"; FILES="$HOME/prefix/include/x.h $HOME/prefix/lib/x.so"; show step
    unset CFLAGS; export CMAKE_ARGS="-DX=1 -DX_ROOT=$HOME/prefix"; show step'
  expect_equal "by -I, by -D" $'header\nlib\nheader\nlib' "$OUTPUT"
}

# shellcheck disable=SC2016
TOOLCHAIN='mkdir -p $HOME/.cargo/bin $HOME/.rustup/toolchains/stable $HOME/.local/bin $HOME/.local/lib $HOME/.local/share/keyrings $HOME/.nvm/versions/node/v20/{bin,lib,etc}
  chmod 0700 $HOME
  echo stable >$HOME/.rustup/toolchains/stable/v
  printf "#!/bin/sh\ncat $HOME/.rustup/toolchains/stable/v\n" >$HOME/.cargo/bin/cargo
  printf "#!/bin/sh\ncat $HOME/.local/lib/v\n" >$HOME/.local/bin/tool; echo tool >$HOME/.local/lib/v
  printf "#!/bin/sh\ncat $HOME/.nvm/versions/node/v20/lib/v\n" >$HOME/.nvm/versions/node/v20/bin/node; echo node >$HOME/.nvm/versions/node/v20/lib/v
  chmod 0755 $HOME/.cargo/bin/cargo $HOME/.local/bin/tool $HOME/.nvm/versions/node/v20/bin/node
  for f in .cargo/credentials.toml .cargo/credentials .local/share/keyrings/login .nvm/.npmrc .nvm/versions/node/v20/etc/npmrc; do echo secret >$HOME/$f; chmod 0644 $HOME/$f; done
  export PATH=$HOME/.cargo/bin:$HOME/.local/bin:$HOME/.nvm/versions/node/v20/bin:$PATH NVM_DIR=$HOME/.nvm
  FILES="$HOME/.cargo/credentials.toml $HOME/.cargo/credentials $HOME/.local/share/keyrings/login $HOME/.nvm/.npmrc $HOME/.nvm/versions/node/v20/etc/npmrc $HOME/.netrc $HOME/plan.txt"
  all() { "$@" sh -c "cargo; tool; node"; show "$@" | sort | uniq -c | sed "s/^ *//"; }
'
test_toolchains_below_home() {
  expect_status 0 in_home_rig "$TOOLCHAIN"'all plain'
  expect_equal "control: without Rind" $'stable\ntool\nnode\n7 secret' "$OUTPUT"
  expect_status 0 in_home_rig "$TOOLCHAIN"'step sh -c "cargo; tool; node"'
  expect_equal "in the step" $'stable\ntool\nnode' "$OUTPUT"
  expect_status 0 in_home_rig "$TOOLCHAIN"'show step'
  expect_lacks "secrets" "$OUTPUT" secret
}

# The toolchain is of another home than the step's: /root, or /home/NAME.
test_toolchains_of_another_home() {
  RIG_POLICY='{"views": {"/mnt/tools": "hidden"}}'
  local script='umount /root 2>/dev/null; mount -t tmpfs -o mode=0700 root /root; mkdir -p /root/.cargo/bin /root/.rustup /mnt/tools/bin; echo v >/root/.rustup/v; echo secret >/root/.netrc
    printf "#!/bin/sh\ncat /root/.rustup/v\n" >/root/.cargo/bin/cargo; chmod 0755 /root/.cargo/bin/cargo; echo hidden >/mnt/tools/bin/x
    export PATH=/root/.cargo/bin:$PATH TOOLS=/mnt/tools/bin; FILES="/root/.netrc /mnt/tools/bin/x"'
  expect_status 0 in_home_rig "$script; step cargo; show step"
  expect_equal "the toolchain alone; what the operator hides stays hidden" $'v\nno .netrc\nno x' "$OUTPUT"
  expect_status 0 in_home_rig "$script; cargo; show plain"
  expect_equal "control: without Rind" $'v\nsecret\nhidden' "$OUTPUT"
}

# A program of /usr/local/bin that is a link into a home.
test_a_link_into_a_home() {
  expect_status 0 in_home_rig 'mkdir -p /mnt/tree/bin $HOME/node/bin $HOME/node/lib; echo v >$HOME/node/lib/v; mount -t tmpfs t /usr/local/bin
    printf "#!/bin/sh\ncat $HOME/node/lib/v\n" >$HOME/node/bin/node; chmod 0755 $HOME/node/bin/node; ln -s $HOME/node/bin/node /usr/local/bin/node
    ln -s $HOME/.ssh/id /usr/local/bin/id-key; ln -s $HOME /usr/local/bin/home
    export PATH=/usr/local/bin:$PATH FILES="$HOME/.ssh/id $HOME/plan.txt"; step node; show step'
  expect_equal "the program; no secrets" $'v\nno id\nno plan.txt' "$OUTPUT"
}

# A package manager's prefixes below HOME, one for each package (Spack): hundreds of elements in several variables.
# A directory of links to programs, with hundreds of others beside them.
test_hundreds_of_prefixes_and_links() {
  # shellcheck disable=SC2016
  local script='path= libraries=; mkdir $HOME/spack
    for i in {1..300}; do
      mkdir -p $HOME/spack/p$i/bin $HOME/spack/p$i/lib; path+=$HOME/spack/p$i/bin: libraries+=$HOME/spack/p$i/lib:
    done
    printf "#!/bin/sh\ncat $HOME/spack/p300/lib/v\n" >$HOME/spack/p300/bin/tool-300; chmod 0755 $HOME/spack/p300/bin/tool-300; echo v >$HOME/spack/p300/lib/v
    for tool in one two; do mkdir -p $HOME/$tool/bin; printf "#!/bin/sh\necho linked\n" >$HOME/$tool/bin/tool; chmod 0755 $HOME/$tool/bin/tool; done
    mount -t tmpfs t /usr/local/bin; ln -s $HOME/one/bin/tool /usr/local/bin/first
    for i in {1..600}; do : >/usr/local/bin/file$i; done; ln -s $HOME/two/bin/tool /usr/local/bin/latest
    export PATH=/usr/local/bin:$path$PATH LIBRARY_PATH=$libraries CMAKE_PREFIX_PATH=${path//:/;}'
  expect_status 0 in_home_rig "$script; step sh -c 'tool-300; first; latest; test -e ~/spack/p299/lib && echo lib; test -e ~/plan.txt || echo no plan'"
  expect_equal "in the step" $'v\nlinked\nlinked\nlib\nno plan' "$OUTPUT"
  expect_status 0 in_home_rig "$script; plain sh -c 'tool-300; first; latest; test -e ~/spack/p299/lib && echo lib; test -e ~/plan.txt || echo no plan'"
  expect_equal "control: without Rind" $'v\nlinked\nlinked\nlib' "$OUTPUT"
}

# Beside what is shown a build writes as without Rind, and it is thrown away.
test_home_can_be_written_beside_a_toolchain() {
  expect_status 0 in_home_rig "$TOOLCHAIN"'step sh -c "mkdir -p ~/.local/state/x ~/.cache/y && echo x >~/.local/state/x/f && cat ~/.local/state/x/f; touch ~/.local/lib/new" 2>&1; ls -A $HOME/.local'
  expect_equal "in the step, and afterwards" $'x\ntouch: cannot touch \'/mnt/home/.local/lib/new\': Read-only file system\nbin\nlib\nshare' "$(said)"
}

# Never a home, what is around one, credentials, or a place to which a step made a link.
test_what_is_never_shown() {
  # shellcheck disable=SC2016
  local script='mkdir -p $S/prefix /tmp/w/other-2/dist /mnt/home/keys; ln -s /mnt/home/keys $S/prefix/lib; echo secret >/mnt/home/keys/k; echo other >/tmp/w/other-2/dist/f
    ln -s /mnt/home/keys $W/made
    export A_HOME=/mnt/home B_PATH=/mnt/home/.ssh C_PATH=/mnt/home/.config/gh D_PATH=$S/prefix/lib E_PATH=/tmp/w/other-2/dist F_PATH=/mnt G_PATH=/tmp H_PATH=$W/made OLDPWD=/mnt/home/keys
    hook build_wheel "
import os
for path in \"/mnt/home/plan.txt\", \"/mnt/home/.ssh/id\", \"/mnt/home/.config/gh/hosts.yml\", \"/mnt/home/keys/k\", \"/tmp/w/other-2/dist/f\", \"/tmp/theirs\":
    print(os.path.exists(path), end=\" \", flush=True)
put(\"pkg-1-py3-none-any.whl\"); result(\"pkg-1-py3-none-any.whl\")"'
  local prelude="$HOMES"'echo x >/tmp/theirs;'
  expect_status 0 in_hook_rig "$prelude$script"
  expect_equal "in the step" "False False False False False False" "${OUTPUT% }"
  expect_status 0 in_hook_rig "$prelude SEAM=env; $script"
  expect_equal "control: without Rind" "True True True True True True" "${OUTPUT% }"
}

# What is not shown, or cannot be written, is in the line of a step that fails, with what opens it.
test_the_line_names_what_is_out_of_reach() {
  RIG_POLICY='{"views": {"/mnt/tools": "hidden"}}'
  expect_status 1 in_home_rig 'mkdir -p /mnt/tools/bin /mnt/c; export TOOLS=/mnt/tools/bin MY_CACHE_DIR=/mnt/c NOT_A_CACHE=/mnt/bin; step false'
  expect_contains "hidden" "$OUTPUT" '$TOOLS names /mnt/tools/bin, which views./mnt/tools hides (to show it, add "/mnt/tools/bin": "ro" to "views")'
  expect_contains "read-only" "$OUTPUT" '$MY_CACHE_DIR names /mnt/c, which is read-only (to write there, give "$MY_CACHE_DIR" a "cow" view)'
  expect_equal "one line" 1 "$(wc -l <<<"$OUTPUT")"
  # What it says helps.
  RIG_POLICY='{"views": {"/mnt/tools": "hidden", "/mnt/tools/bin": "ro", "$MY_CACHE_DIR": {"view": "cow", "size": 65536, "directories": 64, "fallback": "refuse"}}}'
  expect_status 0 in_home_rig 'mkdir -p /mnt/tools/bin /mnt/c; echo x >/mnt/tools/bin/f; export TOOLS=/mnt/tools/bin MY_CACHE_DIR=/mnt/c; step sh -c "cat /mnt/tools/bin/f; echo y >/mnt/c/f; cat /mnt/c/f"'
  expect_equal "then" $'x\ny' "$OUTPUT"
}
