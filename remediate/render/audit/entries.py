"""What a section of the report is made of: entries below entries, whatever they are written as."""

from collections.abc import Iterable
from dataclasses import dataclass

from remediate.system import invocation
from remediate.system.words import counted, plural

MOST = 20  # entries of one kind, unless everything is asked for
IN_A_LINE = 40  # names, likewise


@dataclass(frozen=True, slots=True)
class Entry:
    """A line, what stands at its right, and what belongs below it."""

    text: str
    right: str = ""
    below: tuple["Entry", ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section of the report."""

    title: str
    entries: tuple[Entry, ...]


def listed(entries: Iterable[Entry], noun: str, *, whole: bool) -> tuple[Entry, ...]:
    """The first of them; the others are counted."""
    every = tuple(entries)
    if whole or len(every) <= MOST:
        return every
    return (
        *every[:MOST],
        Entry(f"and {_more(len(every) - MOST, noun)}: {invocation.remediate('audit -v')}"),
    )


def joined(names: Iterable[object], noun: str, *, whole: bool) -> str:
    """The first names in one sentence; the others are counted."""
    every = [str(name) for name in names]
    if whole or len(every) <= IN_A_LINE:
        return ", ".join(every)
    return f"{', '.join(every[:IN_A_LINE])} and {_more(len(every) - IN_A_LINE, noun)} (-v)"


def _more(number: int, noun: str) -> str:
    return f"{number:,} more {noun if number == 1 else plural(noun)}"


def group(title: str, below: Iterable[Entry]) -> tuple[Entry, ...]:
    """A heading with what belongs to it; nothing where that is nothing."""
    entries = tuple(below)
    return (Entry(title, below=entries),) if entries else ()


def several(number: int, noun: str, one: str, many: str) -> str:
    """The number with its noun and verb: 1 table holds, 2 tables hold."""
    return f"{counted(number, noun)} {one if number == 1 else many}"
