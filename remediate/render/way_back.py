"""How far the downgrade of a revision leads back: its grade, and what does not come back."""

from collections.abc import Iterator
from typing import Any

from remediate.rehearsal.result import Grade, Lost, WayBack
from remediate.render.lines import wrapped

_SHOWN = 12  # of each list, in the text

_GRADES = {
    Grade.EXACT: "exact",
    Grade.SCHEMA: "exact for the schema; values are not known",
    Grade.COLUMN_ORDER: "same except for the column order",
    Grade.LOSSY: "lossy",
    Grade.NONE: "none",
}


def document(way: WayBack | None) -> dict[str, Any] | None:
    """JSON values; None where the way back was not tried, or fails."""
    if way is None:
        return None
    return {
        "grade": way.grade.value,
        "reason": way.reason,
        "lost": [*map(_values, way.values), *map(_order, way.reordered), *way.lost],
        "left_behind": [*way.left],
    }


def lines(way: WayBack | None) -> Iterator[str]:
    """The grade, and under it the list of what is lost and what is left behind."""
    if way is None:
        return
    why = f": {way.reason}" if way.reason else ""
    yield from wrapped(f"way back: {_GRADES[way.grade]}{why}", "  ")
    there = [_values(v) for v in way.values if v.there]
    yield from _listed([*there, *map(_order, way.reordered), *way.lost], "  - lost: ")
    yield from _listed([_values(v) for v in way.values if not v.there], "  - would be lost: ")
    yield from _listed([*way.left], "  - left behind: ")


def _listed(several: list[str], mark: str) -> Iterator[str]:
    for one in several[:_SHOWN]:
        yield from wrapped(one, mark)
    if len(several) > _SHOWN:
        yield f"{mark}{len(several) - _SHOWN:,} more (-f json shows them)"


def _values(lost: Lost) -> str:
    what = f"the values of {lost.table}.{lost.column}" if lost.column else f"rows of {lost.table}"
    by = f" that statement {lost.statement} {lost.verb}" if lost.statement else ""
    return f"{what}{by}{'' if lost.there else ' (this database holds none)'}"


def _order(table: str) -> str:
    return f"the column order of {table}"
