"""fromager [options] build SOURCE...   builds wheels
fromager [options] step SOURCE -- COMMAND...   runs a command through the seam, as an override plugin
                                                does: in the package's environment and source tree
"""

import argparse
import concurrent.futures
import pathlib
import sys

from . import VERSION, external_commands, wheel_server
from .build import build, step
from .context import Context
from .external_commands import Seam

# Fromager asks at import, whatever it was called for.
SCRIPT_WORKS = external_commands.isolation_works(Seam.SCRIPT)


def parse(argv):
    parser = argparse.ArgumentParser("fromager", description=__doc__)
    parser.add_argument("--version", action="version", version=VERSION)
    parser.add_argument("--network-isolation", action=argparse.BooleanOptionalAction)
    parser.add_argument("--old", action="store_true", help="call unshare, as older releases")
    parser.add_argument("--work-dir", type=pathlib.Path, default="work-dir")
    parser.add_argument("--wheels-repo", type=pathlib.Path, default="wheels-repo")
    parser.add_argument("--sdists-repo", type=pathlib.Path, default="sdists-repo")
    commands = parser.add_subparsers(dest="command", required=True)
    sub = commands.add_parser("build")
    sub.add_argument("--build-dir", default="", help="where in the source tree to build")
    sub.add_argument("--sdist", action="store_true")
    sub.add_argument("--metadata", action="store_true")
    sub.add_argument("--jobs", type=int, default=1)
    sub.add_argument("-C", dest="settings", action="append", default=[], metavar="KEY=VALUE")
    sub.add_argument("source", nargs="+", type=pathlib.Path)
    sub = commands.add_parser("step")
    sub.add_argument("source", type=pathlib.Path)
    sub.add_argument("argv", nargs="+")
    return parser.parse_args(argv)


def make_context(args):
    seam = Seam.UNSHARE if args.old else Seam.SCRIPT
    isolation = args.network_isolation
    if isolation is None:
        isolation = external_commands.isolation_works(seam) if args.old else SCRIPT_WORKS
    return Context(
        args.work_dir, args.wheels_repo, args.sdists_repo, seam if isolation else None, args.old
    )


def main(argv=None):
    args = parse(argv)
    ctx = make_context(args)
    print("network isolation:", ctx.isolation.name.lower() if ctx.isolation else "off", flush=True)
    try:
        if args.command == "step":
            print(step(ctx, args.source, args.argv), end="")
            return 0
        ctx.build_dir = args.build_dir
        ctx.config_settings = dict(setting.split("=", 1) for setting in args.settings)
        ctx.parallel = args.jobs > 1

        def one(source):
            return build(ctx, source, sdist=args.sdist, metadata=args.metadata)

        with (
            wheel_server.serve(ctx.downloads) as ctx.index_url,
            concurrent.futures.ThreadPoolExecutor(args.jobs) as pool,
        ):
            for artefacts in pool.map(one, args.source):
                print(*(f"built {a}" for a in artefacts), sep="\n", flush=True)
    except external_commands.CommandFailed as failed:
        print(f"fromager: {failed}", file=sys.stderr)
        # As a shell tells it, so that tests can see how the step ended.
        return 128 - failed.returncode if failed.returncode < 0 else failed.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
