"""One plan of many schemas, and one of many databases, all with the same 31 tables."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import bench_plan
import psycopg
import sqlalchemy as sa
from measuring import Command, Figure, in_turns, ratios, seconds

from remediate.postgres import client, programs
from remediate.rehearsal.scratch import Server

TABLES = 31
WORKING = 2  # of them; the others have keys that nothing generates
SCHEMAS = 300
DATABASES = 50


def measured(server: Server, rounds: int) -> Iterator[Figure]:
    """What many cost, beside what they cost by other means."""
    yield _of_schemas(server, rounds)
    yield _of_databases(server, rounds)


def _of_schemas(server: Server, rounds: int) -> Figure:
    dump = str(programs.clients(18) / "pg_dump")
    with server.database() as url, tempfile.TemporaryDirectory() as folder:
        with client.connect(client.environment(url)) as connection:
            for number in range(SCHEMAS):
                _fill(connection, f"tenant_{number}")
        bench_plan.analyze(url)
        database = {"REMEDIATE_DATABASE_URL": bench_plan.text_of(url)}
        runs = in_turns(
            {
                "plan": Command(bench_plan.PLAN, database, Path(folder)),
                "pg_dump": Command((dump, "--schema-only"), client.environment(url)),
            },
            rounds,
        )
    what = f"{SCHEMAS:,} schemas of {TABLES} tables: plan -f json / pg_dump --schema-only"
    return Figure(what, ratios(seconds(runs["plan"]), seconds(runs["pg_dump"])))


def _of_databases(server: Server, rounds: int) -> Figure:
    with ExitStack() as stack, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        urls = [stack.enter_context(_filled(server)) for _ in range(DATABASES)]
        text = "".join(
            f'[[target]]\nname = "shop{n}"\nurl = "{bench_plan.text_of(url)}"\n'
            for n, url in enumerate(urls)
        )
        (folder / "targets.toml").write_text(text)
        one = {"REMEDIATE_DATABASE_URL": bench_plan.text_of(urls[0])}
        runs = in_turns(
            {
                "all": Command((*bench_plan.PLAN, "--targets", "targets.toml"), {}, folder),
                "one": Command(bench_plan.PLAN, one, folder),
            },
            rounds,
        )
    each = tuple(many / DATABASES for many in seconds(runs["all"]))
    what = f"{DATABASES} databases of {TABLES} tables: plan --targets for each / plan of one"
    return Figure(what, ratios(each, seconds(runs["one"])), 1.0)


@contextmanager
def _filled(server: Server) -> Iterator[sa.URL]:
    with server.database() as url:
        with client.connect(client.environment(url)) as connection:
            _fill(connection, "shop")
        yield url


def _fill(connection: psycopg.Connection, schema: str) -> None:
    connection.execute(f"CREATE SCHEMA {schema}; SET search_path = {schema}".encode())
    for n in range(TABLES):
        key = "serial" if n < WORKING else "integer"
        reference = f" REFERENCES t{n // 2}" if n else ""
        connection.execute(
            f"CREATE TABLE t{n} (id {key} PRIMARY KEY, name text NOT NULL, "
            f"parent_id integer{reference})".encode()
        )
