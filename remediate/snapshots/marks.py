"""Where a key stood some time ago: what tells how fast its ids are used."""

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """From where it is known how fast ids are used; the best first."""

    PLAN = "saved plan"  # the next id, when it was made
    ROWS = "rows"  # ids beside the times at which their rows were inserted
    STATISTICS = "statistics"  # rows that were inserted since they were reset


@dataclass(frozen=True, slots=True)
class Mark:
    """A key's next id some time ago."""

    next: int
    days: float  # ago
    basis: Basis
