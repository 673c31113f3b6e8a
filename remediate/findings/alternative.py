"""Where a finding leaves a choice: the ways that there are, and what each of them costs."""

from dataclasses import dataclass
from enum import StrEnum

from remediate.findings.remedy import Hazard, Manual, Remedy


class Way(StrEnum):
    """What changes."""

    DATABASE = "database"
    MODELS = "models"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Offer:
    """One way, as a rule offers it; those with the same question exclude each other."""

    question: str
    title: str
    how: str  # it is chosen: an option, a setting, a command
    way: Way
    outcome: Remedy | Manual | None = None  # None: nothing runs in the database
    then: str = ""  # what holds from then on
    taken: bool = False  # by the settings, with which the plan is made


class Meanwhile(StrEnum):
    """Who waits while it is done. How long, nobody can promise."""

    NOBODY = "nobody waits"
    WRITES = "writes wait, reads go on"
    MOMENT = "nobody reads or writes, for a moment"
    REWRITING = "nobody reads or writes, as long as rows are rewritten"


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way, with its letter among those of the finding, and what it costs."""

    letter: str
    question: str
    title: str
    how: str
    way: Way
    taken: bool = False
    lock: str = ""  # PostgreSQL's name of the strongest one; "" for none on a table
    meanwhile: Meanwhile = Meanwhile.NOBODY
    rewrites: bool = False
    rows: int = 0  # of the tables that are locked, by the statistics
    bytes: int = 0  # of the tables whose rows are rewritten
    needs: tuple[Hazard, ...] = ()  # what people have to know, do or accept
    then: str = ""
    by_hand: str = ""  # why no revision does it
