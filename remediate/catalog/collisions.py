"""Read which rows collide in a unique index or exclusion constraint once a column is converted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from remediate.analysis.conversions import convertible
from remediate.catalog.batches import Question, ask
from remediate.catalog.session import Row, rows, wanted
from remediate.postgres.direct import Connection
from remediate.postgres.sql import expression, ident, is_portable
from remediate.snapshots.references import Candidate, Collision, family_of
from remediate.snapshots.tables import Name

_Place = tuple[Name, str]

_CALLS = "it calls functions that are not PostgreSQL's own, and a check would run them"
_PRINTED = (
    "SELECT coalesce(pg_get_expr(indpred, indrelid), ''), ARRAY("
    "SELECT pg_get_indexdef(indexrelid, n, false) FROM generate_series(1, indnkeyatts) AS n "
    "ORDER BY n) FROM pg_index WHERE indexrelid = {oid}"
)
_LOCKS = 8  # an estimate: the table with its indexes


def with_collisions(connection: Connection, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with what a conversion would make equal, or why that was not asked.

    Values that come back as the same bytes stay apart: only where some do not, there is a question.
    """
    respelled = {(c.table, c.column): c for c in candidates if _respelled(c)}
    if not respelled:
        return list(candidates)
    several = rows(connection, "unique_keys", wanted=wanted([*respelled]))
    found = {(_place(row), row["oid"]): row for row in several}
    asked = [Question(key, _PRINTED.format(oid=key[1]), r["relid"]) for key, r in found.items()]
    printed, unread = ask(connection, asked)
    queries = {
        key: _listed(found[key], key[0], respelled, predicate, keys)
        for key, (predicate, keys) in printed.items()
        if not found[key]["calls"] and all(map(is_portable, (predicate, *keys)))
    }
    counts = [
        Question(key, f"SELECT count(*) FROM ({sql}) AS alike", found[key]["relid"], _LOCKS)
        for key, sql in queries.items()
    ]
    counted, failed = ask(connection, counts)
    told: dict[_Place, tuple[Collision, ...]] = {}
    for key, row in found.items():
        one = _told(row, queries.get(key, ""), counted.get(key), (unread | failed).get(key, ""))
        told[key[0]] = (*told.get(key[0], ()), one)
    return [replace(c, collisions=told.get((c.table, c.column), ())) for c in candidates]


def _respelled(candidate: Candidate) -> bool:
    read = candidate.evidence
    return not candidate.fits and read is not None and read.whole and read.respelled > 0


def _place(row: Row) -> _Place:
    return Name(row["schema"], row["name"]), row["column"]


def _told(row: Row, query: str, counted: Sequence[int] | None, failure: str) -> Collision:
    index = Name(row["here_schema"], row["index"])
    if counted:
        return Collision(index, counted[0], query)
    why = _CALLS if row["calls"] else failure or "its expressions cannot be written safely"
    return Collision(index, None, query, why)


def _listed(
    row: Row,
    place: _Place,
    converted: Mapping[_Place, Candidate],
    predicate: str,
    keys: Sequence[str],
) -> str:
    """The query over the rows, whole, that are equal to another once the column is converted."""
    name = Name(row["here_schema"], row["here_name"])
    here = name.sql if row["partitioned"] else f"ONLY {name.sql}"
    values = [_key(*pair) for pair in zip(keys, row["collations"], strict=True)]
    numbered = [f"remediate_{n}" for n in range(1, len(values) + 1)]
    listed = ", ".join(f"{v} AS {n}" for v, n in zip(values, numbered, strict=True))
    given = [] if row["null_is_one"] else [f"num_nulls({', '.join(values)}) = 0"]
    given += [f"({expression(predicate)})"] if predicate else []
    where = f"\n  WHERE {' AND '.join(given)}" if given else ""
    held = (
        f"(SELECT remediate_table, remediate_row, {listed}\n"
        f"  FROM ({_converted(row, here, place, converted)}) AS converted{where})"
    )
    alike = _excluded if row["operators"] else _equal
    return (
        f"SELECT c.* FROM {here} AS c WHERE (c.tableoid, c.ctid) IN (\n"
        f"  {alike(held, numbered, row['operators'])})"
    )


def _converted(row: Row, here: str, place: _Place, converted: Mapping[_Place, Candidate]) -> str:
    """The rows as they are then, without those whose value does not convert."""
    table, column = place
    columns = [
        _column(name, converted.get((table, name)), kept=name != column) for name in row["columns"]
    ]
    own = ident(column)
    fits = convertible(_text(own), converted[place].compared_as)
    # What does not convert must not be cast, whatever is asked of the rows around it.
    return (
        f"SELECT tableoid AS remediate_table, ctid AS remediate_row, {', '.join(columns)}\n"
        f"    FROM {here} WHERE {own} IS NULL OR ({fits}) OFFSET 0"
    )


def _column(name: str, candidate: Candidate | None, *, kept: bool) -> str:
    """A column, converted; of another that may be converted with it, the text that it is then."""
    column = ident(name)
    if candidate is None or (kept and family_of(candidate.base_type) != "text"):
        return column
    value = f"{column}::{candidate.target_type}"
    if kept:
        fits, text = convertible(_text(column), candidate.compared_as), _text(column)
        value = f"CASE WHEN {fits} THEN ({value})::text ELSE {text} END"
    return f"{value} AS {column}"


def _text(column: str) -> str:
    return f'({column}::text COLLATE "C")'


def _key(printed: str, collation: Sequence[str]) -> str:
    return f"({expression(printed)})" + (f" COLLATE {ident(*collation)}" if any(collation) else "")


def _equal(held: str, keys: Sequence[str], _: Sequence[Sequence[str]]) -> str:
    return (
        "SELECT remediate_table, remediate_row FROM (SELECT *, count(*) OVER "
        f"(PARTITION BY {', '.join(keys)}) AS remediate_alike\n  FROM {held} AS held) AS "
        "alike WHERE remediate_alike > 1"
    )


def _excluded(held: str, keys: Sequence[str], operators: Sequence[Sequence[str]]) -> str:
    pairs = zip(keys, operators, strict=True)
    same = "".join(f" AND a.{key} OPERATOR({ident(o[0])}.{o[1]}) b.{key}" for key, o in pairs)
    return (
        f"SELECT a.remediate_table, a.remediate_row FROM {held} AS a JOIN {held} AS b\n"
        f"  ON (a.remediate_table, a.remediate_row) <> (b.remediate_table, b.remediate_row){same}"
    )
