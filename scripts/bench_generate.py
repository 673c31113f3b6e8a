"""How long `remediate generate` takes, as a whole process with the start of the scratch server."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from measuring import Command, Figure, run

from remediate.commands.demo import incident
from remediate.postgres import client
from remediate.rehearsal import scratch
from remediate.rehearsal.scratch import Server

TABLES = 5000
GENERATE = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann Example")
TABLE = """\
CREATE TABLE t{n} (id {key}, tenant varchar(40) NOT NULL, name varchar(100) NOT NULL,
  amount numeric(10,2) CHECK (amount >= 0), settings jsonb NOT NULL DEFAULT '{{}}',
  created_at timestamptz NOT NULL DEFAULT now(), parent_id integer{reference});
CREATE INDEX ON t{n} (parent_id)"""
ENV = """\
import os
from alembic import context
from sqlalchemy import Column, Integer, MetaData, Table, create_engine

metadata = MetaData()
for n in range({tables}):
    Table(f"t{{n}}", metadata, Column("id", Integer, primary_key=True))
with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
"""


def of_many(server: Server, tables: int, rounds: int) -> Figure:
    """Every tenth key of so many tables is broken; the models declare all of them."""
    with server.database() as url, tempfile.TemporaryDirectory() as folder:
        _fill(url, tables)
        project = _project(Path(folder), tables)
        seconds = tuple(_generate(project, url) for _ in range(rounds + 1))[1:]
    what = f"generate: {tables // 10} broken keys of {tables:,} tables"
    return Figure(what, seconds, 8, "s")


def of_incident(server: Server, rounds: int) -> Figure:
    """The project of `remediate demo`, at its last revision."""
    incident.create_roles(server)
    with server.database("career") as empty, tempfile.TemporaryDirectory() as folder:
        url, project = incident.own_database(empty), incident.copy_project(Path(folder))
        run(_command(project, url, "alembic", "upgrade", "head"))
        seconds = tuple(_generate(project, url) for _ in range(rounds + 1))[1:]
    return Figure("generate: the incident's 26 broken keys of 31 tables", seconds, 4, "s")


def _fill(url: sa.URL, tables: int) -> None:
    with client.connect(client.environment(url)) as connection:
        for n in range(tables):
            key = "integer PRIMARY KEY" if n % 10 == 0 else "serial PRIMARY KEY"
            reference = f" REFERENCES t{n // 2}" if n else ""
            connection.execute(TABLE.format(n=n, key=key, reference=reference).encode())
        connection.execute("ANALYZE")


def _project(folder: Path, tables: int) -> Path:
    (folder / "migrations" / "versions").mkdir(parents=True)
    (folder / "migrations" / "env.py").write_text(ENV.format(tables=tables))
    template = incident.PROJECT / "migrations" / "script.py.mako"
    shutil.copy(template, folder / "migrations" / "script.py.mako")
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n")
    return folder


def _generate(project: Path, url: sa.URL) -> float:
    """Seconds; what it writes is gone afterwards."""
    with _restored(project / "migrations" / "versions"):
        return run(_command(project, url, *GENERATE)).seconds


@contextmanager
def _restored(versions: Path) -> Iterator[None]:
    known = {*versions.iterdir()}
    yield
    for file in {*versions.iterdir()} - known:
        shutil.rmtree(file) if file.is_dir() else file.unlink()


def _command(project: Path, url: sa.URL, *words: str) -> Command:
    environment = {"DATABASE_URL": url.render_as_string(hide_password=False)}
    return Command((sys.executable, "-m", *words), environment, project)


def measured(rounds: int) -> Iterator[Figure]:
    """Both cases, on one embedded server for the databases that are repaired."""
    with scratch.scratch() as server:
        yield of_incident(server, rounds)
        yield of_many(server, TABLES, rounds)
