"""What goes wrong with a schema, and which of it is of one kind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from remediate.postgres.sql import ident, quote
from tests.random import names
from tests.random.schema import Schema


@dataclass(frozen=True, slots=True)
class Failure:
    """Where the way ended or went wrong, and what was said."""

    step: str
    text: str

    def __str__(self) -> str:
        return f"{self.step}: {self.text}"


def kind(failure: Failure, schema: Schema) -> str:
    """The failure without names and numbers: equal for schemas that fail in the same way."""
    text = failure.text
    for place, name in _names(schema):
        for spelling in dict.fromkeys((quote(name), name, ident(name))):
            text = re.sub(rf"(?<!\w){re.escape(spelling)}(?!\w)", place, text)
    text = re.sub(r"\b[0-9a-f]{12}\b|(?<![A-Z\d])-?\d[\d,.]*(?=\W|$)", "#", text)
    if "expected" in text:
        text = re.sub(r"(.*changed\. )(.*?), expected (.*?)(\. Somebody.*|$)", _differing, text)
    return f"{failure.step}: {text}"[:300]


def _names(schema: Schema) -> Iterator[tuple[str, str]]:
    """The names of a schema, each with what stands for it; the longest first."""
    found = [("R", role) for role in (*names.OWNERS, *names.WRITERS, names.GROUP)]
    for table in schema.tables:
        columns = (table.key.column, *(r.column for r in table.references))
        found += [("Q", table.key.sequence.name), ("T", table.name.name)]
        found += [("C", column) for column in columns]
        found += [(part, f"{table.label}_{part}") for part in ("low", "rest", "child", "view")]
    found += [("S", space.name) for space in schema.spaces]
    yield from sorted(found, key=lambda pair: -len(pair[1]))


def _differing(match: re.Match[str]) -> str:
    """Of what a guard found and expected, what is not in both."""
    is_, expected = match[2].split(", "), match[3].split(", ")
    one = ", ".join(part for part in is_ if part not in expected)
    other = ", ".join(part for part in expected if part not in is_)
    return f"{match[1]}{one}, expected {other}"
