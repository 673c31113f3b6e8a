"""The primary keys that tables are to have and have not."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Declarer(StrEnum):
    """What says that columns are to be a table's primary key."""

    MODELS = "models"
    REFERENCE = "reference in the models"
    SEQUENCE = "sequence"  # fills one column, and no other
    PARTITIONS = "partitions"  # each of which has it


class Parted(NamedTuple):
    """A column by which a partitioned table, or a partition of it, is parted."""

    table: str  # as it prints
    column: str  # "" for an expression


class Unfit(NamedTuple):
    """A NOT NULL that no primary key takes as it is: it is NOT VALID, or else NO INHERIT."""

    schema: str
    table: str  # or a partition of it
    constraint: str
    column: str
    validated: bool


@dataclass(frozen=True, slots=True)
class MissingKey:
    """The primary key that a table is to have and has not, and what its rows say of it."""

    columns: tuple[str, ...]
    by: tuple[Declarer, ...]
    instead: tuple[str, ...] = ()  # of the primary key that the table has over other columns
    name: str = ""  # that the constraint gets
    model_types: tuple[str, ...] = ()  # of the columns; () without models
    given: bool = False  # the models make the values themselves
    index: str = ""  # a unique index that can become the key's
    unique: bool = False  # a valid unique index is about these columns and no others
    parted: tuple[Parted, ...] = ()  # of a partitioned table
    foreign: tuple[str, ...] = ()  # of its partitions, those that are foreign tables
    unfit: tuple[Unfit, ...] = ()
    unordered: tuple[str, ...] = ()  # columns of the table of which PostgreSQL has no such index
    nulls: int | None = None  # rows where one of them is NULL; None: not counted
    duplicates: int | None = None  # rows whose values another row before them has
    zeros: int | None = None  # rows where a single number is 0
    long: int | None = None  # rows whose values are longer than an entry of an index

    @property
    def declared(self) -> bool:
        """Whether models say so; else it is no more than a guess."""
        return bool({Declarer.MODELS, Declarer.REFERENCE} & {*self.by})

    @property
    def apart(self) -> bool:
        """Whether each partition has it for itself, and nothing says that the root should."""
        return Declarer.PARTITIONS in self.by and not self.declared
