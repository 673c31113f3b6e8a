"""Read the states of sequences that only the models call, and the ids in their way."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from remediate.catalog import values
from remediate.catalog.session import configure, read_only
from remediate.catalog.writers import refused
from remediate.postgres.direct import Connection
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, family
from remediate.snapshots.tables import Column, Generator, Name, Table

_INDEXES = 16  # of each table, reckoned for the locks of one question


def enrich(connection: Connection, live: Live, declared: Declared) -> Live:
    """The snapshot in which the keys draw from them that have no default of their own."""
    called = dict(_called(live, declared))
    if not called:
        return live
    live = replace(live, tables=tuple(_with_called(table, called) for table in live.tables))
    names = {one.name for name, _ in called for one in family(live.table_of[name], live)}
    part = replace(live, tables=tuple(t for t in live.tables if t.name in names), unread=())
    with read_only(connection):
        configure(connection)
        part = values.enrich(connection, part, dict.fromkeys(names, _INDEXES))
        part = _with_lacks(connection, part)
    read = part.table_of
    return replace(
        live,
        tables=tuple(read.get(t.name, t) for t in live.tables),
        sequences=part.sequences,
        unread=(*live.unread, *(u for u in part.unread if u not in live.unread)),
    )


def _called(live: Live, declared: Declared) -> Iterator[tuple[tuple[Name, str], Name]]:
    for model in declared.tables:
        table = live.table_of.get(model.name)
        for column in model.columns if table and table.partition_of is None else ():
            if table and column.generator is Generator.CLIENT_SEQUENCE:
                (sequence,) = column.sequences
                bare = column.name in table.judged and _is_bare(table.column(column.name))
                if bare and sequence in live.sequence_of:
                    yield (table.name, column.name), sequence


def _is_bare(column: Column) -> bool:
    return column.generator is Generator.NOTHING and column.is_integer


def _with_lacks(connection: Connection, live: Live) -> Live:
    """With the roles that may INSERT and may not use the sequence."""
    pairs = {(called, w.role) for t in live.tables for called in _sequences(t) for w in t.writers}
    denied = refused(connection, pairs)
    return replace(live, tables=tuple(_lacking(t, denied) if denied else t for t in live.tables))


def _lacking(table: Table, denied: set[tuple[Name, str]]) -> Table:
    writers = tuple(
        replace(w, lacks=(*w.lacks, *(s for s in _sequences(table) if (s, w.role) in denied)))
        for w in table.writers
    )
    return replace(table, writers=writers)


def _sequences(table: Table) -> list[Name]:
    return [column.called for column in table.columns if column.called is not None]


def _with_called(table: Table, called: Mapping[tuple[Name, str], Name]) -> Table:
    if not any((table.name, c.name) in called for c in table.columns):
        return table
    columns = (replace(c, called=called.get((table.name, c.name))) for c in table.columns)
    return replace(table, columns=tuple(columns))
