"""What is asked of a module's source, and what became of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """What one column of a model is to say; empty fields stay as they are."""

    owner: str  # qualified name of the class in the module; "" for a Core Table
    table: str  # the first argument of Table(...) where owner is ""
    attribute: str  # name in the class body; in a Core table the first argument of its Column
    type: str = ""  # wanted SQLAlchemy type: "BigInteger", "Uuid", "String(36)", "Numeric(12, 0)"
    references: str = ""  # wanted ForeignKey target, "users.id", where none is declared
    on_delete: str = ""  # for that new ForeignKey, e.g. "CASCADE"
    identity: bool = False  # say Identity()
    autoincrement: bool | None = None  # set, or (None) leave
    index: bool = False  # say index=True
    sequence: str | None = None  # say Sequence("name"); "": remove an explicit Sequence

    @property
    def place(self) -> tuple[str, str, str]:
        """Which column it is about."""
        return self.owner, self.table, self.attribute


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that was not made, where, and what is in the way."""

    change: Change
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Patched:
    """The source as it is to be, and which changes it has."""

    source: str
    done: tuple[Change, ...]
    refused: tuple[Refusal, ...]


class Unsafe(Exception):
    """What is in the way of a change, in one clause; told as a Refusal."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line  # 0: that of the column
