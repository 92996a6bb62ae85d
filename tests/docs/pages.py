"""The commands of a page, for tests/docs/*.sh, and whether each says how it is run.

pages.py check PAGE...      what a page does that the rules below do not allow, a line each
pages.py blocks PAGE        a JSON line for each block that is run: number, line, status, code, expected
pages.py compare EXPECTED   whether standard input is as the file says; what differs

A command stands in a fenced block, whose first line says what becomes of it:
  ```sh host [status=N]   run as root on a host with Rind; ends with status N (default 0)
  ```json policy          run: a policy that `rind-hook check` accepts as /etc/rind/policy.json
  ```sh not-run           the line before it ends the comment `<!-- not run: REASON -->`, which readers do not see
A ```text block that follows a run block at once is what it prints: `...` stands for anything, a line of it
alone for any lines. An HTML comment whose first line is `<!-- sh host` is run and not shown.
"""

import json
import os
import re
import sys

PROGRAMS = ("podman", "buildah", "rind", "rind-hook", "sudo", "rpm", "rpmbuild", "dnf", "apt-get", "apt", "cmake", "ctest", "git",
            "install", "systemctl", "journalctl", "jq", "tests/run", "tests/demo", "bench/run", "semodule", "semanage", "restorecon",
            "apparmor_parser", "kubectl", "oc", "sysctl", "cp", "mkdir", "useradd", "pip", "ansible", "crun", "runc")
OPENING = re.compile(r"^( *)```(\S*)(.*)$")
REASON = re.compile(r"<!-- not run: (.+) -->")


class Block:
    def __init__(self, line, language, words):
        self.line, self.language, self.words = line, language, words
        self.code, self.comment, self.adjoins, self.is_open = "", "", None, False

    def is_run(self):
        return self.words[:1] == ["host"] or (self.language == "json" and self.words[:1] == ["policy"])

    def status(self):
        return next((int(w[7:]) for w in self.words if w.startswith("status=")), 0)

    def has_reason(self):
        reason = REASON.fullmatch(self.comment)
        return reason is not None and len(reason[1].split()) >= 3


def blocks_of(text):
    """Every fenced block and hidden comment of a page, and the lines that are in none."""
    blocks, prose, comment, block, last = [], [], "", None, None
    for number, line in enumerate(text.split("\n"), 1):
        opening = OPENING.match(line)
        if block is not None:
            end = "-->" if block.language == "comment" else "```"
            is_closing = line.rstrip().endswith(end) if block.language == "comment" else line.strip() == end
            if not is_closing or line.strip() != end:
                block.code += line[block.indent:].removesuffix(end if is_closing else "") + "\n"
            if not is_closing:
                continue
            if block.language != "comment" or block.is_run():
                blocks.append(block)
                last = block
            else:
                comment = " ".join(f"{block.first} {block.code} -->".split())
            block = None
        elif opening or line.startswith("<!--") and "-->" not in line:
            if opening:
                block = Block(number, opening[2], opening[3].split())
                block.indent = len(opening[1])
            else:
                words = line[4:].split()
                block = Block(number, "comment", words[1:] if words[:1] == ["sh"] else [])
                block.indent, block.first = 0, line
            block.comment, comment = comment, ""
            block.adjoins, last = last, None
        elif line.strip().startswith("<!--"):
            comment, last = line.strip(), None
        else:
            # What stands between takes a comment or a block of output away from its command.
            comment = ""
            if line.strip():
                last = None
            prose.append((number, line))
    if block is not None:
        block.is_open = True
        blocks.append(block)
    return blocks, prose


def faults_of(page, text):
    faults = []
    blocks, prose = blocks_of(text)
    for block in blocks:
        def fault(what, block=block):
            faults.append(f"{page}:{block.line}: {what}")
        if block.is_open:
            fault("it is not closed: everything after it is lost")
        elif block.language in ("sh", "bash", "console", "shell", ""):
            if block.language != "sh":
                fault(f"'{block.language}' is no language of this page's rules: sh, text, json ...")
            elif block.words[:1] == ["not-run"]:
                if not block.has_reason():
                    fault("no comment '<!-- not run: REASON -->' on the line before it")
            elif not block.is_run():
                fault("neither `host` nor `not-run`")
        if block.language == "text" and not (block.adjoins is not None and block.adjoins.is_run()):
            for line in block.code.split("\n"):
                words = line.strip().removeprefix("$ ").removeprefix("# ").split()
                synopsis = re.search(r"[A-Z]{2,}|\[", line)
                if words and words[0] in PROGRAMS and not synopsis:
                    fault(f"a command in a block of text: {line.strip()}")
    for (_, previous), (number, line) in zip([(0, "")] + prose, prose):
        if (not previous.strip() or previous.startswith("#")) and line.startswith("    ") and line.strip():
            faults.append(f"{page}:{number}: an indented block: give it fences, and say whether it is run")
    return faults + list(broken_links_of(page, text))


def anchors_of(text):
    """The anchors that a forge makes of the headings."""
    without_blocks = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.S | re.M)
    for heading in re.findall(r"^#+ +(.*)$", without_blocks, re.M):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def broken_links_of(page, text):
    for number, line in enumerate(text.split("\n"), 1):
        for target in re.findall(r"\]\(([^)\s]+)\)", line):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            file = os.path.join(os.path.dirname(page), path) if path else page
            if not os.path.exists(file):
                yield f"{page}:{number}: {target}: there is no such file"
            elif anchor and anchor not in anchors_of(open(file, encoding="utf-8").read()):
                yield f"{page}:{number}: {target}: there is no such heading"


def runs_of(text):
    blocks, _ = blocks_of(text)
    for at, block in enumerate(blocks):
        if not block.is_run():
            continue
        following = blocks[at + 1] if at + 1 < len(blocks) else None
        expected = None
        if following is not None and following.language == "text" and following.adjoins is block:
            expected = following.code
        yield {"line": block.line, "policy": block.language == "json", "status": block.status(), "code": block.code,
               "expected": expected}


def pattern_of(expected):
    parts = []
    for line in expected.rstrip("\n").split("\n"):
        if line.strip() == "...":
            parts.append("(?:.*\n)*?")
        else:
            parts.append(".*?".join(re.escape(p.rstrip()) for p in line.split("...")) + "[ \t]*\n")
    return re.compile("".join(parts))


def main():
    command, *arguments = sys.argv[1:]
    if command == "check":
        faults = [f for page in arguments for f in faults_of(page, open(page, encoding="utf-8").read())]
        print("\n".join(faults))
        return 1 if faults else 0
    if command == "blocks":
        for run in runs_of(open(arguments[0], encoding="utf-8").read()):
            print(json.dumps(run))
        return 0
    expected, found = open(arguments[0], encoding="utf-8").read(), sys.stdin.read()
    if not found.endswith("\n"):
        found += "\n"
    return 0 if pattern_of(expected).fullmatch(found) else 1


if __name__ == "__main__":
    sys.exit(main())
