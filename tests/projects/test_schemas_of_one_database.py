"""An env.py that runs its revisions for one schema after the other, in the same database."""

import pytest

from tests.support.project import Project

ENV = """\
import os
from alembic import context
from sqlalchemy import create_engine, pool, text
from clinic import metadata
engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    for schema in ("north", "south", "west"):
        connection.execute(text(f"SET search_path TO {schema}"))
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
"""
CLINIC = """\
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("ward", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("bed", sa.Text))
"""
WARDS = "".join(
    f"CREATE SCHEMA {s}; CREATE TABLE {s}.ward (id integer PRIMARY KEY, bed text);"
    for s in ("north", "south", "west")
)


@pytest.mark.project(WARDS, env=ENV, files={"clinic.py": CLINIC})
def test_it_is_told_what_it_does_and_the_way_that_is_named_works(project: Project) -> None:
    for words in (("plan",), ("plan", "--engine", str(project.url.database)), ("rehearse",)):
        said = " ".join(project.run("remediate", *words, expected=2).stderr.split())
        assert (
            f"env.py runs the revisions 3 times in one database ({project.url.database}), for the "
            "schemas north, south, west; remediate works on one" in said
        )
        assert "--schema north --metadata" in said
    shown = " ".join(project.run("remediate", "doctor", expected=2).stdout.split())
    assert "for the schemas north, south, west" in shown
    assert "--engine" not in shown
    there = project.url.set(drivername="postgresql")
    url = f"{there.render_as_string(hide_password=False)}"
    url += f"{'&' if '?' in url else '?'}options=-csearch_path=south"
    way = ("--schema", "south", "--metadata", "clinic:metadata")
    plan = project.json("plan", *way, REMEDIATE_DATABASE_URL=url)
    assert plan["findings"][0]["id"] == "PK001:south.ward.id"
