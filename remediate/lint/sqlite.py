"""Steps that are written for SQLite, as a PRAGMA beside them tells: PostgreSQL never gets to them.

Measured: PostgreSQL refuses PRAGMA (42601), and the revision ends there.
"""

import re
from collections.abc import Iterable, Iterator

from remediate.lint import facts
from remediate.lint.facts import Event

_PRAGMA = re.compile(r"\s*PRAGMA\b", re.IGNORECASE)


def is_pragma(event: Event) -> bool:
    """Whether it runs a PRAGMA."""
    return event.sql is not None and _PRAGMA.match(event.sql.value) is not None


def is_for_sqlite(events: Iterable[Event]) -> bool:
    """Whether a function runs a PRAGMA whatever else holds."""
    return any(is_pragma(event) and not event.branch for event in events)


def without(events: list[Event]) -> Iterator[Event]:
    """The events, and of those on the way of a PRAGMA only that itself, once."""
    ways = {event.branch for event in events if is_pragma(event)}
    told = set[tuple[int, ...]]()
    for event in events:
        way = next((one for one in ways if event.branch[: len(one)] == one), None)
        if way is None:
            yield event
        elif is_pragma(event) and isinstance(event.fact, facts.NotRead) and way not in told:
            told.add(way)
            yield event
