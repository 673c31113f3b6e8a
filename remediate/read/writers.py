"""Who may INSERT into each table, and through which relation."""

from collections.abc import Sequence

from sqlalchemy import Connection

from remediate.read.batches import Question, ask
from remediate.read.statements import Row
from remediate.schema import Name, Writer


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
