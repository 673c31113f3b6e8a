"""What decides about an INSERT beside keys: rules, partitions, and rows that have to be there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from remediate.snapshots.tables import Name


class Partitions(StrEnum):
    """Which rows find a partition."""

    NONE = "none"
    SOME = "some"  # by their values
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Admission:
    """As far as it was read."""

    rules: Mapping[Name, tuple[str, ...]] = field(default_factory=dict)  # that replace an INSERT
    partitions: Mapping[Name, Partitions] = field(default_factory=dict)  # of each by itself
    holds_rows: Mapping[Name, bool] = field(default_factory=dict)  # as a foreign key looks for them


NOTHING_KNOWN = Admission()
