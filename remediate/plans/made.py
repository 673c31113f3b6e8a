"""When a plan was made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Made:
    """The moment, and the version of remediate that read the database."""

    at: str  # ISO 8601, in UTC
    version: str


def made_from_json(document: Mapping[str, str]) -> Made:
    """When a saved plan was made; raises ValueError for what is no moment, or has no zone."""
    if datetime.fromisoformat(document["at"]).tzinfo is None:
        raise ValueError(f"made.at has no time zone: {document['at']}")
    return Made(document["at"], document["version"])
