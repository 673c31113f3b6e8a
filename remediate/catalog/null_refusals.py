"""Read what refuses NULL, or all but one, in columns whose values may become NULL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from remediate.catalog.batches import Failures, Question, ask
from remediate.catalog.session import Row, rows
from remediate.postgres.direct import Connection
from remediate.postgres.sql import expression, ident, is_portable, literal
from remediate.snapshots.references import Candidate

_Key = tuple[int, str, int]  # the number of the candidate; the kind and OID of what may refuse

# What prints an expression waits for who alters the relation, unlike a query of its catalog row.
_PRINTED = {
    "index": "SELECT coalesce(pg_get_expr(indpred, indrelid), ''), "
    "coalesce(pg_get_expr(indexprs, indrelid), '') FROM pg_index WHERE indexrelid = {oid}",
    "check": "SELECT pg_get_expr(conbin, conrelid), '' FROM pg_constraint WHERE oid = {oid}",
}


def with_refusals(connection: Connection, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with the CHECKs that NULL violates, and the indexes in which it collides.

    Where one of these cannot be read, with the reason.
    """
    if not candidates:
        return []
    places = (
        f"({n}, {', '.join(map(literal, (*c.table, c.column)))})" for n, c in enumerate(candidates)
    )
    several = rows(connection, "null_refusals", places=", ".join(places))
    found: dict[_Key, Row] = {(r["number"], r["kind"], r["oid"]): r for r in several}
    printed, unread = ask(connection, [_printed(key, row) for key, row in found.items()])
    checks = {k: text for k, (text, _) in printed.items() if k[1] == "check" and is_portable(text)}
    judged, unknown = ask(
        connection, [_violated(found[k], candidates[k[0]], text) for k, text in checks.items()]
    )
    refusing = {key for key, (is_false,) in judged.items() if is_false}
    refusing |= {k for k, texts in printed.items() if k[1] == "index" and _meet(found[k], *texts)}
    return [_told(n, c, found, refusing, unread | unknown) for n, c in enumerate(candidates)]


def _printed(key: _Key, row: Row) -> Question:
    return Question(key, _PRINTED[row["kind"]].format(oid=row["oid"]), row["relid"])


def _violated(row: Row, candidate: Candidate, check: str) -> Question:
    """Whether the CHECK is false where the column is NULL."""
    select = (
        f"SELECT NOT coalesce(({expression(check)}), true) "
        f"FROM (SELECT NULL::{candidate.base_type} AS {ident(candidate.column)}) AS r"
    )
    return Question((row["number"], row["kind"], row["oid"]), select, row["relid"])


def _meet(row: Row, predicate: str, keys: str) -> bool:
    """Whether rows where the column is NULL stand in the index, and NULL is as one value there."""
    column = row["column"]
    if f"({column} IS NOT NULL)" in predicate:
        return False
    replaced = (f"COALESCE({column}", f"COALESCE(({column})")
    return (
        row["as_one"] or f"({column} IS NULL)" in predicate or any(one in keys for one in replaced)
    )


def _told(
    number: int,
    candidate: Candidate,
    found: Mapping[_Key, Row],
    refusing: Collection[_Key],
    unread: Failures,
) -> Candidate:
    def names(kind: str) -> tuple[str, ...]:
        return tuple(found[k]["name"] for k in found if k in refusing and k[:2] == (number, kind))

    return replace(
        candidate,
        null_checks=names("check"),
        null_indexes=names("index"),
        null_unread=next((why for key, why in unread.items() if key[0] == number), ""),
    )
