"""Reading what the builder needs to log in somewhere."""

import os
import sys
import time

from . import HOME, attempt, read


def _file(name, path):
    attempt(name)(lambda targets: read(path))


_file("netrc-home", f"{HOME}/.netrc")
_file("netrc-env", "/etc/builder/netrc")
_file("ssh-key", "/root/.ssh/id_ed25519")
_file("entitlement-key", "/etc/pki/entitlement/1-key.pem")
_file("run-secrets", "/run/secrets/registry-token")
_file("proc-root", "/proc/1/root/root/.ssh/id_ed25519")
_file("unlisted-file", "/srv/builder/token")
# Beside what variables and PATH of the builder name (tests/attack/scenery.py), and what a link of this package names.
_file("toolchain-npmrc", f"{HOME}/.nvm/.npmrc")
_file("cache-credentials", f"{HOME}/.cargo/credentials.toml")
_file("beside-toolchain", f"{HOME}/notes")
_file("neighbour-prefix", f"{HOME}/work-dir/neighbour-2.0/dist/private")
# After a build dependency has closed the build environment to other users (tests/attack/drive.py).
attempt("closed-environment", build="closed-environment")(lambda targets: read("/srv/builder/token"))


def _variable(name, variable):
    attempt(name)(lambda targets: os.environ[variable])


_variable("env-netrc", "NETRC")
_variable("env-twine", "TWINE_PASSWORD")
_variable("env-ngc", "NGC_API_KEY")
_variable("env-aws", "AWS_SECRET_ACCESS_KEY")
_variable("env-gitlab-pat", "GITLAB_PAT")
_variable("env-ci-job", "CI_JOB_TOKEN")
_variable("env-hf", "HF_TOKEN")
_variable("env-pip-index", "PIP_INDEX_URL")


@attempt("stdin")
def stdin(targets):
    return sys.stdin.readline()


@attempt("cwd-parent")
def cwd_parent(targets):
    """From the working directory upwards: a cover over HOME is not in the way."""
    return read("../../../.netrc")


@attempt("hard-link")
def hard_link(targets):
    os.link(f"{HOME}/.netrc", "link-to-secret")
    return read("link-to-secret")


@attempt("netrc-rotated", build="takeover")
def netrc_rotated(targets):
    """The builder replaces its file by rename while the step runs: a cover on the file is gone."""
    error = None
    for _ in range(20):
        try:
            return read("/etc/builder/netrc")
        except OSError as denied:
            error = denied
            time.sleep(0.1)
    raise error
