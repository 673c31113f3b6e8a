"""The changes to a module's source, and their result."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """The change of one column in a model; empty fields change nothing."""

    owner: str  # qualified name of the class in the module; "" for a Core Table
    table: str  # the first argument of Table(...) where owner is ""
    attribute: str  # name in the class body; in a Core table the first argument of its Column
    type: str = ""  # of SQLAlchemy: "BigInteger", "Uuid", "String(36)", "Numeric(12, 0)"
    references: str = ""  # the target of a new ForeignKey, "users.id"
    on_delete: str = ""  # of that ForeignKey, e.g. "CASCADE"
    identity: bool = False  # add Identity()
    autoincrement: bool | None = None  # None: leave it
    index: bool = False  # add index=True
    sequence: str | None = None  # add Sequence("name"); "": remove the Sequence

    @property
    def place(self) -> tuple[str, str, str]:
        """The column that changes: owner, table and attribute."""
        return self.owner, self.table, self.attribute


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that was not applied, the line of its column, and the reason."""

    change: Change
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Patched:
    """The source with the changes that were applied, and the refusals of the others."""

    source: str
    done: tuple[Change, ...]
    refused: tuple[Refusal, ...]


class Unsafe(Exception):
    """A change cannot be applied safely; the reason, one clause, becomes a Refusal."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line  # 0: that of the column
