"""What the live database says of its rows, in read-only transactions; not one of them is read."""

from dataclasses import dataclass

import psycopg

from remediate.errors import DatabaseProblem
from remediate.postgres import client

# Of a role that row security keeps from rows, PostgreSQL refuses the question: it sees not all.
_CAREFUL = (
    "SET TRANSACTION READ ONLY; SET LOCAL row_security = off; SET LOCAL lock_timeout = '300ms'; "
    "SET LOCAL statement_timeout = '{}s'"
)
_GONE = {"42P01", "42703", "3F000"}
_SOON = 2  # seconds
_LONG = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question: its one value, or why there is none."""

    value: object = None
    sqlstate: str = ""  # "" where there is a value; "08" where the database cannot be reached

    @property
    def why(self) -> str:
        """Why there is no answer."""
        reasons = {
            "42501": "this role may not read all of them",
            "55P03": "another session holds a lock on them",
            "57014": f"the query on them takes longer than {_LONG} s",
        }
        return reasons.get(self.sqlstate, f"the query on them fails ({self.sqlstate})")


def ask(query: str, live: dict[str, str], search_path: str = "", seconds: int = _LONG) -> Answer:
    """The one value that a SELECT gives. It must print no values of rows."""
    try:
        with client.connect(live) as connection, connection.transaction(force_rollback=True):
            connection.execute(_CAREFUL.format(seconds).encode())
            if search_path:
                connection.execute(f"SET LOCAL search_path = {search_path}".encode())
            row = connection.execute(query.encode()).fetchone()
    except psycopg.Error as error:
        return Answer(sqlstate=error.sqlstate or "08")
    except DatabaseProblem:
        return Answer(sqlstate="08")
    return Answer(row[0] if row else None)


def holds(rest: str, live: dict[str, str]) -> bool:
    """Whether `SELECT ... FROM t WHERE ...` gives any: where it cannot be asked, it may.

    `rest` is what follows SELECT, of names that are quoted already.
    """
    answer = ask(f"SELECT EXISTS (SELECT {rest})", live, seconds=_SOON)
    return bool(answer.value) if not answer.sqlstate else answer.sqlstate not in _GONE
