"""What a model's server_default says of a key that lacks it in the database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from remediate.findings.finding import Facts
from remediate.snapshots.declared import Declared
from remediate.snapshots.defaults import kind
from remediate.snapshots.live import Live
from remediate.snapshots.tables import IDENTITY, Column, Generator, Name, Table

Place = tuple[Name, str]  # a column of a table

_CAST = re.compile(r"::(?:[a-z_ ]+\.)?[a-z_][a-z_ ]*(?:\(\d+\))?")
_QUOTED = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")""")
_NOTHING = ("", "null", IDENTITY.lower())
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ModelDefaultFacts(Facts):
    """The server_default of a key's model, and the other keys that draw from its sequence."""

    model_default: str  # as the model writes it
    model_sequence: Name | None  # whose next value it is, and nothing else; else None
    shared_with: tuple[tuple[str, str, str], ...]  # schema, table, column

    @property
    def is_plain(self) -> bool:
        """Whether it is the next value of a sequence that no other key draws from."""
        return self.model_sequence is not None and not self.shared_with

    @property
    def others(self) -> tuple[Place, ...]:
        return tuple((Name(schema, table), column) for schema, table, column in self.shared_with)


def said_of(
    table: Table, column: Column, live: Live, declared: Declared
) -> ModelDefaultFacts | None:
    """What its model says; None where it says nothing, a constant or an identity."""
    model = declared.table_of.get(table.name)
    if model is None or not model.has(column.name):
        return None
    one = model.column(column.name)
    if one.generator is not Generator.DATABASE:
        return None
    if one.sequences:
        name = one.sequences[0]
        places = dict.fromkeys(_others(name, table, live, declared))
        shared = tuple((*other, column) for other, column in places)
        return ModelDefaultFacts(one.default, name, shared)
    if one.default.lower() in _NOTHING or kind(one.default, draws=False) is Generator.CONSTANT:
        return None
    return ModelDefaultFacts(one.default, None, ())


def _others(name: Name, table: Table, live: Live, declared: Declared) -> Iterator[Place]:
    """The keys of other tables whose models name the sequence, and columns that draw from it."""
    sequence = live.sequence_of.get(name)
    owner = sequence.owned_by if sequence else None
    drawing = (*(sequence.draws if sequence else ()), *((owner,) if owner else ()))
    for place in (*declared.naming.get(name, ()), *drawing):
        other = live.table_of.get(place[0])
        if place[0] != table.name and not (other and _are_one(other, table, live)):
            yield place


def _are_one(one: Table, other: Table, live: Live) -> bool:
    """Whether they are parts of one partitioned table, or of one inheritance tree."""
    above, beside = ({t.name, *live.ancestors(t)} for t in (one, other))
    return not above.isdisjoint(beside)


def expression_in_use(said: str, column: Column, live: Live) -> tuple[Table, str] | None:
    """Another table whose key has the same default, and how PostgreSQL prints it.

    None where none has, or where it draws from a sequence of its own besides.
    """
    wanted = plain(said, live)
    for table in live.tables:
        for other in table.columns:
            if other.generator is not Generator.EXPRESSION or other.by_domain or other.sequences:
                continue
            alike = other.base_type == column.base_type and plain(other.default, live) == wanted
            if alike and (table.name, other.name) not in live.lost:
                return table, other.default
    return None


def plain(text: str, live: Live) -> str:
    """An expression without what PostgreSQL may add when it prints it: schemas, casts, blanks."""
    text = "".join(_part(one, live) for one in _QUOTED.split(text))
    while text.startswith("(") and text.endswith(")") and _is_whole(text[1:-1]):
        text = text[1:-1]
    return text


def _part(text: str, live: Live) -> str:
    if text[:1] in ("'", '"'):
        return text
    text = _CAST.sub("", text.lower())
    for schema in ("pg_catalog", live.database.default_schema):
        text = text.replace(f"{schema}.", "")
    return _BLANKS.sub("", text)


def _is_whole(text: str) -> bool:
    """Whether its parentheses fit together."""
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0
