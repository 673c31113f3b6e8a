"""Read when rows were inserted, where they hold that beside their ids: how fast these are used.

A few rows of each key are looked up by its index; of each, its id and its time are read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from remediate.analysis.capacity import capacity
from remediate.analysis.pace import WATCHED_WELL, next_id
from remediate.catalog.batches import Question, ask
from remediate.catalog.session import Row, configure, read_only, rows, wanted
from remediate.catalog.values import SMALL
from remediate.postgres.direct import Connection
from remediate.postgres.sql import ident
from remediate.snapshots.live import Live, drawn_from
from remediate.snapshots.marks import Basis, Mark
from remediate.snapshots.tables import Column, Name, Table

KEYS = 100  # at most: those of which most is used
SHARE = 0.1  # of its ids, at least: how long a fresh key lasts interests nobody
_BACK = (0.001, 0.01, 0.05, 0.2, 0.5, 0.9)  # shares of the ids so far, from the newest one back
_LOCKS = 8  # an estimate: the table with its indexes


@dataclass(frozen=True, slots=True)
class _Key:
    table: Table
    column: Column
    share: float  # of its ids that is used
    next: int
    step: int


def enrich(connection: Connection, live: Live) -> Live:
    """The snapshot with where such keys stood some time ago; without what cannot be read."""
    keys = {(key.table.name, key.column.name): key for key in _most_used(live)}
    if not keys:
        return live
    with read_only(connection):
        configure(connection)
        dated = rows(connection, "dated", wanted=wanted([*keys]))
        answers, _ = ask(connection, [_question(r, keys[_place(r)]) for r in dated])
    marks = {place: _mark(keys[place], *answer) for place, answer in answers.items()}
    return replace(live, marks={place: mark for place, mark in marks.items() if mark})


def _most_used(live: Live) -> list[_Key]:
    return sorted(_used(live), key=lambda key: -key.share)[:KEYS]


def _used(live: Live) -> Iterator[_Key]:
    for table in live.tables:
        if table.partitioned or table.partition_of:
            continue
        for column in table.columns:
            if not column.leads_index and table.pages >= SMALL:
                continue
            room = capacity(table, column, live, cycling=True)
            at = next_id(column, live)
            if room and at is not None and room.share >= SHARE:
                sequence = drawn_from(column, live)
                step = sequence.increment if sequence else 1
                yield _Key(table, column, room.share, at, step)


def _place(row: Row) -> tuple[Name, str]:
    return Name(row["schema"], row["name"]), row["key"]


def _question(row: Row, key: _Key) -> Question:
    """The rows nearest below so many ids, and how many days ago they were inserted."""
    name, time, table = ident(key.column.name), ident(row["column"]), key.table.name.sql
    used = key.next - (1 if key.step > 0 else -1)
    ids = ", ".join(f"({key.next - round(used * share)})" for share in _BACK)
    below, way = ("<=", "DESC") if key.step > 0 else (">=", "ASC")
    select = (
        "SELECT array_agg(dated.id), "
        "array_agg(extract(epoch FROM now() - dated.at)::float8 / 86400) "
        f"FROM (VALUES {ids}) AS back (id) CROSS JOIN LATERAL ("
        f"SELECT {name}::bigint AS id, {time} AS at FROM ONLY {table} "
        f"WHERE {name} {below} back.id ORDER BY {name} {way} LIMIT 1) AS dated "
        "WHERE isfinite(dated.at)"
    )
    return Question(_place(row), select, row["relid"], _LOCKS)


def _mark(key: _Key, ids: Iterable[int] | None, days: Iterable[float] | None) -> tuple[Mark, ...]:
    """The latest that is a week old, else the oldest; () where no row tells a time that is past."""
    pairs = zip(ids or (), days or (), strict=True)
    known = [Mark(id_ + key.step, ago, Basis.ROWS) for id_, ago in pairs if ago > 0]
    weekly = [mark for mark in known if mark.days >= WATCHED_WELL]
    latest = min(weekly, key=lambda mark: mark.days, default=None)
    chosen = latest or max(known, key=lambda mark: mark.days, default=None)
    return (chosen,) if chosen else ()
