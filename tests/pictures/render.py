"""Draws a picture of README.md: render.py DIRECTORY

In DIRECTORY build.json becomes build.svg, a terminal. `record` makes it from a real run. The same recording always gives the
same bytes: tests/docs/images.sh compares them with what is committed. The charts are drawn by bench/chart.
"""

import json
import pathlib
import re
import sys
from xml.sax.saxutils import escape

FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace"
COLUMN, LINE, SIZE, MARGIN = 7.85, 19, 13, 20
# What SGR 31 and 32 look like, on the terminal's background.
COLOURS = {"31": "#ff7b72", "32": "#7ee787"}
SGR = re.compile("\033\\[([0-9;]*)m")


def picture(width, height, title, shapes):
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" role="img">')
    return "\n".join([head, f"<title>{escape(title)}</title>", *shapes, "</svg>", ""])


def text(x, y, said, colour, size=SIZE, weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size}" font-weight="{weight}" '
            f'xml:space="preserve">{said}</text>')


def spans(line, colour):
    """A line of a terminal: text, and SGR sequences that change its colour."""
    out = ""
    for at, part in enumerate(SGR.split(line)):
        if at % 2:
            colour = COLOURS.get(part, "#c9d1d9")
        elif part:
            out += f'<tspan fill="{colour}">{escape(part)}</tspan>'
    return out


def terminal(panes):
    lines = []  # (text, colour, weight)
    for pane in panes:
        lines.append((f"# {pane['title']}", "#f0b72f", "bold"))
        lines += [(("$ " if at == 0 else "  ") + line.strip(), "#ffffff", "normal")
                  for at, line in enumerate(pane["command"].split("\n"))]
        lines += [(line.strip(), "#c9d1d9", "normal") for line in pane["output"].rstrip("\n").split("\n")]
        lines.append(("", "", ""))
    lines.pop()
    width = 2 * MARGIN + COLUMN * max(len(SGR.sub("", line)) for line, *_ in lines)
    height = 2 * MARGIN + LINE * len(lines)
    shapes = [f'<rect width="100%" height="100%" rx="8" fill="#0d1117"/>', f'<g font-family="{FONT}">']
    for at, (line, colour, weight) in enumerate(lines):
        if line:
            shapes.append(text(MARGIN, MARGIN + LINE * (at + 0.75), spans(line, colour), colour, weight=weight))
    return picture(width, height, "A build in podman, without Rind and with it", [*shapes, "</g>"])


def main():
    directory = pathlib.Path(sys.argv[1])
    said = (directory / "build.json").read_text(encoding="utf-8")
    (directory / "build.svg").write_text(terminal(json.loads(said)), encoding="utf-8")


if __name__ == "__main__":
    main()
