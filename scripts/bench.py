"""Compare `remediate` with programs that users know, in turns: the machine's noise hits both."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from remediate.postgres import client, programs
from remediate.rehearsal import scratch

ROUNDS = 9
TABLE = """\
CREATE TABLE t{n} (id {key}, tenant varchar(40) NOT NULL, name varchar(100) NOT NULL,
  amount numeric(10,2) CHECK (amount >= 0), active boolean NOT NULL DEFAULT true, tags text[],
  settings jsonb NOT NULL DEFAULT '{{}}', created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz, parent_id integer{reference});
CREATE INDEX ON t{n} (parent_id);
CREATE INDEX ON t{n} (tenant, name);"""
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


def run(command: list[object], folder: Path | None = None, **environment: str) -> float:
    """Seconds that the whole process takes."""
    start = time.perf_counter()
    subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=os.environ | environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def rounds(*commands: Callable[[], float]) -> list[tuple[float, ...]]:
    """Each command once a round, after a round that is not counted."""
    measured = [tuple(command() for command in commands) for _ in range(ROUNDS + 1)]
    return measured[1:]


def report(title: str, pairs: list[tuple[float, float]]) -> float:
    """Print the medians and the median ratio, and return the ratio."""
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{title}\n  {ours:.3f} s against {theirs:.3f} s: ratio {ratio:.2f}")
    return ratio


def table(n: int) -> str:
    """Every tenth key has no default; every table but the first refers to another."""
    key = "integer PRIMARY KEY" if n % 10 == 0 else "serial PRIMARY KEY"
    return TABLE.format(n=n, key=key, reference=f" REFERENCES t{n // 2}" if n else "")


def project(folder: Path, tables: int) -> Path:
    (folder / "migrations" / "versions").mkdir(parents=True)
    (folder / "migrations" / "env.py").write_text(ENV.format(tables=tables))
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n")
    return folder


def plan_against_pg_dump(tables: int) -> float:
    """Both as whole processes, and by what the tables add to an empty database of the same server.

    Importing Alembic and SQLAlchemy takes longer than pg_dump needs for a small database, and a
    model for each table is made by the project's own code, as for `alembic check`. So the last
    figure is the one that says how the reading itself compares.
    """
    plan = [sys.executable, "-m", "remediate", "plan"]
    pg_dump = [programs.clients(18) / "pg_dump", "--schema-only"]
    with (
        scratch.scratch() as server,
        server.database() as full,
        server.database() as empty,
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as other,
    ):
        with client.connect(client.environment(full)) as connection:
            for n in range(tables):
                connection.execute(table(n).encode())
            connection.execute("ANALYZE")
        modelled, bare = project(Path(one), tables), project(Path(other), 0)
        measured = rounds(
            lambda: run(plan, modelled, DATABASE_URL=full.render_as_string()),
            lambda: run(plan, bare, DATABASE_URL=full.render_as_string()),
            lambda: run(plan, bare, DATABASE_URL=empty.render_as_string()),
            lambda: run(pg_dump, **client.environment(full)),
            lambda: run(pg_dump, **client.environment(empty)),
        )
    print(f"{tables} tables on {server.source}, median of {ROUNDS} rounds")
    title = "remediate plan / pg_dump --schema-only"
    report(f"{title}, whole processes, a model for each table", [(m[0], m[3]) for m in measured])
    report("the same by what tables and models add", [(m[0] - m[2], m[3] - m[4]) for m in measured])
    added = [(m[1] - m[2], m[3] - m[4]) for m in measured]
    return report("the same by what the tables add, without models", added)


def help_against_alembic() -> float:
    ours = [sys.executable, "-m", "remediate", "--help"]
    theirs = [sys.executable, "-m", "alembic", "--help"]
    return report(
        "remediate --help / alembic --help", rounds(lambda: run(ours), lambda: run(theirs))
    )


def main(tables: int) -> int:
    ratios = [plan_against_pg_dump(tables), help_against_alembic()]
    print("as promised" if max(ratios) <= 1 else "slower than promised")
    return int(max(ratios) > 1)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
