"""Source text with the place of every node, and edits of it by place."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from remediate.codemod.values import Unsafe

BOM = "\ufeff"
_LINE_END = re.compile(r"\r\n|\n")
_FORM_FEEDS = re.compile(r"(?<![^\n])\x0c+")


@dataclass(frozen=True, slots=True)
class Edit:
    """Text that takes the place of source[start:end]."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A module's source, its tree, and where the nodes of the tree are in the source."""

    source: str
    module: cst.Module
    _positions: Mapping[cst.CSTNode, object]
    _starts: tuple[int, ...]  # of the lines; behind form feeds, which the tree does not hold

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """From and to where a node is written, without parentheses around it."""
        place = self._positions[node]
        start, end = place.start, place.end  # type: ignore[attr-defined]
        return self._starts[start.line - 1] + start.column, self._starts[end.line - 1] + end.column

    def line(self, node: cst.CSTNode) -> int:
        """The line on which a node begins."""
        return int(self._positions[node].start.line)  # type: ignore[attr-defined]

    def code(self, node: cst.CSTNode) -> str:
        """How a node is written."""
        start, end = self.span(node)
        return self.source[start:end]


def read(source: str) -> Text:
    """A source without byte order mark, read; Unsafe where it cannot be, with the line."""
    wrapper = MetadataWrapper(tree(source), unsafe_skip_copy=True)
    positions = wrapper.resolve(PositionProvider)
    return Text(source, wrapper.module, positions, tuple(_line_starts(source)))


def tree(source: str) -> cst.Module:
    """The tree alone, for less than half of the time."""
    plain = _FORM_FEEDS.sub("", source).replace("\x0c", " ")
    try:
        module = cst.parse_module(plain)
    except cst.ParserSyntaxError as error:
        raise Unsafe("this line is no Python that can be read", error.raw_line) from None
    if module.code != plain:
        raise Unsafe("the module has line ends that would not survive: make them equal", 1)
    return module


def _line_starts(source: str) -> Iterable[int]:
    for start in (0, *(found.end() for found in _LINE_END.finditer(source))):
        feeds = _FORM_FEEDS.match(source, start)
        yield feeds.end() if feeds else start


def applied(source: str, edits: Iterable[Edit]) -> str:
    """The source with edits that do not overlap."""
    parts, done = [], 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        assert edit.start >= done, f"edits overlap at {edit.start}"  # noqa: S101
        parts += [source[done : edit.start], edit.text]
        done = edit.end
    return "".join([*parts, source[done:]])
