"""Published tables that lack a key: nobody may change their rows or delete them, the rehearsal must."""

from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.support.project import small_project

MODELS = """
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("post", metadata, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("comment", metadata, sa.Column("id", sa.Integer, primary_key=True),
         sa.Column("post_id", sa.ForeignKey("post.id"), index=True))
sa.Table("visit", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False))
"""
COPIED = """
CREATE TABLE post (id integer); INSERT INTO post SELECT generate_series(1, 5);
CREATE TABLE comment (id integer, post_id integer); INSERT INTO comment SELECT g, g FROM generate_series(1, 5) g;
CREATE INDEX ON comment (post_id);
CREATE TABLE visit (id integer) PARTITION BY RANGE (id);
CREATE TABLE visit_low PARTITION OF visit FOR VALUES FROM (0) TO (1000);
CREATE PUBLICATION "to a copy" FOR TABLE post, comment, visit;
CREATE PUBLICATION deletes FOR TABLE post WITH (publish = 'delete, truncate');
"""
NARROW = """
CREATE TABLE post (id bigserial PRIMARY KEY);
CREATE TABLE vote (post_id integer); CREATE INDEX ON vote (post_id);
CREATE PUBLICATION votes FOR TABLE vote;
"""
WITHOUT = """
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("post", metadata, sa.Column("id", sa.BigInteger, primary_key=True))
sa.Table("vote", metadata, sa.Column("post_id", sa.ForeignKey("post.id"), index=True))
"""


@pytest.mark.newest_in_ci
@pytest.mark.parametrize(
    ("ddl", "models", "accepted"),
    [(COPIED, MODELS, ()), (NARROW, WITHOUT, ("--allow", "PUBLISHED_TABLE"))],
    ids=["tables that get their key", "a reference that grows"],
)
def test_repairs_are_proven(
    ddl: str, models: str, accepted: tuple[str, ...], newest: Server, tmp_path: Path
) -> None:
    with small_project(newest, tmp_path, ddl, models=models) as project:
        project.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann", *accepted)
        project.run("alembic", "upgrade", "head")
        left = {f["rule"] for f in project.json("plan")["findings"]}
        assert left == set()
        project.run("alembic", "downgrade", "base")
