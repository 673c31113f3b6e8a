"""Reach one database by psycopg and by PostgreSQL's programs, with libpq's variables."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import psycopg

from remediate.postgres import mortal, own
from remediate.postgres.connections import database_problem, parameters
from remediate.system.secrets import scrub

if TYPE_CHECKING:
    import sqlalchemy as sa

Connection = psycopg.Connection[tuple[Any, ...]]


class Cursor(psycopg.Cursor[tuple[Any, ...]]):
    """Marks what it executes, as logs show it where it fails."""

    def execute(self, query: Any, *arguments: Any, **options: Any) -> "Cursor":
        text = query.decode() if isinstance(query, bytes) else query
        return super().execute(own.marked(text).encode(), *arguments, **options)


# Of programs and connections: texts come as UTF-8 from a database of any encoding, and what
# programs say, which is read, comes in English.
_TEXTS = {"PGCLIENTENCODING": "UTF8"}
_SAYING = {"LC_ALL": "C"}
_LOOKS = 0.1  # seconds between two looks at whether a program is still needed
_LIMITS = (
    "SET TRANSACTION READ ONLY; SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '60s'"
)


def environment(url: "sa.URL") -> dict[str, str]:
    """libpq's environment variables for the database of a URL."""
    given = parameters(url)
    return {name: str(given[k]) for k, name in _variables().items() if given.get(k)}


def address(libpq: dict[str, str]) -> str:
    """The database of such variables as a URL for PostgreSQL's programs, without a password.

    A socket's folder and several hosts stand behind the question mark.
    """
    user = f"{quote(libpq['PGUSER'], safe='')}@" if libpq.get("PGUSER") else ""
    host, port = libpq.get("PGHOST", ""), libpq.get("PGPORT", "")
    database = quote(libpq.get("PGDATABASE", ""), safe="")
    if host and not set(host) & set("/,:@"):
        return f"postgresql://{user}{host}{f':{port}' if port else ''}/{database}"
    given = {k: v for k, v in (("host", host), ("port", port)) if v}
    return f"postgresql://{user}/{database}{'?' if given else ''}{urlencode(given)}"


@cache
def _variables() -> dict[str, str]:
    """libpq's name of each parameter, and of its environment variable."""
    options = psycopg.pq.Conninfo.get_defaults()
    return {o.keyword.decode(): o.envvar.decode() for o in options if o.envvar}


@contextmanager
def texts_as_utf8() -> Iterator[None]:
    """Let libpq's connections of this process pass texts as UTF-8, unless the user chose otherwise.

    From a database of the encoding SQL_ASCII they come as bytes else (psycopg), or as plain ASCII
    (psycopg2).
    """
    ours = {name: value for name, value in _TEXTS.items() if name not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)


def connect(libpq: dict[str, str]) -> Connection:
    """A connection in autocommit; raises DatabaseProblem if the database cannot be reached.

    It prepares no statement on the server, where a pooler would keep it for the next client.
    """
    names = {variable: keyword for keyword, variable in _variables().items()}
    given: dict[str, Any] = {names[k]: v for k, v in (libpq | _TEXTS).items()}
    try:
        return psycopg.connect(
            "", autocommit=True, prepare_threshold=None, fallback_application_name=own.NAME,
            cursor_factory=Cursor, **given,
        )  # fmt: skip
    except psycopg.OperationalError as error:
        raise database_problem(error, "the database cannot be reached") from error


@contextmanager
def reading(libpq: dict[str, str]) -> Iterator[Connection]:
    """A connection to read the user's database: one transaction, which cannot write, with limits.

    It waits 2 s for a lock, and takes 60 s a statement. Raises DatabaseProblem for what fails.
    """
    with connect(libpq) as connection:
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(_LIMITS)
                yield connection
        except psycopg.Error as error:
            raise database_problem(error, "the database cannot be read") from error


def run(
    arguments: Sequence[object],
    libpq: dict[str, str],
    given: str | None = None,
    stop: Event | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a program such as pg_dump, `given` on its standard input; `stop` ends it, once it is set.

    The password is in its environment, not its arguments.
    """
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    with subprocess.Popen(
        [str(a) for a in arguments],
        env=inherited | {"PGAPPNAME": own.NAME} | libpq | _TEXTS | _SAYING,
        stdin=None if given is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            streams = _ended(process, None if given is None else given.encode(), stop)
        except BaseException:
            process.kill()
            raise
    # As bytes: names may hold a carriage return, which a text stream would take for a line end.
    told, said = (stream.decode(errors="replace") for stream in streams)
    return subprocess.CompletedProcess(process.args, process.returncode, told, said)


def _ended(
    process: "subprocess.Popen[bytes]", given: bytes | None, stop: Event | None
) -> tuple[bytes, bytes]:
    while True:
        try:
            return process.communicate(given, _LOOKS if stop else None)
        except subprocess.TimeoutExpired:
            given = None  # it is taken once
            if stop and stop.is_set():
                process.terminate()  # pg_dump cancels its statement then


def run_mortal(
    arguments: Sequence[object], libpq: dict[str, str], stop: Event | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a program on the user's database, which leaves it when this one is killed (Linux)."""
    mortally = [sys.executable, "-I", "-S", mortal.__file__, os.getpid(), *arguments]
    return run(mortally, libpq, stop=stop)


def reason(stderr: str) -> str:
    """Why a program failed, in its own words and without secrets."""
    lines = [line for line in stderr.strip().splitlines() if line.strip()]
    # What pg_dump says next is the query, of many lines.
    told = [text for line in lines if (text := line.partition(": error: ")[2])]
    return scrub((told or lines[-1:] or ["it printed no reason"])[0])
