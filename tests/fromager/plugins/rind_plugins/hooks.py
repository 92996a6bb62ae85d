"""Hooks of Fromager's for every package: what was built is copied, tried in an environment of its own, and written down."""

import hashlib
import pathlib
import shutil
import sys
import tempfile

from fromager import external_commands

from .calls import note


def tried(wheel):
    """What the package answers in a new environment."""
    with tempfile.TemporaryDirectory() as directory:
        python = pathlib.Path(directory, "venv", "bin", "python")
        external_commands.run(["uv", "-q", "venv", "--python", sys.executable, str(python.parent.parent)])
        command = ["uv", "-q", "pip", "install", "--python", str(python), "--no-index", "--no-deps", str(wheel)]
        external_commands.run(command)
        return external_commands.run([str(python), "-c", "import plug; print(plug.answer(), plug.flavour())"])


def post_build(ctx, req, dist_name, dist_version, sdist_filename, wheel_filename):
    published = ctx.work_dir / "published"
    published.mkdir(exist_ok=True)
    copy = shutil.copy(wheel_filename, published)
    note(req, "post_build", f"{dist_name} {dist_version} {sdist_filename.name} {wheel_filename.name}", tried(copy))


def post_bootstrap(ctx, req, dist_name, dist_version, sdist_filename, wheel_filename):
    names = [path.name for path in (sdist_filename, wheel_filename) if path]
    note(req, "post_bootstrap", " ".join([dist_name, dist_version, *names]))
    if wheel_filename and dist_name.startswith("plug-"):
        external_commands.run([sys.executable, "-m", "zipfile", "-t", str(wheel_filename)])
        note(req, "post_bootstrap", tried(wheel_filename))


def prebuilt_wheel(ctx, req, dist_name, dist_version, wheel_filename):
    digest = hashlib.sha256(wheel_filename.read_bytes()).hexdigest()
    note(req, "prebuilt_wheel", f"{dist_name} {dist_version} {wheel_filename.name} {digest}")
