"""Draws the pictures of README.md: render.py DIRECTORY

In DIRECTORY build.json becomes build.svg, a terminal, and cost.txt becomes cost.svg, a chart. `record` makes both from a
real run. The same recording always gives the same bytes: tests/docs/images.sh compares them with what is committed.
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
FIGURE = re.compile(r"^ +(\S.*?) +([0-9.]+) ms +([0-9.]+) x$")


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


def chart(recorded):
    lines = recorded.rstrip("\n").split("\n")
    figures = [match.groups() for match in map(FIGURE.match, lines) if match]
    notes = [line.strip() for line in lines if not FIGURE.match(line)]
    if not figures:
        raise ValueError("no figures: a line is NAME MILLISECONDS ms RATIO x")
    label, bar, row = 330, 330, 30
    scale = bar / max(float(ms) for _, ms, _ in figures)
    top = MARGIN + LINE * len(notes) + 12
    width, height = 2 * MARGIN + label + bar + 130, top + row * len(figures) + MARGIN
    shapes = ['<rect width="100%" height="100%" rx="8" fill="#ffffff" stroke="#d0d7de"/>',
              '<g font-family="system-ui, -apple-system, \'Segoe UI\', sans-serif">']
    for at, note in enumerate(notes):
        shapes.append(text(MARGIN, MARGIN + LINE * (at + 0.7), escape(note), "#57606a" if at else "#24292f",
                           weight="normal" if at else "bold"))
    for at, (name, ms, ratio) in enumerate(figures):
        y, ours = top + row * at, name.startswith("Rind")
        shapes.append(text(MARGIN, y + 19, escape(name), "#24292f", weight="bold" if ours else "normal"))
        shapes.append(f'<rect x="{MARGIN + label}" y="{y + 4}" width="{float(ms) * scale:.1f}" height="20" rx="2" '
                      f'fill="{"#1a7f37" if ours else "#8c959f"}"/>')
        shapes.append(text(MARGIN + label + float(ms) * scale + 8, y + 19, f"{ms} ms, {ratio} x", "#24292f"))
    return picture(width, height, "What a step costs", [*shapes, "</g>"])


def main():
    directory = pathlib.Path(sys.argv[1])
    for recording, image, draw in (("build.json", "build.svg", lambda said: terminal(json.loads(said))),
                                   ("cost.txt", "cost.svg", chart)):
        if (directory / recording).exists():
            said = (directory / recording).read_text(encoding="utf-8")
            (directory / image).write_text(draw(said), encoding="utf-8")


if __name__ == "__main__":
    main()
