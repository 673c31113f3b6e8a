"""Parse source with the position of every node, and edit it by position."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from remediate.codemod.values import Unsafe

BOM = "\ufeff"
_LINE_END = re.compile(r"\r\n|\n")
_FORM_FEEDS = re.compile(r"(?<![^\n])\x0c+")


@dataclass(frozen=True, slots=True)
class Edit:
    """The replacement of source[start:end] by a text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class ParsedSource:
    """A module's source, its tree, and the positions of its nodes."""

    source: str
    module: cst.Module
    _positions: Mapping[cst.CSTNode, object]
    _starts: tuple[int, ...]  # of the lines; after form feeds, which are not in the tree

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """The start and end of a node in the source, without parentheses around it."""
        place = self._positions[node]
        start, end = place.start, place.end  # type: ignore[attr-defined]
        return self._starts[start.line - 1] + start.column, self._starts[end.line - 1] + end.column

    def line(self, node: cst.CSTNode) -> int:
        """The line on which a node starts."""
        return int(self._positions[node].start.line)  # type: ignore[attr-defined]

    def code(self, node: cst.CSTNode) -> str:
        """The source of a node."""
        start, end = self.span(node)
        return self.source[start:end]


def parse(source: str) -> ParsedSource:
    """Parse a source without byte order mark; raises Unsafe, with the line, if it is invalid."""
    wrapper = MetadataWrapper(parse_tree(source), unsafe_skip_copy=True)
    positions = wrapper.resolve(PositionProvider)
    return ParsedSource(source, wrapper.module, positions, tuple(_line_starts(source)))


def parse_tree(source: str) -> cst.Module:
    """Parse to a tree without positions, in less than half of the time."""
    plain = _FORM_FEEDS.sub("", source).replace("\x0c", " ")
    try:
        module = cst.parse_module(plain)
    except cst.ParserSyntaxError as error:
        raise Unsafe("this line cannot be read as Python", error.raw_line) from None
    if module.code != plain:
        raise Unsafe("the module has mixed line ends that would not survive: make them the same", 1)
    return module


def _line_starts(source: str) -> Iterable[int]:
    for start in (0, *(found.end() for found in _LINE_END.finditer(source))):
        feeds = _FORM_FEEDS.match(source, start)
        yield feeds.end() if feeds else start


def apply_edits(source: str, edits: Iterable[Edit]) -> str:
    """The source with these edits applied, which must not overlap."""
    parts, done = [], 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        assert edit.start >= done, f"edits overlap at {edit.start}"  # noqa: S101
        parts += [source[done : edit.start], edit.text]
        done = edit.end
    return "".join([*parts, source[done:]])


@dataclass(slots=True)
class Item:
    """An item of a listing; `span` is None if it is new."""

    text: str
    span: tuple[int, int] | None = None


@dataclass(slots=True)
class Listing:
    """Items and the gaps around them, in the order of the source.

    A gap is the text between two items (comma, white space, comments), before the first one and
    after the last one.
    """

    items: list[Item]
    gaps: list[str]  # one more than items
    start: int
    end: int
    source: str = field(repr=False)

    def insert(self, index: int, text: str) -> None:
        """Insert an item before the one at `index`, or at the end."""
        before = self.gaps[index]
        if not self.items:
            self.gaps = [before if "#" in before else "", ""]
        elif index < len(self.items):
            indent = _own_line(before)
            self.gaps.insert(index + 1, f",{indent}" if indent else ", ")
        else:
            self.gaps[index:] = self._behind(before)
        self.items.insert(index, Item(text))

    def _behind(self, tail: str) -> list[str]:
        """The gaps before and after a new last item."""
        indent = _own_line(self.gaps[-2])
        head, newline, rest = _first_line(tail)
        comma = "," if head.lstrip().startswith(",") else ""
        if not indent:
            return [", ", tail]
        if not newline:
            return [f",{indent}", tail]
        return [(head if comma else f",{head}") + indent, comma + newline + rest]

    def remove(self, index: int) -> None:
        """Remove an item, with the comment after it if it has a line of its own."""
        before, behind = self.gaps[index], self.gaps[index + 1]
        last = index == len(self.items) - 1
        gap = _merged(before, behind, first=index == 0, last=last)
        self.gaps[index : index + 2] = [gap]
        del self.items[index]

    def edits(self) -> Iterator[Edit]:
        """The edits of the gaps between unchanged items, and of the changed items."""
        place, text = self.start, self.gaps[0]
        for item, gap in zip(self.items, self.gaps[1:], strict=True):
            if item.span is None:
                text += item.text + gap
                continue
            yield from self._edit(place, item.span[0], text)
            yield from self._edit(*item.span, item.text)
            place, text = item.span[1], gap
        yield from self._edit(place, self.end, text)

    def _edit(self, start: int, end: int, text: str) -> Iterator[Edit]:
        if self.source[start:end] != text:
            yield Edit(start, end, text)


def listing(text: ParsedSource, nodes: Sequence[cst.CSTNode], start: int, end: int) -> Listing:
    """The listing of these nodes, from start to end (inside of the brackets)."""
    spans = [text.span(node) for node in nodes]
    bounds = [start, *(place for span in spans for place in span), end]
    gaps = [text.source[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True)]
    items = [Item(text.source[a:b], (a, b)) for a, b in spans]
    return Listing(items, gaps, start, end, text.source)


def _merged(before: str, behind: str, *, first: bool, last: bool) -> str:
    """The gap that replaces a removed item and its two gaps."""
    head, newline, rest = _first_line(behind)
    if first and last and "#" not in before + behind:
        kept = ""
    elif _own_line(before) and newline:
        kept = before[: len(before) - len(_own_line(before))] + newline + rest
    elif first and last:
        kept = before + _without_comma(behind)
    elif last:
        kept = before if "#" in before and not newline else behind
    elif first:
        kept = before + _without_comma(behind) if "#" in head else before
    else:
        kept = behind if newline and not _own_line(before) else before
    return _without_comma(kept) if last and not _has_comma(behind) else kept


def _own_line(gap: str) -> str:
    """The line end and indentation at the end of a gap; "" if the item shares a line."""
    at = gap.rfind("\n")
    if at < 0 or "\\" in gap or gap[at:].strip():
        return ""
    return ("\r" if gap[at - 1 : at] == "\r" else "") + gap[at:]


def _first_line(gap: str) -> tuple[str, str, str]:
    """The text after an item on its line, the line end, and the rest."""
    at = gap.find("\n")
    if at < 0 or "\\" in gap:
        return gap, "", ""
    if gap[at - 1 : at] == "\r" and at:
        at -= 1
    end = gap.index("\n", at) + 1
    return gap[:at], gap[at:end], gap[end:]


def _has_comma(gap: str) -> bool:
    return gap.lstrip().startswith(",")


def _without_comma(gap: str) -> str:
    """A gap without its comma, which is before any comment."""
    return gap.replace(",", "", 1) if "," in gap.partition("#")[0] else gap
