"""A string of a revision, as far as it is known, and the line that each character stands on."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

HOLE = "\ufffc"  # stands for what only a run would tell


@dataclass(frozen=True, slots=True)
class Text:
    """Known text with holes."""

    value: str
    lines: tuple[int, ...]

    @classmethod
    def at(cls, value: str, line: int) -> "Text":
        """Text that stands on one line of the source."""
        return cls(value, (line,) * len(value))

    @property
    def complete(self) -> bool:
        return HOLE not in self.value

    def line(self, offset: int) -> int:
        """The line of the source that has the character; that of the last one at the end."""
        return self.lines[min(offset, len(self.lines) - 1)] if self.lines else 0

    def part(self, start: int, end: int | None = None) -> "Text":
        return Text(self.value[start:end], self.lines[start:end])

    def __add__(self, other: "Text") -> "Text":
        return Text(self.value + other.value, self.lines + other.lines)


def literal(node: ast.Constant, source: str) -> Text:
    """A string literal; implicitly concatenated ones are one node for `ast`."""
    value = str(node.value)
    if node.end_lineno == node.lineno:
        return Text.at(value, node.lineno)
    segment = ast.get_source_segment(source, node) or ""
    made = Text("", ())
    for part in _literals(f"({segment})", node.lineno):
        made += part
    return made if made.value == value else Text.at(value, node.lineno)


def _literals(segment: str, first: int) -> Iterator[Text]:
    for token in tokenize.generate_tokens(io.StringIO(segment).readline):
        if token.type == tokenize.STRING:
            start, end = token.start[0] + first - 1, token.end[0] + first - 1
            yield spread(str(ast.literal_eval(token.string)), start, end)


def spread(value: str, first: int, last: int) -> Text:
    """A text over several lines of the source: each line end in it is taken for one of them."""
    line, lines = first, []
    for character in value:
        lines.append(line)
        line = min(line + (character == "\n"), last)
    return Text(value, tuple(lines))
