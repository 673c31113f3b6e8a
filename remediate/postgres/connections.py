"""Connection URLs, and errors of drivers as DatabaseProblem."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import ArgumentError, DBAPIError

from remediate.errors import DatabaseProblem, UsageProblem
from remediate.system.secrets import remember, scrub

_HIGHEST_PORT = 65_535
_FORM = (
    "It looks like postgresql://user@host:5432/database; "
    "write special characters in the password as %XX."
)

FULL = (
    "Try again when sessions have ended. Who holds them: SELECT pid, usename, application_name, "
    "state, state_change FROM pg_stat_activity ORDER BY state_change."
)
_LOGIN = "Check the user and the password (PGPASSWORD, ~/.pgpass, or env.py's URL)."
_NAME = "Check the database's name in the URL that env.py uses."
_POOLER = (
    "A pooler (PgBouncer) stands before the server, and takes no options (options= of the URL, "
    "PGOPTIONS, or the role that env.py sets): connect to the server itself."
)
_STANDBY = (
    "A standby ends what holds up its replay (max_standby_streaming_delay): try again, or connect "
    "to the primary."
)
# A connection that fails has no SQLSTATE in libpq.
_SAID = {
    "password": _LOGIN,
    "authentication": _LOGIN,
    "too many connections": FULL,
    "too many clients": FULL,
    "connection slots": FULL,
    "no more connections": FULL,  # by PgBouncer
    "unsupported startup parameter": _POOLER,
    "conflict with recovery": _STANDBY,
}
_STATES = {
    "22021": "The database has the encoding SQL_ASCII, and holds names that are no UTF-8. Rename "
    "them, or say what they are: PGCLIENTENCODING=LATIN1, and --no-rehearse for a revision.",
    "28": _LOGIN,
    "3D000": _NAME,
    "42": "Grant this role what it lacks, or use one that may read the catalog.",
    "57": "The server is starting, stopping, or cancelled the statement; try again.",
}
_OTHERWISE = "Check that the server runs and that host, port and database are right."


def engine_url(text: str, which: str = "the database URL") -> sa.URL:
    """The URL for SQLAlchemy with the driver psycopg, whichever driver the text names.

    Raises UsageProblem if the text is not the URL of a PostgreSQL database, in which it is called
    `which`.
    """
    remember(text)
    try:
        url = sa.make_url(text.replace("postgres://", "postgresql://", 1))
        if url.get_backend_name() != "postgresql":
            raise UsageProblem(
                f"{which} is of {url.get_backend_name()}, not of PostgreSQL",
                "Give a postgresql:// URL.",
            )
        url = url.set(drivername="postgresql+psycopg")
        told = f"{'' if url.port is None else url.port},{parameters(url).get('port', '')}"
        ports = [int(port) for port in told.split(",") if port]
    except (ArgumentError, ValueError):  # a port that is no number is a ValueError
        raise UsageProblem(f"{which} cannot be parsed", _FORM) from None  # it repeats parts
    for port in ports:
        if not 1 <= port <= _HIGHEST_PORT:
            told = scrub(str(port))
            raise UsageProblem(f"{which} has the port {told}, which does not exist", _FORM)
    return url


def parameters(url: sa.URL) -> dict[str, Any]:
    """libpq's parameters for the database of a URL, also of one with several hosts.

    Raises ArgumentError for ports that are no numbers.
    """
    dialect: Any = PGDialect_psycopg
    _, given = dialect().create_connect_args(url)
    return dict(given)


def shown_host(url: sa.URL) -> str:
    """Host and port; where a password holds an @, SQLAlchemy takes the rest of it for the host."""
    host = (url.host or "").rpartition("@")[2]
    return f"{host}:{url.port or 5432}" if host else "local socket"


def sqlstate(error: DBAPIError) -> str:
    """The SQLSTATE of an error; "" if the driver has none."""
    return str(getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None) or "")


def database_problem(error: BaseException, where: str) -> DatabaseProblem:
    """The first line of the driver's message, without secrets, and a hint."""
    cause = getattr(error, "orig", None) or error
    lines = scrub(str(cause)).strip().splitlines() or [type(cause).__name__]
    state = sqlstate(error) if isinstance(error, DBAPIError) else ""
    return DatabaseProblem(f"{where}: {lines[0].strip()}", _hint(state, str(cause)))


def _hint(state: str, text: str) -> str:
    told = [hint for words, hint in _SAID.items() if words in text]
    if "database" in text and "does not exist" in text:
        told.append(_NAME)
    told += [hint for known, hint in _STATES.items() if state.startswith(known)]
    return (told or [_OTHERWISE])[0]
