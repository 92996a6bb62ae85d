# git in the sources: what steps do with it works as without Rind, and the next step and the front end see it.

WORK='exec 2>&1; set -u; cd /opt/app-root/src
git config --global user.name builder; git config --global user.email b@x; git config --global init.defaultBranch main
export GIT_AUTHOR_DATE="2026-01-01T00:00:00Z" GIT_COMMITTER_DATE="2026-01-01T00:00:00Z"
step() { fromager step /srv/packages/probe -- sh -c "$1" | grep -v "network isolation"; }
step true; S=$PWD/work-dir/probe-1.0/probe-1.0
report() { git -C "$S" status --short; git -C "$S" log --oneline; git -C "$S" describe --always --tags; }
echo "= of the front end"; (cd "$S"; git init -q .; git add -A; git commit -qm first; git tag v1.0
  git config core.fsmonitor false; git config filter.x.clean cat; printf "#!/bin/sh\n" >.git/hooks/pre-push; git config --list --local >/srv/config; sha256sum .git/config >/srv/sum)
step "git describe --tags; git status --short; git rev-parse HEAD"; report
sha256sum -c /srv/sum
echo "= a commit and a tag of a step"
step "git config user.name step; git config user.email step@x; echo x >new; git add new; git commit -qm second; git tag v2.0"; report
step "git describe --tags; git log --format=%an -1; git config user.name"; report
git -C "$S" config --list --local | sort
echo "= a step that adds a branch, a remote and a stash"
step "git checkout -q -b other; echo y >>new; git stash -q; git remote add o https://example.com/x.git; git branch -q --set-upstream-to=main"; report
step "git stash pop -q; git branch --list; git remote -v; git commit -qam third; git gc -q"; report
echo "= repositories that a step makes"
step "mkdir sub; cd sub; git init -q -b main .; git config user.name s; git config user.email s@x; echo z >f; git add f; git commit -qm sub; cd ..; git clone -q sub copy; git init -q -b main --bare bare; git worktree add -q wt main"
step "git -C sub log --oneline; git -C copy log --oneline; git -C copy pull -q; git -C bare rev-parse --is-bare-repository; git -C wt status -sb; git worktree list | wc -l"
git -C "$S/sub" status -sb; git -C "$S/copy" log --oneline; git -C "$S/wt" log --oneline
echo "= sources that are a work tree of a repository elsewhere"
rm -rf "$S"/.git "$S"/sub "$S"/copy "$S"/bare "$S"/wt; git init -q /srv/r; git -C /srv/r commit -q --allow-empty -m r; git -C /srv/r worktree add -q --no-checkout "$S/../t"; mv "$S/../t/.git" "$S/.git"; git -C /srv/r worktree repair "$S" >/dev/null; cp "$S/.git" /srv/gitfile
step "wc -l <.git; touch made"; git -C "$S" log --oneline; cmp /srv/gitfile "$S/.git" && echo the same'

git_works() {
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$WORK"
  local control=$OUTPUT
  expect_contains "control" "$control" "v2.0"
  use_rind "${1:-}"
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$WORK"
  diff <(echo "$control") <(echo "$OUTPUT") || fail "git says something else with Rind"
}
test_git_works() { git_works '{"version": 1}'; }
test_git_works_without_an_identity() { git_works '{"identity": {"ephemeral": "none"}}'; }

# What is not left is said, and the rest is.
test_what_is_said() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c 'exec 2>&1; cd /opt/app-root/src
    fromager step /srv/packages/probe -- sh -c "git init -q .; git config user.name n; git config alias.x !y; git config core.pager z; echo >.git/hooks/pre-commit"
    cd work-dir/probe-1.0/probe-1.0; git config --list --local; ls .git/hooks | grep -v sample || true'
  expect_contains "the line" "$OUTPUT" "in /opt/app-root/src/work-dir/probe-1.0/probe-1.0, because git would run or follow them outside of the step: .git/config (core.pager, alias.x), .git/hooks/pre-commit"
  expect_contains "the rest" "$OUTPUT" "user.name=n"
  expect_lacks "an alias" "$OUTPUT" "alias.x=!y"
}
