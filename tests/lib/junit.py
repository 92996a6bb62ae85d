"""junit.py RESULTS FILE: the results of a run (report.sh) as JUnit XML, a <testsuite> for each suite.

What the default run leaves out is not in it.
"""

import re
import sys
import xml.etree.ElementTree as ET

LEFT = "left"
UNESCAPED = {"n": "\n", "\\": "\\"}
# What XML 1.0 has no way to write.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def results(path):
    with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
        for line in file:
            head, _, text = line.rstrip("\n").partition("\t")
            kind, seconds, name = head.split(" ", 2)
            text = re.sub(r"\\([n\\])", lambda match: UNESCAPED[match[1]], text)
            yield kind, float(seconds), *(FORBIDDEN.sub("?", part) for part in (name, text))


def add_case(suite, kind, seconds, name, text):
    where, _, what = name.partition("/")
    classname, _, short = what.partition("/")
    case = ET.SubElement(suite, "testcase", classname=f"{where}/{classname}" if classname else where, name=short or name)
    case.set("time", f"{seconds:.1f}")
    if kind == "failed":
        reason, _, log = text.partition("\n")
        ET.SubElement(case, "failure", message=reason).text = log
    elif kind == "skipped":
        ET.SubElement(case, "skipped", message=text)


def main(source, target):
    suites = {}
    for kind, seconds, name, text in results(source):
        if kind != LEFT:
            suites.setdefault(name.split("/")[0], []).append((kind, seconds, name, text))
    root = ET.Element("testsuites")
    for suite_name, cases in suites.items():
        kinds = [kind for kind, *_ in cases]
        suite = ET.SubElement(root, "testsuite", name=suite_name, tests=str(len(cases)))
        suite.set("failures", str(kinds.count("failed")))
        suite.set("skipped", str(kinds.count("skipped")))
        suite.set("time", f"{sum(seconds for _, seconds, *_ in cases):.1f}")
        for case in cases:
            add_case(suite, *case)
    ET.ElementTree(root).write(target, encoding="utf-8", xml_declaration=True)


main(*sys.argv[1:])
