"""Read what tables that models declare would find, where they are missing."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from remediate.analysis import creation
from remediate.catalog.references import referable
from remediate.catalog.session import Row, read_only, rows
from remediate.postgres.direct import Connection
from remediate.postgres.sql import literal, quote
from remediate.snapshots.declared import UNDECIDED, Declared
from remediate.snapshots.live import Live
from remediate.snapshots.new_tables import NewTable, Unmade
from remediate.snapshots.rights import Right
from remediate.snapshots.tables import PUBLIC, Name

VIRTUAL = 18_00_00  # computed columns, unless they say STORED
_UNQUALIFIED = re.compile(r'"(?:[^"]|"")+"|\w+')
_Wanted = tuple[str, str, str, str]  # kind, schema, name, and how SQL spells it


def enrich(connection: Connection, live: Live, declared: Declared) -> Live:
    """The snapshot with the tables that models declare and that are not there.

    One statement asks for the schemas, types and names that they need; none where none is missing.
    """
    there = {name for name, _ in live.types}
    missing = [t.name for t in declared.tables if t.name not in there]
    tables = creation.in_order(_declared(missing, declared, live.database.version))
    if not tables:
        return live
    path = live.database.search_path
    wanted = dict.fromkeys(one for table in tables for one in _wanted(table, path))
    names = ", ".join(f"({', '.join(map(literal, one))})" for one in wanted)
    with read_only(connection):
        found = rows(connection, "new_tables", names=names)
        unique = referable(connection, {fk.target for t in tables for fk in t.foreign_keys})
        rights = _rights(connection, {t.name.schema for t in tables})
        denied = _denied(connection, tables, live.taken)
    schemas = {r["schema"]: r["may_create"] for r in found if r["kind"] == "schema" and r["there"]}
    closed = {t.name: (Right.CREATE,) for t in tables if not schemas.get(t.name.schema, True)}
    schema = live.database.default_schema
    return replace(
        live,
        referable={**unique, **live.referable},
        role_lacks={**live.role_lacks, **closed},
        unmade=Unmade(
            tables,
            schemas=frozenset(schemas),
            labels={
                Name(r["schema"], r["name"]): tuple(r["labels"])
                for r in found
                if r["kind"] == "type" and r["there"] and r["schema"]
            },
            lacking=_lacking(found),
            taken=frozenset(
                Name(r["schema"], r["name"])
                for r in found
                if r["kind"] == "relation" and r["there"]
            ),
            authors=creation.authors(declared.history, missing, live.table_of, schema),
            writers=_writers(live, {t.name.schema for t in tables}),
            rights=rights,
            denied=denied,
        ),
    )


def _declared(missing: Iterable[Name], declared: Declared, version: int) -> Iterator[NewTable]:
    """As this version of PostgreSQL takes them."""
    for name in missing:
        if new := declared.new_tables.get(name):
            columns = tuple(replace(c, rest=c.stored or c.rest) for c in new.columns)
            new = replace(new, columns=columns) if version < VIRTUAL else new
            yield replace(new, obstacle=UNDECIDED) if name in declared.undecided else new


def _lacking(found: Iterable[Row]) -> frozenset[str]:
    """The types that are nowhere."""
    there = {r["name"] for r in found if r["kind"] == "type" and r["there"]}
    return frozenset(r["name"] for r in found if r["kind"] == "type") - there


def _wanted(table: NewTable, path: Iterable[str]) -> Iterator[_Wanted]:
    """An enum has a schema; another type may be in any of the search_path."""
    schema = table.name.schema
    yield "schema", schema, schema, quote(schema)
    for enum in table.enums:
        yield "type", *enum.name, str(enum.name)
    for type_ in table.types:
        yield "type", "", type_, type_
        for schema in path if _UNQUALIFIED.fullmatch(type_) else ():
            yield "type", "", type_, f"{quote(schema)}.{type_}"
    for name in table.relations:
        yield "relation", *name, str(name)


def _denied(
    connection: Connection, tables: Iterable[NewTable], taken: Collection[Name]
) -> dict[tuple[str, Name], tuple[str, ...]]:
    """By schema of the table and sequence, whoever may INSERT and not use the sequence."""
    wanted = {(t.name.schema, s) for t in tables for s in creation.drawn_from(t, taken)}
    if not wanted:
        return {}
    lines = sorted((schema, *sequence, sequence.sql) for schema, sequence in wanted)
    pairs = ", ".join(f"({', '.join(map(literal, line))})" for line in lines)
    found: dict[tuple[str, Name], tuple[str, ...]] = {}
    for row in rows(connection, "default_rights", pairs=pairs):
        place = row["schema"], Name(row["sequence_schema"], row["sequence"])
        found[place] = (*found.get(place, ()), row["role"])
    return found


def _rights(
    connection: Connection, schemas: Iterable[str]
) -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """By schema the roles, and their rights on other tables that they would lack on a new one."""
    found: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {}
    listed = ", ".join(map(literal, sorted(schemas)))
    for row in rows(connection, "sibling_rights", schemas=listed):
        one = (row["role"], tuple(row["rights"]))
        found[row["schema"]] = (*found.get(row["schema"], ()), one)
    return found


def _writers(live: Live, schemas: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """By schema the roles that may INSERT into a table of it that another role owns."""
    wanted = frozenset(schemas)
    found: dict[str, set[str]] = {}
    for table in live.tables:
        if table.name.schema in wanted:
            roles = {w.role for w in table.writers if w.relation == table.name} - {PUBLIC}
            found.setdefault(table.name.schema, set()).update(roles - {table.owner})
    return {schema: tuple(sorted(roles)) for schema, roles in found.items() if roles}
