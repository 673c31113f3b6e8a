"""What the repair promises beyond its statements: races, locks, guards. On real servers."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy as sa

from remediate.revisions.blocks import Block
from tests.support import helpers

pytestmark = pytest.mark.ends_in_ci

TABLE = "CREATE TABLE t (id integer PRIMARY KEY, v text)"
COPIED = (
    "CREATE SEQUENCE IF NOT EXISTS t_id_seq",
    "ALTER SEQUENCE t_id_seq OWNED BY t.id",
    "SELECT setval('t_id_seq', coalesce(max(id), 0) + 1, false) FROM t",
    "ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('t_id_seq')",
)


def duplicates(url: sa.URL, migrate: Callable[[psycopg.Connection], None]) -> int:
    """Duplicate keys after a migration that started while three transactions held higher ids."""
    with helpers.connected(url) as admin:
        admin.execute(f"DROP TABLE IF EXISTS t; {TABLE}")
        admin.execute("INSERT INTO t SELECT n, 'old' FROM generate_series(1, 100) n")
    with helpers.connected(url) as first, helpers.connected(url) as second:
        with helpers.connected(url) as third, helpers.connected(url) as migrating:
            holders = (first, second, third)
            for number, holder in enumerate(holders, 101):
                holder.autocommit = False
                holder.execute("INSERT INTO t VALUES (%s, 'in flight')", [number])
            thread = threading.Thread(target=migrate, args=[migrating])
            thread.start()
            time.sleep(0.3)
            for holder in holders:
                holder.commit()
            thread.join()
    return sum(_collides(url) for _ in range(3))


def _collides(url: sa.URL) -> bool:
    with helpers.connected(url) as writer:
        try:
            writer.execute("INSERT INTO t (v) VALUES ('new')")
        except psycopg.errors.UniqueViolation:
            return True
    return False


def _run(statements: list[str]) -> Callable[[psycopg.Connection], None]:
    def migrate(connection: psycopg.Connection) -> None:
        with connection.transaction():
            for statement in statements:
                connection.execute(statement.encode())

    return migrate


def _scripts(url: sa.URL, connection: psycopg.Connection) -> tuple[tuple[Block, ...], ...]:
    connection.execute(TABLE)
    made = helpers.scripts(url)
    return made.up, made.down


def test_ids_in_flight_give_no_duplicate(url: sa.URL, connection: psycopg.Connection) -> None:
    up, _ = _scripts(url, connection)
    repair = _run(helpers.statements(up))
    assert [duplicates(url, repair) for _ in range(8)] == [0] * 8


def test_ids_that_policies_hide_are_no_gap(url: sa.URL, connection: psycopg.Connection) -> None:
    """FORCE ROW LEVEL SECURITY holds for the owner too: the highest visible id is too low."""
    connection.execute("DROP ROLE IF EXISTS id_owner; CREATE ROLE id_owner")
    connection.execute("GRANT CREATE ON SCHEMA public TO id_owner")
    connection.execute(f"{TABLE}; ALTER TABLE t OWNER TO id_owner")
    connection.execute("INSERT INTO t VALUES (1), (50)")
    up = helpers.scripts(url).up
    connection.execute("CREATE POLICY few ON t USING (id < 10)")
    connection.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    connection.execute("SET ROLE id_owner")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security policy"):
        helpers.run(connection, up)


def test_the_copied_pattern_gives_24(url: sa.URL) -> None:
    """The counter-example: the same eight runs with the SQL that incidents copy."""
    assert sum(duplicates(url, _run(list(COPIED))) for _ in range(8)) == 24


def test_without_its_lock_the_repair_would_give_duplicates(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    """SET DEFAULT locks implicitly; with the value read before it, only the first block helps."""
    up, _ = _scripts(url, connection)
    lock, guard, steps, *_ = up
    *others, default, advance = steps.statements
    reordered = [*others, advance, default]
    assert duplicates(url, _run([*lock.statements, *guard.statements, *reordered])) == 0
    assert duplicates(url, _run(reordered)) == 3


def test_an_older_snapshot_is_refused(url: sa.URL, connection: psycopg.Connection) -> None:
    up, _ = _scripts(url, connection)
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with pytest.raises(psycopg.errors.InvalidTransactionState, match="needs READ COMMITTED"):
        helpers.run(connection, up)


def test_autocommit_is_refused_before_anything_changes(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    """Statement by statement the locks would be gone before the first change."""
    up, _ = _scripts(url, connection)
    lock, guard, *_ = helpers.statements(up)
    connection.execute(lock.encode())
    with pytest.raises(psycopg.errors.NoActiveSqlTransaction, match="as one transaction"):
        connection.execute(guard.encode())


@contextmanager
def reader(url: sa.URL, seconds: float) -> Iterator[None]:
    """A transaction that has read the table and stays open for so long."""
    with helpers.connected(url, autocommit=False) as holder:
        holder.execute("SELECT count(*) FROM t")
        timer = threading.Timer(seconds, holder.rollback)
        timer.start()
        yield
        timer.join()


def test_behind_a_long_reader_others_wait_a_moment_only(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    up, _ = _scripts(url, connection)
    stop, waits = threading.Event(), []

    def query() -> None:
        with helpers.connected(url) as other:
            while not stop.is_set():
                start = time.monotonic()
                other.execute("SELECT * FROM t WHERE id = 1")
                waits.append(time.monotonic() - start)

    thread = threading.Thread(target=query)
    with reader(url, 2.5):
        thread.start()
        helpers.run(connection, up)
    stop.set()
    thread.join()
    # 0.3 s on an idle machine; without the attempts it would be the reader's 2.5 s.
    assert 0.2 < max(waits) < 1.5


def test_a_deadlock_ends_the_repair_and_not_the_application(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    """The application holds b and wants a; the repair locks a, and wants b."""
    connection.execute(
        "CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (id integer PRIMARY KEY)"
    )
    up = helpers.scripts(url).up
    with helpers.connected(url, autocommit=False) as application:
        application.execute("INSERT INTO b VALUES (1)")
        thread = threading.Thread(target=helpers.run, args=[connection, up])
        thread.start()
        time.sleep(0.1)
        application.execute("INSERT INTO a VALUES (1)")
        application.commit()
        thread.join()
    assert helpers.items(url) == []


def test_it_gives_up_with_a_sentence_and_the_database_as_it_was(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    up, _ = _scripts(url, connection)
    before = helpers.dump(url)
    lock = up[0].statements[0].replace(">= 60", ">= 3")
    with reader(url, 3), pytest.raises(psycopg.errors.LockNotAvailable) as caught:
        helpers.run(connection, (Block("", (lock,)), *up[1:]))
    assert caught.value.diag.message_primary == (
        "remediate: no lock after 3 attempts; nothing was changed"
    )
    assert "on t" in (caught.value.diag.message_detail or "")
    assert helpers.dump(url) == before


def test_it_waits_long_enough_for_autovacuum_to_give_way(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    """Autovacuum yields to somebody who has waited for deadlock_timeout, so once it must wait.

    A manual VACUUM in its place holds the same lock; the fifth attempt must outlast 1 s.
    """
    up, _ = _scripts(url, connection)
    with helpers.connected(url, autocommit=False) as vacuum:
        vacuum.execute("LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE")
        thread = threading.Thread(target=helpers.run, args=[connection, up])
        thread.start()
        inserting = threading.Thread(target=_insert_for, args=[url, 4.5, slowest := []])
        inserting.start()
        assert _longest_wait(url, 4.5) > 1.0
        inserting.join()
        # It waits in nobody's way: holding other locks for so long would end in a deadlock.
        assert max(slowest) < 0.9
        vacuum.rollback()
        thread.join()
    assert helpers.items(url) == []


def _insert_for(url: sa.URL, seconds: float, slowest: list[float]) -> None:
    """How long each INSERT took."""
    end = time.monotonic() + seconds
    with helpers.connected(url) as writer:
        for number in itertools.count(1000):
            started = time.monotonic()
            if started > end:
                return
            writer.execute("INSERT INTO t VALUES (%s, 'meanwhile')", [number])
            slowest.append(time.monotonic() - started)


def _longest_wait(url: sa.URL, seconds: float) -> float:
    """For how long anybody waited for a lock without giving up in between."""
    longest, end = 0.0, time.monotonic() + seconds
    with helpers.connected(url) as observer:
        while time.monotonic() < end:
            row = observer.execute(
                "SELECT max(extract(epoch FROM clock_timestamp() - waitstart)) FROM pg_locks "
                "WHERE NOT granted"
            ).fetchone()
            longest = max(longest, float((row and row[0]) or 0))
            time.sleep(0.02)
    return longest


def test_settings_are_as_before_afterwards(url: sa.URL, connection: psycopg.Connection) -> None:
    up, _ = _scripts(url, connection)
    connection.execute("SET lock_timeout = '7s'; SET search_path = public, pg_catalog")
    with connection.transaction():
        for statement in helpers.statements(up):
            connection.execute(statement.encode())
        shown = connection.execute(
            "SELECT current_setting('lock_timeout'), current_setting('search_path')"
        ).fetchone()
    assert shown == ("7s", "public, pg_catalog")


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ("ALTER TABLE t ALTER id SET DEFAULT 5",
            "public.t.id is integer, default 5, expected integer, no default"),
        ("CREATE SEQUENCE s; ALTER TABLE t ALTER id SET DEFAULT nextval('s')",
            "public.t.id is integer, default from public.s, expected integer, no default"),
        ("ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY",
            "public.t.id is integer, identity, expected integer, no default; public.t_id_seq is there, "
            "expected missing"),
        ("ALTER TABLE t ALTER id TYPE bigint",
            "public.t.id is bigint, no default, expected integer, no default"),
        ("ALTER TABLE t RENAME id TO key", "public.t.id is missing, expected integer, no default"),
    ],
    ids=["default", "sequence", "identity", "type", "column renamed"],
)  # fmt: skip
def test_the_guard_refuses_what_the_plan_did_not_see(
    change: str, detail: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    up, _ = _scripts(url, connection)
    connection.execute(change)
    before = helpers.dump(url)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState) as caught:
        helpers.run(connection, up)
    diag = caught.value.diag
    assert diag.message_primary == (
        "remediate: the database is not what this revision was made for; nothing was changed"
    )
    assert diag.message_detail == detail
    assert diag.message_hint == (
        "Either it changed after the plan was made, or it is a new database, which the revisions "
        "before this one create differently. Run: remediate plan"
    )
    assert helpers.dump(url) == before


def test_the_guard_names_a_table_that_is_gone(url: sa.URL, connection: psycopg.Connection) -> None:
    up, _ = _scripts(url, connection)
    connection.execute("DROP TABLE t")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState) as caught:
        helpers.run(connection, up)
    assert caught.value.diag.message_primary == (
        'remediate: relation "public.t" does not exist; nothing was changed'
    )


def test_the_downgrade_refuses_a_default_that_is_not_ours(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    up, down = _scripts(url, connection)
    helpers.run(connection, up)
    connection.execute("ALTER TABLE t ALTER id SET DEFAULT 7")
    before = helpers.dump(url)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
        helpers.run(connection, down)
    assert helpers.dump(url) == before


def test_the_downgrade_spares_a_partition_that_came_later(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute("CREATE TABLE t (id bigint PRIMARY KEY) PARTITION BY RANGE (id)")
    made = helpers.scripts(url)
    helpers.run(connection, made.up)
    connection.execute("CREATE TABLE p PARTITION OF t FOR VALUES FROM (0) TO (10)")
    with pytest.raises(psycopg.errors.DependentObjectsStillExist):
        helpers.run(connection, made.down)
    connection.execute("INSERT INTO t DEFAULT VALUES")


@pytest.mark.parametrize("after", range(7))
def test_killed_anywhere_it_leaves_the_state_before(
    after: int, url: sa.URL, connection: psycopg.Connection
) -> None:
    up, _ = _scripts(url, connection)
    before = helpers.dump(url)
    with helpers.connected(url, autocommit=False) as migrating:
        for statement in helpers.statements(up)[: after + 1]:
            migrating.execute(statement.encode())
        pid = migrating.info.backend_pid
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        with pytest.raises(psycopg.OperationalError):
            migrating.execute("SELECT 1")
    assert helpers.dump(url) == before
    helpers.run(connection, up)
