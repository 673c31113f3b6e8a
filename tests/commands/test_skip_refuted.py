"""One repair that the rehearsal refutes is named, and keeps no other from being written."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.support.project import Project, small_project

MODELS = """
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("u", metadata, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("c", metadata, sa.Column("id", sa.Integer, primary_key=True),
         sa.Column("t_id", sa.Integer, sa.ForeignKey("t.id")))
"""
# The view measures text, which is seen only when its rows are made anew: an integer has no length.
DDL = """
CREATE TABLE t (id integer PRIMARY KEY, v text); INSERT INTO t SELECT generate_series(1, 30);
CREATE TABLE u (id integer PRIMARY KEY, v text);
CREATE TABLE c (id serial PRIMARY KEY, t_id text); CREATE INDEX ON c (t_id);
INSERT INTO c (t_id) SELECT id FROM t;
CREATE FUNCTION long(anyelement) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN length($1); END';
CREATE MATERIALIZED VIEW w AS SELECT long(t_id) FROM c;
"""
ALLOWED = ("--reviewer", "Ann", "--allow", "REFRESHED_CONTENT")
GENERATE = ("remediate", "generate", *ALLOWED, "--approve")
REFUTED = "FK003:public.c.t_id: "


@pytest.fixture
def project(newest: Server, tmp_path: Path) -> Iterator[Project]:
    with small_project(newest, tmp_path, DDL, models=MODELS) as made:
        yield made


@pytest.mark.soak
def test_the_refuted_finding_is_named(project: Project) -> None:
    files = project.files()
    refused = project.run(*GENERATE, "all", expected=4)
    assert re.findall(r"[A-Z]+\d+:public\S+", refused.stderr) == [REFUTED.strip()]
    told = " ".join(refused.stderr.split())
    assert "function length(integer) does not exist" in told
    assert "Write the other 2 with: --skip-refuted" in told
    assert project.files() == files


def test_the_others_are_written(project: Project) -> None:
    made = project.run(*GENERATE, "all", "--skip-refuted")
    assert REFUTED in made.stderr
    project.run("alembic", "upgrade", "head")
    left = project.json("plan")["findings"]
    assert [f["id"] for f in left] == ["FK003:public.c.t_id"]


def test_nothing_is_left_to_write(project: Project) -> None:
    files = project.files()
    refused = project.run(*GENERATE, "FK003", "--skip-refuted", expected=4)
    assert REFUTED in refused.stderr
    assert "Write" not in refused.stderr
    assert project.files() == files


@pytest.mark.soak
def test_what_follows_another_repair_takes_it_not_along(newest: Server, tmp_path: Path) -> None:
    """Once the key draws from a sequence, its type is too narrow; and the view takes no other."""
    near = 2**31 - 48
    ddl = f"""
        CREATE TABLE t (id integer PRIMARY KEY DEFAULT 5, v text);
        INSERT INTO t SELECT {near} - g FROM generate_series(0, 30) g;
        CREATE FUNCTION half(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 / 2';
        CREATE VIEW w AS SELECT half(id) FROM t;
        CREATE TABLE u (id integer PRIMARY KEY, v text);
        CREATE TABLE c (id serial PRIMARY KEY, t_id integer)
    """
    with small_project(newest, tmp_path, ddl, models=MODELS) as project:
        made = project.run(*GENERATE, "all", "--skip-refuted")
        assert "SEQ002:public.t.id beside PK004:public.t.id: STATEMENT_FAILS" in made.stderr
        assert "not repaired by them: SEQ002:public.t.id" in made.stderr
        project.run("alembic", "upgrade", "head")
        left = project.json("plan")["findings"]
        assert [f["id"] for f in left if f["severity"] == "error"] == ["SEQ002:public.t.id"]


@pytest.mark.soak
def test_what_is_not_written_is_not_to_be_deleted(project: Project) -> None:
    """From a revision that waits: it does the same as a refuted repair, and as one that stands."""
    type_ = 'op.alter_column("c", "t_id", type_=sa.Integer(), postgresql_using="t_id::integer")'
    sequence = 'op.execute("CREATE SEQUENCE u_id_seq")'
    waiting = project.versions / "0001_x.py"
    waiting.write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '0001'\ndown_revision = None\n"
        f"def upgrade():\n    op.execute('DROP VIEW w')\n    {type_}\n    {sequence}\n"
        "def downgrade():\n    pass\n"
    )
    made = project.run(*GENERATE, "all", "--before", "0001", "--skip-refuted")
    lines = waiting.read_text().splitlines()
    places = re.findall(r"0001_x\.py:(\d+)  ", made.stdout)
    assert [lines[int(number) - 1].strip() for number in places] == [sequence]
