"""Values that stand between a column and the key that it means: each kind counted by itself.

One value may be of several kinds: no kind hides another.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis.conversions import canonical, convertible, shaped
from remediate.postgres.sql import ident, quote
from remediate.snapshots.references import Candidate
from remediate.system.words import with_article

_TEXT = "remediate_value"  # no column of the table is called so


@dataclass(frozen=True, slots=True)
class BadValues:
    """Values of one kind."""

    kind: str  # in words, after a number
    count: int | None  # among the values that were read; None: nobody asked
    query: str  # lists the rows, whole; it is for whoever may see them. "" where none can
    why: str = ""  # nobody asked


def bad_values(candidate: Candidate) -> tuple[BadValues, ...]:
    """The kinds that were met, or may be, each with its rows' query.

    () where nothing could be read.
    """
    return tuple(one for one in _kinds(candidate) if one.count != 0)


def _kinds(candidate: Candidate) -> Iterator[BadValues]:
    found = candidate.evidence
    if found is None:
        return
    type_, key = candidate.compared_as, _key(candidate)
    fits, shape = convertible(_TEXT, type_), shaped(_TEXT, type_)
    parent = f"p.{ident(candidate.target_column)} = {key}"
    yield BadValues(f"not {with_article(type_)}", found.shapeless, _rows(candidate, f"NOT {shape}"))
    out = f"{shape} AND NOT ({fits})"
    yield BadValues(f"out of range for {type_}", found.beyond, _rows(candidate, out))
    otherwise = f"({fits}) AND NOT {canonical(_TEXT, type_)}"
    respelled = _rows(candidate, otherwise)
    yield BadValues("spelled differently from a key", found.respelled, respelled)
    orphans = f"({fits}) AND NOT EXISTS (SELECT FROM {candidate.target.sql} p WHERE {parent})"
    yield BadValues(
        f"without a row in {candidate.target}", found.orphans, _rows(candidate, orphans)
    )
    for one in candidate.collisions:
        kind = f"that collide in {quote(one.index.name)} once converted"
        yield BadValues(kind, one.rows, one.query, one.why)


def _key(candidate: Candidate) -> str:
    type_ = candidate.compared_as
    return f"CASE WHEN {convertible(_TEXT, type_)} THEN {_TEXT}::{type_} END"


def _source(candidate: Candidate) -> str:
    column = ident(candidate.column)
    return (
        f'(SELECT c.*, {column}::text COLLATE "C" AS {_TEXT} FROM {candidate.table.sql} c '
        f"WHERE {column} IS NOT NULL) c"
    )


def _rows(candidate: Candidate, condition: str) -> str:
    return f"SELECT c.* FROM {_source(candidate)}\nWHERE {condition}"
