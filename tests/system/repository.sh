# The git repository that holds the sources: git says in a step what it says without Rind.
source "$RIND_SOURCE/tests/system/repository.inc"

SHAPES=(plain subdirectory changed stale-index submodule submodule-subdirectory worktree worktree-subdirectory linked-worktree closed-top umask shared none)

# In sight: what other users may read, and no view covers. In HOME: a private view covers it.
# shellcheck disable=SC2016
tests_as_without_rind() {
  local shape place control
  for place in /srv/sight /srv/home; do
    for shape in "${SHAPES[@]}"; do
      [[ $shape-$place != shared-/srv/home ]] || continue # test_shared_clone_out_of_sight
      control=$(CONTROL=yes in_repository_rig 'mkdir -p $2; make $1 $2; ask' "$shape" "$place" 2>&1) || control+=" status $?"
      OUTPUT=$(in_repository_rig 'mkdir -p $2; make $1 $2; snapshot $2 >/tmp/before; ask; snapshot $2 | diff /tmp/before -' "$shape" "$place" 2>&1) ||
        OUTPUT+=" status $?"
      # Where git stops to look is another mount.
      [[ $shape != none ]] || OUTPUT=${OUTPUT//mount point \/srv\/home\/r/mount point \/}
      if [[ $shape != none && $control != *"describe 0 v1.2-1-g"* ]]; then report_not_ok "$TEST_PREFIX/${place#/srv/}/$shape" "the control: $control"
      elif [[ $OUTPUT == "$control" ]]; then report_ok "$TEST_PREFIX/${place#/srv/}/$shape"
      else report_not_ok "$TEST_PREFIX/${place#/srv/}/$shape" "$(diff <(echo "$control") <(echo "$OUTPUT"))"; fi
    done
  done
}

# A shared clone names the objects of another repository, and nothing there leads back. In sight it works; out of sight it is
# said, with what helps.
test_shared_clone_out_of_sight() {
  # shellcheck disable=SC2016
  local script='make shared $HOME; ask "import subprocess; print(subprocess.run([\"git\", \"log\", \"-1\", \"--format=%H\"], capture_output=True, text=True).returncode)"'
  expect_status 0 in_repository_rig "$script"
  expect_contains "git" "$OUTPUT" "128"
  expect_contains "the line" "$OUTPUT" 'the git directory /srv/home/base/.git/objects: the repository /srv/home/r names it'
  expect_contains "the remedy" "$OUTPUT" 'add {"views": {"/srv/home/base/.git/objects": "ro"}} to the policy'
  RIG_POLICY='{"views": {"/srv/home/base/.git/objects": "ro"}}'
  expect_status 0 in_repository_rig "$script"
  expect_equal "with it" 0 "$OUTPUT"
}

# What a package, or the place of its sources, could have shown to it; each with the control that finds it.
# shellcheck disable=SC2016
tests_not_shown() {
  local name control
  local -A vectors=(
    [home-is-a-repository]='git init -q $HOME; echo LOOT >$HOME/secret; mkdir -p $HOME/a/py; SOURCES=$HOME/a/py; F=$HOME/secret'
    [git-file]='new $HOME/other; echo LOOT >$HOME/other/.git/secret; new $HOME/r; rm -r $HOME/r/.git; echo "gitdir: ../other/.git" >$HOME/r/.git; SOURCES=$HOME/r; F=$HOME/other/.git/secret'
    [git-file-of-the-repository-above]='new $HOME/other; echo LOOT >$HOME/other/.git/secret; new $HOME/r; rm -r $HOME/r/.git; echo "gitdir: $HOME/other/.git" >$HOME/r/.git; SOURCES=$HOME/r/py; F=$HOME/other/.git/secret'
    [git-link]='new $HOME/other; echo LOOT >$HOME/other/.git/secret; new $HOME/r; rm -r $HOME/r/.git; ln -s ../other/.git $HOME/r/.git; SOURCES=$HOME/r/py; F=$HOME/other/.git/secret'
    [another-work-tree]='new $HOME/other; git -C $HOME/other worktree add -q $HOME/wt; echo LOOT >$HOME/other/.git/secret; new $HOME/r; rm -r $HOME/r/.git; cp $HOME/wt/.git $HOME/r/.git; SOURCES=$HOME/r; F=$HOME/other/.git/secret'
    [forged-common-directory]='new $HOME/other; echo LOOT >$HOME/other/.git/secret; mkdir -p $HOME/t/g/worktrees/w $HOME/t/r; echo ref: refs/heads/main | tee $HOME/t/g/HEAD >$HOME/t/g/worktrees/w/HEAD
      echo $HOME/other/.git >$HOME/t/g/worktrees/w/commondir; echo $HOME/t/r/.git >$HOME/t/g/worktrees/w/gitdir; echo "gitdir: ../g/worktrees/w" >$HOME/t/r/.git; : >$HOME/t/r/pyproject.toml; SOURCES=$HOME/t/r; F=$HOME/other/.git/secret'
    [linked-common-directory]='new $HOME/other; echo LOOT >$HOME/other/.git/secret; mkdir -p $HOME/t/r $HOME/other/.git/worktrees/w; ln -s ../other/.git $HOME/t/g; echo ../.. >$HOME/other/.git/worktrees/w/commondir
      echo ref: refs/heads/main >$HOME/other/.git/worktrees/w/HEAD; echo "gitdir: ../g/worktrees/w" >$HOME/t/r/.git; SOURCES=$HOME/t/r; F=$HOME/other/.git/secret'
    [submodule-of-another]='make submodule $HOME; echo LOOT >$HOME/super/.git/modules/vendored/lib/secret; new $HOME/r; rm -r $HOME/r/.git; echo "gitdir: ../super/.git/modules/vendored/lib" >$HOME/r/.git; SOURCES=$HOME/r; F=$HOME/super/.git/modules/vendored/lib/secret'
    [alternates]='new $HOME/other; echo LOOT >$HOME/other/.git/objects/secret; new $HOME/r; echo $HOME/other/.git/objects >$HOME/r/.git/objects/info/alternates; SOURCES=$HOME/r/py; F=$HOME/other/.git/objects/secret'
    [work-tree-setting]='mkdir $HOME/other; echo LOOT >$HOME/other/secret; new $HOME/r; git -C $HOME/r config core.worktree $HOME/other; SOURCES=$HOME/r/py; F=$HOME/other/secret'
    [a-hidden-file]='new $HOME/r; echo LOOT >$HOME/r/netrc; export NETRC=$HOME/r/netrc; SOURCES=$HOME/r/py; F=$HOME/r/netrc'
    [a-hidden-directory]='new $HOME/r; mkdir $HOME/r/conf; echo LOOT >$HOME/r/conf/f; export XDG_CONFIG_HOME=$HOME/r/conf; SOURCES=$HOME/r/py; F=$HOME/r/conf/f'
    [beside-the-repository]='new $HOME/r; echo LOOT >$HOME/secret; SOURCES=$HOME/r/py; F=$HOME/r/../secret'
    [a-closed-file]='new $HOME/r; echo LOOT >$HOME/r/secret; chmod 600 $HOME/r/secret; SOURCES=$HOME/r/py; F=$HOME/r/secret'
    [of-another-user]='new $HOME/r; chown -R 33:33 $HOME/r; echo LOOT >$HOME/r/secret; SOURCES=$HOME/r/py; F=$HOME/r/secret'
  )
  for name in "${!vectors[@]}"; do
    # The result of a read, whatever else is said.
    local script=${vectors[$name]}'
      mkdir -p $SOURCES; [[ -e $SOURCES/pyproject.toml ]] || : >$SOURCES/pyproject.toml
      ask "
try: print(\"READ\", open(\"$F\").read())
except OSError as e: print(\"READ no\", e)"'
    control=$(CONTROL=yes in_repository_rig "$script" 2>&1) || control+=" status $?"
    OUTPUT=$(in_repository_rig "$script" 2>&1) || OUTPUT+=" status $?"
    if [[ $control != *"READ LOOT"* ]]; then report_not_ok "$TEST_PREFIX/not_shown/$name" "without Rind: $control"
    elif [[ $OUTPUT == *"READ no"* ]]; then report_ok "$TEST_PREFIX/not_shown/$name"
    elif [[ $name == a-hidden-file && $OUTPUT == *"READ "* && $OUTPUT != *LOOT* ]]; then report_ok "$TEST_PREFIX/not_shown/$name"
    else report_not_ok "$TEST_PREFIX/not_shown/$name" "$OUTPUT"; fi
  done
}

# A step writes in its sources, and nowhere else in the repository.
# shellcheck disable=SC2016
test_repository_is_read_only() {
  local shape
  for shape in subdirectory closed-top umask submodule-subdirectory worktree-subdirectory; do
    expect_status 0 in_repository_rig 'make $1 $HOME; cd $SOURCES; G=$(git rev-parse --absolute-git-dir); C=$(git rev-parse --path-format=absolute --git-common-dir); T=$(git rev-parse --show-toplevel)
      export G C T; ask "
import os
def tried(what, *arguments):
    try: what(*arguments)
    except OSError as e: print(what.__name__, e.errno)
    else: print(what.__name__, arguments, \"WRITTEN\")
for d in (os.environ[n] for n in \"GCT\"):
    tried(open, d + \"/made\", \"w\"); tried(os.chmod, d, 0o777); tried(os.mkdir, d + \"/d\")
tried(open, os.environ[\"C\"] + \"/config\", \"a\"); tried(os.rename, os.environ[\"T\"] + \"/README\", \"README\")
open(\"own\", \"w\"); print(\"done\")"; ls -l $SOURCES/own | wc -l' "$shape"
    expect_lacks "$shape" "$OUTPUT" WRITTEN
    expect_contains "$shape: its own" "$OUTPUT" "done"
    expect_contains "$shape: read-only" "$OUTPUT" "open 30"
  done
}

# setuptools-scm gives git an environment without GIT_*; a build may set HOME.
# shellcheck disable=SC2016
test_git_without_its_variables() {
  expect_status 0 in_repository_rig 'make subdirectory $HOME; ask "
import os, subprocess
bare = {k: v for k, v in os.environ.items() if not k.startswith(\"GIT_\")}
for env in (bare, {**os.environ, \"HOME\": \"/nonexistent\"}):
    print(subprocess.run([\"git\", \"describe\", \"--tags\"], env=env, capture_output=True, text=True).returncode)
print(subprocess.run([\"git\", \"config\", \"--global\", \"user.name\", \"x\"], env=bare).returncode)"'
  expect_equal "statuses" $'0\n0\n0' "$OUTPUT"
}

# What the front end set for git counts in the step, and settings with a part that the policy removes do not.
# shellcheck disable=SC2016
test_settings_of_the_front_end() {
  RIG_POLICY='{"environment": {"keep_also": ["GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_*", "GIT_CONFIG_VALUE_1"]}}'
  expect_status 0 in_repository_rig 'make subdirectory $HOME; export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=http.extraHeader GIT_CONFIG_VALUE_0=x GIT_CONFIG_KEY_1=user.name GIT_CONFIG_VALUE_1=front
    ask "import subprocess; subprocess.run([\"sh\", \"-c\", \"git config user.name; git config http.extraHeader; git describe --tags >/dev/null && echo described\"])"'
  expect_equal "git" $'front\ndescribed' "$OUTPUT"
}
