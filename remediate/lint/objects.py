"""Steps about what is neither table nor column: views, functions, types, constraints."""

from dataclasses import dataclass

from remediate.lint.facts import OtherDDL


@dataclass(frozen=True, slots=True)
class Created(OtherDDL):
    """A thing that is new; the kind is PostgreSQL's word for it."""

    kind: str
    name: str  # "" where PostgreSQL gives it one
    owner: str = ""  # the table that it goes with; of a value, its type


@dataclass(frozen=True, slots=True)
class Dropped(OtherDDL):
    """A thing that goes."""

    kind: str
    name: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Renamed(OtherDDL):
    """A thing that gets another name."""

    kind: str
    name: str
    new: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Moved(OtherDDL):
    """A thing that gets another schema; both names have theirs."""

    name: str
    new: str


@dataclass(frozen=True, slots=True)
class Validated(OtherDDL):
    """A constraint that is checked for the rows from before, too."""

    name: str
    table: str


@dataclass(frozen=True, slots=True)
class Unclear(OtherDDL):
    """A step that may make or drop anything."""
