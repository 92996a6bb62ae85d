"""What the plugins have in common: their notes, and the ways in which plugins start programs.

note      writes down that a hook was called, and what it read
run       as most plugins: in the build environment, with Fromager's isolation of the network as it is set
run_open  as plugins that use external_commands.run, whose default is no isolation
"""

import functools
import pathlib

from fromager import external_commands


def note(req, hook, *texts):
    notes = pathlib.Path("work-dir", "calls")
    notes.mkdir(exist_ok=True)
    with notes.joinpath(f"{req.name}.txt").open("a", encoding="utf-8") as file:
        file.writelines(f"{hook}: {line}\n" for text in texts or [""] for line in text.splitlines() or [""])


def hook(function):
    """Notes each call of a hook."""

    @functools.wraps(function)
    def noted(**arguments):
        note(arguments["req"], function.__name__)
        return function(**arguments)

    return noted


def run(build_env, command, call, extra_environ=None, **options):
    return build_env.run(
        [str(word) for word in command], extra_environ={**(extra_environ or {}), "PLUG_CALL": call}, **options
    )


def run_open(build_env, command, call, extra_environ=None, **options):
    environ = {**(extra_environ or {}), "PLUG_CALL": call}
    environ.update(build_env.get_venv_environ(template_env=environ))
    return external_commands.run([str(word) for word in command], extra_environ=environ, **options)
