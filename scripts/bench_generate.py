"""How long `remediate generate` takes, as a whole process with the start of the scratch server."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from remediate.commands.demo import incident
from remediate.postgres import client
from remediate.rehearsal import scratch
from remediate.rehearsal.scratch import Server

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


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of each round, and the most that they may take in the median."""

    what: str
    seconds: tuple[float, ...]
    target: float

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        low, high = min(self.seconds), max(self.seconds)
        return f"{self.what}: {self.median:.2f} s ({low:.2f} to {high:.2f}, target {self.target:g})"


def of_many(server: Server, tables: int, rounds: int) -> Measured:
    """Every tenth key of so many tables is broken; the models declare all of them."""
    with server.database() as url, tempfile.TemporaryDirectory() as folder:
        _fill(url, tables)
        project = _project(Path(folder), tables)
        seconds = tuple(_generate(project, url) for _ in range(rounds + 1))[1:]
    return Measured(f"{tables // 10} broken keys of {tables} tables", seconds, 8)


def of_incident(server: Server, rounds: int) -> Measured:
    """The project of `remediate demo`, at its last revision."""
    incident.create_roles(server)
    with server.database("career") as empty, tempfile.TemporaryDirectory() as folder:
        url, project = incident.own_database(empty), incident.copy_project(Path(folder))
        _run(project, url, "alembic", "upgrade", "head")
        seconds = tuple(_generate(project, url) for _ in range(rounds + 1))[1:]
    return Measured("the incident's 26 broken keys of 31 tables", seconds, 4)


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
        start = time.perf_counter()
        _run(project, url, *GENERATE)
        return time.perf_counter() - start


@contextmanager
def _restored(versions: Path) -> Iterator[None]:
    known = {*versions.iterdir()}
    yield
    for file in {*versions.iterdir()} - known:
        shutil.rmtree(file) if file.is_dir() else file.unlink()


def _run(project: Path, url: sa.URL, *words: str) -> None:
    environment = os.environ | {"DATABASE_URL": url.render_as_string(hide_password=False)}
    subprocess.run(
        [sys.executable, "-m", *words],
        cwd=project,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def measured(tables: int = 5000, rounds: int = 5) -> Iterator[Measured]:
    """Both cases, on one embedded server for the databases that are repaired."""
    with scratch.scratch() as server:
        yield of_incident(server, rounds)
        yield of_many(server, tables, rounds)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("tables", nargs="?", type=int, default=5000)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    missed = 0
    for one in measured(given.tables, given.rounds):
        print(one, flush=True)
        missed += one.median > one.target
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
