"""A front end of the tests' own: it calls a build environment's interpreter in forms that no known front end uses.

own_front_end.py FORM SOURCES OUT   builds SOURCES, a project of setuptools, by FORM, and leaves the artefact in OUT. The status is 0
when the call succeeded, answered with the artefact's name, and left the artefact under it.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

FORMS = {}
# What the environment's interpreter is told to do; DO is a line that calls build().
PROGRAM = """import json, os, sys
def build(project, output, hook="build_wheel"):
    os.makedirs(output, exist_ok=True)
    output = os.path.abspath(output)
    os.chdir(project)
    import setuptools.build_meta as backend
    out = os.dup(1)
    os.dup2(2, 1)
    name = getattr(backend, hook)(output)
    os.dup2(out, 1)
    return name
def answer(path, name):
    with open(path, "w") as file:
        json.dump({"made": name}, file)
"""


def form(function):
    FORMS[function.__name__.replace("_", "-")] = function
    return function


class Call:
    """One call: a temporary directory of its own, with the environment in it."""

    def __init__(self, top, sources, out):
        self.top, self.sources, self.out = top, sources, out
        self.python = top / "env/bin/python"
        subprocess.run(["uv", "venv", "-q", top / "env"], check=True)
        subprocess.run(["uv", "pip", "install", "-q", "--python", self.python, "setuptools"], check=True)

    def script(self, do, directory=None):
        path = (directory or self.top) / "call.py"
        path.write_text(PROGRAM + do + "\n")
        return path

    def run(self, *arguments, cwd="/", text="", **environment):
        ran = subprocess.run(
            [str(argument) for argument in (self.python, *arguments)],
            cwd=cwd, input=text, text=True, stdout=subprocess.PIPE, env={**os.environ, **environment},
        )
        if ran.returncode:
            sys.exit(f"the call ended with status {ran.returncode}")
        return ran.stdout

    def file_says(self, path):
        if not path.exists():
            sys.exit(f"the call left no {path}")
        return json.loads(path.read_text())["made"]


@form
def script_in_a_temporary_directory(call):
    result = call.top / "result.json"
    script = call.script(f"answer({str(result)!r}, build({str(call.sources)!r}, {str(call.out)!r}))")
    call.run(script)
    return call.file_says(result)


@form
def sdist_by_a_script(call):
    result = call.top / "result.json"
    script = call.script(f"answer({str(result)!r}, build({str(call.sources)!r}, {str(call.out)!r}, 'build_sdist'))")
    call.run(script, cwd=call.sources)
    return call.file_says(result)


@form
def request_on_standard_input(call):
    script = call.script("request = json.load(sys.stdin); print(json.dumps({'made': build(request['project'], request['output'])}))")
    request = {"project": str(call.sources), "output": str(call.out)}
    return json.loads(call.run(script, text=json.dumps(request)))["made"]


@form
def script_on_standard_input(call):
    text = PROGRAM + "print(json.dumps({'made': build('.', sys.argv[1])}))\n"
    return json.loads(call.run("-", call.out, text=text, cwd=call.sources))["made"]


@form
def script_on_standard_input_elsewhere(call):
    text = PROGRAM + f"print(json.dumps({{'made': build({str(call.sources)!r}, {str(call.out)!r})}}))\n"
    return json.loads(call.run("-", text=text))["made"]


@form
def result_named_in_argv(call):
    result = call.top / "result.json"
    call.run(call.script("answer(sys.argv[3], build(sys.argv[1], sys.argv[2]))"), call.sources, call.out, result)
    return call.file_says(result)


@form
def result_named_in_the_environment(call):
    result = call.top / "result.json"
    script = call.script("answer(os.environ['OWN_RESULT'], build(sys.argv[1], sys.argv[2]))")
    call.run(script, call.sources, call.out, OWN_RESULT=str(result))
    return call.file_says(result)


@form
def output_named_in_the_environment(call):
    script = call.script("print(json.dumps({'made': build(os.environ['OWN_PROJECT'], os.environ['OWN_OUTPUT'])}))")
    return json.loads(call.run(script, OWN_PROJECT=str(call.sources), OWN_OUTPUT=str(call.out)))["made"]


@form
def result_beside_the_environment(call):
    call.run(call.script("answer(os.path.join(os.path.dirname(sys.prefix), 'made.json'), build('.', sys.argv[1]))"), call.out, cwd=call.sources)
    return call.file_says(call.top / "made.json")


@form
def result_in_the_environment(call):
    call.run(call.script("answer(os.path.join(sys.prefix, 'made.json'), build('.', sys.argv[1]))"), call.out, cwd=call.sources)
    return call.file_says(call.top / "env/made.json")


@form
def paths_in_a_text(call):
    do = f"print(json.dumps({{'made': build({str(call.sources)!r}, {str(call.out)!r})}}))"
    return json.loads(call.run("-c", PROGRAM + do))["made"]


@form
def relative_directories(call):
    script = call.script("answer(os.path.abspath(sys.argv[3]), build(sys.argv[1], sys.argv[2]))")
    result = call.top / "result.json"
    cwd = call.sources.parent
    call.run(script, call.sources.name, os.path.relpath(call.out, cwd), result, cwd=cwd)
    return call.file_says(result)


@form
def relative_output_in_the_sources(call):
    made = json.loads(call.run(call.script("print(json.dumps({'made': build('.', 'wheels')}))"), cwd=call.sources))["made"]
    shutil.move(call.sources / "wheels" / made, call.out / made)
    return made


@form
def output_that_is_not_there_yet(call):
    output = call.top / "new/deeper"
    made = json.loads(call.run(call.script("print(json.dumps({'made': build(sys.argv[1], sys.argv[2])}))"), call.sources, output))["made"]
    shutil.move(output / made, call.out / made)
    return made


@form
def options_with_equals_signs(call):
    module = call.top / "modules"
    module.mkdir()
    (module / "own_driver.py").write_text(
        PROGRAM + "options = dict(a[2:].split('=') for a in sys.argv[1:])\n"
        "print(json.dumps({'made': build(options['project'], options['outdir'])}))\n"
    )
    arguments = (f"--project={call.sources}", f"--outdir={call.out}")
    return json.loads(call.run("-m", "own_driver", *arguments, PYTHONPATH=str(module)))["made"]


@form
def request_in_a_file(call):
    request, result = call.top / "request.json", call.top / "result.json"
    request.write_text(json.dumps({"project": str(call.sources), "output": str(call.out), "result": str(result)}))
    do = "r = json.load(open(sys.argv[1])); answer(r['result'], build(r['project'], r['output']))"
    call.run(call.script(do), request)
    return call.file_says(result)


@form
def output_in_a_temporary_directory(call):
    output = call.top / "output"
    output.mkdir()
    made = json.loads(call.run(call.script("print(json.dumps({'made': build('.', sys.argv[1])}))"), output, cwd=call.sources))["made"]
    shutil.move(output / made, call.out / made)
    return made


@form
def through_a_shell(call):
    script = call.script("answer(sys.argv[3], build(sys.argv[1], sys.argv[2]))")
    result = call.top / "result.json"
    line = f"cd / && exec {call.python} -u {script} {call.sources} {call.out} {result}"
    if subprocess.run(["sh", "-c", line]).returncode:
        sys.exit("the call failed")
    return call.file_says(result)


def main(name, sources, out):
    sources, out = pathlib.Path(sources), pathlib.Path(out)
    with tempfile.TemporaryDirectory(prefix="own-") as top:
        made = FORMS[name](Call(pathlib.Path(top), sources, out))
    if not made.startswith("fe_setuptools-1.0") or not (out / made).is_file():
        sys.exit(f"the call says that it made {made!r}; {out} has {sorted(os.listdir(out))}")


if len(sys.argv) == 2:
    print("\n".join(FORMS))
else:
    main(*sys.argv[1:])
