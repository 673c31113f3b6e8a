"""Who may INSERT into each table, and through which relation."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from remediate.read.batches import Question, ask
from remediate.read.statements import Row
from remediate.schema import Generator, Name, Table, Writer
from remediate.sql import literal


def insertable(connection: Connection, rows: Sequence[Row]) -> list[tuple[Row, bool]]:
    """Each grant, and whether its relation takes a plain INSERT.

    A view that could not be asked, because somebody alters what is below it, is taken as one that
    does: a right too many does no harm, one too few does.
    """
    views = {r["through"] for r in rows if r["is_view"]}
    answers, _ = ask(connection, [_question(oid) for oid in views])
    return [(r, not r["is_view"] or answers.get(r["through"], (True,))[0]) for r in rows]


def _question(view: int) -> Question:
    return Question(view, f"SELECT pg_relation_is_updatable({view}, false) & 8 = 8", view)


def of_late_defaults(connection: Connection, tables: Sequence[Table]) -> list[Table]:
    """The tables, with the roles that may not use a sequence that a default only names."""
    pairs = {
        (sequence, role)
        for t in tables
        for c in t.columns
        if c.generator is Generator.LATE
        for sequence in c.sequences
        for role in (t.owner, *(w.role for w in t.writers))
    }
    questions = [Question(pair, _usable(*pair), 0, 0) for pair in sorted(pairs)]
    answers, _ = ask(connection, questions)
    denied = {pair for pair, (usable,) in answers.items() if usable is False}
    return [_lacking(t, denied) if denied else t for t in tables]


def _usable(sequence: Name, role: str) -> str:
    name, who = literal(str(sequence)), literal(role)
    return f"SELECT has_sequence_privilege({who}, {name}, 'USAGE, UPDATE')"


def _lacking(table: Table, denied: set[tuple[Name, str]]) -> Table:
    late = {s for c in table.columns if c.generator is Generator.LATE for s in c.sequences}
    mine = {(sequence, role) for sequence, role in denied if sequence in late}
    if not mine:
        return table
    known = {w.role for w in table.writers}
    own = () if table.owner in known else (Writer(table.owner, table.name),)
    lacks = {role: tuple(s for s, r in sorted(mine) if r == role) for _, role in mine}
    writers = tuple(
        replace(w, lacks=(*w.lacks, *lacks.get(w.role, ()))) for w in (*own, *table.writers)
    )
    return replace(table, writers=tuple(w for w in writers if w.lacks or w.role != table.owner))


def writers(
    grants: list[tuple[Row, bool]], sequences: dict[int, Name]
) -> dict[int, tuple[Writer, ...]]:
    """By the table's OID."""
    found: dict[int, tuple[Writer, ...]] = {}
    for row, takes in grants:
        lacks = tuple(sequences[oid] for oid in row["lacks"] if oid in sequences)
        writer = Writer(row["role"], Name(row["schema"], row["name"]), takes, lacks)
        found[row["relid"]] = (*found.get(row["relid"], ()), writer)
    return found
