"""Tables that models declare and the database lacks, as a revision would create them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name, Table

_SERIAL = {"smallserial": "smallint", "serial": "integer", "bigserial": "bigint"}


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A column as SQLAlchemy writes it: its quoted name, its type, and what follows that."""

    name: str
    quoted: str
    type: str  # "SERIAL", "VARCHAR(20)"; "": that of what it references, the model has none
    rest: str = ""  # " DEFAULT 0 NOT NULL"
    stored: str = ""  # the same before PostgreSQL 18, which made a computed column virtual

    @property
    def plain_type(self) -> str:
        """The type as PostgreSQL prints it; of a serial column that of its numbers."""
        lower = self.type if '"' in self.type else self.type.lower()
        return _SERIAL.get(lower, lower.replace("varchar", "character varying"))

    @property
    def serial(self) -> bool:
        return self.type.lower() in _SERIAL

    @property
    def identity(self) -> bool:
        return " AS IDENTITY" in self.rest


@dataclass(frozen=True, slots=True)
class NewEnum:
    """A type of labels that a column needs."""

    name: Name
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewObject:
    """An index or a sequence, and the statement that creates it."""

    name: Name
    ddl: str


@dataclass(frozen=True, slots=True)
class NewTable:
    """All that CREATE TABLE and the statements after it need."""

    declared: Table  # its name, and the columns of its key
    create: str = "CREATE TABLE"
    columns: tuple[NewColumn, ...] = ()
    constraints: str = ""  # without foreign keys
    tail: str = ""  # " PARTITION BY RANGE (day)"
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[NewObject, ...] = ()
    sequences: tuple[NewObject, ...] = ()  # that its defaults name, as objects of the models
    called: tuple[Name, ...] = ()  # sequences that its server_defaults call, as objects or as text
    enums: tuple[NewEnum, ...] = ()
    types: tuple[str, ...] = ()  # others that PostgreSQL itself may lack, as SQL writes them
    comments: tuple[tuple[str, str], ...] = ()  # "TABLE public.t", and the text
    obstacle: str = ""  # why it is not known how it would be created

    @property
    def name(self) -> Name:
        return self.declared.name

    @property
    def parents(self) -> frozenset[Name]:
        """The tables that it references, itself aside."""
        return frozenset(fk.target for fk in self.foreign_keys) - {self.name}

    @property
    def relations(self) -> tuple[Name, ...]:
        """All that its statements create by a name of its own."""
        return (self.name, *(one.name for one in (*self.indexes, *self.sequences)))

    @property
    def shared(self) -> tuple[Name, ...]:
        """The sequences that its columns call, and other tables may call, too."""
        return tuple(dict.fromkeys((*(one.name for one in self.sequences), *self.called)))

    def column(self, name: str) -> NewColumn | None:
        return next((c for c in self.columns if c.name == name), None)


@dataclass(frozen=True, slots=True)
class Author:
    """A revision of the project that creates a table which is not there."""

    revision: str
    waits: bool  # it has not run; else it is recorded as run
    remains: tuple[Name, ...] = ()  # tables that are there, so that it cannot run again
    down: tuple[str, ...] = ()  # what it follows


@dataclass(frozen=True)
class Unmade:
    """These tables in the order of insertion, parents first, and what they find there."""

    tables: tuple[NewTable, ...] = ()
    schemas: frozenset[str] = frozenset()  # of theirs, those that exist
    labels: Mapping[Name, tuple[str, ...]] = field(default_factory=dict)  # of enums that exist
    lacking: frozenset[str] = frozenset()  # types that do not
    taken: frozenset[Name] = frozenset()  # relations that have a name of theirs
    authors: Mapping[Name, Author] = field(default_factory=dict)
    writers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by schema: who INSERTs
    # By schema: roles, and what they may do with most tables and could not do with a new one.
    rights: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = field(default_factory=dict)
    # By schema of the table and sequence: who may INSERT by default, and not use the sequence.
    denied: Mapping[tuple[str, Name], tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def table_of(self) -> dict[Name, NewTable]:
        """The tables by name."""
        return {table.name: table for table in self.tables}

    @cached_property
    def postponed(self) -> tuple[ForeignKey, ...]:
        """The foreign keys to tables that are created after their own: circles."""
        place = {table.name: number for number, table in enumerate(self.tables)}
        return tuple(
            fk
            for table in self.tables
            for fk in table.foreign_keys
            if place.get(fk.target, 0) > place[table.name]
        )

    def without(self, made: Collection[Name]) -> "Unmade":
        """What is left once these tables are created, with all that comes with them."""
        new = [table for table in self.tables if table.name in made]
        left = tuple(table for table in self.tables if table.name not in made)
        labels = {e.name: e.labels for table in new for e in table.enums}
        names = {name for table in new for name in table.relations}
        granted = {(t.name.schema, name) for t in new for name in t.shared}
        return replace(
            self,
            tables=left,
            labels={**labels, **self.labels},
            taken=self.taken | names,
            denied={place: who for place, who in self.denied.items() if place not in granted},
        )


NOTHING_UNMADE = Unmade()
