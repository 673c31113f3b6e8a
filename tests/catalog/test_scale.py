"""Many tables: a fixed number of catalog statements, few locks at a time, no wait for the size."""

import pytest
import sqlalchemy as sa

from remediate.catalog import catalog
from remediate.commands.planning import planned
from remediate.config import Config
from remediate.project.reading import Reading
from remediate.rehearsal.scratch import Server
from remediate.snapshots.declared import Declared
from tests.support import helpers

TABLES = """
DO $$ BEGIN
  FOR n IN {first}..{last} LOOP
    EXECUTE 'CREATE TABLE t' || n || ' (id ' || CASE n % 10 WHEN 0 THEN 'integer' ELSE 'serial' END
      || ' PRIMARY KEY, t_id integer REFERENCES t' || n || ', v text)';
    EXECUTE 'CREATE INDEX ON t' || n || ' (t_id)';
    IF n % 3 = 0 THEN EXECUTE 'INSERT INTO t' || n || ' (id) VALUES (7)'; END IF;
  END LOOP;
END $$"""


def watched(url: sa.URL, tables: int) -> tuple[list[str], int, int]:
    """The catalog statements of a plan, the relations it locked at most, and what it found."""
    with helpers.connected(url) as admin:
        for first in range(1, tables, 500):
            last = min(first + 499, tables)
            admin.execute(TABLES.format(first=first, last=last).encode())
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        statements: list[str] = []
        held = [0]

        @sa.event.listens_for(engine, "after_cursor_execute")
        def count(conn, cursor, statement, *_):
            statements.append(statement)
            if len(statements) % max(1, tables // 100) == 0 or "SELECT 0 AS n" not in statement:
                reader = conn.connection.dbapi_connection.info.backend_pid
                held.append(helpers.locks_held(admin, reader, catalogs=True))

        with engine.connect() as reading:
            live = catalog.read(reading)
    found = planned(Reading(live, Declared(), 0, {}), Config()).items
    catalogs = [s for s in statements if s.startswith("-- ")]
    return catalogs, max(held), len(found)


def test_the_number_of_catalog_statements_is_fixed(newest: Server) -> None:
    with newest.database() as few, newest.database() as many:
        of_few, _, found_few = watched(few, 30)
        of_many, held, found_many = watched(many, 600)
    assert of_few == of_many[: len(of_few)] or len(of_few) == len(of_many)
    assert len(of_many) <= 12
    assert held <= 200
    # Behind: every third of those with a sequence; without default: every tenth.
    assert (found_few, found_many) == (9 + 3, 180 + 60)


@pytest.mark.soak
def test_ten_thousand_tables(server: Server) -> None:
    with server.database() as url:
        statements, held, found = watched(url, 10_000)
    assert len(statements) <= 12
    assert held <= 200
    assert found == 3000 + 1000
