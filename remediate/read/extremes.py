"""The lowest and highest id of tables, read in batches that hold their locks only briefly."""

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from remediate.connections import sqlstate
from remediate.schema import Extremes, Name, Table
from remediate.sql import ident

BATCH = 50  # tables a statement: more gain nothing and hold more locks

Read = dict[Name, Extremes]
Unread = dict[Name, str]


def read(connection: Connection, tables: list[Table]) -> tuple[Read, Unread]:
    """The extremes of each table's first key column; and why some could not be read.

    One transaction over thousands of tables would exhaust the lock table of the whole server
    (53200). Rolling back to a savepoint releases the locks that were taken after it, so each
    batch is one, on the connection and with the role and settings that env.py chose.
    """
    found: Read = {}
    failed: Unread = {}
    plain = [t for t in tables if not t.partitioned]
    batches = [plain[i : i + BATCH] for i in range(0, len(plain), BATCH)]
    batches += [[t] for t in tables if t.partitioned]  # each locks all of its partitions
    while batches:
        batch = batches.pop()
        try:
            found |= _batch(connection, batch)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            if len(batch) == 1:
                failed[batch[0].name] = _reason(error)
            else:
                half = len(batch) // 2
                batches += [batch[:half], batch[half:]]
    return found, failed


def _batch(connection: Connection, tables: list[Table]) -> Read:
    selects = (
        f"SELECT {n} AS n, min({ident(t.key[0])})::bigint AS low, "
        f"max({ident(t.key[0])})::bigint AS high FROM {t.name.sql}"
        for n, t in enumerate(tables)
    )
    savepoint = connection.begin_nested()
    try:
        rows = connection.exec_driver_sql(" UNION ALL ".join(selects)).all()
    finally:
        savepoint.rollback()
    return {tables[n].name: Extremes(low, high) for n, low, high in rows}


def _reason(error: DBAPIError) -> str:
    reasons = {
        "42501": "no privilege to read every row (SELECT, or row security)",
        "55P03": "another session holds a lock on the table",
        "57014": "reading the highest id took longer than 60 seconds",
    }
    return reasons.get(sqlstate(error), str(error.orig).splitlines()[0])
