"""Making the builder itself run the package's code, outside of every step.

The build environment's bin comes first in the PATH of later commands, and its .pth files are run by
every start of its interpreter. Each leaves a mark where only code outside of a step can: beside the
work directory, in HOME.
"""

from . import HOME, attempt, site_packages, venv, write

FIRST_HOOK = {"hook": "get_requires_for_build_wheel", "build": "takeover"}


@attempt("venv-unshare", **FIRST_HOOK)
def venv_unshare(targets):
    """`unshare` of the isolation script's shebang is looked up by PATH: this one isolates nothing."""
    script = f"#!/bin/bash\n(echo mark >{HOME}/taken-by-unshare) 2>/dev/null\n"
    script += 'while [[ $1 == --* ]]; do shift; done\n[[ $1 == /bin/bash ]] && shift 2\nexec "$@"\n'
    write(f"{venv()}/bin/unshare", script, 0o755)


@attempt("venv-uv", **FIRST_HOOK)
def venv_uv(targets):
    script = f'#!/bin/bash\n(echo mark >{HOME}/taken-by-uv) 2>/dev/null\nexec /opt/app-root/bin/uv "$@"\n'
    write(f"{venv()}/bin/uv", script, 0o755)


@attempt("venv-pth", **FIRST_HOOK)
def venv_pth(targets):
    line = f"import contextlib; exec(\"with contextlib.suppress(OSError): open('{HOME}/taken-by-pth', 'w')\")\n"
    write(f"{site_packages(venv())}/hostile.pth", line)
