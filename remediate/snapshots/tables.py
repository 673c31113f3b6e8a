"""Tables with their columns, keys and dependants, and sequences."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from remediate.postgres.sql import ident, quote
from remediate.snapshots.missing_keys import MissingKey

PUBLIC = "public"  # everybody; PostgreSQL allows no role of this name
IDENTITY = "Identity()"  # how a model asks for an identity column
NO_DEFAULT = "no default"  # why a model does not expect the database to fill its key
BY_CONSTRUCTOR = "the constructor of its class"  # code of models that may make a key
BY_LISTENER = "a listener to events of its class"  # likewise
IN_COMPOSITE = "part of a composite key"  # likewise: SQLAlchemy then expects a value
INTEGER_MAX = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
INTEGER_MIN = {name: -maximum - 1 for name, maximum in INTEGER_MAX.items()}
_WHOLE = re.compile(r"numeric(?:\((\d+)(?:, ?0)?\))?")


def is_whole(type_: str) -> bool:
    """Whether it is numeric without decimals, as format_type() or SQLAlchemy prints it.

    Of numeric without any precision its use decides.
    """
    return _WHOLE.fullmatch(type_) is not None


def is_floating(type_: str) -> bool:
    """Whether it is a binary fraction, as loaders write integers of which some were missing."""
    return type_ in ("double precision", "real")


def highest(type_: str) -> int | None:
    """The greatest id that a sequence can give and a type of whole numbers holds; else None."""
    if type_ in INTEGER_MAX:
        return INTEGER_MAX[type_]
    match = _WHOLE.fullmatch(type_)
    if match is None:
        return None
    return (
        min(10 ** int(match[1]) - 1, INTEGER_MAX["bigint"]) if match[1] else INTEGER_MAX["bigint"]
    )


class Name(NamedTuple):
    """The schema and name of a relation, as the catalog has them."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{quote(self.schema)}.{quote(self.name)}"

    @property
    def sql(self) -> str:
        """The qualified name, quoted for a statement."""
        return ident(self.schema, self.name)


class Generator(StrEnum):
    """What fills a column that an INSERT omits."""

    NOTHING = "nothing"
    SEQUENCE = "sequence"  # DEFAULT nextval('s'::regclass)
    IDENTITY = "identity"
    LATE = "late"  # DEFAULT nextval('s'::text): each INSERT looks the name up
    CONSTANT = "constant"  # a literal
    EXPRESSION = "expression"  # any other default
    STORED = "stored"  # GENERATED ALWAYS AS (...)
    DATABASE = "database"  # models: the ORM omits the column and fetches its value
    CLIENT = "client"  # models: a Python-side default
    CLIENT_SEQUENCE = "client-sequence"  # models: the ORM calls nextval itself


class Unique(StrEnum):
    """Whether a valid, full unique index covers a column."""

    NO = ""
    TOGETHER = "together"  # with others
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a primary key, or one with a generator."""

    name: str
    type: str  # as format_type() prints it
    base_type: str  # the same with domains resolved
    generator: Generator
    not_null: bool = True
    default: str = ""  # its expression; of a model: why the database does not fill the column
    by_domain: bool = False  # the default belongs to the domain
    made_by: str = ""  # of a model: code that may make a value before an INSERT; "": none known
    sequences: tuple[Name, ...] = ()  # the sources of its default, identity or model
    called: Name | None = None  # the sequence that models call for it, as no default does
    owned: tuple[Name, ...] = ()  # the sequences OWNED BY it
    unique: Unique = Unique.NO
    leads_index: bool = False  # a btree starts with it: one probe finds each extreme
    checked: bool = False  # a CHECK is about it alone
    extremes: "Extremes | None" = None  # None: not read
    collision: int | None = None  # the first id in the way of the sequence or constant default
    resolved: str = ""  # of a domain: base_type, with its digits

    @property
    def is_integer(self) -> bool:
        """Whether it is smallint, integer or bigint, domains resolved, or a whole numeric."""
        return self.base_type in INTEGER_MAX or is_whole(self.resolved or self.type)

    @property
    def highest(self) -> int:
        """The greatest id that fits; that of bigint where it holds no whole numbers."""
        exact = self.base_type in INTEGER_MAX
        known = highest(self.base_type if exact else self.resolved or self.type)
        return INTEGER_MAX["bigint"] if known is None else known

    @property
    def lowest(self) -> int:
        """The least id that fits."""
        exact = INTEGER_MIN.get(self.base_type)
        return max(-self.highest, INTEGER_MIN["bigint"]) if exact is None else exact

    @property
    def counted_as(self) -> str:
        """The type of a sequence for it."""
        return self.base_type if self.base_type in INTEGER_MAX else "bigint"


@dataclass(frozen=True, slots=True)
class Writer:
    """A role that may INSERT into a table or a view over it."""

    role: str  # or PUBLIC
    relation: Name
    insertable: bool = True  # False: a view that is not updatable
    lacks: tuple[Name, ...] = ()  # sequences of defaults for which the role has no USAGE
    shut_out: bool = False  # the role has no USAGE on the schema of the relation


@dataclass(frozen=True, slots=True)
class Extremes:
    """The lowest and highest id in a table; None if it is empty."""

    low: int | None
    high: int | None
    decimals: str = ""  # an id that is written with decimals, of those that were looked at

    @property
    def fractional(self) -> bool:
        """Whether an id is known that is no whole number."""
        return self.decimals.partition(".")[2].strip("0") != ""


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a file, as it is shown."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Source(Location):
    """The place of a model, or of a column of it, in the source code."""

    owner: str = ""  # the qualified name of the class; "" for Table(...)
    attribute: str = ""  # of that class, or the first argument of Column(...)


@dataclass(frozen=True, slots=True)
class Origin:
    """Traces of CREATE TABLE in the catalog."""

    key_constraint: str = ""  # its name
    key_inline: bool = False  # part of CREATE TABLE, not added after other tables
    missing_oids: int = 0  # between the table and its inline key; 1: there was a default
    columns: int = 0
    defaults: int = 0  # those with a default or identity
    not_nulls: int = 0  # columns that are NOT NULL
    twin: Name | None = None  # an older table with the same columns, and defaults
    twin_not_nulls: int = 0
    namesakes: int = 0  # of other schemas, with the same columns and more defaults
    alike: int = 0  # tables of any name, with the same columns and more defaults


@dataclass(frozen=True, slots=True)
class Table:
    """A table or partitioned table that has a key, or a column with a generator."""

    name: Name
    key: tuple[str, ...]  # of the primary key; () without one
    columns: tuple[Column, ...]  # of the key, and those with a generator
    oid: int = 0
    owner: str = ""
    rows: int | None = None  # the statistics' estimate
    inserts: int | None = None  # since the statistics were reset
    deletes: int | None = None
    dead: int | None = None  # rows, until the next VACUUM; with what was inserted and rolled back
    pages: int = 0  # of 8 KiB, the statistics' estimate
    logged: bool = True  # False: UNLOGGED
    partitioned: bool = False
    partition_of: Name | None = None
    inherits: tuple[Name, ...] = ()  # parents by plain inheritance
    children: tuple[Name, ...] = ()  # partitions and inheritance children
    fill_triggers: tuple[str, ...] = ()  # enabled BEFORE INSERT FOR EACH ROW
    fill_views: tuple[str, ...] = ()  # over it, whose triggers or rules insert instead
    subscribed: bool = False  # logical replication writes to it
    writers: tuple[Writer, ...] = ()
    origin: Origin = Origin()
    missing_key: MissingKey | None = None  # that it is to have: it has none, or another

    def column(self, name: str) -> Column:
        """The column of this name; raises StopIteration if there is none."""
        return next(c for c in self.columns if c.name == name)

    def has(self, name: str) -> bool:
        """Whether there is a column of this name."""
        return any(c.name == name for c in self.columns)

    @property
    def identifying(self) -> tuple[str, ...]:
        """The columns of the primary key, or of the one that models declare or partitions have."""
        missing = self.missing_key
        known = missing is not None and (missing.declared or missing.apart)
        return self.key or (missing.columns if missing and known else ())

    @property
    def judged(self) -> tuple[str, ...]:
        """These, and the columns of a key that models declare where the table has another."""
        other = self.missing_key.columns if self.missing_key and self.key else ()
        return tuple(dict.fromkeys((*self.identifying, *other)))

    def is_key(self, column: str) -> bool:
        """Whether the column alone is the primary key, or the one that it is to have."""
        missing = self.missing_key.columns if self.missing_key and self.key else ()
        return (column,) in (self.identifying, missing)

    @property
    def single_key(self) -> Column | None:
        """The only column of these; None if there are several, or none."""
        return self.column(self.identifying[0]) if len(self.identifying) == 1 else None


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence, its state, and what draws from it."""

    name: Name
    type: str
    owner: str
    increment: int
    maximum: int
    minimum: int = 1
    start: int = 1
    cycles: bool = False
    cache: int = 1  # how many values a session draws at once
    logged: bool = True
    oid: int = 0
    last_value: int | None = None  # None: not readable
    is_called: bool = True
    owned_by: tuple[Name, str] | None = None  # also by identity
    identity: bool = False
    draws: tuple[tuple[Name, str], ...] = ()  # columns whose default draws from it
    used_elsewhere: bool = False  # by a domain, a function or a view
    users: tuple[str, ...] = ()  # roles with USAGE, besides the owner

    @property
    def used(self) -> bool:
        """Whether a default, domain, function or view draws from it."""
        return bool(self.draws) or self.used_elsewhere

    @property
    def next(self) -> int | None:
        """The next result of nextval() in a session without cached values; None if unknown.

        After setval(s, 50, false) that is 50, which the view pg_sequences does not show.
        """
        if self.last_value is None:
            return None
        return self.last_value + self.increment if self.is_called else self.last_value

    @property
    def ends_with_its_type(self) -> bool:
        """Whether its bound is that of its type, as without a MAXVALUE (descending: MINVALUE)."""
        if self.increment > 0:
            return self.maximum == INTEGER_MAX[self.type]
        return self.minimum == INTEGER_MIN[self.type]
