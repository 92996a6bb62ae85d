"""Running commands, with or without network isolation: the seam.

`Seam.SCRIPT` puts run_network_isolation.sh before the command, `Seam.UNSHARE` calls unshare as older
releases did. As in Fromager, isolation is on by default only where it works, and nothing is said
where it does not.
"""

import enum
import os
import pathlib
import subprocess


class Seam(enum.Enum):
    SCRIPT = (str(pathlib.Path(__file__).absolute().parent / "run_network_isolation.sh"),)
    UNSHARE = ("/usr/bin/unshare", "--net", "--map-current-user")


class CommandFailed(Exception):
    """A command's exit status was not 0. `returncode` is negative for a death by signal."""

    def __init__(self, returncode, cmd, output):
        super().__init__(f"exit status {returncode}: {' '.join(map(str, cmd))}\n{output}")
        self.returncode = returncode
        self.output = output


def isolation_works(seam):
    try:
        subprocess.check_output([*seam.value, "true"], stderr=subprocess.STDOUT)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def run(cmd, *, cwd=None, extra_environ=None, isolation=None, log_filename=None):
    """Runs `cmd` and returns its output (stdout and stderr are one stream).

    isolation: the Seam to go through, None for none. stdin is inherited, and no descriptor above 2.
    """
    cmd = [*(isolation.value if isolation else ()), *map(str, cmd)]
    env = {**os.environ, **(extra_environ or {})}
    if log_filename:
        with open(log_filename, "w", encoding="utf-8") as log:
            returncode = subprocess.run(
                cmd, cwd=cwd, env=env, stdout=log, stderr=subprocess.STDOUT
            ).returncode
        output = pathlib.Path(log_filename).read_text(encoding="utf-8", errors="replace")
    else:
        done = subprocess.run(cmd, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        returncode, output = done.returncode, done.stdout.decode("utf-8", errors="replace")
    if returncode != 0:
        raise CommandFailed(returncode, cmd, output)
    return output
