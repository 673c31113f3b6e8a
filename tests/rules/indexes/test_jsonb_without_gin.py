"""IX001: jsonb columns without a GIN index, that queries ask for containment."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server, serve
from remediate.rules.indexes.jsonb_without_gin import RULE
from tests.conftest import BINARIES
from tests.support import helpers
from tests.support.project import Project, small_project

DOCS = """
CREATE DOMAIN document AS jsonb; CREATE SCHEMA app;
CREATE TABLE app.docs (id serial PRIMARY KEY, data jsonb, kept document, tags jsonb, odd jsonb);
INSERT INTO app.docs (data) SELECT '{}' FROM generate_series(1, 2000);
CREATE INDEX ON app.docs USING gin (tags jsonb_path_ops); CREATE INDEX ON app.docs USING gin ((odd -> 'x'));
CREATE FUNCTION app.found() RETURNS bigint LANGUAGE sql AS
  $$ SELECT count(*) FROM app.docs d WHERE d.data @> '{"secret": 1}' AND d.tags @> '[]' AND d.odd ? 'x' $$;
ANALYZE;
"""


def test_what_a_function_asks(said: helpers.Said) -> None:
    assert said(RULE, DOCS) == [
        "app.docs.data is queried with @> by function app.found, but has no GIN index: every such query reads the "
        "whole table"
    ]


LEFT_ALONE = """
CREATE TABLE docs (id serial PRIMARY KEY, data jsonb, more jsonb);
INSERT INTO docs (data) SELECT '{}' FROM generate_series(1, 2000);
CREATE TABLE small (id serial PRIMARY KEY, data jsonb);
CREATE FUNCTION found() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM small WHERE data ? 'x' $$;
ANALYZE;
"""


def test_what_is_left_alone(said: helpers.Said) -> None:
    """What is only stored, and what is asked of a few rows."""
    assert said(RULE, LEFT_ALONE) == []


NEW = """
CREATE TABLE interview_sessions (id serial PRIMARY KEY, conversation_memory jsonb);
CREATE TABLE interview_messages (id serial PRIMARY KEY, metadata jsonb);
"""


@pytest.mark.project(NEW, models="")
def test_a_new_schema_is_told_once(project: Project) -> None:
    (found,) = project.json("plan")["findings"]
    assert (found["id"], found["severity"]) == ("IX001:database", "info")
    assert found["message"] == (
        "2 jsonb columns have no GIN index: every query for containment (@>, ?, @?) reads the whole table"
    )
    assert found["facts"]["columns"] == [
        ["public", "interview_messages", "metadata"],
        ["public", "interview_sessions", "conversation_memory"],
    ]
    with helpers.connected(project.url) as connection:
        connection.execute("INSERT INTO interview_messages (metadata) VALUES ('{}')")
        assert project.json("plan")["findings"][0]["facts"] == found["facts"]
        connection.execute("INSERT INTO interview_sessions DEFAULT VALUES")
    assert project.json("plan")["findings"] == []
    (asked,) = project.json("plan", "--select", "IX001")["findings"]
    assert len(asked["facts"]["columns"]) == 2


@pytest.fixture
def counting() -> Iterator[Server]:
    """A server that counts statements, which takes a start of its own."""
    binaries = BINARIES[list(BINARIES)[-1]]
    with serve(binaries) as made:
        with helpers.connected(made.url) as connection:
            connection.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
            (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        owner = Path(data).stat().st_uid if os.geteuid() == 0 else None

        def control(*words: str) -> None:
            program = [binaries / "pg_ctl", *words, "-s", "-w", "-D", data]
            subprocess.run(program, check=True, stdout=subprocess.DEVNULL, user=owner)

        control("restart")
        try:
            yield made
        finally:
            control("stop", "-m", "immediate")


def test_what_the_statistics_count(counting: Server, tmp_path: Path) -> None:
    """Never the text of a statement: it may hold anything."""
    with small_project(counting, tmp_path, LEFT_ALONE, models="") as project:
        with helpers.connected(project.url) as connection:
            connection.execute(
                "CREATE SCHEMA extensions; CREATE EXTENSION pg_stat_statements SCHEMA extensions"
            )
            for value in (1, 2, 3):
                connection.execute(
                    "SELECT id AS confidential FROM docs WHERE docs.data @> %s::jsonb",
                    [f'{{"a": {value}}}'],
                )
            connection.execute("SELECT id FROM docs WHERE more -> 'a' @> '1'")
        made = project.run("remediate", "plan", "-f", "json").stdout
        (found,) = project.json("plan")["findings"]
        assert found["message"] == (
            "public.docs.data is queried with @> by pg_stat_statements (3 calls), but has no GIN index: every such "
            "query reads the whole table"
        )
        assert (
            "CREATE INDEX CONCURRENTLY ON public.docs USING gin (data jsonb_path_ops)"
            in found["remedy"]["manual"]
        )
        assert "confidential" not in made


@pytest.mark.project(LEFT_ALONE, models="")
def test_an_extension_that_is_not_loaded(project: Project) -> None:
    with helpers.connected(project.url) as connection:
        connection.execute("CREATE EXTENSION pg_stat_statements")
    assert project.json("plan")["findings"] == []
    (asked,) = project.json("plan", "--select", "IX001")["findings"]
    assert asked["facts"]["counted"] is False
