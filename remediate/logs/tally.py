"""What logs hold: errors by their place, and how often they were met."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from remediate.logs.entries import Entry
from remediate.logs.server_errors import Kind, ServerError


@dataclass(frozen=True, slots=True)
class Group:
    """An error at one place, and how often it was met."""

    error: ServerError
    database: str = ""  # "" where the logs do not tell it
    in_server_logs: int = 0
    in_application_logs: int = 0
    first: str = ""
    last: str = ""

    @property
    def count(self) -> int:
        """At least so often: the same error stands in the server's log and in the application's."""
        return max(self.in_server_logs, self.in_application_logs)


@dataclass(frozen=True, slots=True)
class Tally:
    """What the logs hold."""

    groups: tuple[Group, ...] = ()
    others: int = 0  # errors that are not looked for
    untold: int = 0  # lines in a language that is not known
    lines: int = 0
    logs: tuple[str, ...] = ()


def counted(groups: dict[object, Group], entry: Entry) -> None:
    """Add an entry with an error to the groups."""
    error = entry.error
    assert error is not None  # noqa: S101  (the caller has looked)
    key = (entry.database, error.schema, *_identity(error))
    new = Group(
        error, entry.database, int(entry.server), int(not entry.server), entry.time, entry.time
    )
    groups[key] = _sum(groups[key], new) if key in groups else new


def indexes_met(tally: Tally) -> list[str]:
    """The names of constraints that refused a duplicate."""
    duplicates = (g.error for g in tally.groups if g.error.kind is Kind.DUPLICATE)
    return sorted({error.name for error in duplicates if error.name})


def joined(groups: Iterable[Group], database: str = "") -> tuple[Group, ...]:
    """The same error of logs that tell less, put to what others tell of it.

    What does not name its database belongs to this one, or else to the only one that is named;
    what does not name the schema, to the only one of its table's name that was met.
    """
    by_schema = _folded(
        groups, lambda g: (g.database, *_identity(g.error)), lambda g: g.error.schema
    )
    there = [g for g in by_schema if g.database not in ("", database or g.database)]
    here = _folded(
        (g for g in by_schema if g not in there), lambda g: _identity(g.error), lambda g: g.database
    )
    return (*here, *there)


def _folded(
    groups: Iterable[Group], same: Callable[[Group], object], told: Callable[[Group], str]
) -> list[Group]:
    """Of groups of the same error, the one that does not tell goes into the only one that does."""
    found: dict[object, list[Group]] = {}
    for group in groups:
        found.setdefault(same(group), []).append(group)
    for alike in found.values():
        silent = [g for g in alike if not told(g)]
        if len(silent) == 1 and len(alike) == 2:
            telling = next(g for g in alike if g is not silent[0])
            alike[:] = [_sum(telling, silent[0])]
    return [group for alike in found.values() for group in alike]


def ranked(groups: Iterable[Group]) -> tuple[Group, ...]:
    """The most frequent first; of those, the last one met."""
    by_name = sorted(groups, key=lambda g: (g.error.table, g.error.column, g.error.name))
    by_time = sorted(by_name, key=lambda g: g.last, reverse=True)
    return tuple(sorted(by_time, key=lambda g: g.count, reverse=True))


def _identity(error: ServerError) -> tuple[object, ...]:
    """What makes an error of two logs the same, though one tells more than the other."""
    if error.name and error.kind in (Kind.DUPLICATE, Kind.SEQUENCE_DENIED, Kind.SEQUENCE_ENDED):
        return error.kind, error.name
    if error.kind is Kind.NO_PARENT:
        return error.kind, error.table, error.name
    return error.kind, error.table, error.column, error.name, error.others


def _merged(one: ServerError, other: ServerError) -> ServerError:
    return replace(
        one,
        schema=one.schema or other.schema,
        table=one.table or other.table,
        column=one.column or other.column,
    )


def _sum(one: Group, other: Group) -> Group:
    return Group(
        _merged(one.error, other.error),
        one.database or other.database,
        one.in_server_logs + other.in_server_logs,
        one.in_application_logs + other.in_application_logs,
        min(filter(None, (one.first, other.first)), default=""),
        max(one.last, other.last),
    )
