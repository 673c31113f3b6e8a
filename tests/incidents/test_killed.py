"""Killed at every statement: before or after, never between, and the next run finishes."""

import difflib
import os
import signal
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

from remediate.errors import DatabaseProblem
from remediate.rehearsal.scratch import Server, serve
from remediate.snapshots.tables import Name
from tests.conftest import BINARIES
from tests.support import helpers
from tests.support.project import Project, small_project
from tests.support.runner import Runner

DDL = """
CREATE TABLE users (id serial PRIMARY KEY, name text);
INSERT INTO users (name) SELECT 'n' FROM generate_series(1, 60);
CREATE TABLE posts (id serial PRIMARY KEY, user_id varchar(9));
INSERT INTO posts (user_id) SELECT n FROM generate_series(1, 60) n;
INSERT INTO posts (user_id) VALUES ('007'), (' 8');
CREATE VIEW written AS SELECT user_id FROM posts;
CREATE TABLE late (id serial PRIMARY KEY, user_id integer);
INSERT INTO late (user_id) VALUES (1);
ALTER TABLE late ADD CONSTRAINT later FOREIGN KEY (user_id) REFERENCES users NOT VALID;
ANALYZE
"""
MODELS = """
from sqlalchemy import Column, ForeignKey, Integer, Table
Table("users", metadata, Column("id", Integer, primary_key=True))
Table("posts", metadata, Column("id", Integer, primary_key=True), Column("user_id", Integer, ForeignKey("users.id")))
"""
VERSION = "SELECT string_agg(version_num, ',') FROM alembic_version"


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """One that may crash, and keeps what it has committed: scratch servers need not."""
    version = list(BINARIES)[-1]
    with serve(BINARIES[version], version) as server:
        with server.database() as url, helpers.connected(url) as connection:
            connection.execute("ALTER ROLE CURRENT_USER SET synchronous_commit = on")
        yield server


@pytest.fixture(scope="module")
def project(
    own_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Project, Runner]]:
    folder = tmp_path_factory.mktemp("killed")
    with small_project(own_server, folder, DDL, models=MODELS) as made:
        made.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
        assert len(made.generated()) == 2
        yield (
            made,
            Runner(
                made.url,
                (str(made.versions),),
                recursive=False,
                version_table=Name("", "alembic_version"),
            ),
        )


def child(run: Callable[[], None], at: int, strike: Callable[[psycopg.Connection], None]) -> bool:
    """Runs in its own process, struck before its statement number `at`; whether it ended well."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    try:
        count = 0

        def before(connection: sa.Connection, *_: object) -> None:
            nonlocal count
            count += 1
            if count == at:
                strike(connection.connection.driver_connection)  # type: ignore[arg-type]

        sa.event.listen(sa.Engine, "before_cursor_execute", before)
        run()
        os._exit(0)
    finally:
        os._exit(1)


def kill_the_migration(connection: psycopg.Connection) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crash_the_server(connection: psycopg.Connection) -> None:
    """A backend that dies takes the whole server with it, as an immediate stop does."""
    os.kill(connection.info.backend_pid, signal.SIGKILL)


def state(project: Project) -> tuple[str, str]:
    """The version, and the schema with all rows of what is converted."""
    version = ""
    with helpers.connected(project.url) as connection:
        if connection.execute("SELECT to_regclass('alembic_version')").fetchone() != (None,):
            version = str(connection.execute(VERSION).fetchone()[0] or "")
        query = "SELECT string_agg(p::text, ',' ORDER BY id) FROM posts p"
        rows = str(connection.execute(query).fetchone()[0])
    return version, helpers.dump(project.url) + rows


def recovered(project: Project) -> None:
    """Returns when the server has taken connections for a while."""
    steady, deadline = 0, time.monotonic() + 30
    while steady < 5:
        assert time.monotonic() < deadline, "the server did not come back"
        time.sleep(0.05)
        try:
            with helpers.connected(project.url):
                steady += 1
        except (psycopg.OperationalError, DatabaseProblem):
            steady = 0


def difference(one: str, other: str) -> list[str]:
    return [*difflib.unified_diff(one.splitlines(), other.splitlines(), n=0)]


@pytest.mark.parametrize(
    ("strike", "every"),
    [
        (kill_the_migration, 3),
        pytest.param(kill_the_migration, 1, marks=pytest.mark.soak),
        pytest.param(crash_the_server, 1, marks=pytest.mark.soak),
    ],
)
def test_at_every_statement(
    strike: Callable[[psycopg.Connection], None],
    every: int,
    project: tuple[Project, Runner],
    record_property: Callable[[str, object], None],
) -> None:
    made, alembic = project
    command.downgrade(alembic.config, "base")
    start = state(made)
    alembic.upgrade("+1")
    converted = state(made)
    alembic.upgrade("head")
    end = state(made)
    known = dict((start, converted, end))
    points = 0
    for run, back, wanted in (
        (lambda: alembic.upgrade("head"), lambda: command.downgrade(alembic.config, "base"), end),
        (
            lambda: command.downgrade(alembic.config, "base"),
            lambda: alembic.upgrade("head"),
            start,
        ),
    ):
        back()
        at = 1
        while not child(run, at, strike):
            recovered(made)
            version, text = state(made)
            # In autocommit a revision is half done, and its version is not recorded.
            assert text == known[version] or version == converted[0], f"statement {at}"
            run()
            version, text = state(made)
            changed = difference(text, wanted[1])
            assert changed == [], f"statement {at}: {chr(10).join(changed)}"
            assert version == wanted[0]
            back()
            at += every
            points += 1
    record_property("points", points)
    assert points > 40 // every
    command.downgrade(alembic.config, "base")
    assert state(made) == start
