"""What a package does to the places that a call names, and to the programs of whoever calls: captures.py GROUP

A call of an interpreter that is no hook of PEP 517 may leave results in places that the caller could write. Each attempt is
one such call on a package of its own, in directories of its own. The package's code says first that it runs (`made`, in its
sources). Whether it had success is looked up from outside, or in what the call printed. Prints what verdict.py reads.
"""

import dataclasses
import json
import os
import pathlib
import py_compile
import stat
import subprocess
import sys
import textwrap
import typing

HOME = pathlib.Path(os.environ["HOME"])
SECRET = "RIND-TEST-SECRET-unlisted"
TOKEN = "/srv/builder/token"  # 0600, and no policy names it (tests/image/populate)
IMAGES_PYTHON = "/usr/bin/python3"
PLANTED = "# planted by hostile\n"

PACKAGE = """\
import os, pathlib, shutil, socket, struct, sys
T, OUT, V, NAME = (pathlib.Path(path) for path in {paths!r})
PLANTED = {planted!r}
TOKEN = {token!r}
NEIGHBOUR = pathlib.Path("/tmp/of-a-neighbour")
def put(path, text=PLANTED, mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
def show(path):
    try:
        print("LOOT", path.read_text())
    except OSError as error:
        print(error)
try:
    (pathlib.Path(__file__).parent / "made").touch()
except OSError:
    pass  # the second call of two has other sources
os.umask(0o022)
"""


@dataclasses.dataclass
class Place:
    """The directories of one attempt."""

    name: str

    @property
    def sources(self):
        return pathlib.Path("/srv/sources") / self.name

    @property
    def temporary(self):
        return pathlib.Path("/tmp") / f"of-{self.name}"

    @property
    def output(self):
        return pathlib.Path("/srv/wheels") / self.name

    @property
    def environment(self):
        return pathlib.Path("/srv/cache/builds-v0") / f".tmp{self.name}"


@dataclasses.dataclass
class Attempt:
    name: str
    code: str  # of the package
    success: typing.Callable  # of the place and of what the call printed
    call: typing.Callable
    before: typing.Callable = lambda place: None
    times: int = 1
    where: typing.Callable = lambda place: place.sources


def write(path, text="", mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def make_environment(path):
    subprocess.run([IMAGES_PYTHON, "-m", "venv", "--without-pip", path], check=True)


# --- Calls, as front ends make them ---------------------------------------------------------------------------------------

RUN = "import sys; sys.path.insert(0, {!r}); import be"


def script(place, name="build.py"):
    """A script in a directory that the caller made for it (hatch), with modules, a request and data beside."""
    temporary = place.temporary
    write(temporary / name, RUN.format(str(place.sources)))
    write(temporary / "helper.py", "def help(): pass\n")
    write(temporary / "request.json", "{}")
    write(temporary / "data/notes", "notes of the caller")
    temporary.chmod(0o700)
    return [place.environment / "bin/python", temporary / name, temporary / "answer.json"]


NEIGHBOUR = pathlib.Path("/tmp/of-a-neighbour")


def script_that_says(words, written, padding):
    """A script of the caller's with the back end's name in it, as hatch makes one. The package gave the name, and in it a path."""

    def call(place):
        for name in ("a\rb", "a\\\\b", "é"):
            (place.sources / name).mkdir()
        (place.sources / "link").symlink_to(NEIGHBOUR)
        text = written.format(S=place.sources)
        write(place.sources / "pyproject.toml", f'{padding}[build-system]\nrequires = []\nbuild-backend = "{text}"\n')
        write(NEIGHBOUR / "private", SECRET, 0o600)
        NEIGHBOUR.chmod(0o700)
        called = script(place)
        write(place.temporary / "build.py", RUN.format(str(place.sources)) + f"\nBACK_END = {words.format(S=place.sources)!r}\n")
        return called

    return call


SHOW_NEIGHBOUR = 'show(pathlib.Path("/tmp/of-a-neighbour/private"))'


def says(name, words, written=None, padding=""):
    return Attempt("neighbour-" + name, SHOW_NEIGHBOUR, seen, script_that_says(words, written or words, padding))


def command(place):
    """A back end as a command, as override plugins of Fromager call it."""
    place.output.mkdir(parents=True, exist_ok=True)
    return [place.environment / "bin/python", "-m", "be", "--outdir", place.output]


def command_into(output):
    return lambda place: [place.environment / "bin/python", "-m", "be", "--outdir", output(place)]


def uv(place, backend="be"):
    """uv's own text: the back end's name is the package's, and stands in it as it is."""
    place.output.mkdir(parents=True, exist_ok=True)
    text = (
        f'import sys\n\nif sys.path[0] == "":\n    sys.path.pop(0)\n\nsys.path = [__import__("os").fsdecode(b"{place.sources}")]'
        f" + sys.path\n\nimport {backend} as backend\n\n"
        f'wheel_filename = getattr(backend, "build_wheel", lambda *_: "x")(__import__("os").fsdecode(b"{place.output}"), {{}}, None)\n'
        f'with open(__import__("os").fsdecode(b"{place.environment}/build_wheel.txt"), "w") as fp:\n    fp.write(wheel_filename)\n'
    )
    return [place.environment / "bin/python", "-c", text]


def by_image(*words):
    """The image's own interpreter, from the unpacked sources."""

    def call(place):
        write(place.sources / "PKG-INFO", "Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n")
        return [IMAGES_PYTHON, *words]

    return call


# --- Successes ------------------------------------------------------------------------------------------------------------


def below(kind, path):
    return {"T": lambda p: p.temporary, "OUT": lambda p: p.output, "V": lambda p: p.environment, "HOME": lambda p: HOME}[kind], path


def is_there(kind, path):
    top, path = below(kind, path)
    return lambda place, said: os.path.lexists(top(place) / path)


def planted(kind, path):
    top, path = below(kind, path)

    def check(place, said):
        file = top(place) / path
        return file.is_file() and PLANTED.encode() in file.read_bytes()

    return check


def leads_out(path, top=lambda place: place.temporary):
    """The caller that reads `path` reads something that does not lie in its directory."""

    def check(place, said):
        file = top(place) / path
        return os.path.lexists(file) and not pathlib.Path(os.path.realpath(file)).is_relative_to(top(place))

    return check


def mode_of(kind, path, judge):
    top, path = below(kind, path)
    return lambda place, said: os.path.lexists(top(place) / path) and bool(judge((top(place) / path).lstat()))


def has_acl(place, said):
    file = place.temporary / "file"
    return file.exists() and "system.posix_acl_access" in os.listxattr(file)


def said(text):
    return lambda place, output: text in output


def seen(place, output):
    return SECRET in output


WHEEL = "other-1.0-py3-none-any.whl"


def other_wheel(place):
    write(place.output / WHEEL, "the wheel of another project")


def of_temporary(name, code, success, call=script, before=lambda place: None):
    return Attempt(name, code, success, call, before)


def lent(name, mark, below="."):
    """Two calls in a directory of the caller's. The first makes it a project, and the second would have it as its sources."""

    def call(place):
        words = script(place)
        write(place.temporary / "data/tool", "# a tool of the caller's\n", 0o755)
        return words

    code = f"put(T / {below!r} / {mark!r}, '')\nput(T / 'data/tool', mode=0o755)"
    return Attempt(name, code, planted("T", "data/tool"), call, times=2, where=lambda place: place.temporary / below)


ACL = """\
nobody = 0xFFFFFFFF
put(T / "file")
entries = [(1, 6, nobody), (2, 6, os.getuid()), (4, 4, nobody), (16, 6, nobody), (32, 4, nobody)]
os.setxattr(T / "file", "system.posix_acl_access", struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in entries))
"""

HARD_LINK = """\
try:
    os.link(TOKEN, T / "second")
except OSError:
    put(T / "first")
    os.link(T / "first", T / "second")
"""

GROUPS = {
    # A directory for temporary files that the caller made for this call
    "temporary": [
        of_temporary("script", 'put(T / "build.py")', planted("T", "build.py")),
        of_temporary("script-of-any-name", 'put(T / "run")', planted("T", "run"), lambda place: script(place, "run")),
        of_temporary("changed-module", 'put(T / "helper.py")', planted("T", "helper.py")),
        of_temporary("module", 'put(T / "json.py")', is_there("T", "json.py")),
        of_temporary("package", 'put(T / "json/__init__.py")', is_there("T", "json")),
        of_temporary("extension", 'put(T / "json.abi3.so")', is_there("T", "json.abi3.so")),
        of_temporary("namespace", 'put(T / "google/protobuf/__init__.py")', is_there("T", "google/protobuf/__init__.py")),
        of_temporary("compiled", 'put(T / "__pycache__/helper.cpython-313.pyc")', planted("T", "__pycache__/helper.cpython-313.pyc")),
        of_temporary("entry-points", 'put(T / "x-1.0.dist-info/entry_points.txt")', is_there("T", "x-1.0.dist-info")),
        of_temporary("entry-points-in-capitals", 'put(T / "x-1.0.DIST-INFO/entry_points.txt")', is_there("T", "x-1.0.DIST-INFO")),
        of_temporary("egg", 'put(T / "x-1.0.egg/EGG-INFO/entry_points.txt")', is_there("T", "x-1.0.egg")),
        of_temporary("egg-link", 'put(T / "x.egg-link")', is_there("T", "x.egg-link")),
        of_temporary("program", 'put(T / "git", mode=0o755)', is_there("T", "git")),
        of_temporary("repository", 'put(T / ".git/config")', is_there("T", ".git")),
        of_temporary("dot-file", 'put(T / ".netrc")', is_there("T", ".netrc")),
        of_temporary("changed-data", 'put(T / "data/notes")', planted("T", "data/notes")),
        of_temporary("beside-data", 'put(T / "data/Makefile")', is_there("T", "data/Makefile")),
        of_temporary("absolute-link", '(T / "link").symlink_to(TOKEN)', leads_out("link")),
        of_temporary("upward-link", '(T / "link").symlink_to("../../srv/builder/token")', leads_out("link")),
        of_temporary(
            "link-over-a-link", '(T / "n/q").mkdir(parents=True); (T / "n/q/d").symlink_to(".."); (T / "n/q/e").symlink_to("d/../../x")',
            leads_out("n/q/e"),
        ),
        of_temporary(
            "link-over-a-link-at-the-top", '(T / "d").symlink_to("."); (T / "e").symlink_to("d/../x")',
            leads_out("e"),
        ),
        of_temporary(
            "link-over-the-callers", '(T / "e").symlink_to("link/token")', leads_out("e"),
            before=lambda place: (place.temporary.mkdir(), (place.temporary / "link").symlink_to("/srv/builder")),
        ),
        of_temporary("link-for-the-answer", '(T / "answer.json").symlink_to(TOKEN)', leads_out("answer.json")),
        of_temporary("hard-link", HARD_LINK, mode_of("T", "second", lambda st: st.st_nlink > 1)),
        of_temporary("fifo", 'os.mkfifo(T / "answer.json")', mode_of("T", "answer.json", lambda st: stat.S_ISFIFO(st.st_mode))),
        of_temporary("fifo-in-a-tree", '(T / "n").mkdir(); os.mkfifo(T / "n/f")', is_there("T", "n/f")),
        of_temporary("setuid", 'put(T / "tool", mode=0o6755)', mode_of("T", "tool", lambda st: st.st_mode & 0o6000)),
        of_temporary("setuid-in-a-tree", 'put(T / "n/data", mode=0o6644)', mode_of("T", "n/data", lambda st: st.st_mode & 0o6000)),
        of_temporary("acl", ACL, has_acl),
        of_temporary(
            "tree-that-is-named", '(T / "new").mkdir(); (T / "new/e").symlink_to("../beside")',
            leads_out("e", lambda place: place.temporary / "new"),
            command_into(lambda place: place.temporary / "new"), lambda place: write(place.temporary / "beside"),
        ),
        of_temporary(
            "beside-what-is-named", 'put(T / "Makefile")', is_there("T", "Makefile"),
            command_into(lambda place: place.temporary / "new"), lambda place: write(place.temporary / "beside"),
        ),
        lent("project", "pyproject.toml"),
        lent("project-by-setup-py", "setup.py"),
        lent("project-below", "pyproject.toml", "data"),
        Attempt("environment", 'put(T / "pyvenv.cfg")', is_there("T", "pyvenv.cfg"), script, where=lambda place: place.temporary),
    ],
    # A directory for artefacts
    "artefacts": [
        Attempt("file-beside", 'put(OUT / "index.html")', is_there("OUT", "index.html"), command),
        Attempt("program-beside", 'put(OUT / "pip.py")', is_there("OUT", "pip.py"), command),
        Attempt("wheel-replaced", f'put(OUT / "{WHEEL}")', planted("OUT", WHEEL), command, other_wheel),
        Attempt("wheel-replaced-by-rename", f'put(OUT / "n.whl"); os.rename(OUT / "n.whl", OUT / "{WHEEL}")', planted("OUT", WHEEL), command, other_wheel),
        Attempt("wheel-link", f'(OUT / "{WHEEL}").symlink_to(TOKEN)', is_there("OUT", WHEEL), command),
        Attempt("wheel-fifo", f'os.mkfifo(OUT / "{WHEEL}")', is_there("OUT", WHEEL), command),
        Attempt("wheel-directory", f'put(OUT / "{WHEEL}/x")', is_there("OUT", WHEEL), command),
        Attempt("wheel-setuid", f'put(OUT / "{WHEEL}", mode=0o6755)', mode_of("OUT", WHEEL, lambda st: st.st_mode & 0o6000), command),
        Attempt(
            "directory-of-the-packages-choice", 'put(pathlib.Path("/srv/index/torch-99.0-py3-none-any.whl"))',
            lambda place, said: os.path.exists("/srv/index/torch-99.0-py3-none-any.whl"),
            lambda place: uv(place, "be; '/srv/index'; import be"), lambda place: pathlib.Path("/srv/index").mkdir(),
        ),
        Attempt("home", 'put(NAME / ".bashrc")', planted("HOME", ".bashrc"), command_into(lambda place: HOME / "made-by-home")),
        Attempt("credentials-of-home", 'put(NAME / ".netrc")', planted("HOME", ".netrc"), command_into(lambda place: HOME / "made-2")),
        Attempt("settings-of-home", 'put(NAME / ".config/pip/pip.conf")', is_there("HOME", ".config/pip/pip.conf"), command_into(lambda place: HOME / "made-3")),
    ],
    # The build environment, beside which uv has its answers
    "environment": [
        Attempt("environments-sitecustomize", 'put(V / "sitecustomize.py")', is_there("V", "sitecustomize.py"), uv),
        Attempt("environments-pth", 'put(V / "x.pth")', is_there("V", "x.pth"), uv),
        Attempt("environments-site-packages", 'put(V / f"lib/python3.{sys.version_info[1]}/site-packages/x.pth")', lambda place, said: any(place.environment.glob("lib/*/site-packages/x.pth")), uv),
        Attempt("environments-program", 'put(V / "bin/git", mode=0o755)', is_there("V", "bin/git"), uv),
        Attempt("environments-interpreter", '(V / "bin/python3").unlink(); put(V / "bin/python3", mode=0o755)', planted("V", "bin/python3"), uv),
        Attempt("environments-configuration", 'put(V / "pyvenv.cfg")', planted("V", "pyvenv.cfg"), uv),
        Attempt("answer-that-is-a-link", '(V / "build_wheel.txt").symlink_to("/srv/stolen-answer"); os._exit(0)', is_there("V", "build_wheel.txt"), uv),
        Attempt("answer-that-is-a-fifo", 'os.mkfifo(V / "build_wheel.txt"); os._exit(0)', is_there("V", "build_wheel.txt"), uv),
    ],
    # What a step reads where it may write
    "reading": [
        Attempt("token", "show(pathlib.Path(TOKEN))", seen, command),
        says("as-it-is", "be /tmp/of-a-neighbour"),
        says("doubled-slash", "be /tmp//of-a-neighbour"),
        says("point", "be /tmp/./of-a-neighbour"),
        says("link", "be {S}/link"),
        says("large", "be /tmp/of-a-neighbour", padding="# padding\n" * 110000),
        says("escaped-control", "be {S}/a\rb/../../../../tmp/./of-a-neighbour", r"be {S}/a\rb/../../../../tmp/./of-a-neighbour"),
        says("escaped-letter", "be {S}/é/../../../../tmp/./of-a-neighbour", r"be {S}/\u00e9/../../../../tmp/./of-a-neighbour"),
        says("doubled-backslash", r"be {S}/a\\b/../../../../tmp/./of-a-neighbour", r"be {S}/a\\b/../../../../tmp/./of-a-neighbour"),
        *(
            Attempt(f"neighbour-{name}-by-an-earlier-step", code + SHOW_NEIGHBOUR, seen, script_that_says("be /tmp/of-a-neighbour", "be /tmp/of-a-neighbour", ""), times=3)
            for name, code in {
                "unsaid": '(pathlib.Path(__file__).parent / "pyproject.toml").write_text("[build-system]\\nrequires = []\\n")\n',
                "unsaid-and-unmarked": '(pathlib.Path(__file__).parent / "pyproject.toml").write_text("[build-system]\\nrequires = []\\n")\n'
                "for name in os.listxattr(pathlib.Path(__file__).parent):\n    os.removexattr(pathlib.Path(__file__).parent, name)\n",
                "unsaid-by-setup-py": 'p = pathlib.Path(__file__).parent / "pyproject.toml"\nif p.exists():\n    p.unlink()\n    p.with_name("setup.py").touch()\n',
            }.items()
        ),
        Attempt(
            "place-that-an-earlier-step-asked-for", 'put(T / "answer.json", str(NEIGHBOUR))\nshow(NEIGHBOUR / "private")', seen, script,
            lambda place: write(NEIGHBOUR / "private", SECRET, 0o600), times=2,
        ),
        Attempt(
            "place-that-a-file-of-the-package-asks-for", 'show(NEIGHBOUR / "private")', seen,
            lambda place: [*script(place)[:2], f"/tmp/unpacked-{place.name}/request.json"],
            lambda place: (
                write(NEIGHBOUR / "private", SECRET, 0o600), write(pathlib.Path(f"/tmp/unpacked-{place.name}/setup.py")),
                write(pathlib.Path(f"/tmp/unpacked-{place.name}/request.json"), json.dumps(str(NEIGHBOUR))),
            ),
        ),
        Attempt(
            "place-in-a-script-of-the-package", 'show(NEIGHBOUR / "private")', seen,
            lambda place: [place.environment / "bin/python", f"/tmp/unpacked-{place.name}/run.py"],
            lambda place: (
                write(NEIGHBOUR / "private", SECRET, 0o600), write(pathlib.Path(f"/tmp/unpacked-{place.name}/setup.py")),
                write(pathlib.Path(f"/tmp/unpacked-{place.name}/run.py"), RUN.format(str(place.sources)) + f"; {str(NEIGHBOUR)!r}"),
            ),
        ),
        Attempt(
            "credentials-beside-the-script", 'show(T / ".netrc")', seen, script,
            lambda place: write(place.temporary / ".netrc", SECRET, 0o600),
        ),
        Attempt(
            "credentials-below-the-script", 'show(T / "data/.aws/credentials")', seen, script,
            lambda place: write(place.temporary / "data/.aws/credentials", SECRET, 0o600),
        ),
        Attempt(
            "beside-a-named-place", 'show(T / "other-1.0/private.c")', seen, command_into(lambda place: place.temporary / "new"),
            lambda place: write(place.temporary / "other-1.0/private.c", SECRET, 0o600),
        ),
        Attempt(
            "others-files-in-tmp", 'show(pathlib.Path("/tmp/neighbour/private"))', seen, script,
            lambda place: write(pathlib.Path("/tmp/neighbour/private"), SECRET, 0o644),
        ),
        Attempt(
            "link-beside-the-script", 'show(T / "link")', seen, script,
            lambda place: (place.temporary.mkdir(), (place.temporary / "link").symlink_to(TOKEN)),
        ),
        Attempt(
            "closed-file-beside-wheels", 'show(OUT / "key")', seen, command, lambda place: write(place.output / "key", SECRET, 0o600),
        ),
        Attempt(
            "credentials-beside-wheels-in-home", 'show(NAME / "wheels/.netrc")', seen, command_into(lambda place: HOME / "wheels"),
            lambda place: write(HOME / "wheels/.netrc", SECRET, 0o644),
        ),
        Attempt(
            "credentials-below-wheels-in-home", 'show(NAME / "wheels-2/upload/.pypirc")', seen, command_into(lambda place: HOME / "wheels-2"),
            lambda place: write(HOME / "wheels-2/upload/.pypirc", SECRET, 0o644),
        ),
        Attempt(
            "beside-wheels-in-home", 'show(NAME / "notes")', seen, command_into(lambda place: HOME / "wheels-3"),
            lambda place: (write(HOME / "notes", SECRET, 0o644), write(HOME / "wheels-3/x")),
        ),
    ],
    # The image's own interpreter, called from unpacked sources
    "sources": [
        Attempt("setup-py", "", seen, by_image("setup.py", "--version")),
        Attempt("back-end", "", seen, by_image("-m", "be")),
        Attempt("back-end-in-a-package", "", seen, by_image("-m", "part.be")),
        Attempt("tool", "", seen, by_image("tools/generate.py")),
        Attempt("text", "", seen, by_image("-c", "import be")),
        Attempt("standard-input", "", seen, by_image("-")),
        Attempt("pip", "", seen, by_image("-m", "pip", "--version")),
        Attempt("build", "", seen, by_image("-m", "build", "--version")),
        Attempt("tomllib", "", seen, by_image("-m", "build", "--version")),
        Attempt("compiled", "", seen, by_image("-m", "build", "--version")),
        Attempt("compiled-package", "", seen, by_image("-m", "build", "--version")),
        Attempt("compiled-front-end", "", seen, by_image("-m", "build", "--version")),
        Attempt("part-of-a-module", "", seen, by_image("-m", "build", "--version")),
        Attempt("directory", "", seen, by_image(".")),
    ],
}

SHOW = 'import pathlib\npathlib.Path({made!r}).touch()\ntry:\n    print("LOOT", open({token!r}).read(), flush=True)\nexcept OSError as error:\n    print(error)\n'
MODULES = {
    "setup-py": "setup.py", "back-end": "be.py", "back-end-in-a-package": "part/be.py", "tool": "tools/generate.py", "text": "be.py",
    "standard-input": "be.py", "pip": "pip.py", "build": "build.py", "tomllib": "tomllib.py",
    "compiled": "tomllib.pyc", "compiled-package": "tomllib/__init__.pyc", "compiled-front-end": "build.pyc", "part-of-a-module": "_bz2.py",
    "directory": "__main__.py",
}


def write_module(path, text):
    write(path, text)
    if path.suffix == ".pyc":
        source = path.rename(path.with_suffix(".txt"))
        py_compile.compile(str(source), cfile=str(path), doraise=True)


def prepare(attempt, group):
    place = Place(attempt.name)
    write(place.sources / "pyproject.toml", "[build-system]\nrequires = []\nbuild-backend = 'be'\nbackend-path = ['.']\n")
    if group == "sources":
        text = SHOW.format(made=str(place.sources / "made"), token=TOKEN)
        write_module(place.sources / MODULES[attempt.name], text)
        return place
    paths = tuple(map(str, (place.temporary, place.output, place.environment, HOME)))
    head = PACKAGE.format(paths=paths, planted=PLANTED, token=TOKEN)
    write(place.sources / "be.py", head + textwrap.dedent(attempt.code) + "\n")
    make_environment(place.environment)
    attempt.before(place)
    return place


def run(attempt, group):
    place = prepare(attempt, group)
    words = attempt.call(place)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    for _ in range(attempt.times - 1):
        subprocess.run(words, cwd=attempt.where(place), env=environment, stdin=subprocess.DEVNULL, timeout=60)
    done = subprocess.run(
        words, cwd=attempt.where(place), env=environment, input="import be\n" if words[-1] == "-" else None,
        stdin=None if words[-1] == "-" else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
    )
    print(f"{attempt.name}: {done.returncode} {done.stdout}", file=sys.stderr)
    return {
        "title": attempt.name,
        "made": (place.sources / "made").exists(),
        "success": bool(attempt.success(place, done.stdout)),
        "error": (done.stdout.strip().splitlines() or [""])[-1],
    }


def what_is_right(words, made):
    """What a call may leave, leaves it: with Rind and without."""
    for file in made:
        if not file.is_file():
            sys.exit(f"captures: {file} was not left by {words}")


def require_the_right():
    attempt = Attempt(
        "right", 'put(T / "answer.json", "{}"); put(T / "tree/data"); (T / "tree/link").symlink_to("data"); put(T / "result.txt")',
        None, script,
    )
    place = prepare(attempt, "temporary")
    words = script(place)
    subprocess.run(words, cwd=place.sources, check=True, stdin=subprocess.DEVNULL)
    what_is_right(words, [place.temporary / path for path in ("answer.json", "tree/link", "result.txt")])
    attempt = Attempt("right-wheel", f'put(OUT / "{WHEEL}"); build_wheel = lambda *_: "{WHEEL}"', None, uv)
    for call in (command, uv):
        place = prepare(attempt, "artefacts")
        words = call(place)
        subprocess.run(words, cwd=place.sources, check=True, stdin=subprocess.DEVNULL)
        what_is_right(words, [place.output / WHEEL])
        (place.output / WHEEL).unlink()
    if (place.environment / "build_wheel.txt").read_text() != WHEEL:
        sys.exit("captures: uv's answer was not left")


def main():
    group = sys.argv[1]
    require_the_right()
    print(json.dumps({"attempts": {attempt.name: run(attempt, group) for attempt in GROUPS[group]}}))


main()
