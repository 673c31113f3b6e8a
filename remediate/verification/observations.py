"""What is seen at a repaired key or reference, for render to put into words."""

from dataclasses import dataclass
from enum import Enum, auto

from remediate.snapshots.tables import Name


class Seen(Enum):
    """What takes no more to say."""

    FILLED_BY_MODELS = auto()
    IDENTITY = auto()
    OWNS_SEQUENCE = auto()
    NO_OWNER = auto()  # of the sequence: it works, and outlives the table
    VALIDATED = auto()
    INDEXED = auto()
    NOT_INDEXED = auto()  # though its repair built an index
    INSERT_WORKS = auto()
    INSERT_WORKS_BELOW_FIRST = auto()  # a row that refers to itself, which has to name its key
    INSERT_WORKS_WITH_KEY = auto()  # which whoever inserts has to supply
    KEY_SUPPLIED = auto()  # by the probe; whether the application does is not known
    NO_SUCH_COLUMN = auto()
    NOTHING_TO_DO = auto()  # as its revision found: the table was not there, and is not now
    NOTHING_GENERATES = auto()
    STILL_FOUND = auto()  # by its rule
    NO_REFERENCE = auto()
    NOT_VALIDATED = auto()
    NO_PRIMARY_KEY = auto()


@dataclass(frozen=True, slots=True)
class Draws:
    """The default draws from this sequence."""

    sequence: Name


@dataclass(frozen=True, slots=True)
class HasDefault:
    """The default is another expression."""

    expression: str


@dataclass(frozen=True, slots=True)
class Owned:
    """The sequence is owned by another table: a parent, that shares it, or somebody else's."""

    table: Name
    shared: bool


@dataclass(frozen=True, slots=True)
class Usable:
    """Roles that insert may use the sequence, or may not."""

    roles: tuple[str, ...]
    granted: bool


class End(Enum):
    """Beyond which id a sequence has to be."""

    HIGHEST = auto()
    LOWEST = auto()


@dataclass(frozen=True, slots=True)
class NextValue:
    """What the sequence gives next, and the id that it is beyond of."""

    value: int
    end: End | None = None  # None: the ids were not read
    id: int | None = None  # None: there are no rows


@dataclass(frozen=True, slots=True)
class Collides:
    """The sequence gives a value next, and will meet an id that exists."""

    value: int
    id: int


@dataclass(frozen=True, slots=True)
class Refers:
    """Columns of these types reference a key."""

    types: tuple[str, ...]
    target: Name
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyTypes:
    """The key is of other types."""

    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LacksReference:
    """The repair declared this foreign key; there is none, or one to something else."""

    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]  # () for its key


@dataclass(frozen=True, slots=True)
class LacksKey:
    """The repair made this primary key, and there is another."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LacksDefault:
    """The repair made this column with a default, and nothing generates it."""

    column: str


@dataclass(frozen=True, slots=True)
class NotGranted:
    """Roles with a GRANT of INSERT on at least half of the other tables of the schema alone."""

    roles: tuple[str, ...]
    schema: str


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    """The primary key is over these columns."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotRead:
    """Something could not be read: why, and what would verify it."""

    reason: str
    verify: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A real INSERT was refused; whether the row had an id by then, None where that is unknown."""

    had_id: bool | None
    message: str  # PostgreSQL's
    sqlstate: str


@dataclass(frozen=True, slots=True)
class UnknownId:
    """A real INSERT of a row that refers to nothing, which this foreign key refused or took."""

    constraint: str
    refused: bool
    why: str = ""  # it took it, as far as that is known


@dataclass(frozen=True, slots=True)
class NotEnforced:
    """A foreign key that is declared and checks nothing."""

    constraint: str


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A real INSERT was accepted, and its row is not in the table."""

    by: tuple[str, ...]  # rules and triggers that may have done so
    elsewhere: bool  # it is in another table, or the server does not count rows


@dataclass(frozen=True, slots=True)
class Closed:
    """A CHECK that is false for every row."""

    constraint: str
    children: bool  # other tables inherit from this one: they hold its rows


@dataclass(frozen=True, slots=True)
class Untried:
    """Such an INSERT showed nothing of the foreign key: why."""

    reason: str
    sqlstate: str = ""  # "" where the reason is not PostgreSQL's


@dataclass(frozen=True, slots=True)
class NoParent:
    """A made-up row was not tried: the table that it has to refer to has none, or is not read."""

    table: Name
    read: bool  # and shows this role no row


@dataclass(frozen=True, slots=True)
class NoRemainder:
    """A table partitioned by hash refuses the rows of remainders that no partition takes."""

    table: Name


Observation = (
    Seen | Draws | HasDefault | Owned | Usable | NextValue | Collides | Refers | KeyTypes
    | PrimaryKey | NotRead | Refused | NoParent | UnknownId | Untried | NotEnforced | TurnedAway
    | Closed | NoRemainder | LacksReference | LacksKey | LacksDefault
    | NotGranted
)  # fmt: skip
