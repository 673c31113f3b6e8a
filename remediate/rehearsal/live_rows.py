"""Whether the live database holds rows; not one of them is read."""

import psycopg

from remediate.errors import DatabaseProblem
from remediate.postgres import client

_WAIT = "SET lock_timeout = '300ms'; SET statement_timeout = '2s'"
_GONE = {"42P01", "42703", "3F000"}


def holds(rest: str, live: dict[str, str]) -> bool:
    """Whether `SELECT ... FROM t WHERE ...` gives any: where it cannot be asked, it may.

    `rest` is what follows SELECT, of names that are quoted already.
    """
    try:
        with client.connect(live) as connection:
            connection.execute(_WAIT)
            row = connection.execute(f"SELECT EXISTS (SELECT {rest})".encode()).fetchone()
    except psycopg.Error as error:
        return error.sqlstate not in _GONE
    except DatabaseProblem:
        return True
    return bool(row and row[0])
