"""Read what only an audit asks: every column, the rules of foreign keys, which tables are empty."""

from collections.abc import Iterator

from remediate.catalog.foreign_keys import ACTIONS
from remediate.catalog.holding import holding
from remediate.catalog.session import Row, configure, read_only, rows
from remediate.postgres.direct import Connection
from remediate.snapshots.live import Live, family
from remediate.snapshots.structure import Actions, ColumnShape, Index, Structure
from remediate.snapshots.tables import Name


def read(connection: Connection, live: Live) -> Structure:
    """The structure of the tables of a snapshot, in one read-only transaction."""
    with read_only(connection):
        configure(connection)
        columns = rows(connection, "structure_columns")
        actions = _actions_of_all(connection)
        leaves = {t.name: t for t in live.tables if not t.partitioned}
        held, failures = holding(connection, leaves)
    return Structure(
        columns=tuple(
            ColumnShape(Name(r["schema"], r["name"]), *(r[key] for key in _SHAPE))
            for r in columns
            if Name(r["schema"], r["name"]) in live.table_of
        ),
        actions=actions,
        holds_rows=dict(_of_roots(live, held)),
        unread={
            live.root(live.table_of[name]).name: failures[name]
            for name in sorted(failures)
            if name in live.table_of
        },
    )


def indexes(connection: Connection) -> tuple[Index, ...]:
    """Every valid index of a table that is no partition."""
    with read_only(connection):
        configure(connection)
        found = rows(connection, "structure_indexes")
    return tuple(
        Index(
            Name(r["schema"], r["name"]), r["index"], r["method"],
            tuple(column or "" for column in r["columns"]), r["unique"], r["partial"],
        )
        for r in found
    )  # fmt: skip


def actions(connection: Connection) -> dict[tuple[Name, str], Actions]:
    """What each foreign key does on DELETE and UPDATE, by table and constraint."""
    with read_only(connection):
        configure(connection)
        return _actions_of_all(connection)


def _actions_of_all(connection: Connection) -> dict[tuple[Name, str], Actions]:
    found = rows(connection, "structure_actions")
    return {(Name(r["schema"], r["name"]), r["constraint_name"]): _actions(r) for r in found}


_SHAPE = ("column", "type", "base_type", "not_null", "filled")


def _actions(row: Row) -> Actions:
    return Actions(
        ACTIONS[row["on_delete"]],
        ACTIONS[row["on_update"]],
        row["deferrable"],
        tuple(row["changed"]),
    )


def _of_roots(live: Live, held: dict[Name, bool]) -> Iterator[tuple[Name, bool]]:
    """Whether each table, with its partitions and children, holds a row; unknown ones left out."""
    for table in live.tables:
        if table.partition_of is None:
            known = [held.get(one.name) for one in family(table, live) if not one.partitioned]
            if any(known) or None not in known:
                yield table.name, any(known)
