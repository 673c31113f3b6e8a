"""Read the defaults of columns that may get a foreign key, and whether a parent exists for them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from remediate.catalog.batches import Question, ask
from remediate.catalog.session import Row, rows
from remediate.postgres.direct import Connection
from remediate.postgres.sql import expression, ident, is_portable, literal
from remediate.snapshots import defaults
from remediate.snapshots.references import Ends, ForeignKey, Omitted, Parent, family_of
from remediate.snapshots.tables import Generator, Name

_LOCKS = 8  # an estimate: the referenced table with its indexes


def read(
    connection: Connection, references: Iterable[ForeignKey]
) -> dict[Ends, tuple[Omitted, ...]]:
    """What an INSERT that omits columns of these references puts there, in the table and in each
    partition.

    Only constants are looked for in the referenced table: an expression may do something when it
    is evaluated, and give another value the next time.
    """
    asked = list({fk.ends: fk for fk in references}.values())
    places = [
        f"({n}, {', '.join(map(literal, (*fk.table, column)))})"
        for n, fk in enumerate(asked)
        for column in fk.columns
    ]
    if not places:
        return {}
    found = [*_omitted(rows(connection, "reference_defaults", places=", ".join(places)), asked)]
    answers, _ = ask(connection, [*_questions(found)])
    known: dict[Ends, list[Omitted]] = {}
    for n, (fk, omitted, _) in enumerate(found):
        parent = _parent(omitted, answers.get(n))
        known.setdefault(fk.ends, []).append(replace(omitted, parent=parent))
    return {ends: tuple(some) for ends, some in known.items()}


_Found = tuple[ForeignKey, Omitted, int]  # with the OID of the table or partition


def of_columns(
    connection: Connection, places: Sequence[tuple[Name, str]]
) -> dict[tuple[Name, str], str]:
    """The default of each column that has one, as it is printed."""
    if not places:
        return {}
    numbered = (f"({n}, {', '.join(map(literal, (*t, c)))})" for n, (t, c) in enumerate(places))
    found = rows(connection, "reference_defaults", places=", ".join(numbered))
    return {(Name(r["schema"], r["name"]), r["column"]): r["default_text"] for r in found}


def _omitted(found: Sequence[Row], asked: Sequence[ForeignKey]) -> Iterator[_Found]:
    for (number, relid), some in groupby(found, lambda r: (r["number"], r["relid"])):
        filled = [r for r in some if not _is_null(r)]
        if filled:
            relation = Name(filled[0]["schema"], filled[0]["name"])
            values = tuple((r["column"], r["default_text"]) for r in filled)
            by_domain = tuple(r["column"] for r in filled if not r["own"])
            yield asked[number], Omitted(relation, values, by_domain), relid


def _is_null(row: Row) -> bool:
    return defaults.kind(row["default_text"], draws=False) is Generator.NOTHING


def _is_constant(text: str) -> bool:
    return defaults.kind(text, draws=False) is Generator.CONSTANT and is_portable(text)


def _questions(found: Sequence[_Found]) -> Iterator[Question]:
    for n, (fk, omitted, relid) in enumerate(found):
        constants = [(c, text) for c, text in omitted.values if _is_constant(text)]
        if constants:
            same = " AND ".join(_same(fk, column, text) for column, text in constants)
            select = f"SELECT EXISTS (SELECT FROM {fk.target.sql} p WHERE {same})"
            yield Question(n, select, relid, _LOCKS)


def _same(fk: ForeignKey, column: str, text: str) -> str:
    at = fk.columns.index(column)
    type_, wanted = fk.types[at], fk.target_types[at]
    cast = "" if family_of(type_) == family_of(wanted) else f"::{wanted}"
    return f"p.{ident(fk.target_columns[at])} = ({expression(text)}){cast}"


def _parent(omitted: Omitted, answer: tuple[bool] | None) -> Parent:
    """By the answer about its constants; None where it has none, or nobody could ask."""
    if answer == (False,):
        return Parent.MISSING
    constant = all(_is_constant(text) for _, text in omitted.values)
    return Parent.THERE if answer and constant else Parent.UNKNOWN
