"""Scripts of the plugin's own, run by the build environment: from a file, on standard input, in `-c`; what they write is read."""

import json
import pathlib
import sys
import tempfile

from fromager import external_commands, sources

from .calls import hook, note, run, run_open

# The package's code answers; the plugin reads it.
ASK = """\
import sys
sys.path.insert(0, ".")
import probe
probe.ask("script")
"""
QUERY = ASK + "import setuptools; print('setuptools', setuptools.__version__)\n"
# version.py OUTPUT: a file where the plugin says.
VERSION = ASK + "open(sys.argv[1], 'w').write(f'{1 + 1}.0 by a script\\n')\n"
# A file in the sources, under a name that nobody is told.
GENERATE = ASK + "open('src/plug/generated.txt', 'w').write('generated\\n')\n"
# request.json has the output, as front ends of plugins' own have it.
BUILD = ASK + """\
import json
from setuptools import build_meta
request = json.load(open(sys.argv[1]))
name = build_meta.build_wheel(request["output"])
json.dump({"name": name}, open(request["answer"], "w"))
"""


@hook
def get_build_backend_dependencies(ctx, req, sdist_root_dir, build_dir, extra_environ, build_env):
    with tempfile.TemporaryFile("w+", encoding="utf-8") as script:
        script.write(QUERY)
        script.seek(0)
        note(req, "stdin", run(build_env, [build_env.python, "-"], "stdin", cwd=str(sdist_root_dir), stdin=script))
        script.seek(0)
        note(req, "stdin", run_open(build_env, ["python"], "open stdin", cwd=str(sdist_root_dir), stdin=script))
    note(req, "-c", run_open(build_env, [build_env.python, "-c", QUERY], "-c", cwd=str(sdist_root_dir)))
    return []


@hook
def prepare_source(ctx, req, source_filename, version):
    tree, is_new = sources.default_prepare_source(ctx=ctx, req=req, source_filename=source_filename, version=version)
    # There is no build environment yet: Fromager's own interpreter.
    script = tree / "tools" / "generate.py"
    table = tree / "src" / "plug" / "table.txt"
    note(req, "sys.executable", external_commands.run([sys.executable, str(script), str(table)], cwd=str(tree)))
    note(req, "table", table.read_text())
    return tree, is_new


@hook
def build_wheel(ctx, build_env, extra_environ, req, sdist_root_dir, version, build_dir):
    tree = str(sdist_root_dir)
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        for file, text in (("version.py", VERSION), ("generate.py", GENERATE), ("build.py", BUILD)):
            directory.joinpath(file).write_text(text)
        for runner, call in ((run, "version"), (run_open, "open version")):
            made = directory / f"{call}.txt"
            runner(build_env, [build_env.python, directory / "version.py", made], call, extra_environ, cwd=tree)
            note(req, call, made.read_text())
        made = sdist_root_dir / "src" / "plug" / "version.txt"
        run_open(build_env, [build_env.python, directory / "version.py", made], "version in sources", cwd=tree)
        run_open(build_env, [build_env.python, directory / "generate.py"], "generate", extra_environ, cwd=tree)
        note(req, "in the sources", made.read_text(), (sdist_root_dir / "src" / "plug" / "generated.txt").read_text())

        request, answer = directory / "request.json", directory / "answer.json"
        request.write_text(json.dumps({"output": str(ctx.wheels_build), "answer": str(answer)}))
        run_open(build_env, [build_env.python, directory / "build.py", request], "request", extra_environ, cwd=tree)
        note(req, "answer", answer.read_text())
