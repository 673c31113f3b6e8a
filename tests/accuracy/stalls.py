"""What a repair locks, for whom it stalls, and what it does to the rows: observed as it runs.

Nothing here is a time. A repair stalls a statement if that statement, sent while the repair's locks
are held, does not get its own lock within a moment.
"""

import threading
import time
from dataclasses import dataclass, replace

import psycopg
import sqlalchemy as sa

from remediate.findings.finding import Finding
from remediate.findings.remedy import Hazard, Kind, Lock, Remedy, Step
from remediate.postgres.queries import fetch
from remediate.rehearsal.scratch import Server
from remediate.revisions.finishing import finishing
from remediate.revisions.script import script
from remediate.rules import rule_of
from tests.corpora.repairs import ROWS, Repair
from tests.support import helpers

# PostgreSQL's table-level modes, weakest first, with the words of its documentation.
MODES = {
    "AccessShareLock": "ACCESS SHARE",
    "RowShareLock": "ROW SHARE",
    "RowExclusiveLock": "ROW EXCLUSIVE",
    "ShareUpdateExclusiveLock": "SHARE UPDATE EXCLUSIVE",
    "ShareLock": "SHARE",
    "ShareRowExclusiveLock": "SHARE ROW EXCLUSIVE",
    "ExclusiveLock": "EXCLUSIVE",
    "AccessExclusiveLock": "ACCESS EXCLUSIVE",
}
_STRENGTH = ["", *MODES.values()]
_TABLES = "SELECT oid::text FROM pg_class WHERE relkind IN ('r', 'p') AND oid >= 16384"
_FILE = "SELECT pg_relation_filenode('t')"
_READ = """
SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_xact_user_tables WHERE relname = 't'"""
_PATIENCE = "SET lock_timeout = '100ms'"


@dataclass(frozen=True, slots=True)
class Part:
    """One transaction of a repair, or what of it runs in autocommit."""

    lock: str = ""  # the strongest on a table
    reads_wait: bool = False
    writes_wait: bool = False  # an INSERT, which also asks for the sequence of its default
    rewritten: bool = False
    scanned: bool = False  # every row was read

    def beside(self, other: "Part") -> "Part":
        """Both, the worse of each."""
        return Part(
            max(self.lock, other.lock, key=_STRENGTH.index),
            self.reads_wait or other.reads_wait,
            self.writes_wait or other.writes_wait,
            self.rewritten or other.rewritten,
            self.scanned or other.scanned,
        )


@dataclass(frozen=True, slots=True)
class Observed:
    """A repair on one server: its transaction, what follows in autocommit, what was predicted."""

    repair: Repair
    version: int
    together: Part
    alone: Part | None
    lock: str  # that the remedy announces for its transaction
    lock_alone: str
    rewrites: bool  # that the remedy announces
    stalls: bool  # an INSERT, by what it announces to lock
    seconds: float  # for which the transaction's locks were held

    @property
    def differences(self) -> tuple[str, ...]:
        """Where what was observed is not what was predicted."""
        alone = self.alone or Part()
        pairs = (
            ("lock", self.lock, self.together.lock),
            ("lock in autocommit", self.lock_alone, alone.lock),
            ("INSERT waits", str(self.stalls), str(self.together.writes_wait)),
            ("rewrite", str(self.rewrites), str(self.together.rewritten or alone.rewritten)),
        )
        return tuple(
            f"{what}: predicted {then or 'none'}, observed {now or 'none'}"
            for what, then, now in pairs
            if then != now
        )


def observe(server: Server, repair: Repair) -> Observed:
    """Lays the defect, repairs it, and looks on."""
    with server.database() as url, helpers.connected(url) as connection:
        connection.execute(repair.ddl.encode())
        connection.execute("ANALYZE")
        remedy = _remedy(url, repair)
        with helpers.connected(url) as watcher, helpers.connected(url) as other:
            other.execute(_PATIENCE)
            together, seconds = _together(connection, remedy, watcher, other)
            alone = _alone(url, remedy, watcher, other) if remedy.finish else None
    return Observed(
        repair,
        server.version // 10000,
        together,
        alone,
        _predicted(remedy, remedy.steps) if remedy.steps else Lock.NONE.value,
        _predicted(replace(remedy, holds=()), remedy.finish),
        Hazard.ACCESS_EXCLUSIVE_REWRITE in remedy.hazards,
        bool(remedy.steps) and _stalls(remedy),
        seconds,
    )


def _remedy(url: sa.URL, repair: Repair) -> Remedy:
    declared = helpers.declared(repair.metadata)
    live, rule = helpers.snapshot(url, declared), rule_of(repair.rule)
    found = [v for v in rule.find(live, declared, repair.options) if isinstance(v, Finding)]
    remedies = [rule.remedy(finding, live, repair.options) for finding in found]
    (remedy,) = (one for one in remedies if isinstance(one, Remedy))
    return remedy


def _predicted(remedy: Remedy, steps: tuple[Step, ...]) -> str:
    """The strongest lock that it announces on a table; a sequence is none."""
    sequences = {hold.relation for hold in remedy.holds if hold.kind is Kind.SEQUENCE}
    tables = [hold.lock for hold in remedy.holds if hold.kind is Kind.TABLE]
    modes = [*tables, *(s.lock for s in steps if s.relation not in sequences), Lock.NONE]
    return max(modes, key=lambda lock: lock.strength).value


def _stalls(remedy: Remedy) -> bool:
    weakest = Lock.SHARE_ROW_EXCLUSIVE.strength  # of those that an INSERT waits for
    return any(hold.kind is Kind.SEQUENCE or hold.lock.strength >= weakest for hold in remedy.holds)


def _together(
    connection: psycopg.Connection,
    remedy: Remedy,
    watcher: psycopg.Connection,
    other: psycopg.Connection,
) -> tuple[Part, float]:
    """The transaction, looked at before it commits, and the seconds that its statements took."""
    if not remedy.steps:
        return Part(), 0.0
    before, began = _file(connection), time.monotonic()
    with connection.transaction():
        for statement in helpers.statements(script([remedy]).up):
            connection.execute(statement.encode())
        seconds = time.monotonic() - began
        (read,) = connection.execute(_READ).fetchone() or (0,)
        part = _seen(connection.info.backend_pid, watcher, other)
        after = _file(connection)
    return replace(part, rewritten=before != after, scanned=read >= ROWS), seconds


def _seen(pid: int, watcher: psycopg.Connection, other: psycopg.Connection) -> Part:
    tables = {oid for (oid,) in watcher.execute(_TABLES).fetchall()}
    rows = fetch(watcher, "remediate.rehearsal", "locks", pid)
    held = (lock.split(" ") for _, locks in rows for lock in locks.split(","))
    modes = [MODES[mode] for oid, mode in held if oid in tables]
    return Part(
        max(modes, key=_STRENGTH.index, default=""),
        reads_wait=_waits(other, "SELECT FROM t LIMIT 1"),
        writes_wait=_waits(other, "INSERT INTO t DEFAULT VALUES"),
    )


def _waits(other: psycopg.Connection, statement: str) -> bool:
    """What fails for another reason has had its locks."""
    try:
        with other.transaction(force_rollback=True):
            other.execute(statement.encode())
    except psycopg.Error as error:
        return isinstance(error, psycopg.errors.LockNotAvailable)
    return False


def _file(connection: psycopg.Connection) -> int:
    (number,) = connection.execute(_FILE).fetchone() or (0,)
    return int(number)


def _alone(
    url: sa.URL, remedy: Remedy, watcher: psycopg.Connection, other: psycopg.Connection
) -> Part:
    """What runs in autocommit, each statement held up by an open transaction, or looked at inside
    a transaction that is rolled back first.
    """
    part = Part()
    with helpers.connected(url) as connection:
        before = _file(connection)
        for statement in helpers.statements(finishing([remedy]).autocommit):
            if statement.lstrip().startswith("CREATE INDEX CONCURRENTLY"):
                part = part.beside(_held_up(url, connection, statement, watcher, other))
                continue
            if not statement.lstrip().startswith("DROP INDEX CONCURRENTLY"):  # of a cut off build
                part = part.beside(_rolled_back(connection, statement, watcher, other))
            connection.execute(statement.encode())
        return replace(part, rewritten=before != _file(connection))


def _rolled_back(
    connection: psycopg.Connection,
    statement: str,
    watcher: psycopg.Connection,
    other: psycopg.Connection,
) -> Part:
    with connection.transaction(force_rollback=True):
        connection.execute(statement.encode())
        (read,) = connection.execute(_READ).fetchone() or (0,)
        return replace(_seen(connection.info.backend_pid, watcher, other), scanned=read >= ROWS)


def _held_up(
    url: sa.URL,
    connection: psycopg.Connection,
    statement: str,
    watcher: psycopg.Connection,
    other: psycopg.Connection,
) -> Part:
    with helpers.connected(url, autocommit=False) as writer:
        writer.execute("UPDATE t SET id = id WHERE id IS NULL")
        thread = threading.Thread(target=connection.execute, args=[statement.encode()])
        thread.start()
        _until_it_waits(thread, connection.info.backend_pid, watcher)
        part = _seen(connection.info.backend_pid, watcher, other)
        writer.rollback()
        thread.join()
    return replace(part, scanned=True)  # by its documentation twice; no view counts that


def _until_it_waits(thread: threading.Thread, pid: int, watcher: psycopg.Connection) -> None:
    waiting = "SELECT FROM pg_locks WHERE pid = %s AND NOT granted"
    while thread.is_alive() and not watcher.execute(waiting, [pid]).rowcount:
        time.sleep(0.01)
