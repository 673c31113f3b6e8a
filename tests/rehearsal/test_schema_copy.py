"""The scratch schema, from servers whose dump another server does not take as it is."""

from pathlib import Path

import pytest

from remediate.rehearsal import schema_copy
from remediate.rehearsal.schema_copy import without_versions
from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import small_project

MODELS = """\
from sqlalchemy import Column, ForeignKey, Integer, Table
Table("t", metadata, Column("id", Integer, primary_key=True))
Table("c", metadata, Column("id", Integer, primary_key=True), Column("t_id", Integer, ForeignKey("t.id")))
"""
DDL = """\
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t SELECT generate_series(1, 30);
CREATE TABLE c (id serial PRIMARY KEY, t_id text);
INSERT INTO c (t_id) SELECT generate_series(1, 30);
CREATE MATERIALIZED VIEW v AS SELECT id, t_id FROM c;
ALTER MATERIALIZED VIEW v ALTER id SET (n_distinct = 7);
ALTER TABLE c ALTER t_id SET (n_distinct = 5);
"""
# What PostgreSQL 15.20 and its contemporaries write for each column, and keep at every change.
VERSIONS = """\
UPDATE pg_attribute SET attoptions = array_prepend('pg_attver=26488344', attoptions)
WHERE attrelid IN ('t'::regclass, 'c'::regclass, 'v'::regclass) AND attnum > 0
"""
SET = "ALTER TABLE ONLY public.c ALTER COLUMN a SET"


@pytest.mark.newest_in_ci
def test_versions_of_columns_are_the_servers_own(server: Server, tmp_path: Path) -> None:
    ddl = f"{DDL}; {VERSIONS}"
    with small_project(server, tmp_path, ddl, models=MODELS) as project:
        before = helpers.dump(project.url)
        assert "n_distinct=5" in before
        approved = ("--approve", "all", "--reviewer", "Ann", "--allow", "REFRESHED_CONTENT")
        project.run("remediate", "generate", *approved)
        for file in project.generated():
            assert "pg_attver" not in file.read_text()
            assert "key alone" not in file.with_suffix(".md").read_text()
        project.run("alembic", "upgrade", "head")
        assert project.json("plan")["findings"] == []
        project.run("alembic", "downgrade", "base")
        assert helpers.dump(project.url) == before


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        (f"{SET} (pg_attver=7);\n", ""),
        (f"{SET} (pg_attver=7, n_distinct=5);\n", f"{SET} (n_distinct=5);\n"),
        (f"{SET} (n_distinct=5, pg_attver=7, x=3);\n", f"{SET} (n_distinct=5, x=3);\n"),
        (f"{SET} (n_distinct=5);\n", f"{SET} (n_distinct=5);\n"),
        ('ALTER TABLE ONLY "a.""b"."c\nd" ALTER COLUMN "e;" SET (pg_attver=7);\n', ""),
        ("ALTER FOREIGN TABLE ONLY public.f ALTER COLUMN a SET (pg_attver=7);\n", ""),
        ("COMMENT ON TABLE t IS '(pg_attver=7)';\n", "COMMENT ON TABLE t IS '(pg_attver=7)';\n"),
    ],
)  # fmt: skip
def test_only_the_versions_go(printed: str, kept: str) -> None:
    around = "CREATE TABLE public.c (\n    a integer\n);\n{}ALTER TABLE public.c OWNER TO o;\n"
    assert without_versions(around.format(printed)) == around.format(kept)


def test_what_was_not_laid_is_told_with_its_reason() -> None:
    told = (
        'psql:<stdin>:5: ERROR:  extension "x" is not available\n'
        "HINT:  The extension must first be installed.\n"
        "psql:<stdin>:5: STATEMENT:  CREATE EXTENSION x;\n"
        'psql:<stdin>:9: ERROR:  unrecognized configuration parameter "y"\n'
        "psql:<stdin>:9: STATEMENT:  SET y = 0;\n"
    )
    (limit,) = schema_copy._failures(told)
    assert (limit.subject, limit.reason) == ("CREATE EXTENSION x", 'extension "x" is not available')
