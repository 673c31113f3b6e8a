"""Words: singular and plural, and one spelling for the ways of writing a name."""

import re

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def snake(name: str) -> str:
    """orderItems, OrderItems and order_items are one name."""
    return _HUMP.sub("_", name).lower()


def singular(name: str) -> str:
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
    """1 table, 2 tables, 6,950 tables."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def forms(table: str) -> tuple[str, str]:
    """What a column that means this table may begin with."""
    name = snake(table)
    return name, singular(name)
