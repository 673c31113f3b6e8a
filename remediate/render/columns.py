"""How many columns of a terminal a text takes, and texts beside each other."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remediate.postgres.sql import commented
from remediate.render.lines import each_wrapped, wrapped
from remediate.render.style import DIM, OF_WEIGHT, Style
from remediate.snapshots.tables import Location

_WEIGHT = 8  # columns of "critical"
_LABEL = 8  # columns of a label
_START = " " * (2 + _WEIGHT + 2)  # where the place of a row begins
_GAP = "  "

Cells = tuple[str, str, str]  # weight, place, why it is urgent


def columns(text: str) -> int:
    """The columns that a printable text takes: two for wide characters, none for accents."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def padded(text: str, size: int) -> str:
    """The text with spaces up to so many columns."""
    return text + " " * (size - columns(text))


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of the columns of a table."""

    places: int
    reasons: int | None  # None: there is no room for a column of sources beside all of them


def row(cells: Cells, source: Location | None, style: Style, sizes: Sizes) -> list[str]:
    """Weight, place and reason beside each other, then the line of the model.

    What has no room goes below.
    """
    weight, place, why = cells
    start = f"  {style.paint(f'{weight:{_WEIGHT}}', OF_WEIGHT.get(weight, DIM))}{_GAP}"
    fits = _aligned(cells, str(source or ""), sizes.places, style.width)
    text = f"{padded(place, sizes.places) if fits else place}{_GAP}{why}".rstrip()
    if len(_START) + columns(text) > style.width:
        below = wrapped(why, f"{_START}{_GAP}", width=style.width)
        return _with_source([f"{start}{place}", *below], columns(below[-1]), source, style)
    if source and sizes.reasons is not None:
        beside = len(_GAP) + sizes.reasons if sizes.reasons else 0
        text = padded(text, sizes.places + beside)
        return [f"{start}{text}{_GAP}{_source(source, style)}"]
    return _with_source([f"{start}{text}"], len(_START) + columns(text), source, style)


def _with_source(lines: list[str], taken: int, source: Location | None, style: Style) -> list[str]:
    """The lines with the source at the right end of the last one, or below."""
    if source is None:
        return lines
    size = columns(commented(str(source)))
    room = style.width - taken - size
    if room >= len(_GAP):
        return [*lines[:-1], f"{lines[-1]}{' ' * room}{_source(source, style)}"]
    return [*lines, f"{' ' * max(style.width - size, 0)}{_source(source, style)}"]


def _source(source: Location, style: Style) -> str:
    return style.paint(style.linked(commented(str(source)), source), DIM)


def sizes_of(rows: Sequence[tuple[Cells, str]], width: int) -> Sizes:
    """Those with which most rows have room on one line."""
    places = {columns(place) for (_, place, _), _ in rows}
    aligned = {s: sum(_aligned(cells, at, s, width) for cells, at in rows) for s in places}
    size = max(places, key=lambda size: (aligned[size], -size), default=0)
    reasons = max((columns(why) for (_, _, why), _ in rows), default=0)
    sources = max((columns(at) for _, at in rows), default=0)
    taken = len(_START) + size + reasons + sources + 2 * len(_GAP)
    whole = aligned.get(size) == len(rows) and taken <= width
    return Sizes(size, reasons if whole else None)


def _aligned(cells: Cells, source: str, size: int, width: int) -> bool:
    """Whether the row has room, with its place in a column of that size."""
    _, place, why = cells
    others = sum(columns(text) + len(_GAP) for text in (why, source) if text)
    return columns(place) <= size and len(_START) + size + others <= width


def labelled(word: str, text: str, style: Style) -> Iterator[str]:
    """The text beside a word; what has lines of its own keeps them. Nothing for no text."""
    start = f"  {word:{_LABEL}}"
    if not text:
        return
    first, *more = each_wrapped(text, start, style.width)
    yield f"  {style.paint(start[2:], DIM)}{first[len(start) :]}"
    yield from more
