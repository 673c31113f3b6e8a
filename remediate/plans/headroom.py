"""How many ids each key of a database has left, as a plan holds it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from remediate.analysis.headroom import counted_keys
from remediate.analysis.pace import PaceFacts, next_id
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class Room:
    """A key that counts its ids, and what is left of them."""

    table: Name
    column: str
    next: int | None  # the id of the next row; None: it was not read
    limit: int  # the last id that fits
    limited_by: str  # a type, or a sequence
    share: float  # used, 0 to 1
    remaining: int  # ids left
    days_left: float | None  # at its present pace; None: unknown
    pace: PaceFacts | None = None  # how that is known, and how sure it is

    @property
    def urgency(self) -> tuple[float, float, int]:
        """What is full first comes first: by the days left, else by the share that is used."""
        guessed = self.pace is None or not self.pace.is_reliable
        days = float("inf") if guessed or self.days_left is None else self.days_left
        return days, -self.share, self.remaining


def rooms(live: Live, declared: Declared, inside: Callable[[Name], bool]) -> tuple[Room, ...]:
    """Of each key of these tables that counts its ids."""
    return tuple(
        Room(
            table=table.name,
            column=column.name,
            next=next_id(column, live),
            limit=used.limit,
            limited_by=used.limited_by,
            share=round(used.share, 6),
            remaining=used.remaining,
            days_left=used.days_left,
            pace=used.forecast.facts if used.forecast else None,
        )
        for table, column, used in counted_keys(live, declared)
        if inside(table.name)
    )


def headroom_as_json(headroom: Iterable[Room]) -> list[dict[str, Any]]:
    """The rooms as JSON values."""
    return [
        {"schema": one.table.schema, **asdict(one), "table": one.table.name} for one in headroom
    ]


def headroom_from_json(document: Mapping[str, Any]) -> tuple[Room, ...]:
    """The rooms of a plan file; none, where another version saved it."""
    return tuple(
        Room(
            table=Name(one["schema"], one["table"]),
            column=one["column"],
            next=one["next"],
            limit=one["limit"],
            limited_by=one["limited_by"],
            share=one["share"],
            remaining=one["remaining"],
            days_left=one["days_left"],
            pace=PaceFacts(**one["pace"]) if one.get("pace") else None,
        )
        for one in document.get("headroom", ())
    )
