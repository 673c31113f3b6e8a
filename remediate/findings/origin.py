"""Which revision left a key without what fills it, and which commit brought that line."""

from dataclasses import dataclass
from enum import StrEnum

from remediate.snapshots.tables import Location


class Act(StrEnum):
    """What a revision did."""

    CREATED = "table-created"  # without what fills the column
    COPIED = "table-copied"  # the same
    ADDED = "column-added"  # the same
    DROPPED = "default-dropped"
    SEQUENCE = "sequence-dropped"
    CONSTANT = "constant-set"


@dataclass(frozen=True, slots=True)
class Commit:
    """The commit that brought a line. Whose it is, it tells whoever asks git."""

    short: str
    date: str  # YYYY-MM-DD
    subject: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The step of a revision that the database has run, after which nothing fills a column."""

    act: Act
    revision: str
    source: Location  # of the step, as it is shown
    certain: bool = True  # False: it stands in a branch that may not have run
    commit: Commit | None = None  # None: there is no git, or it does not tell
