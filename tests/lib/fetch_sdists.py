"""Fetches sdists by pip's own means, without what `pip download` does with one: it runs the sdist's code for its metadata.

fetch_sdists.py REQUIREMENTS DIRECTORY   REQUIREMENTS has lines `NAME==VERSION --hash=sha256:HASH`. The index, its
credentials, proxies and certificates are those of pip's configuration and environment. A file whose hash is another is an error.
"""

import hashlib
import pathlib
import re
import sys

from pip._internal.commands import create_command
from pip._internal.utils.temp_dir import global_tempdir_manager

LINE = re.compile(r"([\w.-]+)==(\S+) --hash=sha256:([0-9a-f]{64})")


def pinned(path):
    lines = [line for line in pathlib.Path(path).read_text().splitlines() if line and not line.startswith("#")]
    return [LINE.fullmatch(line).groups() for line in lines]


def fetch(session, finder, name, version, digest, directory):
    found = finder.find_all_candidates(name)
    link = next((c.link for c in found if str(c.version) == version and c.link.hash == digest), None)
    if link is None:
        sys.exit(f"fetch_sdists: the index has no sdist {name} {version} with the pinned hash, of {len(found)} candidates")
    answer = session.get(link.url, headers={"Accept-Encoding": "identity"})
    answer.raise_for_status()
    if hashlib.sha256(answer.content).hexdigest() != digest:
        sys.exit(f"fetch_sdists: {link.filename} is not the file that is pinned")
    pathlib.Path(directory, link.filename).write_bytes(answer.content)


def main(requirements, directory):
    command = create_command("download")
    options, _ = command.parse_args(["--no-binary", ":all:"])
    with global_tempdir_manager(), command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session, ignore_requires_python=True)
        for name, version, digest in pinned(requirements):
            fetch(session, finder, name, version, digest, directory)


main(*sys.argv[1:])
