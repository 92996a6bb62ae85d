# What a step writes into the repositories of its sources, for the front end's git to run outside of the step.

TEST_SECONDS=600 # each function is all vectors, twice

# In the container: every vector on a fresh work directory. For each a line: NAME LOOT, or NAME safe.
VECTORS='exec 2>&1; set -u; cd /opt/app-root/src; export LOOT=/srv/ran
git config --global user.name builder; git config --global user.email builder@example; git config --global init.defaultBranch main
fromager step /srv/packages/probe -- true >/dev/null; cp -a work-dir pristine
S=$PWD/work-dir/probe-1.0/probe-1.0
# In a step that has written this program nothing runs it.
X="printf \"#!/bin/sh\\ntouch $LOOT\\n\" >x.sh; chmod 755 x.sh; export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a"
M="fsmonitor = $S/x.sh"
clone="git init -q . && git add -A && git commit -qm first"
# vector NAME BEFORE STEP [AFTER]: commands of the front end in the sources, of the step, of the front end
vector() {
  rm -rf work-dir "$LOOT"; cp -a pristine work-dir
  (cd "$S" && eval "$2") >/dev/null
  fromager step /srv/packages/probe -- sh -c "$X; $3" >/srv/step 2>&1 || { echo "$1 the step failed: $(tail -n 3 /srv/step)"; return; }
  (cd "$S" && { git status; git describe --always; git submodule status; git diff; git clean -xdn; eval "${4:-}"; }) >/srv/front 2>&1
  if [[ -e $LOOT ]]; then echo "$1 LOOT"; else echo "$1 safe $(grep -c "Rind undid changes of the step" /srv/step)"; fi
}
vector config "$clone" "printf \"[core]\n$M\n\" >>.git/config"
vector new-repository : "git init -q . && printf \"[core]\n$M\n\" >>.git/config"
vector hooks-path "$clone" "mkdir h && cp x.sh h/post-index-change && printf \"[core]\nhooksPath = $S/h\n\" >>.git/config" "touch y; git add -A"
vector hook "$clone" "cp x.sh .git/hooks/post-index-change" "touch y; git add -A"
vector changed-hook "$clone; printf \"#!/bin/sh\\n\" >.git/hooks/pre-commit; chmod 755 .git/hooks/pre-commit" "cp x.sh .git/hooks/pre-commit" "touch y; git add -A; git commit -qm x"
vector linked-hooks "$clone" "rm -r .git/hooks; mkdir h; cp x.sh h/post-index-change; ln -s ../h .git/hooks" "touch y; git add -A"
vector include "$clone" "printf \"[core]\n$M\n\" >c; printf \"[include]\npath = ../c\n\" >>.git/config"
vector linked-config "$clone" "cp .git/config c; printf \"[core]\n$M\n\" >>c; ln -sf ../c .git/config"
vector config-worktree "$clone" "git config extensions.worktreeConfig true; printf \"[core]\n$M\n\" >.git/config.worktree"
vector filter "$clone" "printf \"[filter \\\"x\\\"]\nclean = $S/x.sh\n\" >>.git/config; echo \"* filter=x\" >.gitattributes" "touch y; git add -A"
vector alias "$clone" "printf \"[alias]\nst = !$S/x.sh\n\" >>.git/config" "git st"
vector editor "$clone" "printf \"[core]\neditor = $S/x.sh\n\" >>.git/config" "git commit --amend"
vector ssh "$clone" "printf \"[core]\nsshCommand = $S/x.sh\n[remote \\\"origin\\\"]\nurl = ssh://h/x\n\" >>.git/config" "git fetch"
vector git-file : "git init -q --separate-git-dir=hidden . && printf \"[core]\n$M\n\" >>hidden/config"
vector git-file-was-there "echo gitdir: hidden >.git" "git init -q --bare hidden && printf \"[core]\nbare = false\n$M\n\" >hidden/config"
vector git-file-to-elsewhere "git init -q ../evil && printf \"[core]\n$M\n\" >>../evil/.git/config" "echo gitdir: ../evil/.git >.git"
vector git-link-to-elsewhere "git init -q ../evil && printf \"[core]\n$M\n\" >>../evil/.git/config" "ln -s ../evil/.git .git"
vector git-link-to-a-file "git init -q ../evil && printf \"[core]\n$M\n\" >>../evil/.git/config" "echo gitdir: ../evil/.git >gf; ln -s gf .git"
vector git-file-with-two-blanks "git init -q ../evil && printf \"[core]\n$M\n\" >>../evil/.git/config" "mkdir x; ln -s ../evil/.git \" x\"; printf \"gitdir:  x\n\" >.git"
vector common-directory-is-a-file "$clone" "mkdir + +/refs; cp .git/HEAD +; echo ../x.sh >+/commondir; printf \"[core]\n$M\n\" >>.git/config"
vector common-directory-is-a-link "$clone" "mkdir + +/refs; cp .git/HEAD +; ln -s ../x.sh +/commondir; printf \"[core]\n$M\n\" >>.git/config"
vector deeper-than-a-path "$clone" "n=\$(printf %0201d 0); (for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21; do mkdir \$n; cd \$n; done; mkdir refs; echo ref: >HEAD); printf \"[core]\n$M\n\" >>.git/config"
vector git-file-by-a-link "mkdir a; git init -q a/b; git init -q ../evil && printf \"[core]\n$M\n\" >>../evil/.git/config; echo gitdir: a/b/.git >.git" "mv a/b a/c; ln -s ../../evil a/b"
vector moved "$clone" "mv .git hidden; printf \"[core]\n$M\n\" >>hidden/config; echo gitdir: hidden >.git"
vector common-directory "$clone" "mkdir c; cp -r .git/objects .git/refs c; printf \"[core]\n$M\n\" >c/config; echo ../c >.git/commondir"
vector nested "$clone" "git init -q n; git -C n commit -q --allow-empty -m x; git add n; printf \"[core]\nfsmonitor = $S/x.sh\n\" >>n/.git/config"
vector module "$clone" "mkdir -p .git/modules; git init -q --separate-git-dir=.git/modules/n n; git -C n commit -q --allow-empty -m x; git add n; printf \"[core]\n$M\n\" >>.git/modules/n/config"
vector closed-directory "$clone" "mkdir n; cd n; git init -q .; printf \"[core]\nfsmonitor = $S/x.sh\n\" >>.git/config; cd ..; chmod 111 n" "git -C n status"
vector bare-at-the-top : "git init -q --bare b; mv b/* .; printf \"[core]\nrepositoryFormatVersion = 0\nbare = false\nworktree = $S\n$M\n\" >config"
vector bare-below "$clone" "git init -q --bare b; printf \"[core]\nrepositoryFormatVersion = 0\nbare = false\nworktree = $S\n$M\n\" >b/config" "git -C b status"
vector work-tree "$clone; mkdir /srv/precious; touch /srv/precious/f" "printf \"[core]\nworktree = /srv/precious\n\" >>.git/config" "git clean -xdfq; [[ -e /srv/precious/f ]] || touch $LOOT"'

git_vectors() { # [OPTION...]
  builder "$@" "$IMAGE_BUILDER" bash -c "$VECTORS"
}

# judge LABEL CONTROL GUARDED
judge_vectors() {
  local label=$1 name was is
  while read -r name was; do
    is=$(sed -n "s/^$name //p" <<<"$3")
    if [[ $was != LOOT ]]; then report_not_ok "$label/$name" "without Rind: $was"
    elif [[ $is != "safe 1" ]]; then report_not_ok "$label/$name" "with Rind: $is"
    else report_ok "$label/$name"; fi
  done < <(grep '^[a-z-]* \(LOOT\|safe\|the\)' <<<"$2" || echo "nothing $2")
}

tests_vectors() {
  local control
  control=$(git_vectors)
  use_rind
  judge_vectors "$TEST_PREFIX" "$control" "$(git_vectors)"
}

# A builder that gives its steps no uid of their own: what is not lent is guarded, too.
tests_own_uid() {
  local control
  control=$(git_vectors)
  use_rind '{"identity": {"ephemeral": "none"}}'
  judge_vectors "$TEST_PREFIX/own-uid" "$control" "$(git_vectors)"
}
