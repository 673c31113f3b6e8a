"""Reach one database by psycopg and by PostgreSQL's programs, with libpq's variables."""

import os
import subprocess
from collections.abc import Sequence
from typing import Any

import psycopg
import sqlalchemy as sa

from remediate.postgres.connections import database_problem
from remediate.system.secrets import scrub

Connection = psycopg.Connection[tuple[Any, ...]]


def environment(url: sa.URL) -> dict[str, str]:
    """libpq's environment variables for the database of a URL."""
    given = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    return {name: str(value) for name, value in given.items() if value}


def connect(libpq: dict[str, str]) -> Connection:
    """A connection in autocommit; raises DatabaseProblem if the database cannot be reached."""
    options = [o for o in psycopg.pq.Conninfo.get_defaults() if o.envvar]
    names = {o.envvar.decode(): o.keyword.decode() for o in options if o.envvar}
    parameters: dict[str, Any] = {names[k]: v for k, v in libpq.items()}
    try:
        return psycopg.connect("", autocommit=True, **parameters)
    except psycopg.OperationalError as error:
        raise database_problem(error, "the database cannot be reached") from error


def run(arguments: Sequence[object], libpq: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a program such as pg_dump; the password is in its environment, not its arguments."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return subprocess.run(
        [str(a) for a in arguments],
        env=inherited | libpq,
        capture_output=True,
        text=True,
        check=False,
    )


def last_line(stderr: str) -> str:
    """The last line of a program's messages, without secrets."""
    lines = [line for line in stderr.strip().splitlines() if line.strip()]
    return scrub(lines[-1]) if lines else "no reason was given"
