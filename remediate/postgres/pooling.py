"""Tell whether a pooler lends the same session of the server to several clients in turn."""

import select
from contextlib import closing

from remediate.postgres import client

_PROCESS = "SELECT pg_backend_pid()"
_ROUNDS = 5
_WAIT = 1.0  # seconds, for a session that another client may hold


def lends_sessions(libpq: dict[str, str]) -> bool:
    """Whether transactions of two clients meet in one session: a pooler in transaction mode.

    What a client sets for its session, the clients after it get (measured: with PgBouncer 1.18 the
    empty search_path of pg_dump, in two of three transactions of others).
    """
    with client.connect(libpq) as one:
        if _process(one) == one.info.backend_pid:  # no pooler, which tells a number of its own
            return False
        with closing(client.connect(libpq)) as two:
            for _ in range(_ROUNDS):
                before, other = _process(one), _process_soon(two)
                if other is None:
                    return False
                if before == other or before != _process(one):
                    return True
    return False


def _process(connection: client.Connection) -> int:
    row = connection.execute(_PROCESS.encode()).fetchone()
    return int(row[0]) if row else 0


def _process_soon(connection: client.Connection) -> int | None:
    """None where no session is to be had: whoever has one keeps it."""
    libpq = connection.pgconn
    libpq.send_query(_PROCESS.encode())
    if not select.select([libpq.socket], [], [], _WAIT)[0]:
        return None
    result = libpq.get_result()
    value = result.get_value(0, 0) if result else None
    while libpq.get_result():
        pass
    return int(value) if value else None
