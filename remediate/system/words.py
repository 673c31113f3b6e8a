"""English nouns in singular and plural, and names in snake case."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def snake(name: str) -> str:
    """The name in snake case: order_items for orderItems and OrderItems."""
    return _HUMP.sub("_", name).lower()


def singular(name: str) -> str:
    """The singular of a regular English noun, in lower case."""
    lowered = name.lower()
    if lowered.endswith("ies"):
        return lowered[:-3] + "y"
    if lowered.endswith(("sses", "xes", "ches", "shes")):
        return lowered[:-2]
    return lowered.removesuffix("s")


def plural(noun: str) -> str:
    """The plural of a regular English noun: index, foreign key, query."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def counted(number: int, noun: str) -> str:
    """The number with its noun: 1 table, 2 tables, 6,950 tables."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def with_article(noun: str) -> str:
    """The noun with a or an: an integer, a bigint."""
    return f"{'an' if noun[:1] in 'aeio' else 'a'} {noun}"


def forms(table: str) -> tuple[str, str]:
    """The name of a table in snake case, and its singular."""
    name = snake(table)
    return name, singular(name)


def sized(number: int) -> str:
    """Bytes in the unit in which they are read: 640 KiB, 3.4 GiB."""
    value, units = number / 1024, iter(_UNITS)
    unit = next(units)
    while value >= 1000 and unit != _UNITS[-1]:
        value, unit = value / 1024, next(units)
    return f"{value:.{1 if 0 < value < 10 else 0}f} {unit}"


_UNITS = ("KiB", "MiB", "GiB", "TiB")


def did_you_mean(word: str, known: Iterable[str] | Mapping[str, str], cutoff: float = 0.6) -> str:
    """A question with the names that are spelled nearly so, "" where there are none.

    A mapping holds for each spelling the name that is shown; `cutoff`: how alike, of 1.
    """
    shown = known if isinstance(known, Mapping) else {one: one for one in known}
    lowered = {spelling.lower(): name for spelling, name in shown.items()}
    near = get_close_matches(word.lower(), lowered, n=3, cutoff=cutoff)
    names = dict.fromkeys(lowered[one] for one in near)
    return f"Did you mean {' or '.join(names)}?" if names else ""
