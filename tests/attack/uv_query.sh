# uv asks the interpreter of a build environment about itself, and installs where the answer says. What an installed package
# can leave in the environment must not give that answer. `LOOT`: the next install landed in the front end's own environment.

# In the container: ask WAY [VENV-OPTION...]
ASK='set -u
way=$1; shift
work=$(mktemp -d /srv/q.XXXX); cd "$work" || exit 2
mine=$(/opt/app-root/bin/python3 -c "import sysconfig; print(sysconfig.get_path(\"purelib\"))")
case $way in copies*) /usr/bin/python3 -m venv --copies --without-pip V ;; *) /srv/uv/uv venv -q --no-cache --python /opt/app-root/bin/python3 V ;; esac
sp=$(echo "$work"/V/lib/python3*/site-packages)
cat >"$work/answer.py" <<P
import sys
if "interpreter_info" in " ".join(getattr(sys, "orig_argv", [])):
    class Out:
        def __init__(self, out): self.out = out
        def write(self, text): return self.out.write(text.replace("$sp", "$mine"))
        def __getattr__(self, name): return getattr(self.out, name)
    sys.stdout = Out(sys.stdout)
P
stdlib() { # a standard library of the package, that gives the answer
  mkdir -p "$1"; cp -r /usr/lib/python3.13/. "$1/"; cat "$work/answer.py" >>"$1/json/__init__.py"
  mkdir -p "$1/lib-dynload"
}
case $way in
  pth | copies-pth) cp "$work/answer.py" "$sp/"; echo "import answer" >"$sp/a.pth" ;;
  sitecustomize) cp "$work/answer.py" "$sp/sitecustomize.py"; rm -f /usr/lib/python3.13/sitecustomize.py ;; # Debian has one
  module) cp "$work/answer.py" "$sp/_manylinux.py" ;;
  finder) cp "$work/answer.py" "$sp/__editable___x_finder.py"; echo "import __editable___x_finder" >"$sp/__editable__.x.pth" ;;
  home) stdlib "$work/V/own/lib/python3.13"; mkdir "$work/V/own/bin"; ln -s /usr/bin/python3 "$work/V/own/bin/python3"
    sed -i "s,^home.*,home = $work/V/own/bin," V/pyvenv.cfg ;;
  home-twice) stdlib "$work/V/own/lib/python3.13"; mkdir "$work/V/own/bin"; ln -s /usr/bin/python3 "$work/V/own/bin/python3"
    { echo "HOME = $work/V/own/bin"; cat V/pyvenv.cfg; } >cfg; cat cfg >V/pyvenv.cfg ;;
  config-link) stdlib "$work/V/own/lib/python3.13"; mkdir "$work/V/own/bin"; ln -s /usr/bin/python3 "$work/V/own/bin/python3"
    sed "s,^home.*,home = $work/V/own/bin," V/pyvenv.cfg >V/own/cfg; rm V/pyvenv.cfg; ln -s own/cfg V/pyvenv.cfg ;;
  no-home) sed -i /^home/d V/pyvenv.cfg ;;
  *) exit 3 ;;
esac
python3 -c "
import zipfile
z = zipfile.ZipFile(\"lootpkg-1.0-py3-none-any.whl\", \"w\")
z.writestr(\"lootpkg.py\", \"X = 1\")
z.writestr(\"lootpkg-1.0.dist-info/METADATA\", \"Metadata-Version: 2.1\nName: lootpkg\nVersion: 1.0\n\")
z.writestr(\"lootpkg-1.0.dist-info/WHEEL\", \"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n\")
z.writestr(\"lootpkg-1.0.dist-info/RECORD\", \"\")"
VIRTUAL_ENV=$work/V UV_PYTHON=$work/V/bin/python3 /srv/uv/uv --cache-dir "$work/cache" pip install -q --no-index --find-links "$work" lootpkg 2>&1
echo "status $?"
[[ ! -e $mine/lootpkg.py ]] || echo LOOT
[[ ! -e $work/V/lib/python3.13/site-packages/lootpkg.py ]] || echo "installed where it belongs"
find / -xdev -name lootpkg.py -not -path "$work/cache/*"'

ask() { uv_builder "$IMAGE_BUILDER" bash -c "$ASK" ask "$1" 2>&1; }

# answers WAY RESULT   with Rind RESULT is said, and nothing is installed elsewhere
answers() {
  OUTPUT=$(ask "$1")
  expect_contains "control" "$OUTPUT" LOOT
  use_rind
  OUTPUT=$(ask "$1")
  expect_lacks "with Rind" "$OUTPUT" LOOT
  expect_contains "with Rind" "$OUTPUT" "$2"
}

BELONGS="installed where it belongs"
test_a_pth_file() { answers pth "$BELONGS"; }
test_a_pth_file_of_an_environment_of_copies() { answers copies-pth "$BELONGS"; }
test_sitecustomize() { answers sitecustomize "$BELONGS"; }
test_a_module_that_the_question_imports() { answers module "$BELONGS"; }
test_a_finder_of_an_editable_install() { answers finder "$BELONGS"; }
test_home_in_the_environment() { answers home "which is not the directory of /usr/bin/python3.13"; }
test_a_second_home() { answers home-twice "which is not the directory of /usr/bin/python3.13"; }
test_a_link_for_a_configuration() { answers config-link "is not a regular file"; }

# CPython 3.10 and older take such an environment for the image's own.
test_a_configuration_without_home() {
  use_rind
  OUTPUT=$(ask no-home)
  expect_contains "refused" "$OUTPUT" 'has no `home`'
  expect_lacks "nothing is installed" "$OUTPUT" "lootpkg.py"
}
