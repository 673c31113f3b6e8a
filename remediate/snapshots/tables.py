"""Frozen facts about tables, columns, keys and sequences."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from remediate.postgres.sql import ident, quote

PUBLIC = "public"  # everybody; PostgreSQL allows no role of this name
IDENTITY = "Identity()"  # how a model asks for an identity column
CONTENT = "content of materialized view"  # a kind of dependant: filled when all else is there
NO_DEFAULT = "no default"  # of a model's key that nothing fills
IN_COMPOSITE = "part of a composite key"  # of one that SQLAlchemy therefore leaves to the caller
INTEGER_MAX = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
INTEGER_MIN = {name: -maximum - 1 for name, maximum in INTEGER_MAX.items()}


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
    SEQUENCE = "sequence"  # DEFAULT nextval('s'::regclass)
    IDENTITY = "identity"
    LATE = "late"  # DEFAULT nextval('s'::text): the name is looked up at each INSERT
    CONSTANT = "constant"  # a literal
    EXPRESSION = "expression"  # any other default
    STORED = "stored"  # GENERATED ALWAYS AS (...)
    DATABASE = "database"  # models: the ORM leaves the column out and expects a value back
    CLIENT = "client"  # models: a Python-side default
    CLIENT_SEQUENCE = "client-sequence"  # models: the ORM calls nextval itself


class Unique(StrEnum):
    """Whether a valid, full unique index covers a column."""

    NO = ""
    TOGETHER = "together"  # with others
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a primary key, or one that something generates."""

    name: str
    type: str  # as format_type() prints it
    base_type: str  # the same with domains resolved
    generator: Generator
    not_null: bool = True
    default: str = ""  # its expression; of a model: why the database is not to fill it
    by_domain: bool = False  # the default is that of its domain
    sequences: tuple[Name, ...] = ()  # those its default, identity or model draws from
    owned: tuple[Name, ...] = ()  # those that are OWNED BY it
    unique: Unique = Unique.NO
    leads_index: bool = False  # a btree starts with it: its extremes cost one probe each
    checked: bool = False  # a CHECK speaks of it alone
    extremes: "Extremes | None" = None  # None: not read
    collision: int | None = None  # the first id in the way of the sequence or constant default

    @property
    def is_integer(self) -> bool:
        return self.base_type in INTEGER_MAX


@dataclass(frozen=True, slots=True)
class Writer:
    """A role that may INSERT, and the relation through which: the table or a view over it."""

    role: str  # or PUBLIC
    relation: Name
    insertable: bool = True  # False: a view that takes no plain INSERT
    lacks: tuple[Name, ...] = ()  # sequences of the table's defaults that it may not use


@dataclass(frozen=True, slots=True)
class Extremes:
    """Lowest and highest id in a table; both None when it is empty."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model, or a column of it, is written."""

    file: str
    line: int
    owner: str = ""  # the class, by its qualified name; "" for Table(...)
    attribute: str = ""  # of that class, or the name that is given to Column(...)


@dataclass(frozen=True, slots=True)
class Origin:
    """Traces that the making of a table left in the catalog."""

    key_constraint: str = ""  # its name
    key_inline: bool = False  # written inside CREATE TABLE, not added after other tables
    missing_oids: int = 0  # between the table and its inline key; 1: a default stood there
    columns: int = 0
    defaults: int = 0  # those with a default or identity
    not_nulls: int = 0  # columns that are NOT NULL
    twin: Name | None = None  # an older table with the same columns, and defaults
    twin_not_nulls: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table or a partitioned table with a key, or with a column that something generates."""

    name: Name
    key: tuple[str, ...]  # of the primary key; () without one
    columns: tuple[Column, ...]  # those of the key, and those that something generates
    oid: int = 0
    owner: str = ""
    rows: int | None = None  # the statistics' estimate
    inserts: int | None = None  # since the statistics were reset
    deletes: int | None = None
    pages: int = 0  # of 8 KiB, the statistics' estimate
    logged: bool = True  # False: UNLOGGED
    partitioned: bool = False
    partition_of: Name | None = None
    inherits: tuple[Name, ...] = ()  # parents that it is no partition of
    children: tuple[Name, ...] = ()  # partitions and inheritance children
    fill_triggers: tuple[str, ...] = ()  # enabled BEFORE INSERT FOR EACH ROW
    subscribed: bool = False  # target of logical replication
    writers: tuple[Writer, ...] = ()
    origin: Origin = Origin()

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)

    def has(self, name: str) -> bool:
        return any(c.name == name for c in self.columns)

    @property
    def single_key(self) -> Column | None:
        """The column of a primary key of one column."""
        return self.column(self.key[0]) if len(self.key) == 1 else None


@dataclass(frozen=True, slots=True)
class Dependant:
    """What has to be taken down before the type of a column can change, and is rebuilt after it."""

    kind: str  # "view", "trigger", "index" ...
    name: str  # as a person reads it
    relation: Name  # the view itself; of others the table
    level: int  # of a view: 1 reads the table, 2 reads such a view; of others 0
    take_down: str  # "" for what only has to be said again, such as a statistics target
    rebuild: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A column with the values of a key that fills up: the key itself, or what references it."""

    type: str
    owner: str  # of its table
    rows: int  # the statistics' estimate
    children: tuple[Name, ...]  # of its table: partitions and inheritance children
    obstacles: tuple[str, ...]  # what ALTER TYPE refuses, or would not give back
    dependants: tuple[Dependant, ...] = ()  # taken down and rebuilt around it
    collation: str = ""  # other than that of its type
    published: bool = False  # to subscribers of logical replication
    hanging: str = ""  # the names of what has to be taken down, as a guard prints them
    definitions: str = ""  # a digest of these


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence, its state, and who depends on it."""

    name: Name
    type: str
    owner: str
    increment: int
    maximum: int
    minimum: int = 1
    start: int = 1
    cycles: bool = False
    logged: bool = True
    oid: int = 0
    last_value: int | None = None  # None: could not be read
    is_called: bool = True
    owned_by: tuple[Name, str] | None = None  # also by identity
    identity: bool = False
    draws: tuple[tuple[Name, str], ...] = ()  # columns whose default draws from it
    used_elsewhere: bool = False  # by a domain, a function or a view
    users: tuple[str, ...] = ()  # roles that hold USAGE, besides the owner

    @property
    def used(self) -> bool:
        return bool(self.draws) or self.used_elsewhere

    @property
    def next(self) -> int | None:
        """What nextval() gives next, to a session that holds no cached values.

        After setval(s, 50, false) that is 50, which the view pg_sequences does not show.
        """
        if self.last_value is None:
            return None
        return self.last_value + self.increment if self.is_called else self.last_value

    @property
    def ends_with_its_type(self) -> bool:
        """Whether its bound is that of its type: nobody chose a MAXVALUE (MINVALUE)."""
        if self.increment > 0:
            return self.maximum == INTEGER_MAX[self.type]
        return self.minimum == INTEGER_MIN[self.type]
