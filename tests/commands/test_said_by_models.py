"""A key that gets its model's server_default: written, proven, upgraded, verified, taken back."""

from pathlib import Path

from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import small_project

MODELS = """
import sqlalchemy as sa
metadata = sa.MetaData()
numbers = sa.Sequence("numbers")
for name, default in [("bills", numbers.next_value()), ("credits", numbers.next_value()),
                      ("rows", sa.text("ticket()")), ("seats", sa.func.ticket())]:
    sa.Table(name, metadata, sa.Column("id", sa.BigInteger, primary_key=True, server_default=default))
"""
DDL = """
CREATE SEQUENCE ticks; CREATE FUNCTION ticket() RETURNS bigint LANGUAGE sql
AS 'SELECT 4611686018427387904 + nextval(''public.ticks'')';
CREATE TABLE rows (id bigint PRIMARY KEY DEFAULT ticket()); CREATE TABLE seats (id bigint PRIMARY KEY);
CREATE TABLE bills (id bigint PRIMARY KEY); CREATE TABLE credits (id bigint PRIMARY KEY);
INSERT INTO bills VALUES (3); INSERT INTO credits VALUES (41); INSERT INTO seats VALUES (4611686018427387904);
"""


def test_there_and_back(newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path, DDL, models=MODELS) as project:
        before = helpers.dump(project.url)
        project.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
        project.run("alembic", "upgrade", "head")
        assert project.json("plan")["findings"] == []
        project.run("remediate", "verify")
        project.psql("INSERT INTO bills DEFAULT VALUES; INSERT INTO seats DEFAULT VALUES")
        project.run("alembic", "downgrade", "base")
        project.psql("DROP TABLE alembic_version")
        assert helpers.dump(project.url) == before
