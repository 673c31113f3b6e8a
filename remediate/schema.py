"""What exists: frozen facts about tables, columns, keys and sequences.

The same words serve both sides: `live` is read from the database, `declared` from the models.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from remediate.sql import ident, quote

PUBLIC = "public"  # everybody; PostgreSQL allows no role of this name
INTEGER_MAX = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


class Name(NamedTuple):
    """A relation's schema and name, as they stand in the catalog."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{quote(self.schema)}.{quote(self.name)}"

    @property
    def sql(self) -> str:
        """The name for use in a statement."""
        return ident(self.schema, self.name)


class Generator(StrEnum):
    """Who fills a column when an INSERT leaves it out."""

    NOTHING = "nothing"
    SEQUENCE = "sequence"  # DEFAULT nextval(...)
    IDENTITY = "identity"
    EXPRESSION = "expression"  # any other default
    DOMAIN = "domain"  # a default of the column's domain
    STORED = "stored"  # GENERATED ALWAYS AS (...)
    DATABASE = "database"  # models: the ORM leaves the column out and expects a value back
    CLIENT = "client"  # models: a Python-side default
    CLIENT_SEQUENCE = "client-sequence"  # models: the ORM calls nextval itself


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a primary key."""

    name: str
    type: str  # as format_type() prints it
    base_type: str  # the same with domains resolved
    generator: Generator
    not_null: bool = True
    default: str = ""  # its expression; of a model: why the database is not to fill it
    sequences: tuple[Name, ...] = ()  # those its default, identity or model draws from
    owned: tuple[Name, ...] = ()  # those that are OWNED BY it

    @property
    def is_integer(self) -> bool:
        return self.base_type in INTEGER_MAX


@dataclass(frozen=True, slots=True)
class Writer:
    """A role that may INSERT, and the relation through which: the table or a view over it."""

    role: str  # or PUBLIC
    relation: Name
    insertable: bool = True  # False: a view that takes no plain INSERT


@dataclass(frozen=True, slots=True)
class Extremes:
    """Lowest and highest id in a table; both None when it is empty."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model is written."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table or a partitioned table."""

    name: Name
    key: tuple[str, ...]
    columns: tuple[Column, ...]  # those of the key
    oid: int = 0
    owner: str = ""
    rows: int | None = None  # the statistics' estimate
    inserts: int | None = None  # since the statistics were reset
    partitioned: bool = False
    partition_of: Name | None = None
    children: tuple[Name, ...] = ()  # partitions and inheritance children
    fill_triggers: tuple[str, ...] = ()  # enabled BEFORE INSERT FOR EACH ROW
    subscribed: bool = False  # target of logical replication
    writers: tuple[Writer, ...] = ()
    extremes: Extremes | None = None  # None: not read
    model: Source | None = None

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A declared FOREIGN KEY."""

    table: Name
    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence and who depends on it."""

    name: Name
    type: str
    owner: str
    increment: int
    maximum: int
    owned_by: tuple[Name, str] | None = None  # also by identity
    used: bool = False  # by a default, a domain or a function
    users: tuple[str, ...] = ()  # roles that hold USAGE, besides the owner


@dataclass(frozen=True, slots=True)
class Database:
    """Which database was read, and as whom."""

    name: str
    host: str  # host:port, never the URL
    version: int  # server_version_num, e.g. 180006
    system_identifier: str
    role: str
    superuser: bool = False
    default_schema: str = "public"

    @property
    def version_text(self) -> str:
        return f"{self.version // 10000}.{self.version % 10000}"


NO_DATABASE = Database(name="", host="", version=0, system_identifier="", role="")


@dataclass(frozen=True)
class Snapshot:
    """One side of the comparison, at one moment."""

    tables: tuple[Table, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    taken_names: frozenset[Name] = frozenset()  # relations called like a sequence
    unread: tuple[tuple[Name, str], ...] = ()  # table, why its data could not be read
    database: Database = NO_DATABASE

    @cached_property
    def table_of(self) -> dict[Name, Table]:
        return {t.name: t for t in self.tables}

    @cached_property
    def sequence_of(self) -> dict[Name, Sequence]:
        return {s.name: s for s in self.sequences}

    @cached_property
    def references(self) -> dict[Name, tuple[ForeignKey, ...]]:
        """The foreign keys of each table."""
        return _grouped((fk.table, fk) for fk in self.foreign_keys)

    @cached_property
    def referrers(self) -> dict[Name, tuple[ForeignKey, ...]]:
        """The foreign keys that point at each table."""
        return _grouped((fk.target, fk) for fk in self.foreign_keys)


def _grouped(pairs: Iterable[tuple[Name, ForeignKey]]) -> dict[Name, tuple[ForeignKey, ...]]:
    groups: dict[Name, list[ForeignKey]] = {}
    for name, fk in pairs:
        groups.setdefault(name, []).append(fk)
    return {name: tuple(fks) for name, fks in groups.items()}
