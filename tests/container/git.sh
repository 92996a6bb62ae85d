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

# A backend as setuptools-scm and pbr are: the version by `git describe`, the files by `git ls-files`. The project lies in a
# subdirectory of its repository.
SUBDIRECTORY='exec 2>&1; set -u
new() {
  mkdir -p $1/py/pk; touch $1/py/pk/__init__.py; echo d >$1/py/pk/data.txt; echo top >$1/README
  printf "[build-system]\nrequires = []\nbuild-backend = \"be\"\nbackend-path = [\".\"]\n" >$1/py/pyproject.toml
  cat >$1/py/be.py <<"PY"
import os, subprocess, zipfile
def git(*words):
    p = subprocess.run(["git", *words], capture_output=True, text=True)
    return p.stdout.strip() if p.returncode == 0 else ""
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    version = (git("describe", "--tags", "--dirty") or "0").lstrip("v").replace("-", "+", 1).replace("-", ".")
    name = f"pk-{version}-py3-none-any.whl"
    print("BUILDING", git("remote", "get-url", "origin"))
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as z:
        for file in git("ls-files", "pk").split():
            z.write(file)
        info = f"pk-{version}.dist-info/"
        z.writestr(info + "METADATA", f"Metadata-Version: 2.1\nName: pk\nVersion: {version}\n")
        z.writestr(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: be\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        z.writestr(info + "RECORD", "")
    return name
PY
  git -C $1 init -q; git -C $1 add .; git -C $1 commit -qm 1; git -C $1 tag v1.0
}
say_wheel() { echo "= $1: $(cd /tmp/out && for w in *; do echo $w; python3 -m zipfile -l $w | cut -d" " -f1 | sort | xargs; done)"; rm -rf /tmp/out; }
git config --global user.name b; git config --global user.email b@x; git config --global init.defaultBranch main; git config --global protocol.file.allow always
export GIT_AUTHOR_DATE="2026-01-01T00:00:00Z" GIT_COMMITTER_DATE="2026-01-01T00:00:00Z"
wheel() { python3 -m pip -v wheel -q --no-build-isolation --no-deps -w /tmp/out "$1" >/tmp/log 2>&1 || tail -n 5 /tmp/log; say_wheel "$2"; }
for place in /srv/checkouts $HOME; do
  new $place/r; wheel $place/r/py "pip in $place"
  python3 -m build --no-isolation --wheel -o /tmp/out $place/r/py >/tmp/log 2>&1 || tail -n 5 /tmp/log; say_wheel "build in $place"
  git -C $place/r worktree add -q $place/wt; wheel $place/wt/py "a work tree in $place"
  new $place/super; git -C $place/super submodule --quiet add file://$place/r sub; wheel $place/super/sub/py "a submodule in $place"
  echo changed >>$place/r/README; wheel $place/r/py "changed in $place"
done
wheel "pk @ git+file:///srv/checkouts/r#subdirectory=py" "of a git URL"
(umask 077; new /srv/closed); wheel /srv/closed/py "a closed one"'

test_front_ends_in_a_subdirectory() {
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$SUBDIRECTORY"
  local control=$OUTPUT
  expect_contains "control" "$control" "= of a git URL: pk-1.0-py3-none-any.whl"
  expect_contains "control" "$control" "pk/data.txt"
  expect_contains "control, changed" "$control" "pk-1.0+dirty-py3-none-any.whl"
  use_rind '{"seams": {"interpreter": {"use": "always"}}}'
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$SUBDIRECTORY"
  diff <(echo "$control") <(echo "$OUTPUT") || fail "another wheel with Rind"
}

# pip asks for the metadata first; its wheel is built once, as without Rind.
test_pip_builds_once() {
  local script='exec 2>&1; mkdir /tmp/p; cd /tmp/p; printf "[build-system]\nrequires = []\nbuild-backend = \"be\"\nbackend-path = [\".\"]\n" >pyproject.toml
    cat >be.py <<"PY"
import os, zipfile
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    open("builds", "a").write("x")
    with zipfile.ZipFile(os.path.join(wheel_directory, "pk-1.0-py3-none-any.whl"), "w") as z:
        z.writestr("pk-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: pk\nVersion: 1.0\n")
        z.writestr("pk-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: be\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        z.writestr("pk-1.0.dist-info/RECORD", "")
    return "pk-1.0-py3-none-any.whl"
PY
    python3 -m pip wheel -q --no-build-isolation --no-deps -w /tmp/out . && ls /tmp/out && cat builds'
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$script"
  expect_equal "control" $'pk-1.0-py3-none-any.whl\nx' "$OUTPUT"
  use_rind '{"seams": {"interpreter": {"use": "always"}}}'
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$script"
  expect_equal "the wheel, and the builds" $'pk-1.0-py3-none-any.whl\nx' "$OUTPUT"
}
