"""The application comes first: one connection, few locks, nothing left in the sessions of a pooler."""

import os
import time
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from remediate.commands.plan import plan
from remediate.commands.planning import planned
from remediate.config import Config
from remediate.errors import DatabaseProblem
from remediate.postgres import client, pooling
from remediate.postgres.queries import query
from remediate.project.inspection import read_with
from remediate.project.reading import Opened
from remediate.rehearsal.scratch import Server
from tests.support import doors, helpers
from tests.support.project import Project

TABLES = """
DO $$ BEGIN
  FOR n IN 1..600 LOOP
    EXECUTE 'CREATE TABLE t' || n || ' (id integer PRIMARY KEY, owner_id text)';
    EXECUTE 'CREATE SEQUENCE t' || n || '_id_seq OWNED BY t' || n || '.id';
  END LOOP;
END $$"""


PREPARED = "SELECT count(*) FROM pg_prepared_statements"


def prepared(opened: Opened) -> int:
    return int(opened.connection.exec_driver_sql(PREPARED).scalar_one())


def test_it_looks_with_one_connection(newest: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with newest.database() as url:
        with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
            connection.exec_driver_sql(TABLES)
        made: list[object] = []
        connect = psycopg.connect
        monkeypatch.setattr(
            psycopg, "connect", lambda *a, **k: made.append(connect(*a, **k)) or made[-1]
        )
        config = Config(database_url=url.render_as_string(hide_password=False))
        reading, statements = read_with(config, prepared)
        assert (len(made), statements) == (1, 0)
    assert len(planned(reading, config).items) == 600


BROKEN = """
CREATE TABLE t (id integer PRIMARY KEY); CREATE SEQUENCE t_id_seq OWNED BY t.id;
CREATE TABLE fine (id serial PRIMARY KEY, t_id integer REFERENCES t);
CREATE UNLOGGED TABLE unlogged (id serial PRIMARY KEY)"""
READING = ("plan", "verify --probe --every-table", "status", "audit", "doctor")


@pytest.mark.project(BROKEN)
def test_a_pooler_keeps_nothing(project: Project, newest: Server) -> None:
    """Whatever was read, the next client gets the session as the one before had it."""
    with doors.pooler(newest) as at:
        behind = Project(project.folder, project.url.set(query=at.query))
        libpq = client.environment(behind.url)
        before = doors.state(behind.url)
        for command in READING:
            done = behind.run("remediate", *command.split(), expected=None)
            assert done.returncode in (0, 1), done.stderr
            assert doors.state(behind.url) == before, command
        assert pooling.lends_sessions(libpq)
        generate = ["generate", "--approve", "all", "--reviewer", "me"]
        refused = behind.run("remediate", *generate, expected=2)
        assert "through a pooler in transaction mode" in refused.stderr
        behind.run("remediate", *generate, "--no-rehearse")
        assert doors.state(behind.url) == before
    assert not pooling.lends_sessions(client.environment(project.url))


@pytest.mark.parametrize(
    ("bound", "free", "said"),
    [
        ("DATABASE {0}", 1, ""),
        ("DATABASE {0}", 0, "the database \\w+ has 0 of 3 connections left: remediate stops, so"),
        ("ROLE shopper", 0, "the role shopper has 0 of 3 connections left: remediate stops, so"),
        ("ROLE shopper", -1, "too many connections for role"),
    ],
)
def test_it_stops_where_connections_run_short(
    newest: Server, bound: str, free: int, said: str
) -> None:
    with newest.database() as url, ExitStack() as stack:
        with helpers.connected(url) as admin:
            admin.execute("CREATE TABLE fine (id serial PRIMARY KEY)")
            admin.execute("DROP ROLE IF EXISTS shopper; CREATE ROLE shopper LOGIN")
            admin.execute(f"ALTER {bound.format(url.database)} CONNECTION LIMIT 3".encode())
        for _ in range(2 - free):
            stack.enter_context(helpers.connected(url, "shopper"))
        given = url.set(username="shopper").render_as_string(hide_password=False)
        if said:
            with pytest.raises(DatabaseProblem, match=said) as stopped:
                plan(Config(database_url=given))
            assert "pg_stat_activity" in stopped.value.hint
        else:
            assert plan(Config(database_url=given)).items == ()


@pytest.mark.since(14)
@pytest.mark.turns_in_ci
def test_a_statement_ends_with_its_client(url: sa.URL, connection: psycopg.Connection) -> None:
    with closing(client.connect(client.environment(url))) as reading:
        reading.autocommit = False
        reading.execute("SET client_connection_check_interval = 0")  # as servers have it
        reading.execute(query("remediate.catalog", "session").encode())
        pid = reading.info.backend_pid
        reading.pgconn.send_query(b"SELECT pg_sleep(50)")
        with Path(os.devnull).open() as nothing:
            os.dup2(nothing.fileno(), reading.pgconn.socket)  # as the system does with one killed
        deadline = time.monotonic() + 10
        while connection.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone():
            assert time.monotonic() < deadline
            time.sleep(0.05)
