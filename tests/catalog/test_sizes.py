"""How much tables hold, by the statistics: what nobody has looked at is not empty."""

import time

import psycopg
import pytest
import sqlalchemy as sa

from remediate.catalog import sizes
from tests.support import helpers


@pytest.mark.soak
def test_a_table_that_nobody_has_analyzed(url: sa.URL, connection: psycopg.Connection) -> None:
    """PostgreSQL 13 shows it like an empty one."""
    with helpers.connected(url) as writing:
        writing.execute("""
            CREATE TABLE seen (id integer PRIMARY KEY); CREATE TABLE unseen (id integer PRIMARY KEY);
            INSERT INTO seen VALUES (1); INSERT INTO unseen VALUES (1), (2); ANALYZE seen""")
    _await_statistics(connection)
    assert {t.name.name: t.rows for t in helpers.snapshot(url).tables} == {"seen": 1, "unseen": 2}
    told = {one.table.name: one.told for one in sizes.read(connection)}
    assert told == {"seen": True, "unseen": False}


def _await_statistics(connection: psycopg.Connection) -> None:
    """Up to PostgreSQL 14 another process collects them, after a moment."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found = connection.execute("SELECT pg_stat_get_live_tuples('unseen'::regclass)").fetchone()
        if found[0]:
            return
        time.sleep(0.1)
