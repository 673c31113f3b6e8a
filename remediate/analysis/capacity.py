"""How much of a key's room is used: what ends first, its sequence or its column.

A column that references the key may end earlier. Then the key goes on working, and what refers to
its new rows fails: that is said of the reference.
"""

from dataclasses import dataclass

from remediate.analysis.keys import dense
from remediate.analysis.pace import Forecast, forecast
from remediate.snapshots.live import Live, drawn_from
from remediate.snapshots.tables import INTEGER_MAX, Column, Generator, Name, Sequence, Table

WATCHED = 0.5  # share from which on a key is spoken of
NEAR = 0.75
URGENT = 0.95
DAYS = 30.0


@dataclass(frozen=True, slots=True)
class Capacity:
    """The room of a key, counted in the direction in which it fills."""

    limit: int  # the last id that fits
    limited_by: str
    by_sequence: bool  # the sequence ends before the columns do
    share: float  # used, 0 to 1
    remaining: int  # ids left
    forecast: Forecast | None  # None: nothing tells how fast its ids are used

    @property
    def days_left(self) -> float | None:
        """At the present pace; None where that is not known."""
        return self.forecast.days_left if self.forecast else None


def capacity(
    table: Table, column: Column, live: Live, *, cycling: bool = False, told: bool = False
) -> Capacity | None:
    """None where the ids are not counted or could not be read, or (unless asked for) CYCLE.

    `told`: something says that the database is to count them.
    """
    sequence = counted_by(column, live)
    if sequence is None:
        counted = column.is_integer and (told or _is_numbered(table, column))
        return _of_ids(table, column, live) if counted else None
    if sequence.next is None or (sequence.cycles and not cycling):
        return None
    limit, limited_by, by_sequence = _limit(column, sequence, live)
    up = sequence.increment > 0
    first = _first(sequence, sequence.next)
    total = max(abs(limit - first) + 1, 1)
    used = max((sequence.next - first) * (1 if up else -1), 0)
    left = max((limit - sequence.next) * (1 if up else -1) // abs(sequence.increment) + 1, 0)
    ends = forecast(table, column.name, left, live)
    return Capacity(limit, limited_by, by_sequence, min(used / total, 1.0), left, ends)


def reach(name: Name, column: str, live: Live) -> tuple[int, int] | None:
    """The lowest and the highest id that a key has, or that its sequence gave; None: unread."""
    table = live.table_of.get(name)
    if table is None or not table.has(column):
        return None
    key = table.column(column)
    sequence = drawn_from(key, live)
    ids = [key.extremes.low, key.extremes.high] if key.extremes else []
    if sequence and sequence.next is not None:
        ids.append(sequence.next - (1 if sequence.increment > 0 else -1))
    known = [id_ for id_ in ids if id_ is not None]
    return (min(known), max(known)) if known else None


def counted_by(column: Column, live: Live) -> Sequence | None:
    """The sequence that a default calls, also where it makes something else of the value."""
    if column.generator is Generator.EXPRESSION and len(column.sequences) == 1:
        return live.sequence_of.get(column.sequences[0])
    return drawn_from(column, live)


def _is_numbered(table: Table, column: Column) -> bool:
    """Whether its ids may have been counted, though no default counts them.

    The digits of a numeric key, and the type of a member, are those of what they mean: an ISBN, the
    lines of an order.
    """
    alone = len(table.identifying) == 1 and column.base_type in INTEGER_MAX
    return alone or bool(column.owned)


def _of_ids(table: Table, column: Column, live: Live) -> Capacity | None:
    """Of a key without a sequence whose ids look as if they were counted."""
    extremes = column.extremes
    if column.generator is not Generator.NOTHING or extremes is None or not extremes.high:
        return None
    if not dense(table, column):
        return None
    limit = column.highest
    left = max(limit - extremes.high, 0)
    share = min(max(extremes.high, 0) / limit, 1.0)
    ends = forecast(table, column.name, left, live)
    return Capacity(
        limit, _type(column), by_sequence=False, share=share, remaining=left, forecast=ends
    )


def _type(column: Column) -> str:
    """What limits the ids: a numeric holds more than any sequence gives."""
    return "bigint" if column.highest == INTEGER_MAX["bigint"] else column.type


def _first(sequence: Sequence, next_: int) -> int:
    """Where counting begins: 1, unless the sequence was made for other numbers."""
    if sequence.increment > 0:
        return 1 if sequence.minimum <= 1 <= next_ else sequence.minimum
    return -1 if sequence.maximum >= -1 >= next_ else sequence.maximum


def _limit(column: Column, sequence: Sequence, live: Live) -> tuple[int, str, bool]:
    up = sequence.increment > 0
    limit, by = 0, ""
    own = sequence.maximum if up else sequence.minimum
    plain = column.is_integer and drawn_from(column, live) is not None
    if plain:
        limit, by = column.highest if up else column.lowest, _type(column)
    if not plain or ((own < limit) if up else (own > limit)):
        chosen = "" if sequence.ends_with_its_type else ", with a bound of its own"
        return own, f"the sequence {sequence.name} ({sequence.type}{chosen})", True
    return limit, by, False
