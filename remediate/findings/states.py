"""States of a column or a sequence, as the plan saw them and as a repair leaves them.

Each names the fact that `guard.sql.j2` looks at, and is, as text, what that prints where it is so.
"""

from dataclasses import dataclass
from typing import ClassVar

from remediate.postgres.sql import spelled
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a column or of a sequence."""

    fact: ClassVar[str] = "type"
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Default:
    """What fills a column: nothing, unless one of these is given."""

    fact: ClassVar[str] = "default"
    expression: str = ""
    sequence: Name | None = None  # from which the expression draws
    identity: bool = False

    def __str__(self) -> str:
        if self.identity:
            return "identity"
        if self.sequence:
            return f"default from {spelled(*self.sequence)}"
        return f"default {self.expression}" if self.expression else "no default"


@dataclass(frozen=True, slots=True)
class OwnedBy:
    """The column that owns a sequence; nobody does where no table is given."""

    fact: ClassVar[str] = "owned by"
    table: Name | None = None
    column: str = ""

    def __str__(self) -> str:
        return f"owned by {spelled(*self.table, self.column)}" if self.table else "owned by nobody"


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the greatest value of a sequence."""

    fact: ClassVar[str] = "range"
    low: int
    high: int

    def __str__(self) -> str:
        return f"from {self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class Increment:
    """The step of a sequence."""

    fact: ClassVar[str] = "increment"
    by: int

    def __str__(self) -> str:
        return f"counts by {self.by}"


@dataclass(frozen=True, slots=True)
class Cycle:
    """Whether a sequence starts over at its end."""

    fact: ClassVar[str] = "cycle"
    cycles: bool

    def __str__(self) -> str:
        return "cycling" if self.cycles else "not cycling"


@dataclass(frozen=True, slots=True)
class Logged:
    """Whether a sequence is in the write-ahead log."""

    fact: ClassVar[str] = "logged"
    logged: bool

    def __str__(self) -> str:
        return "logged" if self.logged else "unlogged"


@dataclass(frozen=True, slots=True)
class Hanging:
    """What has to be taken down before the type of a column changes, as PostgreSQL names it.

    Nothing has where there are no names.
    """

    fact: ClassVar[str] = "hanging"
    names: str

    def __str__(self) -> str:
        return f"under {self.names or 'nothing'}"


@dataclass(frozen=True, slots=True)
class Definitions:
    """A digest of what hangs there, as the plan's server prints it; how the column is stored."""

    fact: ClassVar[str] = "definitions"
    digest: str
    stored: str = ""  # "" where that is not known
    printed_by: str = ""  # the database of the plan

    def __str__(self) -> str:
        return "defined as then"


@dataclass(frozen=True, slots=True)
class NotNull:
    """Whether a column refuses NULL."""

    fact: ClassVar[str] = "nullability"
    not_null: bool

    def __str__(self) -> str:
        return "NOT NULL" if self.not_null else "nullable"


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    """The primary key of a table, which has none where no columns are given."""

    fact: ClassVar[str] = "key"
    name: str = ""
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.columns:
            return "without primary key"
        return f"with primary key {spelled(self.name)} on {', '.join(map(spelled, self.columns))}"


@dataclass(frozen=True, slots=True)
class Existence:
    """Whether there is a relation, or a column, of this name."""

    fact: ClassVar[str] = "existence"
    there: bool

    def __str__(self) -> str:
        return "there" if self.there else "missing"


Value = (
    Type | Default | OwnedBy | Range | Increment | Cycle | Logged | Hanging
    | Definitions | NotNull | PrimaryKey | Existence
)  # fmt: skip
