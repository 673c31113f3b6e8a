"""What a migration does on its connection: its statements, their errors, and the locks it holds.

The locks are read from a second connection, because the first may be in an aborted transaction.
"""

import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg
import sqlalchemy as sa

from remediate.postgres.queries import fetch

# Seconds after which to look at locks after every statement would take longer than the statements:
# thousands of locks are many to look at.
_ENOUGH = 0.5
_SHARE = 20  # then one second in so many

Emit = Callable[..., None]  # emit("statement", number=1, sql="...")

_STEERING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "BEGIN", "START", "END")
_IN_ERROR = "idle in transaction (aborted)"
_IN_TRANSACTION = "idle in transaction"
PID = "remediate_pid"  # under which a connection's info holds that of its server process


@dataclass(frozen=True, slots=True)
class Reported:
    """What PostgreSQL said of an error, by whichever driver it came."""

    sqlstate: str
    message: str
    detail: str = ""  # with its hint
    context: str = ""  # the statements and functions within which it came, innermost first


def reported(error: BaseException) -> Reported:
    """psycopg and psycopg2 have it in `diag`, asyncpg in the cause, pg8000 in a dict of fields."""
    original = getattr(error, "orig", None) or error
    state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None) or ""
    if diag := getattr(original, "diag", None):
        said = [diag.message_primary, diag.message_detail, diag.message_hint, diag.context]
    elif original.args and isinstance(fields := original.args[0], dict):
        state, said = fields.get("C", ""), [fields.get(key) for key in "MDHW"]
    else:
        cause = original.__cause__ if state else None
        said = [getattr(cause, name, None) for name in ("message", "detail", "hint", "context")]
    message, *more, context = said
    return Reported(
        state, message or str(original).strip(), ". ".join(filter(None, more)), context or ""
    )


class Watch:
    """Tells of each statement of one revision. `apart`: a savepoint around each of them."""

    def __init__(
        self, emit: Emit, watcher: psycopg.Connection, step: dict[str, Any], *, apart: bool
    ) -> None:
        self.emit, self.watcher, self.apart = emit, watcher, apart
        self.inside = False  # of upgrade() or downgrade()
        self.turn_to(step)
        self.held: set[tuple[str, str, str]] = set()
        self.transaction = ""  # that holds them
        self.locks: frozenset[str] = frozenset()  # OIDs with modes
        self.names: dict[str, tuple[str, str] | None] = {}  # None: of what is not told
        self.open: list[int] = []  # failed statements of which nobody knows what follows
        self.connection: Any = None  # of the driver
        self.pid = 0  # of its server process
        self.began = 0.0
        self.looking = 0.0  # seconds, altogether
        self.looked = 0.0  # when
        self.last_look = 0.0  # seconds

    def turn_to(self, step: dict[str, Any]) -> None:
        """Tell of this revision from now on."""
        self.file: str = step["file"]
        self.watched: bool = step["watched"]
        self.number = 0

    def listen(self, engine: sa.Engine) -> None:
        sa.event.listen(engine, "before_cursor_execute", self._before)
        sa.event.listen(engine, "after_cursor_execute", self._after)
        sa.event.listen(engine, "handle_error", self._error)

    def settle(self) -> None:
        """Decide about what failed: did a savepoint bring the transaction back?"""
        if self.open and self._status() == _IN_TRANSACTION:
            for number in self.open:
                self.emit("recovered", number=number)
        self.open.clear()

    def finish(self) -> None:
        """The end of the revision's function."""
        self.settle()
        if self.looking >= _ENOUGH:  # else the last look was after the last statement
            self._look()

    def _before(self, connection: sa.Connection, _cursor: Any, sql: str, *_: object) -> None:
        self.connection = connection.connection.dbapi_connection
        self.pid = connection.info.get(PID, 0)
        if not _goes_back(sql):
            self.settle()
        self.number += self.inside
        number = self.number if self.inside else 0
        self.emit("statement", number=number, sql=sql, line=line_in(self.file))
        if self._is_apart(sql):
            self._steer("SAVEPOINT remediate_apart")
        self.began = time.monotonic()

    def _after(self, _c: Any, cursor: Any, sql: str, *_: object) -> None:
        self.emit("took", seconds=round(time.monotonic() - self.began, 4), rows=cursor.rowcount)
        if self._is_apart(sql) and self._status() == _IN_TRANSACTION:
            self._steer("RELEASE SAVEPOINT remediate_apart")
        if _goes_back(sql):
            self.settle()
        if self.inside and self.watched and self._is_time():
            self._look()

    def _is_time(self) -> bool:
        since = time.monotonic() - self.looked
        return self.looking < _ENOUGH or since > _SHARE * self.last_look

    def _error(self, context: Any) -> None:
        said, status = reported(context.original_exception), self._status()
        self.emit(
            "error",
            number=self.number if self.inside else 0,
            sqlstate=said.sqlstate,
            message=said.message,
            detail=said.detail,
            context=said.context,
            alone=status not in (_IN_ERROR, _IN_TRANSACTION),
        )
        if self._is_apart(context.statement or "") and status == _IN_ERROR:
            self._steer("ROLLBACK TO SAVEPOINT remediate_apart")
        elif status == _IN_ERROR and self.inside:
            self.open.append(self.number)

    def _status(self) -> object:
        """As the server tells it: drivers differ in what they know of their transaction."""
        rows = fetch(self.watcher, __package__, "session_state", self.pid)
        return rows[0][0] if rows else None

    def _steer(self, statement: str) -> None:
        with closing(self.connection.cursor()) as cursor:
            cursor.execute(statement)

    def _is_apart(self, sql: str) -> bool:
        steers = sql.lstrip().upper().startswith(_STEERING)
        return self.apart and self.inside and not steers and not self.connection.autocommit

    def _look(self) -> None:
        """Tell of the locks that are new since the last look, and of those that are gone."""
        began = time.monotonic()
        rows = fetch(self.watcher, __package__, "locks", self.pid)
        now = self._held(*(rows[0] if rows else ("", "")))
        for held, new in ((True, now - self.held), (False, self.held - now)):
            for schema, name, mode in sorted(new):
                self.emit(
                    "lock", schema=schema, name=name, mode=mode, held=held, number=self.number
                )
        self.held = now
        self.looked = time.monotonic()
        self.last_look = self.looked - began
        self.looking += self.last_look

    def _held(self, transaction: str, locks: str) -> set[tuple[str, str, str]]:
        """Schema, name and mode of each. Names are asked for once in a transaction: joined to the
        catalog, the locks of hundreds of tables took twice as long, after every statement.
        """
        before, held = self.locks, self.held
        if transaction != self.transaction:  # what the last one made can be seen now
            self.transaction, self.names, before, held = transaction, {}, frozenset(), set()
        self.locks = frozenset(filter(None, locks.split(",")))
        return (held - self._named(before - self.locks)) | self._named(self.locks - before)

    def _named(self, locks: frozenset[str]) -> set[tuple[str, str, str]]:
        pairs = [lock.split(" ") for lock in locks]
        if new := {oid for oid, _ in pairs} - self.names.keys():
            self.names |= dict.fromkeys(new)
            for oid, schema, name in fetch(self.watcher, __package__, "locked_relations", [*new]):
                self.names[oid] = schema, name
        return {(*name, mode) for oid, mode in pairs if (name := self.names[oid])}


def _goes_back(sql: str) -> bool:
    return sql.lstrip().upper().startswith("ROLLBACK")


def line_in(file: str) -> int:
    """The line of this file that is being run, nearest to here; 0 where none is."""
    frame = sys._getframe(1)  # noqa: SLF001  (the traceback module formats every frame)
    found = frame if frame.f_code.co_filename == file else None
    while found is None and frame.f_back is not None:
        frame = frame.f_back
        found = frame if frame.f_code.co_filename == file else None
    return found.f_lineno if found else 0
