"""What messages and pages tell an operator to write into a policy can be written there: snippets.py TOP HOOK DEFAULTS

Each snippet of JSON in a remedy of the sources, and in the pages on the policy, becomes a policy of its own, which the
hook's own parser reads (`rind-hook policy test`). Where a message has an expression in its text, a path stands here.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

TOP, HOOK, DEFAULTS = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
POLICY = json.loads(pathlib.Path(DEFAULTS).read_text())
VIEW_KEYS = ("view", "size", "backing", "noexec", "lend", "directories", "fallback")
PAGES = ["docs/writing-policy.md", "docs/policy.md", "docs/first-hour.md", "docs/troubleshooting.md"]

VALUE = r'(?:"[^"]*"|\{[^{}]*\}|\[[^\[\]]*\]|true|false|null|\d+)'
PAIR = re.compile(r'"[^"\s]+": ' + VALUE)
SETTING = re.compile(r'(?:set |or )?\b([a-z_]+(?:\.[a-z_]+)+) to "([a-z]+)"')


def holder(node, key, path=()):
    """The path of the object of the defaults that has `key`."""
    if key in node and path:
        return path
    for name, below in node.items():
        if isinstance(below, dict) and name not in ("views", "packages", "choices", "installs"):
            found = holder(below, key, path + (name,))
            if found:
                return found
    return None


def nested(path, value):
    for key in reversed(path):
        value = {key: value}
    return value


def as_policy(text):
    """The policy that a snippet stands for; nothing where it is none of a policy's."""
    text = text.replace('"PATH":', '"/srv/path":').replace("BYTES", "1048576").replace('["/srv/path"]', '["name"]')
    if text.startswith("{"):
        value = json.loads(text)
        if "view" in value:
            return {"views": {"/srv/path": value}}
        return value
    (key, value), = json.loads("{" + text + "}").items()
    if key.startswith(("/", "$")):
        return {"views": {key: value}}
    if key in POLICY and (key != "lend" or isinstance(value, dict)):
        return {key: value}
    if key in VIEW_KEYS:
        # "lend" is of a rw view, the others are laid over a private one of the defaults.
        return {"views": {"/srv/path": {"view": "rw", key: value}}} if key == "lend" else {"views": {"$HOME": {key: value}}}
    where = holder(POLICY, key)
    return nested(where, {key: value}) if where else None


def in_pages():
    for name in PAGES:
        page = TOP / name
        if not page.exists():
            continue
        text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
        for span in re.findall(r"`([^`\n]+)`", text):
            if span.startswith('{"') or PAIR.fullmatch(span):
                yield name, span


def remedies():
    """The third argument of each Error in the sources, with a path where it has an expression."""
    for file in sorted(TOP.glob("*/**/*.cpp")):
        if file.relative_to(TOP).parts[0] not in ("common", "hook", "helper"):
            continue
        source = file.read_text()
        literals = re.sub(r'R"\((.*?)\)"', lambda m: json.dumps(m[1], ensure_ascii=False), source, flags=re.DOTALL)
        # A message: literals, joined by expressions or by nothing.
        for message in re.findall(r'"(?:\\.|[^"\\\n])*"(?:\s*(?:\+[^";,]*\+)?\s*"(?:\\.|[^"\\\n])*")*', literals):
            parts = re.findall(r'"((?:\\.|[^"\\\n])*)"|(\+[^"]*\+)', message)
            text = "".join("/srv/path" if joint else re.sub(r"\\(.)", r"\1", literal) for literal, joint in parts)
            yield str(file.relative_to(TOP)), text


def in_messages():
    for name, text in remedies():
        if not re.search(r"policy|views|write |set ", text):
            continue
        whole = re.search(r'\{"packages": .*\}\}\}\}', text)
        if whole:
            yield name, whole[0]
            continue
        for view in re.findall(r'\{"view"[^{}]*\}', text):
            text = text.replace(view, '"ro"')
            yield name, view
        for pair in PAIR.findall(text):
            yield name, pair
        for path, word in SETTING.findall(text):
            if path.split(".")[0] in POLICY:
                yield name, json.dumps(nested(path.split("."), word))


def main():
    counts, faults = {"pages": 0, "messages": 0}, []
    with tempfile.TemporaryDirectory() as directory:
        etc = pathlib.Path(directory)
        test = etc / "test.json"
        test.write_text('{"version": 1, "steps": [{"hook": "build_wheel", "expect": {}}]}')
        for kind, snippets in (("pages", in_pages()), ("messages", in_messages())):
            for name, snippet in sorted(set(snippets)):
                try:
                    policy = as_policy(snippet)
                except ValueError as error:
                    faults.append(f"{name}: {snippet}: {error}")
                    continue
                if policy is None:
                    continue
                counts[kind] += 1
                (etc / "policy.json").write_text(json.dumps(policy))
                run = subprocess.run([HOOK, "policy", "test", "--defaults", DEFAULTS, "--config", directory, test],
                                     capture_output=True, text=True, check=False)
                if run.returncode != 0:
                    faults.append(f"{name}: {snippet}: {run.stderr.strip()}")
    if counts["pages"] < 5 or counts["messages"] < 10:
        faults.append(f"too few snippets were found: {counts}")
    print("\n".join(faults) or counts)
    sys.exit(1 if faults else 0)


main()
