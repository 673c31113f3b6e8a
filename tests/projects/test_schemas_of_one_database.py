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


MAPPED = (
    ENV.replace(
        'connection.execute(text(f"SET search_path TO {schema}"))',
        'mapped = connection.execution_options(schema_translate_map={"clinic": schema})',
    )
    .replace("connection=connection", "connection=mapped, version_table_schema=schema")
    .replace("target_metadata", "include_name=lambda name, *_: name != 'legacy', target_metadata")
)
OF_CLINIC = CLINIC.replace("MetaData()", 'MetaData(schema="clinic")')
VERSIONS = "".join(
    f"CREATE TABLE {s}.alembic_version (version_num varchar(32) PRIMARY KEY);"
    f"CREATE TABLE {s}.legacy (id integer PRIMARY KEY);"
    for s in ("north", "south", "west")
)


@pytest.mark.project(WARDS, env=ENV, files={"clinic.py": CLINIC})
def test_the_models_describe_the_tables_of_every_schema(project: Project) -> None:
    for words in (("plan",), ("plan", "--engine", str(project.url.database))):
        made = project.json(*words)
        assert [f["id"] for f in made["findings"]] == [
            f"PK001:{schema}.ward.id" for schema in ("north", "south", "west")
        ]
        assert {f["confidence"] for f in made["findings"]} == {"proven"}
        assert made["schema_lists"] == [["north", "south", "west"]]
        assert (made["model_tables"], made["tables"]) == (3, 3)
    approved = ("--approve", "all", "--reviewer", "Ada")
    for words in (("generate", *approved), ("rehearse",)):
        said = " ".join(project.run("remediate", *words, expected=2).stderr.split())
        assert (
            f"env.py runs the revisions 3 times in one database ({project.url.database}), for the "
            "schemas north, south, west; a revision that remediate writes or rehearses is for one"
            in said
        )
    shown = " ".join(project.run("remediate", "doctor").stdout.split())
    assert "for the schemas north, south, west" in shown


@pytest.mark.project(WARDS + VERSIONS, env=MAPPED, files={"clinic.py": OF_CLINIC})
def test_schemas_of_a_translate_map_at_other_revisions_and_filtered(project: Project) -> None:
    project.psql("INSERT INTO south.alembic_version VALUES ('abc')")
    made = project.json("plan")
    assert {f["table"] for f in made["findings"] if f["rule"] == "PK001"} == {"ward"}
    assert made["left_out"] == ["north.legacy", "south.legacy", "west.legacy"]
    (behind,) = (u for u in made["unverified"] if u["subject"] == "the schema south")
    assert behind["reason"] == "it is at abc, and most others at no revision"


@pytest.mark.project(WARDS, env=ENV, files={"clinic.py": CLINIC})
def test_the_way_to_one_that_is_named_works(project: Project) -> None:
    there = project.url.set(drivername="postgresql")
    url = f"{there.render_as_string(hide_password=False)}"
    url += f"{'&' if '?' in url else '?'}options=-csearch_path=south"
    way = ("--schema", "south", "--metadata", "clinic:metadata")
    plan = project.json("plan", *way, REMEDIATE_DATABASE_URL=url)
    assert plan["findings"][0]["id"] == "PK001:south.ward.id"
