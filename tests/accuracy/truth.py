"""What is truly broken in a corpus: by PostgreSQL itself where it can tell, else by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psycopg

from remediate.postgres.sql import ident
from tests.accuracy.corpus import Corpus, Spot
from tests.accuracy.trials import Bench, outcomes
from tests.corpora.kinds import BY_ERROR, Kind

INSERTS = frozenset(BY_ERROR.values())
_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
_FOREIGN_KEYS = """
SELECT n.nspname::text, c.relname::text, a.attname::text, format_type(a.atttypid, NULL),
  format_type(p.atttypid, NULL)
FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(f.conkey, f.confkey) AS k (own, its)
JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.own
JOIN pg_attribute p ON p.attrelid = f.confrelid AND p.attnum = k.its
WHERE f.contype = 'f' AND f.conparentid = 0 AND NOT c.relispartition ORDER BY 1, 2, 3"""
_TYPES = """
SELECT n.nspname::text, c.relname::text, a.attname::text, format_type(a.atttypid, NULL)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"""
# A reference of these types fits its key without a cast.
_FAMILIES = {
    "smallint": "integer",
    "bigint": "integer",
    "character varying": "text",
    "character": "text",
}


class LabelError(Exception):
    """A label that does not hold: it names nothing that is there, or PostgreSQL contradicts it."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The defects, and the tables and columns of which it is known whether they have one."""

    broken: frozenset[Spot]
    healthy: Mapping[Kind, frozenset[str]]  # tables, or columns: what is no false alarm elsewhere

    def judges(self, spot: Spot) -> bool:
        """Whether a claim of this defect there is right or wrong."""
        return spot in self.broken or str(spot) in self.healthy.get(spot.kind, frozenset())


def truth(bench: Bench) -> Truth:
    """Raises LabelError where a label by hand names no table, or an INSERT contradicts it."""
    refuse_unknown(bench.corpus, {*_columns(bench.connection)})
    ends = outcomes(bench)
    broken, healthy = _of_keys(bench.corpus, ends)
    for kind, spots, fine in (_narrower(bench.connection), *_by_labels(bench)):
        broken |= spots
        healthy[kind] = fine
    _refuse_contradicted(bench.corpus, broken, ends)
    return Truth(frozenset(broken), healthy)


def refuse_unknown(corpus: Corpus, columns: set[str]) -> None:
    """Raises LabelError where a label names a column or a table that is not there."""
    tables = {column.rpartition(".")[0] for column in columns}
    labels = corpus.labels or frozenset()
    named = {*corpus.means, *corpus.means.values(), *corpus.nots}
    named |= {str(label) for label in labels if label.column}
    placed = {label.table for label in labels} | {*corpus.tables} | {*corpus.supplied}
    if unknown := sorted((named - columns) | (placed - tables - {"-"})):
        raise LabelError(f"{corpus.name}: no such place: {', '.join(unknown)}")


def _columns(connection: psycopg.Connection) -> dict[str, str]:
    """Types by column."""
    rows = connection.execute(_TYPES.encode()).fetchall()
    return {f"{schema}.{table}.{column}": type_ for schema, table, column, type_ in rows}


def _of_keys(
    corpus: Corpus, ends: Mapping[str, set[Kind]]
) -> tuple[set[Spot], dict[Kind, frozenset[str]]]:
    """An INSERT that fails is a defect unless nobody is to leave out the id. A table that fails in
    one way is not judged in the others: its first error hides them.
    """
    judged = {
        table: kinds
        for table, kinds in ends.items()
        if table not in corpus.unjudged and (not corpus.tables or table in corpus.tables)
    }
    broken = {
        Spot(kind, table)
        for table, kinds in judged.items()
        for kind in kinds
        if table not in corpus.supplied or kind not in corpus.excused
    }
    fine = frozenset(judged) - {spot.table for spot in broken}
    return broken, dict.fromkeys(INSERTS, fine)


Judged = tuple[Kind, set[Spot], frozenset[str]]


def _narrower(connection: psycopg.Connection) -> Judged:
    """PostgreSQL refuses to cast the greatest id of the parent to the type of the column."""
    broken, fine = set(), set()
    for schema, table, column, own, parent in connection.execute(_FOREIGN_KEYS.encode()).fetchall():
        spot = Spot(Kind.NARROWER, f"{schema}.{table}", column)
        if parent in _LARGEST and _refuses(connection, _LARGEST[parent], own):
            broken.add(spot)
        else:
            fine.add(str(spot))
    return Kind.NARROWER, broken, frozenset(fine)


def _refuses(connection: psycopg.Connection, value: int, type_: str) -> bool:
    try:
        connection.execute(f"SELECT '{value}'::bigint::{type_}".encode())
    except psycopg.errors.NumericValueOutOfRange:
        return True
    return False


def _by_labels(bench: Bench) -> Iterator[Judged]:
    """What no single statement shows: labels by hand, which tests bear out with rows."""
    corpus, types = bench.corpus, _columns(bench.connection)
    fine = corpus.nots
    for kind in (Kind.MISTYPED, Kind.UNDECLARED):
        spots = {
            Spot(kind, *column.rsplit(".", 1))
            for column, key in corpus.means.items()
            if (_family(types[column]) != _family(types[key])) is (kind is Kind.MISTYPED)
        }
        yield kind, spots, fine
    for kind in (Kind.UNINDEXED, Kind.KEYLESS):
        labels = {label for label in corpus.labels or () if label.kind is kind}
        columns = kind is Kind.UNINDEXED
        places = {c for c in types if c.endswith("parent_id")} if columns else corpus.tables
        yield (
            kind,
            labels,
            frozenset(places - {str(label) for label in labels}) if labels else frozenset(),
        )


def _family(type_: str) -> str:
    return _FAMILIES.get(type_, type_)


def _refuse_contradicted(corpus: Corpus, broken: set[Spot], ends: Mapping[str, set[Kind]]) -> None:
    if corpus.labels is None:
        return
    shown = {spot for spot in broken if spot.kind in INSERTS}
    told = {label for label in corpus.labels if label.kind in INSERTS}
    if differ := sorted(shown ^ told):
        lines = (f"{s} ({s.kind.name}): PostgreSQL: {ends.get(s.table)}" for s in differ)
        raise LabelError(f"{corpus.name}: {'; '.join(lines)}")


def planner_uses_index(connection: psycopg.Connection, table: str, column: str) -> bool:
    """Whether a lookup by this column reads an index, on a table of many rows."""
    explain = f"EXPLAIN SELECT FROM {table} WHERE {ident(column)} = (SELECT 1::bigint)"
    plan = connection.execute(explain.encode()).fetchall()
    return not any("Seq Scan" in line for (line,) in plan)
