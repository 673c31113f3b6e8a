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
# The view compares text, which is seen only when it is made anew: LIKE takes no integer.
DDL = """
CREATE TABLE t (id integer PRIMARY KEY, v text); INSERT INTO t SELECT generate_series(1, 30);
CREATE TABLE u (id integer PRIMARY KEY, v text);
CREATE TABLE c (id serial PRIMARY KEY, t_id text); CREATE INDEX ON c (t_id);
INSERT INTO c (t_id) SELECT id FROM t; CREATE VIEW w AS SELECT id FROM c WHERE t_id LIKE '1%';
"""
GENERATE = ("remediate", "generate", "--reviewer", "Ann", "--approve")
REFUTED = "FK003:public.c.t_id: "


@pytest.fixture
def project(newest: Server, tmp_path: Path) -> Iterator[Project]:
    with small_project(newest, tmp_path, DDL, models=MODELS) as made:
        yield made


def test_the_refuted_finding_is_named(project: Project) -> None:
    files = project.files()
    refused = project.run(*GENERATE, "all", expected=4)
    assert re.findall(r"[A-Z]+\d+:public\S+", refused.stderr) == [REFUTED.strip()]
    told = " ".join(refused.stderr.split())
    assert "operator does not exist: integer ~~ " in told
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
