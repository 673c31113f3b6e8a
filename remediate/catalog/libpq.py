"""The environment with which pg_dump reaches the database of a connection."""

import os
from typing import TYPE_CHECKING, Any

import psycopg

from remediate.postgres.direct import Connection, Direct, driver_of

if TYPE_CHECKING:
    import sqlalchemy as sa


def environment(connection: Connection) -> dict[str, str]:
    """libpq's environment variables for the same server, database and user.

    It contains the password: pass it to a child process, never print it. The values come from the
    driver's connection, which has also what env.py set outside of the URL, or else from the URL.
    The variables that the driver itself reads are added, and the role that env.py set.
    """
    parameters = _of_driver(connection)
    if not parameters and not isinstance(connection, Direct):
        parameters = _of_url(connection.engine.url)
    names = {
        option.keyword.decode(): option.envvar.decode()
        for option in psycopg.pq.Conninfo.get_defaults()
        if option.envvar
    }
    inherited = {name: os.environ[name] for name in names.values() if name in os.environ}
    given = {names[k]: str(v) for k, v in parameters.items() if k in names and v not in (None, "")}
    role = _role(connection)
    options = " ".join(filter(None, [given.get("PGOPTIONS", inherited.get("PGOPTIONS")), role]))
    return inherited | given | ({"PGOPTIONS": options} if options else {})


def _role(connection: Connection) -> str:
    """The option that gives a session the same role, if env.py ran SET ROLE; else ""."""
    login, role = connection.exec_driver_sql("SELECT session_user, current_user").one()
    escaped = str(role).replace("\\", "\\\\").replace(" ", "\\ ")
    return f"-c role={escaped}" if role != login else ""


def _of_driver(connection: Connection) -> dict[str, Any]:
    info = getattr(driver_of(connection), "info", None)
    if info is None:
        return {}
    parameters = info.get_parameters() if hasattr(info, "get_parameters") else info.dsn_parameters
    return {**parameters, "password": info.password}


def _of_url(url: "sa.URL") -> dict[str, Any]:
    socket = str(url.query.get("unix_sock", ""))  # of pg8000: /run/postgresql/.s.PGSQL.5432
    folder, _, port = socket.rpartition("/.s.PGSQL.")
    return {
        **url.query,
        "host": url.host or url.query.get("host") or folder,
        "port": url.port or port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
    }
