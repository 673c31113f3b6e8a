"""Read PostgreSQL's catalog with a fixed number of statements."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from sys import intern

from remediate.catalog import called_functions, foreign_keys, origins, room, values
from remediate.catalog.ahead import Ahead, ahead
from remediate.catalog.session import Row, Shared, configure, read_only, rows, set_based
from remediate.catalog.writers import LateNames, insertable, of_late_defaults, writers
from remediate.errors import DatabaseProblem
from remediate.postgres.direct import Connection, host_of
from remediate.postgres.sql import ident, quoted
from remediate.snapshots import defaults
from remediate.snapshots.live import Database, Live, Unread
from remediate.snapshots.rights import Right
from remediate.snapshots.tables import Column, Generator, Name, Table, Unique, Writer
from remediate.snapshots.tables import Sequence as SequenceFacts

OLDEST = 130000
_NO_FURTHER = "SELECT oid, 0::smallint FROM pg_class WHERE false"


def read(connection: Connection, version_table: Name | None = None, *, traces: bool = True) -> Live:
    """Read every key of the database, in one read-only transaction that holds no lock for long.

    Alembic's own `version_table` is left out; its schema may be "" for the default one. Without
    `traces` of how tables were created, for which only rules ask: they cost most. Raises
    DatabaseProblem if the server is older than PostgreSQL 13, or has few connections left.
    """
    with read_only(connection):
        facts = database(connection)
        configure(connection)
        with set_based(connection), ahead(connection) as server:
            snapshot, indexes = _catalog(server, facts)
        if version_table:
            name = Name(version_table.schema or facts.default_schema, version_table.name)
            snapshot = replace(snapshot, tables=tuple(t for t in snapshot.tables if t.name != name))
        snapshot = origins.enrich(connection, snapshot) if traces else snapshot
        snapshot = values.enrich(connection, snapshot, indexes)
        return called_functions.enrich(connection, snapshot)


def database(connection: Connection) -> Database:
    """The database and the role that reads it; must run before search_path is changed.

    Raises DatabaseProblem for a server that is too old, or has few connections left.
    """
    room.check(connection)
    row = {**rows(connection, "database")[0]}
    identifiable = row.pop("identifiable")
    identifier = rows(connection, "identity")[0]["system_identifier"] if identifiable else ""
    if row["version"] < OLDEST:
        raise DatabaseProblem(
            f"PostgreSQL {row['version'] // 10000} is too old: remediate supports 13 and later",
            "Upgrade the server: the repair relies on what 13 and later record in the catalog.",
        )
    host = host_of(connection)
    row |= {key: tuple(row[key]) for key in ("search_path", "subscriptions")}
    return Database(host=host, system_identifier=identifier, **row)


def _catalog(server: Ahead, database: Database) -> tuple[Live, dict[Name, int]]:
    """What the catalog tells, and how many indexes each table has."""
    begun = partial(_begun, server)
    columns_read = begun("columns", within="true", also=_NO_FURTHER)
    sequences_read = begun("sequences")
    states_read = begun("states") if database.version >= values.STATES_AT_ONCE else tuple
    grants_read = server.begin(lambda c: insertable(c, rows(c, "writers")))
    references_read = begun("foreign_keys")
    paths_read = begun("search_paths")
    taken_read = begun("taken_names")
    lacks_read = tuple if database.superuser else begun("role_lacks")

    shared = Shared()
    columns = columns_read()
    table_names = {r["relid"]: _name(r, shared) for r in columns}
    sequences = sequences_read()
    names = {r["oid"]: _name(r, shared) for r in sequences}
    states = {r["oid"]: r for r in states_read()}
    known = tuple(
        _sequence(names[r["oid"]], r, table_names, states.get(r["oid"])) for r in sequences
    )
    granted = writers(grants_read(), names)
    tables = [*_tables(columns, table_names, names, granted, database)]
    references, nullable = foreign_keys.made(references_read(), shared)
    paths = tuple((r["role"], _path(r["path"], r["role"])) for r in paths_read())
    late = LateNames(dict.fromkeys(names.values()), dict(paths))
    live = Live(
        database=database,
        tables=tuple(server.begin(lambda c: of_late_defaults(c, tables, late))()),
        sequences=known,
        foreign_keys=references,
        nullable=nullable,
        taken_names=frozenset(_name(r, shared) for r in taken_read()),
        search_paths=paths,
        role_lacks={
            Name(r["schema"], r["name"]): tuple(map(Right, r["rights"])) for r in lacks_read()
        },
        unread=tuple(_unread(r, table_names, database) for r in columns if _is_unread(r)),
    )
    return live, {table_names[r["relid"]]: r["indexes"] for r in columns}


def _name(row: Row, shared: Shared) -> Name:
    name: Name = shared[Name(intern(row["schema"]), row["name"])]
    return name


def _begun(server: Ahead, name: str, **parts: str) -> Callable[[], Sequence[Row]]:
    return server.begin(lambda connection: rows(connection, name, **parts))


def _is_unread(row: Row) -> bool:
    return bool(row["column"]) and not row["readable"]


def _unread(row: Row, tables: dict[int, Name], database: Database) -> Unread:
    table, column = tables[row["relid"]], row["column"]
    grant = f"GRANT SELECT ({ident(column)}) ON {table.sql} TO {ident(database.role)}"
    return Unread(table, column, "no SELECT privilege on it", grant)


def _path(text: str, role: str) -> tuple[str, ...]:
    return tuple(role if word == "$user" else word for word in defaults.words(text))


def _tables(
    columns: Sequence[Row],
    names: dict[int, Name],
    sequences: dict[int, Name],
    writers: dict[int, tuple[Writer, ...]],
    database: Database,
) -> Iterable[Table]:
    known = dict.fromkeys(sequences.values())
    members: dict[int, list[Row]] = {}
    children: dict[int, list[int]] = {}
    for row in columns:
        members.setdefault(row["relid"], []).append(row)
    heads = {relid: found[0] for relid, found in members.items()}
    for relid, first in heads.items():
        for parent in first["parents"]:
            children.setdefault(parent, []).append(relid)
    for relid, found in members.items():
        first = found[0]
        parents = tuple(names[p] for p in first["parents"] if p in names)
        yield Table(
            name=names[relid],
            key=tuple(intern(r["column"]) for r in found if r["in_key"]),
            columns=tuple(
                column_of(r, sequences, known, database.search_path) for r in found if r["column"]
            ),
            oid=relid,
            owner=intern(first["owner"]),
            rows=_row_estimate(relid, heads, children),
            inserts=first["inserts"],
            deletes=first["deletes"],
            dead=first["dead"],
            pages=first["pages"],
            logged=first["logged"],
            partitioned=first["partitioned"],
            partition_of=parents[0] if first["partition"] and parents else None,
            inherits=() if first["partition"] else parents,
            children=tuple(names[child] for child in children.get(relid, ())),
            fill_triggers=tuple(first["triggers"]),
            fill_views=tuple(first["through"]),
            subscribed=first["subscribed"],
            writers=writers.get(relid, ()),
        )


def _row_estimate(
    relid: int, heads: Mapping[int, Row], children: Mapping[int, Sequence[int]]
) -> int | None:
    """The statistics' estimate; of a partitioned table, what its partitions are known to hold.

    Only an ANALYZE of somebody counts its rows, not autovacuum's; on PostgreSQL 13 not even that.
    """
    below = children.get(relid, ()) if heads[relid]["partitioned"] else ()
    if not below:
        estimate: int | None = heads[relid]["row_estimate"]
        return estimate
    parts = [_row_estimate(child, heads, children) for child in below]
    known = [rows for rows in parts if rows is not None]
    return sum(known) if known else None


def column_of(
    row: Row, sequences: dict[int, Name], known: dict[Name, None], path: tuple[str, ...]
) -> Column:
    """The column of a row of `sql/columns.sql`, for a session with this search_path."""
    generator = _generator(row)
    owned = tuple(sequences[oid] for oid in row["owned"] if oid in sequences)
    drawn = tuple(sequences[oid] for oid in row["drawn"] if oid in sequences)
    default = row["default_text"] or row["domain_default"] or ""
    if row["exact"] and drawn:
        default = f"nextval({quoted(str(drawn[0]))}::regclass)"
    if generator is Generator.LATE:
        found = defaults.resolve(defaults.late_name(default), path, known)
        drawn = (found,) if found else ()
    return Column(
        name=intern(row["column"]),
        type=intern(row["type"]),
        base_type=intern(row["base_type"]),
        resolved=intern(row["resolved"] or ""),
        generator=generator,
        not_null=row["not_null"],
        default=default,
        by_domain=row["default_text"] is None and row["domain_default"] is not None,
        sequences=owned[:1] if row["identity"] else drawn,
        owned=owned,
        unique=Unique(row["uniqueness"]),
        leads_index=row["leads_index"],
        checked=row["checked"],
    )


def _generator(row: Row) -> Generator:
    if row["identity"]:
        return Generator.IDENTITY
    if row["stored"]:
        return Generator.STORED
    if row["exact"]:
        return Generator.SEQUENCE
    text = row["domain_default"] if row["default_text"] is None else row["default_text"]
    return Generator.NOTHING if text is None else defaults.kind(text, draws=bool(row["drawn"]))


def _sequence(name: Name, row: Row, tables: dict[int, Name], state: Row | None) -> SequenceFacts:
    owner = None
    if row["owner_relid"]:
        whose = Name(row["owner_schema"], row["owner_table"])
        owner = tables.get(row["owner_relid"], whose), intern(row["owner_column"])
    draws = zip(row["drawing_relids"], row["drawing_columns"], strict=True)
    return SequenceFacts(
        name=name,
        type=intern(row["type"]),
        owner=intern(row["owner"]),
        increment=row["increment"],
        maximum=row["maximum"],
        minimum=row["minimum"],
        start=row["start"],
        cycles=row["cycles"],
        cache=row["cache"],
        logged=row["logged"],
        oid=row["oid"],
        last_value=state["last_value"] if state else None,
        is_called=bool(state["is_called"]) if state else True,
        owned_by=owner,
        identity=row["identity"],
        draws=tuple((tables[relid], intern(column)) for relid, column in draws if relid in tables),
        used_elsewhere=row["used_elsewhere"],
        users=tuple(row["users"]),
    )
