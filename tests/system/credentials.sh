# Credentials in the sources and in their repository: the step does not see them, git works, the files stay.
source "$RIND_SOURCE/tests/system/repository.inc"

# tell FILE FORM   writes credentials into a file, in a form of its tool
# shellcheck disable=SC2016
CREDENTIALS='
U=https://oauth2:RIND-TEST-SECRET@h.example/r.git
tell() {
  mkdir -p $(dirname $1)
  case $2 in
    url) git config -f $1 remote.origin.url $U; git config -f $1 remote.origin.fetch "+refs/heads/*:refs/remotes/origin/*" ;;
    header) git config -f $1 http.https://github.com/.extraheader "AUTHORIZATION: basic RIND-TEST-SECRET" ;;
    instead) git config -f $1 url.$U.insteadOf https://h.example/r.git ;;
    helper) git config -f $1 credential.helper "!f() { echo username=u; echo password=RIND-TEST-SECRET; }; f" ;;
    line) echo "0000 not-for-merge branch main of $U" >>$1 ;;
    log) echo "0000000000000000000000000000000000000000 $(git -C $SOURCES rev-parse HEAD) a <a@b> 1 +0000	clone: from $U" >>$1 ;;
    npm) echo "//r.example/:_authToken=RIND-TEST-SECRET" >>$1 ;;
    pypi) printf "[pypi]\nusername = u\npassword = RIND-TEST-SECRET\n" >>$1 ;;
    netrc) echo "machine h.example login u password RIND-TEST-SECRET" >>$1 ;;
    modules) printf "[submodule \"x\"]\n\tpath = x\n\turl = $U\n" >>$1 ;;
  esac
}
# Everything in the sources and their repository that has the secret.
FIND="
import os
seen = set()
for top in os.environ[\"TOPS\"].split():
    for d, _, files in os.walk(top):
        for f in files:
            p = os.path.join(d, f)
            try: text = open(p, \"rb\").read()
            except OSError: continue
            if b\"RIND-TEST-SECRET\" in text: print(\"LOOT\", p)
print(\"looked\")"
'
in_credentials_rig() {
  local script=$1
  shift
  in_repository_rig "$CREDENTIALS$script" "$@"
}

# WHERE: of a shape, the file in it
# shellcheck disable=SC2016
tests_not_seen() {
  local identity name shape file form control
  local -A cases=(
    [url]='plain $T/.git/config url' [header]='plain $T/.git/config header' [instead]='plain $T/.git/config instead'
    [helper]='plain $T/.git/config helper' [fetch-head]='plain $T/.git/FETCH_HEAD line' [log]='plain $T/.git/logs/HEAD log'
    [log-of-a-branch]='plain $T/.git/logs/refs/heads/main log' [store]='plain $T/.git/credentials line' [copy]='plain $T/.git/config.bak url'
    [remotes]='plain $T/.git/remotes/origin line' [worktree-config]='plain $T/.git/config.worktree url'
    [subdirectory]='subdirectory $T/.git/config url' [subdirectory-log]='subdirectory $T/.git/logs/HEAD log' [closed]='closed-top $T/.git/config url'
    [umask]='umask $T/.git/config header' [submodule]='submodule $G/config url' [submodule-log]='submodule $G/FETCH_HEAD line'
    [module]='super $T/.git/modules/vendored/lib/config url' [worktree]='worktree $C/config url' [worktree-head]='worktree $G/FETCH_HEAD line'
    [module-without-head]='plain $T/.git/modules/x/config url' [log-of-refs]='plain $T/.git/logs/refs/heads/objects/refs/x line'
    [nested]='nested $T/third/party/.git/config url'
    [npmrc]='plain $T/.npmrc npm' [pypirc]='plain $T/.pypirc pypi' [netrc]='plain $T/.netrc netrc' [pip]='plain $T/pip.conf line'
    [hgrc]='plain $T/.hg/hgrc line' [gitmodules]='plain $T/.gitmodules modules' [no-repository]='none $S/.npmrc npm'
  )
  local script='
    case $1 in
      super) make submodule $HOME; SOURCES=$HOME/super ;;
      nested) make plain $HOME; new $SOURCES/third/party ;;
      *) make $1 $HOME ;;
    esac
    cd $SOURCES; S=$SOURCES T=$(git rev-parse --show-toplevel 2>/dev/null) G=$(git rev-parse --absolute-git-dir 2>/dev/null) C=$(git rev-parse --path-format=absolute --git-common-dir 2>/dev/null)
    eval "tell $2 $3"; export TOPS="$S $T $G $C"
    snapshot $HOME >/tmp/before; ask "$FIND"; snapshot $HOME | diff /tmp/before - || echo changed'
  for identity in ephemeral none; do
    for name in "${!cases[@]}"; do
      read -r shape file form <<<"${cases[$name]}"
      [[ $identity == ephemeral || $form == url ]] || continue
      control=$(CONTROL=yes in_credentials_rig "$script" "$shape" "$file" "$form" 2>&1) || control+=" status $?"
      OUTPUT=$(RIG_POLICY="{\"identity\": {\"ephemeral\": \"${identity/ephemeral/preferred}\"}}" in_credentials_rig "$script" "$shape" "$file" "$form" 2>&1) || OUTPUT+=" status $?"
      if [[ $control != *LOOT* ]]; then report_not_ok "$TEST_PREFIX/not_seen/$identity-$name" "without Rind: $control"
      elif [[ $OUTPUT == looked ]]; then report_ok "$TEST_PREFIX/not_seen/$identity-$name"
      else report_not_ok "$TEST_PREFIX/not_seen/$identity-$name" "$OUTPUT"; fi
    done
  done
}

# shellcheck disable=SC2016
test_git_works() {
  local script='make $1 $HOME; T=$(git -C $SOURCES rev-parse --show-toplevel)
    printf "[submodule \"x\"]\n\tpath = x\n\turl = $U\n" >$T/.gitmodules; touch -d 2026-01-02 $T/.gitmodules; git -C $T add .gitmodules; git -C $T commit -qm 3; git -C $T config user.myname someone
    git -C $T config remote.origin.fetch "+refs/heads/*:refs/remotes/origin/*"; tell $T/.git/config header; tell $T/.git/FETCH_HEAD line; SOURCES=$SOURCES ask "
import subprocess
for c in ([\"config\", \"user.myname\"], [\"describe\", \"--tags\", \"--dirty\"], [\"status\", \"--short\"], [\"diff-index\", \"HEAD\"], [\"ls-files\"], [\"submodule\", \"status\"], [\"config\", \"remote.origin.fetch\"]):
    p = subprocess.run([\"git\", *c], capture_output=True, text=True); print(c[0], p.returncode, p.stdout, p.stderr)"'
  local shape control
  for shape in plain subdirectory; do
    control=$(CONTROL=yes in_credentials_rig "$script" "$shape")
    expect_status 0 in_credentials_rig "$script" "$shape"
    expect_contains "control" "$control" "describe 0 v1.2-2-g"
    expect_equal "$shape" "$control" "$OUTPUT"
    expect_lacks "the state" "$OUTPUT" dirty
  done
  expect_status 0 in_credentials_rig 'make plain $HOME; tell $SOURCES/.git/config url; ask "import subprocess; subprocess.run([\"git\", \"remote\", \"get-url\", \"origin\"])"; git -C $SOURCES remote get-url origin'
  expect_equal "the remote, in the step and outside" $'https://h.example/r.git\nhttps://oauth2:RIND-TEST-SECRET@h.example/r.git' "$OUTPUT"
  expect_status 0 in_credentials_rig 'make plain $HOME; git -C $SOURCES remote add origin ssh://git@h.example/r.git; ask "import subprocess; subprocess.run([\"git\", \"remote\", \"get-url\", \"origin\"]); subprocess.run([\"git\", \"config\", \"user.name\", \"step\"], check=True)"; git -C $SOURCES config user.name'
  expect_equal "a user alone stays, and such a file is the step's" $'ssh://git@h.example/r.git\nstep' "$OUTPUT"
}

# What a step tries, to read a file that is covered. Each vector is a list of steps (Python); `at` reads a path.
# shellcheck disable=SC2016
tests_attacks() {
  local name control script
  local -A vectors=(
    [moved]='os.rename(".git", "x"); at("x/config")'
    [moved-then-made]='os.rename(".git", "x"); os.mkdir(".git"); at("x/config"); at(".git/config")'
    [removed]='tried(os.unlink, ".git/config"); at(".git/config")'
    [renamed]='tried(os.rename, ".git/config", ".git/y"); at(".git/config"); at(".git/y")'
    [renamed-over]='open(".git/n", "w"); tried(os.rename, ".git/n", ".git/config"); at(".git/config")'
    [linked]='tried(os.link, ".git/config", "y"); at("y"); at(".git/config")'
    [exchanged]='import ctypes; open("y", "w"); ctypes.CDLL(None).renameat2(-100, b".git/config", -100, b"y", 2); at("y"); at(".git/config")'
    [unmounted]='import ctypes; print(ctypes.CDLL(None).umount2(b".git/config", 2)); at(".git/config")'
    [by-proc]='[at(f"/proc/{p}/{k}" + os.getcwd() + "/.git/config") for p in ("self", "1", os.getppid()) for k in ("root",)]; at("/proc/self/cwd/.git/config")'
    [by-descriptor]='d = os.open(".git", os.O_RDONLY); os.rename(".git", "x"); at(os.open("config", os.O_RDONLY, dir_fd=d))'
    [git-says]='import subprocess; print(subprocess.run(["git", "config", "--list", "--show-origin"], capture_output=True, text=True).stdout)'
    [later-moved]='os.rename(".git", "x"); os.unlink("x/HEAD")@@at("x/config")'
    [later-below]='os.makedirs("a/b"); os.rename(".git", "a/b/c"); os.unlink("a/b/c/HEAD"); os.chmod("a/b/c/config", 0o444)@@at("a/b/c/config")'
    [later-closed]='os.rename(".git", "x"); os.unlink("x/HEAD"); os.chmod("x", 0)@@os.chmod("x", 0o700); at("x/config")'
    [later-without-head]='os.unlink(".git/HEAD")@@at(".git/config")'
    [later-linked]='os.rename(".git", "x"); os.symlink("x", ".git"); os.unlink("x/HEAD")@@at("x/config")'
    [later-killed]='os.rename(".git", "x"); os.unlink("x/HEAD"); os.kill(os.getpid(), 9)@@at("x/config")'
  )
  for name in "${!vectors[@]}"; do
    script='make plain $HOME; tell $SOURCES/.git/config url
      P="
import os
def at(path):
    try: print(\"GOT\", open(path).read())
    except OSError as e: print(\"no\", e.errno)
def tried(what, *arguments):
    try: what(*arguments)
    except OSError as e: print(what.__name__, e.errno)
"
      V=$1; while [[ $V == *@@* ]]; do ask "$P${V%%@@*}" || true; V=${V#*@@}; done; ask "$P$V"; echo done'
    [[ $name == removed || $name == renamed-over || $name == later-killed ]] && control=LOOT ||
      control=$(CONTROL=yes in_credentials_rig "$script" "${vectors[$name]}" 2>&1 | sed 's/RIND-TEST-SECRET/LOOT/') || control+=" status $?"
    [[ $name != removed && $name != renamed-over && $name != later-killed ]] || control=$(CONTROL=yes in_credentials_rig "$script" 'at(".git/config")' 2>&1 | sed 's/RIND-TEST-SECRET/LOOT/')
    OUTPUT=$(in_credentials_rig "$script" "${vectors[$name]}" 2>&1) || OUTPUT+=" status $?"
    if [[ $control != *LOOT* ]]; then report_not_ok "$TEST_PREFIX/attacks/$name" "without Rind: $control"
    elif [[ $OUTPUT == *"done" && $OUTPUT != *RIND-TEST-SECRET* ]]; then report_ok "$TEST_PREFIX/attacks/$name"
    else report_not_ok "$TEST_PREFIX/attacks/$name" "$OUTPUT"; fi
  done
}

# What a step moved has lost its credentials, and that is said.
# shellcheck disable=SC2016
test_moved_is_said() {
  expect_status 0 in_credentials_rig 'make plain $HOME; tell $SOURCES/.git/config url; ask "import os; os.rename(\".git\", \"x\")"; git config -f $SOURCES/x/config remote.origin.url'
  expect_contains "the line" "$OUTPUT" "the step moved /srv/home/r/.git/config, or broke the repository around it; Rind removed the credentials from that file"
  expect_contains "what is left" "$OUTPUT" "https://h.example/r.git"
}

# A name that a package gave is no line of Rind's.
# shellcheck disable=SC2016
test_moved_with_a_name_of_two_lines() {
  expect_status 0 in_credentials_rig 'make plain $HOME; D="$SOURCES/a
rind: all is well"; mkdir "$D"; cp -r $SOURCES/.git "$D"; git config -f "$D/.git/config" remote.origin.url $U
    ask "import os; os.rename(\"a\nrind: all is well/.git\", \"x\")"'
  expect_contains "the line" "$OUTPUT" 'the step moved /srv/home/r/a\x0arind: all is well/.git/config'
  expect_lacks "a line of the package's" "$(grep "^rind: all" <<<"$OUTPUT")" rind
}

# Nobody is left to put anything right: the file was never touched.
# shellcheck disable=SC2016
test_killed_supervisor() {
  expect_status 0 in_credentials_rig 'make plain $HOME; tell $SOURCES/.git/config url; sha256sum $SOURCES/.git/config >/tmp/sum
    ask "
import time
open(\"ready\", \"w\"); time.sleep(4321)" & front=$!
    wait_until 20 test -e $SOURCES/ready
    kill_step $(pgrep -o -x $(basename $PY))
    wait $front 2>/dev/null || true
    sha256sum -c /tmp/sum'
  expect_contains "the file" "$OUTPUT" "/srv/home/r/.git/config: OK"
}

# A file with a second link could be read by the other name.
# shellcheck disable=SC2016
test_second_link() {
  expect_status 0 in_credentials_rig 'make plain $HOME; tell $SOURCES/.git/FETCH_HEAD line; ln $SOURCES/.git/FETCH_HEAD $SOURCES/y; ask "open(\"ran\", \"w\")"; echo $?; ls $SOURCES/ran 2>&1; true'
  expect_contains "the error" "$OUTPUT" "/srv/home/r/.git/FETCH_HEAD has credentials and a second hard link"
  expect_contains "the status" "$OUTPUT" $'125\nls: cannot access'
}

# A log that is too large to be copied is empty in the step, and later, where the step has moved it.
# shellcheck disable=SC2016
test_large_log() {
  local script='make plain $HOME; tell $SOURCES/.git/logs/HEAD log; head -c 5000000 /dev/zero | tr "\0" x >>$SOURCES/.git/logs/HEAD
    AT="
import os
print(\"size\", os.path.getsize(\"$1/logs/HEAD\"), \"RIND-TEST-SECRET\" in open(\"$1/logs/HEAD\").read())"
    ask "$AT
$2"; AT=${AT//$1/$3}; ask "$AT"; stat -c %s $SOURCES/$3/logs/HEAD | cut -c1'
  CONTROL=yes expect_status 0 in_credentials_rig "$script" .git 'os.rename(".git", "x"); os.unlink("x/HEAD")' x
  expect_equal "control" 2 "$(grep -c 'True$' <<<"$OUTPUT")"
  expect_status 0 in_credentials_rig "$script" .git '' .git
  expect_equal "it stays" $'size 0 False\nsize 0 False\n5' "$(grep -v '^rind' <<<"$OUTPUT")"
  expect_status 0 in_credentials_rig "$script" .git 'os.rename(".git", "x"); os.unlink("x/HEAD")' x
  expect_equal "moved" $'size 0 False\nsize 0 False\n0' "$(grep -v '^rind' <<<"$OUTPUT")"
}

# So many repositories that the guard cannot know them all: no step starts, as some of them would have no covers.
# shellcheck disable=SC2016
test_too_many_repositories() {
  local script='make plain $HOME; new $SOURCES/third/party; tell $SOURCES/third/party/.git/config url
    READ="print(\"RIND-TEST-SECRET\" in open(\"third/party/.git/config\").read())"; ask "$READ"
    seq -f $SOURCES/of%g/HEAD 66000 | { cd $SOURCES; xargs dirname | xargs mkdir; seq -f of%g/HEAD 66000 | xargs touch; }
    mv $SOURCES/third $SOURCES/t; mv $SOURCES/t $SOURCES/third; ask "$READ"; echo "status $?"'
  CONTROL=yes expect_status 0 in_credentials_rig "$script"
  expect_equal "control" $'True\nTrue\nstatus 0' "$OUTPUT"
  expect_status 0 in_credentials_rig "$script"
  expect_contains "the reason" "$OUTPUT" "/srv/home/r has too many repositories"
  expect_equal "what steps see" $'False\nstatus 125' "$(grep -v '^rind' <<<"$OUTPUT")"
}
