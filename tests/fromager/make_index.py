"""Makes what a build of the suite `fromager` starts from: make_index.py DIRECTORY SDISTS PREBUILT... [--settings SETTINGS]

In DIRECTORY: `simple` and `prebuilt`, two package indexes (PEP 503); `git`, repositories; `settings` and `patches`, Fromager's.
The sdists are those in SDISTS and the tests' own packages, packed here; each PREBUILT has wheels. A server in the container
serves DIRECTORY at SERVER. With SETTINGS, a directory of Fromager's settings (tests/corpus), these are all, and there is no
package of the tests.
"""

import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

SERVER = "http://127.0.0.1:8000"
PACKAGES = pathlib.Path(__file__).parent.parent / "packages"
# One package under several names, for the override plugins in plugins/.
PLUG = tuple(f"plug-{way}" for way in ("bazel", "build", "cmake", "make", "pip", "repack", "scripts", "setup", "shell", "uv"))
OWN = ("hello-ext", "tiny-cmake", "tiny-hatch", "tiny-meson", "tiny-poetry", "tiny-rust")
PRE_BUILT = {"pre_built": True, "wheel_server_url": f"{SERVER}/prebuilt/"}
# Pre-built in the variant `plugins` alone; flit-core has a plugin there.
OF_PLUGINS = ("build", "packaging", "pip", "pyproject-hooks", "wheel")
# The package settings, beside where the sdist is to be had.
SETTINGS = {
    "tiny-cmake": {
        "env": {"TINY_ANSWER": "1"},
        "variants": {"rind": {"env": {"TINY_ANSWER": "42"}}},
    },
    "tiny-meson": {"config_settings": {"setup-args": ["-Danswer=42"]}},
    "tiny-poetry": {"build_dir": "python"},
    "tiny-rust": {"env": {"CARGO_BUILD_JOBS": "1"}},
    "setuptools": {"variants": {"prebuilt": PRE_BUILT, "plugins": PRE_BUILT}},
    "flit-core": {"variants": {"prebuilt": PRE_BUILT}},
    **{name: {"variants": {"plugins": PRE_BUILT}} for name in OF_PLUGINS},
}
PATCH = """--- a/tiny_hatch/__init__.py
+++ b/tiny_hatch/__init__.py
@@ -1 +1 @@
-PATCHED = False
+PATCHED = True
"""


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def tree_of(name):
    """The files of the tests' package NAME, by their paths in it: (path, bytes)."""
    top = PACKAGES / ("plug" if name.startswith("plug-") else name)
    for path in sorted(p for p in top.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        yield path.relative_to(top), path.read_bytes().replace(b"@name@", name.encode())


def pack(name, target):
    """An sdist NAME-1.0.tar.gz of the tests' package; the same bytes each time."""
    stem = f"{name.replace('-', '_')}-1.0"
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, text in tree_of(name):
            member = tarfile.TarInfo(f"{stem}/{path}")
            member.size, member.mode = len(text), 0o644
            archive.addfile(member, io.BytesIO(text))
        info = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode()
        member = tarfile.TarInfo(f"{stem}/PKG-INFO")
        member.size, member.mode = len(info), 0o644
        archive.addfile(member, io.BytesIO(info))
    (target / f"{stem}.tar.gz").write_bytes(gzip.compress(plain.getvalue(), mtime=0))


def index(top, files):
    """A page for each project of FILES, with links to copies of them."""
    pages = {}
    for file in files:
        project = normal(re.match(r"(.+?)-\d", file.name)[1])
        (top / project).mkdir(parents=True, exist_ok=True)
        shutil.copy(file, top / project)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        pages.setdefault(project, []).append(f'<a href="{file.name}#sha256={digest}">{file.name}</a><br>')
    for project, links in pages.items():
        (top / project / "index.html").write_text("<!DOCTYPE html><html><body>" + "\n".join(links) + "</body></html>\n")
    return pages


def repository(name, target):
    """A repository with one commit, tagged v1.0."""
    for path, text in tree_of(name):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(text)
    date = "2026-01-01T00:00:00Z"
    identity = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
                for what, value in (("NAME", "tests"), ("EMAIL", "tests@example"), ("DATE", date))}
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "all"], ["tag", "v1.0"]):
        subprocess.run(["git", "-C", target, *command], check=True,
                       env={**os.environ, **identity, "GIT_CONFIG_GLOBAL": "/dev/null"})


def main(top, sdists, *prebuilt):
    top = pathlib.Path(top)
    if "--settings" in prebuilt:
        *prebuilt, _, settings = prebuilt
        index(top / "simple", pathlib.Path(sdists).glob("*.tar.gz"))
        index(top / "prebuilt", [wheel for place in prebuilt for wheel in pathlib.Path(place).glob("*.whl")])
        shutil.copytree(settings, top / "settings")
        for name in ("git", "patches"):
            (top / name).mkdir()
        return
    own = top / "own"
    own.mkdir(parents=True)
    for name in (*OWN, *PLUG):
        pack(name, own)
    projects = index(top / "simple", [*pathlib.Path(sdists).glob("*.tar.gz"), *own.glob("*.tar.gz")])
    projects |= index(top / "prebuilt", [wheel for place in prebuilt for wheel in pathlib.Path(place).glob("*.whl")])
    (top / "settings").mkdir()
    for project in projects:
        settings = {"resolver_dist": {"sdist_server_url": f"{SERVER}/simple/"}, **SETTINGS.get(project, {})}
        (top / "settings" / f"{project.replace('-', '_')}.yaml").write_text(json.dumps(settings))
    patches = top / "patches" / "tiny_hatch-1.0"
    patches.mkdir(parents=True)
    (patches / "001-patched.patch").write_text(PATCH)
    for name in ("plug-git", "tiny-git"):
        repository(name, top / "git" / name)


if __name__ == "__main__":
    main(*sys.argv[1:])
