"""A terminal's output as an SVG: no script, no font from elsewhere, dark and light by itself."""

import re
from typing import NamedTuple
from xml.sax.saxutils import escape

COLUMN, LINE, MARGIN = 8.4, 19, 16  # pixels, for a font of 14
STYLES = {  # classes of the SGR codes that remediate writes
    "1": "b", "2": "d", "1;36": "b cyan", "1;31": "b red", "31": "red", "33": "yellow",
    "36": "cyan", "1;97;41": "b on", "1;30;43": "b on", "1;30;42": "b on",
}  # fmt: skip
GROUNDS = {"1;97;41": "bad", "1;30;43": "doubtful", "1;30;42": "good"}
CSS = """\
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
  fill: #d0d7de }
.ground { fill: #0d1117; stroke: #30363d } .b { font-weight: bold } .d { fill: #8b949e }
.red { fill: #ff7b72 } .yellow { fill: #d29922 } .cyan { fill: #56d4dd } .on { fill: #ffffff }
.bad { fill: #b62324 } .doubtful { fill: #7d4e00 } .good { fill: #1a7f37 }
@media (prefers-color-scheme: light) {
  text { fill: #1f2328 } .ground { fill: #ffffff; stroke: #d0d7de } .d { fill: #59636e }
  .red { fill: #b62324 } .yellow { fill: #7d4e00 } .cyan { fill: #0a6a72 } .on { fill: #ffffff }
}"""


class Run(NamedTuple):
    """Characters of one look, and the column at which they begin."""

    column: int
    text: str
    code: str


def plain(text: str) -> str:
    """The text without colours."""
    return re.sub(r"\033\[[\d;]*m", "", text)


def runs(line: str) -> list[Run]:
    """The words of a line that has SGR codes, joined where one space is between them."""
    found, column, code = [], 0, ""
    for part in re.split(r"(\033\[[\d;]*m)", line):
        if part.startswith("\033"):
            code = part[2:-1].removeprefix("0")
        else:
            words = re.finditer(r"\S+(?: \S+)*", part)
            found += [Run(column + one.start(), one[0], code) for one in words]
            column += len(part)
    return found


def svg(text: str, title: str, columns: int = 80) -> str:
    """The picture. Words have their places, so that it looks alike in every monospaced font."""
    lines = text.split("\n")
    width, height = round(columns * COLUMN) + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    drawn = "\n".join(
        drawing for number, line in enumerate(lines) for drawing in _drawn(runs(line), number)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-labelledby="title">\n'
        f'<title id="title">{escape(title)}</title>\n<style>\n{CSS}\n</style>\n'
        f'<rect class="ground" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>\n'
        f"{drawn}\n</svg>\n"
    )


def _drawn(line: list[Run], number: int) -> list[str]:
    """A line of it: grounds first, then one text."""
    top = MARGIN + number * LINE
    grounds = [
        f'<rect class="{GROUNDS[run.code]}" x="{_x(run.column)}" y="{top}" '
        f'width="{len(run.text) * COLUMN:.1f}" height="{LINE}"/>'
        for run in line
        if run.code in GROUNDS
    ]
    spans = "".join(map(_span, line))
    return [*grounds, f'<text y="{top + LINE - 5}">{spans}</text>'] if spans else grounds


def _span(run: Run) -> str:
    look = f' class="{STYLES[run.code]}"' if run.code else ""
    length = f' textLength="{len(run.text) * COLUMN:.1f}"'
    return f'<tspan{look} x="{_x(run.column)}"{length}>{escape(run.text)}</tspan>'


def _x(column: int) -> str:
    return f"{MARGIN + column * COLUMN:.1f}"
