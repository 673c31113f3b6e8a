"""Read what refuses NULL, or all but one, in columns whose values may become NULL."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from remediate.catalog.batches import Question, ask
from remediate.catalog.session import Row, rows
from remediate.postgres.sql import expression, ident, is_portable, literal
from remediate.snapshots.references import Candidate


def with_refusals(connection: Connection, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with the CHECKs that NULL violates, and the indexes in which it collides."""
    if not candidates:
        return []
    places = (
        f"({n}, {', '.join(map(literal, (*c.table, c.column)))})" for n, c in enumerate(candidates)
    )
    found = rows(connection, "null_refusals", places=", ".join(places))
    portable = [row for row in found if row["condition"] and is_portable(row["condition"])]
    answers, _ = ask(connection, [_question(r, candidates[r["number"]]) for r in portable])
    checks: dict[int, list[str]] = {}
    indexes: dict[int, list[str]] = {}
    for row in found:
        if not row["condition"]:
            indexes.setdefault(row["number"], []).append(row["name"])
        elif answers.get((row["number"], row["name"]), (False,))[0]:
            checks.setdefault(row["number"], []).append(row["name"])
    return [
        replace(c, null_checks=tuple(checks.get(n, ())), null_indexes=tuple(indexes.get(n, ())))
        for n, c in enumerate(candidates)
    ]


def _question(row: Row, candidate: Candidate) -> Question:
    """Whether the CHECK is false where the column is NULL."""
    select = (
        f"SELECT NOT coalesce(({expression(row['condition'])}), true) "
        f"FROM (SELECT NULL::{candidate.base_type} AS {ident(candidate.column)}) AS r"
    )
    return Question((row["number"], row["name"]), select, row["relid"])
