"""Values of columns that must have one: a row that cannot be made up refutes nothing."""

from pathlib import Path

import psycopg
import pytest

from remediate.rehearsal import boundary
from remediate.rehearsal.scratch import Server
from remediate.snapshots.tables import Column, Extremes, Generator, Name, Table
from tests.support.project import small_project

TYPES = (
    "point", "line", "lseg", "box", "path", "polygon", "circle", "macaddr", "macaddr8", "pg_lsn",
    "int8multirange", "datemultirange", "inet", "bit(3)", "varbit", "interval", "money", "tsvector",
    "int4range", "text[]", "jsonb",
)  # fmt: skip


@pytest.mark.turns_in_ci
def test_rows_are_laid_beside_any_type(connection: psycopg.Connection) -> None:
    key = Column("id", "bigint", "bigint", Generator.NOTHING, extremes=Extremes(3, 70))
    version = connection.info.server_version
    for type_ in (t for t in TYPES if version >= 140000 or "multirange" not in t):
        connection.execute(b"DROP TABLE IF EXISTS t")
        connection.execute(f"CREATE TABLE t (id bigint PRIMARY KEY, v {type_} NOT NULL)".encode())
        table = Table(Name("public", "t"), ("id",), (key,))
        assert boundary.lay(connection, [(table, key)], {}) == (), type_
        assert connection.execute("SELECT min(id), max(id) FROM t").fetchone() == (3, 70)


@pytest.mark.newest_in_ci
def test_rows_that_cannot_be_made_up_refute_nothing(newest: Server, tmp_path: Path) -> None:
    """The first id of the new sequence is none of the live table's: nobody laid those."""
    ddl = (
        "CREATE DOMAIN odd AS integer CHECK (VALUE * VALUE = 169744); "
        "CREATE TABLE t (id integer PRIMARY KEY, of odd NOT NULL); "
        "INSERT INTO t SELECT g, 412 FROM generate_series(1, 9) g"
    )
    with small_project(newest, tmp_path, ddl) as project:
        project.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
        (review,) = project.versions.glob("*.md")
        assert "public.t was rehearsed without rows: " in review.read_text()
        project.run("alembic", "upgrade", "head")
        assert project.json("plan")["findings"] == []
