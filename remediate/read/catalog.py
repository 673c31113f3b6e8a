"""PostgreSQL's catalog as a Snapshot, by a fixed number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection

from remediate.errors import DatabaseProblem
from remediate.read import extremes
from remediate.read.session import read_only, settle
from remediate.schema import (
    Column,
    Database,
    ForeignKey,
    Generator,
    Name,
    Snapshot,
    Table,
    Writer,
)
from remediate.schema import (
    Sequence as SequenceFacts,
)

OLDEST = 130000

Row = Any  # a mapping of the statement's column names


def read(connection: Connection, version_table: Name | None = None) -> Snapshot:
    """Every key of the database, in one read-only transaction that holds no lock for long.

    Alembic's own `version_table` is left out; its schema may be "" for the default one.
    """
    with read_only(connection):
        database = _database(connection)
        settle(connection)
        snapshot = _catalog(connection, database)
        if version_table:
            name = Name(version_table.schema or database.default_schema, version_table.name)
            snapshot = replace(snapshot, tables=tuple(t for t in snapshot.tables if t.name != name))
        return _with_extremes(connection, snapshot)


def _with_extremes(connection: Connection, snapshot: Snapshot) -> Snapshot:
    """The ids of those keys that nothing generates: what a repair starts from."""
    closed = {name for name, _ in snapshot.unread}
    suspects = [t for t in snapshot.tables if _suspect(t) and t.name not in closed]
    found, failed = extremes.read(connection, suspects)
    tables = tuple(replace(t, extremes=found.get(t.name)) for t in snapshot.tables)
    suspected = {t.name for t in snapshot.tables if _suspect(t)}
    unread = tuple(u for u in snapshot.unread if u[0] in suspected) + tuple(failed.items())
    return replace(snapshot, tables=tables, unread=unread)


def _suspect(table: Table) -> bool:
    first = table.columns[0]
    alone = len(table.key) == 1 and table.partition_of is None
    return alone and first.is_integer and first.generator is Generator.NOTHING


def _database(connection: Connection) -> Database:
    row = _rows(connection, "database")[0]
    if row["version"] < OLDEST:
        raise DatabaseProblem(
            f"PostgreSQL {row['version'] // 10000} is too old: 13 is the oldest that is supported",
            "Upgrade the server; the repair relies on what 13 and later record in the catalog.",
        )
    url = connection.engine.url
    host = f"{url.host}:{url.port or 5432}" if url.host else "local socket"
    return Database(host=host, **row)


def _rows(connection: Connection, name: str) -> Sequence[Row]:
    statement = files(__package__).joinpath("sql", f"{name}.sql").read_text()
    return connection.exec_driver_sql(statement).mappings().all()


def _catalog(connection: Connection, database: Database) -> Snapshot:
    columns = _rows(connection, "columns")
    sequences = _rows(connection, "sequences")
    table_names = {r["relid"]: Name(r["schema"], r["name"]) for r in columns}
    sequence_names = {r["oid"]: Name(r["schema"], r["name"]) for r in sequences}
    writers = _writers(_rows(connection, "writers"))
    return Snapshot(
        database=database,
        tables=tuple(_tables(columns, table_names, sequence_names, writers)),
        sequences=tuple(_sequence(r, table_names) for r in sequences),
        foreign_keys=tuple(_foreign_key(r) for r in _rows(connection, "foreign_keys")),
        taken_names=frozenset(
            Name(r["schema"], r["name"]) for r in _rows(connection, "taken_names")
        ),
        unread=tuple(
            (table_names[r["relid"]], f"no SELECT privilege on {r['column']}")
            for r in columns
            if not r["readable"]
        ),
    )


def _tables(
    rows: Sequence[Row],
    names: dict[int, Name],
    sequences: dict[int, Name],
    writers: dict[int, tuple[Writer, ...]],
) -> Iterable[Table]:
    members: dict[int, list[Row]] = {}
    children: dict[int, list[Name]] = {}
    for row in rows:
        members.setdefault(row["relid"], []).append(row)
    for relid, (first, *_) in members.items():
        children.setdefault(first["parent"], []).append(names[relid])
    for relid, key in members.items():
        first = key[0]
        yield Table(
            name=names[relid],
            key=tuple(r["column"] for r in key),
            columns=tuple(_column(r, sequences) for r in key),
            oid=relid,
            owner=first["owner"],
            rows=first["row_estimate"],
            inserts=first["inserts"],
            partitioned=first["partitioned"],
            partition_of=names.get(first["parent"]) if first["partition"] else None,
            children=tuple(children.get(relid, ())),
            fill_triggers=tuple(first["triggers"]),
            subscribed=first["subscribed"],
            writers=writers.get(relid, ()),
        )


def _column(row: Row, sequences: dict[int, Name]) -> Column:
    owned = tuple(sequences[oid] for oid in row["owned"] if oid in sequences)
    drawn = tuple(sequences[oid] for oid in row["drawn"] if oid in sequences)
    return Column(
        name=row["column"],
        type=row["type"],
        base_type=row["base_type"],
        generator=_generator(row),
        not_null=row["not_null"],
        default=row["default_text"] or row["domain_default"] or "",
        sequences=owned if row["identity"] else drawn,
        owned=owned,
    )


def _generator(row: Row) -> Generator:
    if row["identity"]:
        return Generator.IDENTITY
    if row["stored"]:
        return Generator.STORED
    if row["default_text"] is not None:
        return _default_kind(row)
    return Generator.DOMAIN if row["domain_default"] is not None else Generator.NOTHING


def _default_kind(row: Row) -> Generator:
    text = row["default_text"]
    if row["drawn"] and text.startswith("nextval(") and text.endswith("::regclass)"):
        return Generator.SEQUENCE
    # DEFAULT NULL is stored as an expression, and generates nothing.
    return Generator.NOTHING if text.startswith("NULL::") else Generator.EXPRESSION


def _sequence(row: Row, tables: dict[int, Name]) -> SequenceFacts:
    table = tables.get(row["owner_relid"], Name("", ""))
    return SequenceFacts(
        name=Name(row["schema"], row["name"]),
        type=row["type"],
        owner=row["owner"],
        increment=row["increment"],
        maximum=row["maximum"],
        owned_by=(table, row["owner_column"]) if row["owner_relid"] else None,
        used=row["used"],
        users=tuple(row["users"]),
    )


def _foreign_key(row: Row) -> ForeignKey:
    return ForeignKey(
        table=Name(row["schema"], row["name"]),
        columns=tuple(row["columns"]),
        target=Name(row["target_schema"], row["target_name"]),
        target_columns=tuple(row["target_columns"]),
    )


def _writers(rows: Sequence[Row]) -> dict[int, tuple[Writer, ...]]:
    found: dict[int, tuple[Writer, ...]] = {}
    for row in rows:
        writer = Writer(row["role"], Name(row["schema"], row["name"]), row["insertable"])
        found[row["relid"]] = (*found.get(row["relid"], ()), writer)
    return found
