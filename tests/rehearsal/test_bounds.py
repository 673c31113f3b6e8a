"""Made-up rows of partitioned tables find a partition, so that a sequence meets their ids."""

import psycopg
import pytest

from remediate.rehearsal import boundary
from remediate.rehearsal.bounds import within
from remediate.snapshots.tables import Column, Extremes, Generator, Name, Table

pytestmark = pytest.mark.turns_in_ci

T = Name("public", "t")
ID = "id bigint NOT NULL, "
SHAPES = {
    "dates": (
        f"{ID} at date NOT NULL) PARTITION BY RANGE (at)",
        ["t FOR VALUES FROM (MINVALUE) TO ('2020-01-01')", "t FOR VALUES FROM ('2030-01-01') TO (MAXVALUE)"],
        {"at": "'2030-01-01'"},
    ),
    "lists": (
        f"{ID} \"of It\" text NOT NULL) PARTITION BY LIST (\"of It\")",
        ["t FOR VALUES IN (NULL, 'it''s, so', 'b')"],
        {"of It": "'it''s, so'"},
    ),
    "two levels of two columns": (
        f"{ID} a integer NOT NULL, b integer NOT NULL, c text NOT NULL) PARTITION BY RANGE (a, b)",
        ["t FOR VALUES FROM (5, -7) TO (9, 0) PARTITION BY LIST (c)", "p0 FOR VALUES IN ('x')"],
        {"a": "5", "b": "'-7'", "c": "'x'"},
    ),
    "any row": (
        f"{ID} a integer NOT NULL) PARTITION BY RANGE (a)",
        ["t DEFAULT", "t FOR VALUES FROM (5) TO (9)"],
        {},
    ),
    "hashes": (
        f"{ID} a integer NOT NULL) PARTITION BY HASH (a)",
        ["t FOR VALUES WITH (MODULUS 1, REMAINDER 0)"],
        {},
    ),
    "expressions": (
        f"{ID} a integer NOT NULL) PARTITION BY RANGE ((a + 1))",
        ["t FOR VALUES FROM (5) TO (900)"],
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_a_row_finds_a_partition(name: str, connection: psycopg.Connection) -> None:
    columns, partitions, expected = SHAPES[name]
    connection.execute(f"CREATE TABLE t ({columns}".encode())
    for n, partition in enumerate(partitions):
        parent, _, bound = partition.partition(" ")
        connection.execute(f"CREATE TABLE p{n} PARTITION OF {parent} {bound}".encode())
    assert within(connection, T) == expected
    key = Column("id", "bigint", "bigint", Generator.NOTHING, extremes=Extremes(3, 70))
    table = Table(T, ("id",), (key,), partitioned=True)
    limits = boundary.lay(connection, [(table, key)], {})
    laid = connection.execute("SELECT min(id), max(id) FROM t").fetchone()
    assert (limits, laid) == (((), (3, 70)) if name != "expressions" else (limits, (None, None)))


def test_a_table_without_partitions(connection: psycopg.Connection) -> None:
    connection.execute(b"CREATE TABLE t (id bigint PRIMARY KEY, at date) PARTITION BY HASH (id)")
    assert within(connection, T) == {}
