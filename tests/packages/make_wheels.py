"""Makes wheels for the tests of installs: make_wheels.py DIRECTORY

* telltale: its .pth file, run at every start of an interpreter that has it, says under which uid it runs,
  whether it could read a secret of the container's, and what it finds in /tmp. To standard error, and to
  /tmp/telltale, which outlives it only where it is not isolated.
* usurper: its .pth file puts a program of its own in the place of the environment's interpreter, wherever it may.
* unmarker: its .pth file removes the environment's pyvenv.cfg, wherever it may.
* script: ships a program that is called python, which lands in the bin of the environment.
* closer: its .pth file closes the environment to other users, wherever it may.
* extra: an empty package, so that a hook can ask for one more.
"""

import pathlib
import sys
import zipfile

TELLTALE = (
    "import os, sys; "
    "secret = os.access('/root/.ssh/id_ed25519', os.R_OK) or 'BUILDER_TOKEN' in os.environ; "
    "line = 'TELLTALE uid=%d pid1=%d secret=%s tmp=%s\\n' % "
    "(int(open('/proc/self/uid_map').read().split()[1]), os.getppid() == 1 or os.getpid() < 5, secret, sorted(os.listdir('/tmp'))); "
    "sys.stderr.write(line); open('/tmp/telltale', 'a').write(line)\n"
)

GRAB = "#!/bin/sh\necho GRABBED uid=$(read _ id _ </proc/self/uid_map; echo $id) secret=${BUILDER_TOKEN:+True} >&2\nexec /usr/bin/python3 \"$@\"\n"
USURPER = f"""import os, sys
path = os.path.join(sys.prefix, 'bin', 'python')
try:
    os.unlink(path)
    with open(path, 'w') as file:
        file.write({GRAB!r})
    os.chmod(path, 0o755)
except OSError:
    pass
"""
UNMARKER = """import os, sys
try:
    os.unlink(os.path.join(sys.prefix, 'pyvenv.cfg'))
except OSError:
    pass
"""


def wheel(directory, name, files):
    info = f"{name}-1.0.dist-info"
    files = dict(files)
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(pathlib.Path(directory, f"{name}-1.0-py3-none-any.whl"), "w") as archive:
        for path, text in files.items():
            member = zipfile.ZipInfo(path)
            member.external_attr = (0o100755 if "/scripts/" in path else 0o100644) << 16
            archive.writestr(member, text)


# Where it may write: takes away what makes the environment one, with a standard library in the place of the base's.

# The same for a link that leads to the image's interpreter by way of the sources, which later steps may write.
DETOUR = (
    "import os, sys; "
    "own = sys.prefix + '/bin/python'; "
    "may = sys.prefix != sys.base_prefix and os.access(sys.prefix, os.W_OK); "
    "may and (os.remove(own), os.symlink(os.getcwd() + '/py', own))\n"
)

# Closed to other users, and deep down in it, too.
CLOSER = (
    "import os, sys; may = os.access(sys.prefix, os.W_OK) and sys.prefix != sys.base_prefix; "
    "may and [os.chmod(p, 0o700) for p in (sys.prefix + '/lib', sys.prefix, os.path.dirname(os.__file__))"
    " if os.access(p, os.W_OK)]; "
    "may and [os.chmod(p, 0) for p in (sys.prefix + '/pyvenv.cfg',)]\n"
)

pathlib.Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
wheel(sys.argv[1], "telltale", {"telltale.pth": TELLTALE})
wheel(sys.argv[1], "usurper", {"usurper.pth": "import usurper\n", "usurper.py": USURPER})
wheel(sys.argv[1], "unmarker", {"unmarker.pth": "import unmarker\n", "unmarker.py": UNMARKER})
wheel(sys.argv[1], "script", {"script-1.0.data/scripts/python": GRAB})
wheel(sys.argv[1], "extra", {"extra.py": ""})
wheel(sys.argv[1], "detour", {"detour.pth": DETOUR})
wheel(sys.argv[1], "closer", {"closer.pth": CLOSER})
