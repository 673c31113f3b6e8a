"""The types of a table's columns, down to what they are made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch
from remediate.snapshots.tables import Name

_Key = tuple[int, int]  # OID and modifier


@dataclass(frozen=True, slots=True)
class Type:
    """A type of PostgreSQL with its modifier."""

    kind: str  # pg_type.typtype
    category: str  # pg_type.typcategory
    schema: str
    name: str  # pg_type.typname
    sql: str  # with its modifier, as a cast names it
    plain: str  # without it
    modifier: int = -1  # pg_attribute.atttypmod
    labels: tuple[str, ...] = ()  # of an enum, in their order
    checks: tuple[str, ...] = ()  # of a domain
    parts: tuple["Type", ...] = ()  # under a domain, in an array, a range, a composite type

    @property
    def base(self) -> "Type":
        """The type under all domains."""
        return self.parts[0].base if self.kind == "d" else self


@dataclass(frozen=True, slots=True)
class Column:
    """A column that an INSERT may name."""

    name: str
    type: Type
    required: bool  # NOT NULL, by itself or by its domain
    defaulted: bool  # the database has a value for it


@dataclass(frozen=True, slots=True)
class _Found:
    type: Type
    parts: tuple[_Key, ...]

    @property
    def is_plain(self) -> bool:
        """Whether nothing more is to be known of it."""
        return self.type.kind == "b" and self.type.category != "A"


def columns(connection: Connection, table: Name) -> tuple[Column, ...]:
    """The columns of a table, but for generated ones, in their order; () where there is none."""
    return columns_of(connection, [table])[table]


def columns_of(connection: Connection, tables: Iterable[Name]) -> dict[Name, tuple[Column, ...]]:
    """The same of several tables."""
    by_name = {str(table): table for table in tables}
    rows = fetch(connection, __package__, "columns", [*by_name])
    found = {row[4:6]: _found((*row[4:], [], [], [])) for row in rows}
    if not all(one.is_plain for one in found.values()):
        there = [*dict.fromkeys(row[0] for row in rows)]
        found = {row[:2]: _found(row) for row in fetch(connection, __package__, "types", there)}
    made: dict[Name, list[Column]] = {table: [] for table in by_name.values()}
    for of, name, required, defaulted, oid, modifier, *_ in rows:
        made[by_name[of]].append(Column(name, _whole((oid, modifier), found), required, defaulted))
    return {table: tuple(some) for table, some in made.items()}


def _found(row: tuple[Any, ...]) -> _Found:
    _, modifier, kind, category, name, sql, plain, schema, labels, checks, parts = row
    made = Type(kind, category, schema, name, sql, plain, modifier, tuple(labels), tuple(checks))
    return _Found(made, tuple((oid, of) for oid, of in parts))


def _whole(key: _Key, found: Mapping[_Key, _Found]) -> Type:
    one = found[key]
    return replace(one.type, parts=tuple(_whole(part, found) for part in one.parts))
