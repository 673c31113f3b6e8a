"""How likely it is that the database was meant to fill a key, when no model says so.

Of 758 integer keys without default in 84 public schemas only 10 % were defects, so every sign
counts a little and none is enough alone.
"""

import re

from remediate.schema import Column, Name, Table
from remediate.snapshot import Snapshot
from remediate.sql import serial_name

_COPY = re.compile(
    r"(?:^|_)(archived?|archives|history|hist|log|logs|old|backup|bak|raw|staging|import)(?:_|\d|$)"
)
_NATURAL = re.compile(r"(?:^|_)(code|year|pid|number|no|nr|num|zip|isbn|version|level|day)$")


def score(table: Table, column: Column, live: Snapshot) -> tuple[int, tuple[str, ...]]:
    """Points and the signs they were given for; 0 points and the reason where a rule excludes."""
    if reason := _exclusion(table, column, live):
        return 0, (reason,)
    signs = [(points, sign) for points, sign, holds in _signs(table, column, live) if holds]
    total = sum(points for points, _ in signs)
    if total < 2:
        return total, ("nothing says that the database should fill it",)
    return total, tuple(sign for _, sign in signs)


def _exclusion(table: Table, column: Column, live: Snapshot) -> str:
    other = column.name.lower().removesuffix("_id")
    if other != column.name.lower() and not _same_thing(other, table.name.name):
        owners = [t.name for t in live.tables if _same_thing(other, t.name.name)]
        if owners:
            return f"looks like the key of {owners[0]}, shared"
    if match := _COPY.search(table.name.name.lower()):
        return f"a table called {match[1]} keeps the ids of another"
    if match := _NATURAL.search(column.name.lower()):
        return f"a natural key ({match[1]})"
    return ""


def _signs(table: Table, column: Column, live: Snapshot) -> tuple[tuple[int, str, bool], ...]:
    names = {"id", f"{table.name.name}_id".lower(), f"{_singular(table.name.name)}_id"}
    return (
        (3, "an unused sequence bears its name", free_sequence(table, column, live) is not None),
        (2, f"is called {column.name}", column.name.lower() in names),
        (1, "other tables reference it", table.name in live.referrers),
        (1, "its values are dense", dense(table, column)),
        (1, "sibling keys are generated", _siblings_generated(table, column, live)),
    )


def free_sequence(table: Table, column: Column, live: Snapshot) -> Name | None:
    """A sequence of the conventional name that nobody owns and no default uses."""
    name = Name(table.name.schema, serial_name(table.name.name, column.name, ()))
    sequence = live.sequence_of.get(name)
    if sequence is None or sequence.used or sequence.owned_by is not None:
        return None
    return name


def dense(table: Table, column: Column) -> bool:
    """Whether at least every second id between the lowest and the highest is in use."""
    extremes, rows = column.extremes, table.rows
    if not rows or extremes is None or extremes.low is None or extremes.high is None:
        return False
    return rows / (extremes.high - extremes.low + 1) >= 0.5


def _siblings_generated(table: Table, column: Column, live: Snapshot) -> bool:
    """Whether most other keys of the same name in the schema are."""
    total, generated = live.generated_keys.get((table.name.schema, column.name), (0, 0))
    others = total - (table.key == (column.name,) and column.is_integer)
    return others > 0 and generated * 2 > others


def _same_thing(word: str, table: str) -> bool:
    return word in (table.lower(), _singular(table))


def _singular(name: str) -> str:
    lowered = name.lower()
    if lowered.endswith("ies"):
        return lowered[:-3] + "y"
    if lowered.endswith(("sses", "xes", "ches", "shes")):
        return lowered[:-2]
    return lowered.removesuffix("s")
