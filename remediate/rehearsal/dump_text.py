"""Two texts of pg_dump compared by what they say: what is lost, left, or in another order."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_TABLE = re.compile(r"CREATE (?:UNLOGGED |FOREIGN )?TABLE (.+) \(")


@dataclass(frozen=True, slots=True)
class Compared:
    """The statements of two dumps, a line each; a column as `public.t: id integer NOT NULL`."""

    lost: tuple[str, ...]  # only in the first
    left: tuple[str, ...]  # only in the second
    reordered: tuple[str, ...]  # tables with the same columns in another order

    @property
    def only_order(self) -> bool:
        """Whether nothing but the order of columns differs."""
        return bool(self.reordered) and not self.lost and not self.left


def compare(before: str, after: str) -> Compared:
    """What the second says otherwise than the first."""
    one, other = _tables(before), _tables(after)
    first, second = (Counter(_statements(text)) for text in (before, after))
    return Compared(
        _without_columns(first - second, one.keys() - other.keys()),
        _without_columns(second - first, other.keys() - one.keys()),
        tuple(
            table
            for table, lines in one.items()
            if lines != other.get(table, ()) and sorted(lines) == sorted(other.get(table, ()))
        ),
    )


def _blocks(text: str) -> Iterator[list[str]]:
    """The lines of each statement; pg_dump leaves an empty line between two."""
    for block in text.split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if not line.startswith("--")]
        if lines := [line for line in lines if line]:
            yield lines


def _tables(text: str) -> Mapping[str, tuple[str, ...]]:
    """The columns and constraints that stand in each CREATE TABLE, in their order."""
    found = {}
    for first, *lines in _blocks(text):
        if match := _TABLE.fullmatch(first):
            found[match[1]] = tuple(line.rstrip(",") for line in lines)
    return found


def _statements(text: str) -> Iterator[str]:
    for lines in _blocks(text):
        match = _TABLE.fullmatch(lines[0])
        if match is None:
            yield " ".join(lines).rstrip(";")
            continue
        yield lines[0].removesuffix(" (")
        for line in lines[1:]:
            yield f"{match[1]}: {line.rstrip(',').rstrip(';')}"


def _without_columns(found: Counter[str], tables: set[str]) -> tuple[str, ...]:
    """A table that is whole in here speaks for its columns."""
    return tuple(line for line in found.elements() if line.partition(": ")[0] not in tables)
