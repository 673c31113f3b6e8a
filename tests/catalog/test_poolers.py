"""A pooler in transaction mode may stand between: one connection, and nothing is prepared."""

from collections import Counter
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from remediate.commands.plan import plan
from remediate.config import Config
from remediate.rehearsal.scratch import Server

# psycopg prepares a statement that a connection executes more often (its prepare_threshold).
OFTEN = 5
TABLES = """
DO $$ BEGIN
  FOR n IN 1..600 LOOP
    EXECUTE 'CREATE TABLE t' || n || ' (id integer PRIMARY KEY, owner_id text)';
    EXECUTE 'CREATE SEQUENCE t' || n || '_id_seq OWNED BY t' || n || '.id';
  END LOOP;
END $$"""


@pytest.fixture
def executed() -> Iterator[Counter[tuple[int, str]]]:
    """How often each connection executed which statement."""
    seen: Counter[tuple[int, str]] = Counter()

    def count(connection, _cursor, statement, *_) -> None:
        seen[connection.connection.dbapi_connection.info.backend_pid, statement] += 1

    sa.event.listen(sa.Engine, "after_cursor_execute", count)
    yield seen
    sa.event.remove(sa.Engine, "after_cursor_execute", count)


def test_it_looks_with_one_connection(newest: Server, executed: Counter[tuple[int, str]]) -> None:
    with newest.database() as url:
        with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
            connection.exec_driver_sql(TABLES)
        executed.clear()
        made = plan(Config(database_url=url.render_as_string(hide_password=False)))
        assert len({process for process, _ in executed}) == 1
        assert [text for (_, text), times in executed.items() if times > OFTEN] == []
    assert len(made.items) == 600
