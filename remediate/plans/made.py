"""When a plan was made."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Made:
    """The moment, and the version of remediate that read the database."""

    at: str  # ISO 8601, in UTC
    version: str
