"""Connection URLs, and errors of drivers as DatabaseProblem."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from remediate.errors import DatabaseProblem, UsageProblem
from remediate.system.secrets import remember, scrub

if TYPE_CHECKING:
    import sqlalchemy as sa

_HIGHEST_PORT = 65_535
_FORM = (
    "It looks like postgresql://user@host:5432/database; "
    "write special characters in the password as %XX."
)

FULL = (
    "Try again when sessions have ended. These sessions hold them: SELECT pid, usename, "
    "application_name, state, state_change FROM pg_stat_activity ORDER BY state_change."
)
LOGIN = "Check the user and the password (PGPASSWORD, ~/.pgpass, or env.py's URL)."
NAME = "Check the database's name in the URL that env.py uses."
_POOLER = (
    "A pooler (PgBouncer) in front of the server accepts no options (options= of the URL, "
    "PGOPTIONS, or the role that env.py sets): connect to the server itself."
)
_STANDBY = (
    "A standby cancels what holds up its replay (max_standby_streaming_delay): try again, or "
    "connect to the primary."
)
_TIMEOUT = (
    "The server ends what takes longer than this role or database may. Allow this session more: "
    "PGOPTIONS='-c idle_in_transaction_session_timeout=60s' (likewise transaction_timeout)."
)
# A connection that fails has no SQLSTATE in libpq.
_SAID = {
    "password": LOGIN,
    "authentication": LOGIN,
    "too many connections": FULL,
    "too many clients": FULL,
    "connection slots": FULL,
    "no more connections": FULL,  # by PgBouncer
    "unsupported startup parameter": _POOLER,
    "conflict with recovery": _STANDBY,
    "transaction timeout": _TIMEOUT,  # of an idle one, too
}
_STATES = {
    "25006": "Something writes in the transaction in which remediate reads, or on a standby. "
    "Let env.py commit what it writes before it calls context.configure(), or write "
    "elsewhere.",
    "22021": "The database has the encoding SQL_ASCII, and holds names that are not UTF-8. "
    "Rename them, or name their encoding: PGCLIENTENCODING=LATIN1, and --no-rehearse for a "
    "revision.",
    "28": LOGIN,
    "3D000": NAME,
    "42": "Grant this role what it lacks, or use one that may read the catalog.",
    "57": "The server is starting, stopping, or cancelled the statement; try again.",
}
_OTHERWISE = "Check that the server runs and that host, port and database are right."


def engine_url(text: str, which: str = "the database URL") -> "sa.URL":
    """The URL for SQLAlchemy with the driver psycopg, whichever driver the text names.

    Raises UsageProblem if the text is not the URL of a PostgreSQL database, in which it is called
    `which`.
    """
    import sqlalchemy as sa  # noqa: PLC0415  (0.2 s to import)

    _check(text, which)
    try:
        url = sa.make_url(text.replace("postgres://", "postgresql://", 1))
        if url.get_backend_name() != "postgresql":
            raise UsageProblem(
                f"{which} is of {url.get_backend_name()}, not of PostgreSQL",
                "Use a postgresql:// URL.",
            )
        url = url.set(drivername="postgresql+psycopg")
        told = f"{'' if url.port is None else url.port},{parameters(url).get('port', '')}"
        ports = [int(port) for port in told.split(",") if port]
    except (sa.exc.ArgumentError, ValueError):  # a port that is no number is a ValueError
        raise UsageProblem(f"{which} cannot be parsed", _FORM) from None  # it repeats parts
    for port in ports:
        if not 1 <= port <= _HIGHEST_PORT:
            told = scrub(str(port))
            raise UsageProblem(f"{which} has the port {told}, which does not exist", _FORM)
    return url


def _check(text: str, which: str) -> None:
    """Raises UsageProblem for a NUL, at which libpq would end the name or the password."""
    remember(text)
    if "\0" in unquote(text):
        raise UsageProblem(f"{which} holds a NUL character (%00)", _FORM)


def parameters(url: "sa.URL") -> dict[str, Any]:
    """libpq's parameters for the database of a URL, also of one with several hosts.

    Raises ArgumentError for ports that are no numbers.
    """
    from sqlalchemy.dialects.postgresql.psycopg import (  # noqa: PLC0415  (0.2 s to import)
        PGDialect_psycopg,
    )

    dialect: Any = PGDialect_psycopg
    _, given = dialect().create_connect_args(url)
    return dict(given)


def shown_host(url: "sa.URL") -> str:
    """Host and port; where a password holds an @, SQLAlchemy takes the rest of it for the host."""
    return _shown((url.host or "").rpartition("@")[2], url.port)


def _shown(host: str, port: int | None) -> str:
    return f"{host}:{port or 5432}" if host else "local socket"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a URL leads: libpq's parameters, and host and port as they are shown."""

    parameters: Mapping[str, Any] = field(repr=False)  # holds the password
    host: str


# What every reader of URLs takes for the same. Several hosts, an @ in a password, and whatever
# else has a form of its own in SQLAlchemy is left to that.
_PLAIN = re.compile(
    r"postgres(?:ql)?(?:\+\w+)?://(?:(?P<user>[^\s:/?#@\[\]]+)(?::(?P<password>[^\s:/?#@\[\]]*))?@)?"
    r"(?P<host>[\w.-]*)(?::(?P<port>\d{1,5}))?(?:/(?P<dbname>[^\s/?#]*))?"
    r"(?:\?(?P<query>[^\s?#;]*))?",
    re.ASCII,
)


def address(text: str, which: str = "the database URL") -> Address:
    """Where the URL leads, whichever driver it names; raises UsageProblem as `engine_url` does."""
    _check(text, which)
    plain = _plain(text)
    if plain is not None:
        return plain
    url = engine_url(text, which)
    return Address(parameters(url), shown_host(url))


def _plain(text: str) -> Address | None:
    """Where it leads, if that takes no SQLAlchemy to tell."""
    found = _PLAIN.fullmatch(text)
    if not found:
        return None
    parts = found.groupdict()
    query = parse_qsl(parts.pop("query") or "")
    names = [name for name, _ in query]
    special = any(n in {"host", "port"} and set(v) & set(",:") for n, v in query)
    if special or len(names) != len({*names}) or "port" in names:
        return None
    given = {name: unquote(value) for name, value in parts.items() if value}
    port = int(given["port"]) if "port" in given else None
    if port is not None and not 1 <= port <= _HIGHEST_PORT:
        return None
    return Address(given | dict(query), _shown(parts["host"] or "", port))


def sqlstate(error: BaseException) -> str:
    """The SQLSTATE of an error; "" if the driver has none."""
    cause = getattr(error, "orig", None) or error
    return str(getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None) or "")


def reason(error: BaseException) -> str:
    """The first line of the driver's message."""
    return (str(getattr(error, "orig", None) or error).splitlines() or [""])[0]


def database_problem(error: BaseException, where: str) -> DatabaseProblem:
    """The first line of the driver's message, without secrets, and a hint."""
    cause = getattr(error, "orig", None) or error
    lines = scrub(str(cause)).strip().splitlines() or [type(cause).__name__]
    return DatabaseProblem(f"{where}: {lines[0].strip()}", _hint(sqlstate(error), str(cause)))


def _hint(state: str, text: str) -> str:
    told = [hint for words, hint in _SAID.items() if words in text]
    if "database" in text and "does not exist" in text:
        told.append(NAME)
    told += [hint for known, hint in _STATES.items() if state.startswith(known)]
    return (told or [_OTHERWISE])[0]
