"""Sequences that only the models call: no table needs them, and the rules ask for them."""

from pathlib import Path

from remediate.rehearsal.scratch import Server
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


def test_repairs_beside_them_are_proven(newest: Server, tmp_path: Path) -> None:
    """A key, and a foreign key between two such tables."""
    with small_project(newest, tmp_path, DDL, models=MODELS) as project:
        assert {f["rule"] for f in project.json("plan")["findings"]} == {"PK009", "FK004"}
        project.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
        project.run("alembic", "upgrade", "head")
        assert project.json("plan")["findings"] == []
