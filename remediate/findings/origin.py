"""Which revision made a column as it is, which commit brought that line, and what none explains."""

from dataclasses import dataclass
from enum import StrEnum

from remediate.snapshots.tables import Location, Name


class Act(StrEnum):
    """What a revision did."""

    CREATED = "table-created"  # without what fills the column
    COPIED = "table-copied"  # the same
    ADDED = "column-added"  # the same
    DROPPED = "default-dropped"
    SEQUENCE = "sequence-dropped"
    CONSTANT = "constant-set"
    CREATED_AS = "table-created-as"  # with the column of a type
    ADDED_AS = "column-added-as"
    TYPED = "type-changed"


@dataclass(frozen=True, slots=True)
class Commit:
    """The commit that brought a line. Whose it is, it tells whoever asks git."""

    short: str
    date: str  # YYYY-MM-DD
    subject: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The step of a revision that has run, after which a column is as it is."""

    act: Act
    revision: str
    source: Location  # of the step, as it is shown
    certain: bool = True  # False: it stands in a branch that may not have run
    type: str = ""  # that the step gives the column, where it is about that
    commit: Commit | None = None  # None: there is no git, or it does not tell


@dataclass(frozen=True, slots=True)
class Divergence:
    """What a new database lacks, made by the revisions, so that a repair's revision stops there."""

    tables: tuple[Name, ...] = ()  # and views, that no revision makes
    otherwise: str = ""  # the column or table that they leave without the defect; "": none
