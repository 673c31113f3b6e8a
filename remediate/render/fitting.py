"""Pages that are written for an editor, fitted to the terminal."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from remediate.render.lines import WIDTH, sql
from remediate.render.style import PLAIN, Style

_TERM = re.compile(r" *\S.*?(?:  +|(?<=^-) )(?=\S)")  # what stands before an explanation
_ITEM = re.compile(r" *- ")
_CALL = re.compile(r"\w+\.\w+\(")  # of Python: cut within a text, it is another program
_BROAD = 30  # columns of a term, beside which an explanation still has room


def fitted(page: str, style: Style = PLAIN) -> str:
    """The same page: prose and lists are filled anew, examples keep their lines as far as they fit.

    Addresses and lines of Python stay whole, and may be longer.
    """
    parts = _parts(page.splitlines())
    lines = [line for part in parts for line in _lines(part, style.width)]
    return "\n".join(_painted(lines, style))


def _painted(lines: Sequence[str], style: Style) -> Iterator[str]:
    """Headings in bold, and without the line below them; examples dimmed."""
    for number, line in enumerate(lines):
        if not style.color:
            yield line
        elif number + 1 < len(lines) and line.strip() and _is_rule(lines[number + 1]):
            yield style.paint(line, "1")
        elif not _is_rule(line) or not line:
            yield style.paint(line, "2") if line.startswith("  ") else line


def _parts(lines: list[str]) -> Iterator[list[str]]:
    """Paragraphs, and in what is indented each line with those that are indented below it."""
    for blank, group in groupby(lines, lambda line: not line.strip()):
        part: list[str] = []
        for line in group:
            begins = blank or _is_rule(line) or (part and _is_rule(part[-1]))
            if part and (begins or not _goes_on(part, line)):
                yield part
                part = []
            part.append(line)
        yield part


def _is_rule(line: str) -> bool:
    return set(line) == {"-"}


def _goes_on(part: list[str], line: str) -> bool:
    """Whether the line belongs to the same sentence: as far in as the text of the first one."""
    inner = _indent(line)
    return inner == _hanging(part[0]) if _indent(part[0]) or _ITEM.match(part[0]) else not inner


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _hanging(line: str) -> int:
    """The column at which the text of a list's item begins; -1 where it is none."""
    found = _ITEM.match(line) or _TERM.match(line, _indent(line))
    return found.end() if found else -1


def _lines(part: list[str], width: int) -> Iterator[str]:
    first = part[0]
    prose = not _indent(first) and not _ITEM.match(first)
    if all(len(line) <= width for line in part) and (width == WIDTH or not prose):
        yield from part
    elif prose:
        yield from _filled(" ".join(part), "", 0, width)
    elif 0 < _hanging(first) <= _BROAD:
        start = first[: _hanging(first)]
        rest = [first[len(start) :], *(line.strip() for line in part[1:])]
        yield from _filled(" ".join(rest), start, len(start), width)
    else:
        for line in part:
            yield from _example(line, width)


def _example(line: str, width: int) -> Iterator[str]:
    """A remark behind an example comes below it, where there is no room beside it."""
    if len(line) <= width:
        yield line
        return
    indent = " " * _indent(line)
    example, *remarks = re.split(r"  +(?=\S)", line.strip())
    yield from [f"{indent}{example}"] if _CALL.match(example) else sql(example, indent)
    for remark in remarks:
        yield from _filled(remark, f"{indent}    ", len(indent) + 4, width)


def _filled(text: str, start: str, hanging: int, width: int) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=start, subsequent_indent=" " * hanging,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
