"""Sequences that only the models call: no table needs them, and the rules ask for them."""

from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from remediate.rehearsal.insert_changes import touched_tables
from remediate.rehearsal.scratch import Server
from remediate.snapshots.tables import Name
from tests.support import helpers
from tests.support.project import small_project

MODELS = """
import sqlalchemy as sa
metadata = sa.MetaData()
numbers = sa.Sequence("Order No", schema="numbers")
sa.Table("orders", metadata, sa.Column("id", sa.Integer, numbers, primary_key=True))
sa.Table("line", metadata, sa.Column("id", sa.Integer, sa.Sequence("line_no"), primary_key=True),
         sa.Column("order_id", sa.ForeignKey("orders.id"), index=True))
"""
DDL = """
CREATE SCHEMA numbers; CREATE SEQUENCE numbers."Order No" START 100; CREATE SEQUENCE line_no;
CREATE TABLE orders (id integer);
CREATE TABLE line (id integer PRIMARY KEY, order_id integer); CREATE INDEX ON line (order_id);
"""


@pytest.mark.soak
def test_repairs_beside_them_are_proven(newest: Server, tmp_path: Path) -> None:
    """A key, and a foreign key between two such tables."""
    with small_project(newest, tmp_path, DDL, models=MODELS) as project:
        assert {f["rule"] for f in project.json("plan")["findings"]} == {"PK009", "FK004"}
        project.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
        project.run("alembic", "upgrade", "head")
        assert project.json("plan")["findings"] == []


def test_a_new_sequence_is_about_the_table_that_uses_it(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    """Tables of the same name in other schemas are not what the revision changed."""
    for schema in "ab":
        connection.execute(f"CREATE SCHEMA {schema}; CREATE TABLE {schema}.t (id int PRIMARY KEY)")
    before = helpers.snapshot(url)
    connection.execute("CREATE SEQUENCE a.t_id_seq OWNED BY a.t.id")
    touched = touched_tables(before, helpers.snapshot(url), set())
    assert [table.name for table in touched] == [Name("a", "t")]
    connection.execute("CREATE SEQUENCE t_id_seq")  # of whichever draws from it without saying so
    assert len(touched_tables(before, helpers.snapshot(url), set())) == 2


@pytest.mark.newest_in_ci
@pytest.mark.parametrize(
    ("change", "is_touched"),
    [
        ("SELECT", False),
        ("ALTER TABLE t ALTER n SET DEFAULT nextval('s')", True),
        ("ALTER TABLE t ALTER m DROP DEFAULT", True),
        ("SELECT setval('s', 5)", True),
        ("GRANT INSERT ON t TO PUBLIC", True),
        ("ALTER TABLE t ADD PRIMARY KEY (n)", True),
    ],
)
def test_a_table_without_a_key_is_touched_by_what_changes_it(
    url: sa.URL, connection: psycopg.Connection, change: str, *, is_touched: bool
) -> None:
    """In a large schema those without are many, and what is tried of each takes its time."""
    connection.execute(
        "CREATE SEQUENCE s; CREATE TABLE t (n integer NOT NULL, m integer DEFAULT nextval('s'))"
    )
    before = helpers.snapshot(url)
    connection.execute(change)
    assert bool(touched_tables(before, helpers.snapshot(url), set())) is is_touched
