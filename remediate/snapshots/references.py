"""Frozen facts about columns that mean the key of another table."""

from dataclasses import dataclass

from remediate.postgres.sql import ident
from remediate.snapshots.tables import INTEGER_MAX, Name


def _holds_less(one: str, other: str) -> bool:
    return one in INTEGER_MAX and INTEGER_MAX[one] < INTEGER_MAX.get(other, 0)


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
    cast: tuple[bool, ...] = ()  # compared through a cast, which the column's index cannot serve
    validated: bool = True  # False: NOT VALID or NOT ENFORCED
    enforced: bool = True
    indexed: bool = True  # a full valid index starts with its columns, in any order
    on_delete: str = ""  # "CASCADE", "SET NULL" ...; "" for NO ACTION
    definition: str = ""  # as pg_get_constraintdef() prints it; read where it is not validated
    comment: str = ""  # read there too

    @property
    def narrower(self) -> tuple[tuple[str, str], ...]:
        """The integer columns that cannot hold every value of what they reference, and its type."""
        pairs = zip(self.columns, self.types, self.target_types, strict=False)
        return tuple((c, target) for c, type_, target in pairs if _holds_less(type_, target))

    @property
    def wider(self) -> tuple[tuple[str, str], ...]:
        """The integer columns that hold more than what they reference, and its type."""
        pairs = zip(self.columns, self.types, self.target_types, strict=False)
        return tuple((c, target) for c, type_, target in pairs if _holds_less(target, type_))

    @property
    def coerced(self) -> tuple[tuple[str, str], ...]:
        """The columns that are cast before they are compared, and the type to which."""
        pairs = zip(self.columns, self.target_types, self.cast, strict=False)
        return tuple((column, target) for column, target, cast in pairs if cast)

    def orphans(self, selected: str) -> str:
        """The query over its rows without parent, which are called c there."""
        given = " AND ".join(f"c.{ident(column)} IS NOT NULL" for column in self.columns)
        pairs = zip(self.columns, self.target_columns, strict=True)
        same = " AND ".join(f"p.{ident(theirs)} = c.{ident(ours)}" for ours, theirs in pairs)
        return (
            f"SELECT {selected} FROM {self.table.sql} c WHERE {given} "
            f"AND NOT EXISTS (SELECT FROM {self.target.sql} p WHERE {same})"
        )

    def type_of_reference_to(self, column: str) -> str:
        """The type of the column that references this one; "" where none does."""
        pairs = zip(self.target_columns, self.types, strict=False)
        return next((type_ for target, type_ in pairs if target == column), "")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the values of a column say of the key that it may mean."""

    values: int  # that are not NULL, of those that were looked at
    canonical: int  # that become a key and come back as the same bytes
    convertible: int  # that become a key
    present: int  # of these, that the key's table holds
    keys: int  # different keys among them
    spellings: int  # different values among the convertible
    elsewhere: int  # that another unique column of the key's table holds
    samples: tuple[str, ...]  # of what does not convert, with letters and digits masked
    whole: bool  # every row was looked at
    query: str  # to repeat it

    @property
    def orphans(self) -> int:
        """Values that would be keys, and have no parent."""
        return self.convertible - self.present

    @property
    def inconvertible(self) -> int:
        return self.values - self.convertible


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column without foreign key that seems to mean a key."""

    table: Name
    column: str
    type: str  # as format_type() prints it
    base_type: str  # domains resolved
    target: Name
    target_column: str
    target_type: str  # domains resolved
    how: str  # by which its name fits, or "model"
    strength: int  # 3: its very name ... 1: a guess
    not_null: bool = False
    default: str = ""
    unique: bool = False
    indexed: bool = True
    model: bool = False  # the models declare the reference
    model_type: str = ""  # what the models say it is; "" where they know nothing of it
    model_on_delete: str = ""
    model_name: str = ""  # of the constraint
    external: bool = False  # its name says that it is an id of somebody else
    rivals: tuple[str, ...] = ()  # other unique columns of the target, of a type that fits
    evidence: Evidence | None = None

    @property
    def fits(self) -> bool:
        """Whether a foreign key could be declared as it is."""
        return family_of(self.base_type) == family_of(self.target_type)

    @property
    def narrower(self) -> bool:
        """Whether it fits, and cannot hold every value of the key."""
        return _holds_less(self.base_type, self.target_type)

    @property
    def compared_as(self) -> str:
        """The type in which every value that may be a key is compared with the key."""
        if self.fits and self.base_type in INTEGER_MAX:
            return "bigint"
        # A length says nothing here, and CHARACTER without one has the length 1.
        return "bpchar" if self.target_type == "character" else self.target_type


def family_of(type_: str) -> str:
    """Types whose values are compared without a cast; a length says nothing."""
    type_ = type_.partition("(")[0]
    if type_ in INTEGER_MAX:
        return "integer"
    return "text" if type_ in ("text", "character varying", "character") else type_
