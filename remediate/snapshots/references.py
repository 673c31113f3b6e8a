"""Foreign keys, and columns whose names or models suggest one."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from remediate.postgres.sql import ident
from remediate.snapshots.tables import INTEGER_MAX, Name


def _holds_less(one: str, other: str) -> bool:
    return one in INTEGER_MAX and INTEGER_MAX[one] < INTEGER_MAX.get(other, 0)


class Ends(NamedTuple):
    """The columns of a reference, and what they reference."""

    table: Name
    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]


class Parent(StrEnum):
    """Whether the referenced table holds the row that a default refers to."""

    THERE = "there"
    MISSING = "missing"
    UNKNOWN = "unknown"  # the default is an expression, or the table could not be read


@dataclass(frozen=True, slots=True)
class Omitted:
    """What an INSERT that omits the columns of a reference puts there."""

    relation: Name  # the table, or a partition of it
    values: tuple[tuple[str, str], ...]  # each column with a default other than NULL, and that
    by_domain: tuple[str, ...] = ()  # those whose default belongs to their domain
    parent: Parent = Parent.UNKNOWN


@dataclass(frozen=True, slots=True)
class Terms:
    """What a model asks of a foreign key besides ON DELETE."""

    on_update: str = ""  # "CASCADE", "SET NULL" ...; "" for NO ACTION
    deferrable: str = ""  # "DEFERRABLE", with INITIALLY DEFERRED; "" for neither
    match: str = ""  # "FULL"; "" for SIMPLE


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A declared FOREIGN KEY."""

    table: Name
    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]
    types: tuple[str, ...] = ()  # of the columns, domains resolved
    name: str = ""
    declared: tuple[str, ...] = ()  # types of the columns, as format_type() prints them
    target_types: tuple[str, ...] = ()  # of the target's columns, domains resolved
    cast: tuple[
        bool, ...
    ] = ()  # compared through a cast, for which the index of the column is useless
    validated: bool = True  # False: NOT VALID or NOT ENFORCED
    enforced: bool = True
    indexed: bool = True  # a full valid index starts with its columns, in any order
    on_delete: str = ""  # "CASCADE", "SET NULL" ...; "" for NO ACTION
    terms: Terms = Terms()  # of a model; those of the database are in its definition
    definition: str = ""  # as pg_get_constraintdef() prints it; "" if it is validated
    comment: str = ""  # likewise
    deferrable: bool = False  # of the database: a row may come before the one that it refers to
    defaulted: bool = False  # likewise: one of its columns has a default

    @property
    def ends(self) -> Ends:
        """What tells it from other references, whatever its name."""
        return Ends(self.table, self.columns, self.target, self.target_columns)

    @property
    def narrower(self) -> tuple[tuple[str, str], ...]:
        """Each integer column too narrow for the column that it references, and that one's type."""
        pairs = zip(self.columns, self.types, self.target_types, strict=False)
        return tuple((c, target) for c, type_, target in pairs if _holds_less(type_, target))

    @property
    def wider(self) -> tuple[tuple[str, str], ...]:
        """Each integer column wider than the column that it references, and that one's type."""
        pairs = zip(self.columns, self.types, self.target_types, strict=False)
        return tuple((c, target) for c, type_, target in pairs if _holds_less(target, type_))

    @property
    def coerced(self) -> tuple[tuple[str, str], ...]:
        """Each column that PostgreSQL casts before it compares, and the type of the cast."""
        pairs = zip(self.columns, self.target_types, self.cast, strict=False)
        return tuple((column, target) for column, target, cast in pairs if cast)

    def target_of(self, column: str) -> tuple[Name, str]:
        """What one of its columns references."""
        return self.target, self.target_columns[self.columns.index(column)]

    def orphans(self, selected: str, inherited: Collection[Name]) -> str:
        """The query over the rows without a parent; their alias is c.

        A foreign key does not look into children of the tables that are plainly `inherited`.
        """
        given = " AND ".join(f"c.{ident(column)} IS NOT NULL" for column in self.columns)
        pairs = zip(self.columns, self.target_columns, strict=True)
        same = " AND ".join(f"p.{ident(key)} = c.{ident(column)}" for column, key in pairs)
        ours, theirs = (
            f"ONLY {name.sql}" if name in inherited else name.sql
            for name in (self.table, self.target)
        )
        return (
            f"SELECT {selected} FROM {ours} c WHERE {given} "
            f"AND NOT EXISTS (SELECT FROM {theirs} p WHERE {same})"
        )

    def type_of_reference_to(self, column: str) -> str:
        """The type of the column that references this one; "" if none does."""
        pairs = zip(self.target_columns, self.types, strict=False)
        return next((type_ for target, type_ in pairs if target == column), "")


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well the values of a column match the key that it may reference."""

    values: int  # that are not NULL, among those read
    canonical: int  # that convert to the type of the key and back to the same bytes
    shaped: int  # that are spelled like the type of the key, whatever its range
    convertible: int  # that convert to the type of the key
    present: int  # of these, values that the key holds
    elsewhere: int  # that another unique column of the referenced table holds
    samples: tuple[str, ...]  # values that do not convert, with letters and digits masked
    whole: bool  # every row was read
    query: str  # repeats the count

    @property
    def orphans(self) -> int:
        """How many values convert, but are not in the referenced table."""
        return self.convertible - self.present

    @property
    def inconvertible(self) -> int:
        """How many values do not convert to the type of the key."""
        return self.values - self.convertible

    @property
    def shapeless(self) -> int:
        """How many values are not even spelled like the type of the key."""
        return self.values - self.shaped

    @property
    def beyond(self) -> int:
        """How many values are spelled like the type of the key, and out of its range."""
        return self.shaped - self.convertible

    @property
    def respelled(self) -> int:
        """How many values convert, and would come back as other bytes."""
        return self.convertible - self.canonical


@dataclass(frozen=True, slots=True)
class Collision:
    """Rows that what was unique before refuses, once a column is converted."""

    index: Name  # unique, or of an exclusion constraint
    rows: int | None  # that are equal to another; None where nobody asked
    query: str  # lists them
    why: str = ""  # nobody asked


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column without a foreign key that seems to reference a key."""

    table: Name
    column: str
    type: str  # as format_type() prints it
    base_type: str  # domains resolved
    target: Name
    target_column: str
    target_type: str  # domains resolved; bigint where a numeric key is to become that
    how: str  # how its name matches the table, or "model"
    strength: int  # of the match, from 3 (the name of the table) to 1 (a guess)
    not_null: bool = False
    default: str = ""
    indexed: bool = True
    model: bool = False  # the models declare the reference
    model_type: str = ""  # its type in the models; "" if they do not have it
    model_on_delete: str = ""
    model_terms: Terms = Terms()
    model_name: str = ""  # of the constraint
    target_now: str = ""  # the type of a numeric key that is to become bigint; else ""
    external: bool = False  # its name is that of an id from another system
    rivals: tuple[str, ...] = ()  # other unique columns of the target whose type matches
    null_checks: tuple[str, ...] = ()  # CHECKs that are false where it is NULL
    null_indexes: tuple[str, ...] = ()  # unique ones, in which rows where it is NULL may be equal
    null_unread: str = ""  # why more of these may exist
    evidence: Evidence | None = None
    collisions: tuple[Collision, ...] = ()  # of each index whose rows a conversion may make equal

    @property
    def foreign_key(self) -> ForeignKey:
        """The foreign key that it would have, without a name."""
        return ForeignKey(
            self.table, (self.column,), self.target, (self.target_column,),
            types=(self.base_type,), target_types=(self.target_type,),
        )  # fmt: skip

    @property
    def fits(self) -> bool:
        """Whether a foreign key is possible without a change of type."""
        return family_of(self.base_type) == family_of(self.target_type)

    @property
    def narrower(self) -> bool:
        """Whether a foreign key is possible, but the type is narrower than that of the key."""
        return _holds_less(self.base_type, self.target_type)

    @property
    def key_type(self) -> str:
        """The type of the key in words."""
        return f"{self.target_now}, to be bigint" if self.target_now else self.target_type

    @property
    def compared_as(self) -> str:
        """The type in which values are compared with the key."""
        if self.fits and self.base_type in INTEGER_MAX:
            return "bigint"
        # A length does not matter here, and CHARACTER without one is CHARACTER(1).
        return "bpchar" if self.target_type == "character" else self.target_type


def family_of(type_: str) -> str:
    """The name that types share if PostgreSQL compares them without a cast, of any length."""
    type_ = type_.partition("(")[0]
    if type_ in INTEGER_MAX:
        return "integer"
    return "text" if type_ in ("text", "character varying", "character") else type_
