"""What one step does to the schema, whether it is written as op.* or as SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from remediate.lint.scope import Step, Text


@dataclass(frozen=True, slots=True)
class Default:
    """What a column takes where an INSERT leaves it out."""

    sequence: str = ""  # that nextval() is given by a literal, without its schema
    literal: str = ""  # the same as it is written
    late_bound: bool = False  # looked up by its name at each INSERT
    null: bool = False
    type: str = ""  # of a literal; UNKNOWN of one in quotes, which gets that of the column


UNKNOWN = "unknown"  # as PostgreSQL calls it


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key of columns to those of a table; () for its key, whatever that is."""

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...] = ()
    name: str = ""  # "" where PostgreSQL, or a naming convention, gives it one


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    """A column as CREATE TABLE or ADD COLUMN gives it; types are canonical, "" if unknown."""

    name: str
    type: str
    sequence: str = ""  # the type of the sequence where it is serial
    generated: bool = False  # anything that fills it, or may
    key: bool = False
    undeclared: bool = False  # called a key, and no constraint is made of it
    reference: bool = False
    link: Link | None = None  # where the reference is written out
    client_sequence: str = ""  # from which SQLAlchemy draws itself: CREATE TABLE has no default
    start: int = 1  # the first id that an identity or a sequence gives
    default: Default | None = None  # as SQL gives it
    end: int = 0  # in raw SQL: where its type ends


@dataclass(frozen=True, slots=True)
class TableCreated:
    table: str
    columns: tuple[ColumnDefinition, ...]
    key: tuple[str, ...] = ()
    references: tuple[str, ...] = ()  # columns of table-wide foreign keys
    links: tuple[Link, ...] = ()  # table-wide foreign keys that are written out
    copied: bool = False  # AS SELECT or LIKE, without what fills its columns
    source: str = ""  # the one table that it is a copy of
    with_defaults: bool = False  # LIKE with those of its source
    with_indexes: bool = False  # LIKE with those of its source, and so with its key
    pinned: tuple[str, ...] = ()  # columns that a CHECK holds to one value, or to a few
    whole: bool = True  # nothing of it is unknown


@dataclass(frozen=True, slots=True)
class TableDropped:
    table: str


@dataclass(frozen=True, slots=True)
class TableRenamed:
    table: str
    new: str


@dataclass(frozen=True, slots=True)
class ColumnAdded:
    table: str
    column: ColumnDefinition


@dataclass(frozen=True, slots=True)
class ColumnDropped:
    table: str
    column: str


@dataclass(frozen=True, slots=True)
class ColumnRenamed:
    table: str
    column: str
    new: str


@dataclass(frozen=True, slots=True)
class TypeChanged:
    table: str
    column: str
    type: str
    old: str = ""  # as the step itself says
    using: bool = False
    cast: bool = False  # USING is a mere cast of the column
    autoincrement: bool = False  # the step itself calls it so
    end: int = 0  # in raw SQL: where the action ends


@dataclass(frozen=True, slots=True)
class NullsAllowed:
    """DROP NOT NULL."""

    table: str
    column: str
    autoincrement: bool = False  # as autogenerate writes it of integer keys


@dataclass(frozen=True, slots=True)
class DefaultSet:
    table: str
    column: str
    default: Default = Default()


@dataclass(frozen=True, slots=True)
class IdentityAdded:
    table: str
    column: str
    start: int = 1


@dataclass(frozen=True, slots=True)
class GeneratorDropped:
    """DROP DEFAULT or DROP IDENTITY."""

    table: str
    column: str
    identity: bool = False
    more: bool = False  # the same step changes other things too


@dataclass(frozen=True, slots=True)
class KeyAdded:
    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReferenceAdded:
    table: str
    columns: tuple[str, ...]
    target: str = ""
    target_columns: tuple[str, ...] = ()  # () where it leaves them to the target's key
    name: str = ""  # "" where PostgreSQL gives it one
    unchecked: bool = False  # NOT VALID


@dataclass(frozen=True, slots=True)
class ColumnPinned:
    """A CHECK holds the column to one value, or to a few."""

    table: str
    column: str
    name: str = ""  # of the constraint


@dataclass(frozen=True, slots=True)
class ConstraintDropped:
    table: str
    name: str
    kind: str = ""  # primary, foreignkey ...; "" where it is not said


@dataclass(frozen=True, slots=True)
class IndexCreated:
    table: str
    name: str
    columns: tuple[str, ...] = ()  # in raw SQL: those that it is over, for every row


@dataclass(frozen=True, slots=True)
class IndexDropped:
    name: str


@dataclass(frozen=True, slots=True)
class SequenceCreated:
    name: str
    type: str = "bigint"
    if_absent: bool = False
    start: int = 1


@dataclass(frozen=True, slots=True)
class SequenceAltered:
    name: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class SequenceMoved:
    """setval, RESTART."""

    name: str  # or the table that it belongs to; HOLE where neither is known


@dataclass(frozen=True, slots=True)
class SequenceDropped:
    name: str
    cascade: bool = False
    more: bool = False  # the same step drops others too


@dataclass(frozen=True, slots=True)
class EnumCreated:
    name: str


@dataclass(frozen=True, slots=True)
class RowsWritten:
    """Rows with their keys are written into the table, or a trigger may fill them."""

    table: str
    columns: tuple[str, ...] | None = None  # that an INSERT names; None where it is not known
    explicit: tuple[str | int, ...] = ()  # columns with values written out, or their numbers
    highest: Mapping[str | int, int] = field(default_factory=dict)  # of those that are numbers


@dataclass(frozen=True, slots=True)
class RowsChanged:
    """Rows that are there are updated or deleted."""

    table: str
    emptied: bool = False  # none is left


@dataclass(frozen=True, slots=True)
class DropCascaded:
    what: str  # DROP TABLE users CASCADE
    without: str  # the statement without the word; "" where it cannot do without


@dataclass(frozen=True, slots=True)
class SeveralStatements:
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something that may do anything, to the tables that it names where it has a text."""

    text: str = ""
    foreign: bool = False  # a function of another module, which may run operations or may not


@dataclass(frozen=True, slots=True)
class NotRead:
    """SQL that the parser refuses, or that is nested too deep for its tree to be kept."""

    objection: str = ""  # of the parser; "" where it has none


@dataclass(frozen=True, slots=True)
class OtherDDL:
    """DDL of which nothing else is asked."""


Fact: TypeAlias = (
    TableCreated | TableDropped | TableRenamed | ColumnAdded | ColumnDropped | ColumnRenamed
    | TypeChanged | NullsAllowed | DefaultSet | IdentityAdded | GeneratorDropped | KeyAdded
    | ReferenceAdded | ColumnPinned | ConstraintDropped | IndexCreated | IndexDropped
    | SequenceCreated | SequenceAltered | SequenceMoved | SequenceDropped | EnumCreated
    | RowsWritten | RowsChanged | DropCascaded | SeveralStatements | Opaque | NotRead | OtherDDL
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """A fact, and where it is written."""

    fact: Fact
    step: Step
    line: int
    sql: Text | None = field(default=None, repr=False)  # the one statement, where it is raw SQL

    @property
    def branch(self) -> tuple[int, ...]:
        return self.step.context.branch


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a function of a revision does."""

    fact: Fact
    function: str  # upgrade, downgrade
    line: int  # 1-based
    step: tuple[int, int]  # the first and the last line of the call
    certain: bool  # whenever the function runs
    complete: bool  # what the call does is all among the changes
