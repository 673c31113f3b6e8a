"""Group the errors of logs by the place that they name, and count them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from remediate.findings.effects import ErrorKind
from remediate.findings.remedy import Remedy
from remediate.logs.causes import Indexes, causes
from remediate.logs.entries import Entry
from remediate.logs.errors import ServerError
from remediate.plans.impact.flow import Flow
from remediate.plans.plan import Item, Plan
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name


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
    cut: int = 0  # lines that were too long to be read to their end
    since: str = ""  # the moment from which on errors count, in UTC; "": all count
    earlier: int = 0  # errors before it, which are left out
    timeless: int = 0  # errors without a time, which count
    own: int = 0  # errors of what remediate itself tried, which are left out


def counted(groups: dict[object, Group], entry: Entry, error: ServerError) -> None:
    """Add an entry, and the error in it, to the groups."""
    key = (entry.database, error.schema, *_identity(error))
    new = Group(
        error, entry.database, int(entry.server), int(not entry.server), entry.time, entry.time
    )
    groups[key] = _sum(groups[key], new) if key in groups else new


def indexes_met(tally: Tally) -> list[str]:
    """The names of constraints that refused a duplicate."""
    duplicates = (g.error for g in tally.groups if g.error.kind is ErrorKind.DUPLICATE)
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
    if error.name and error.kind in (
        ErrorKind.DUPLICATE,
        ErrorKind.SEQUENCE_DENIED,
        ErrorKind.SEQUENCE_ENDED,
    ):
        return error.kind, error.name
    if error.kind is ErrorKind.NO_PARENT:
        return error.kind, error.table, error.name
    return error.kind, error.table, error.column, error.name, error.others, error.model


def _merged(one: ServerError, other: ServerError) -> ServerError:
    return replace(
        one,
        schema=one.schema or other.schema,
        table=one.table or other.table,
        column=one.column or other.column,
        model=one.model or other.model,
        awaited=one.awaited or other.awaited,
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


FORMAT = "remediate.triage/1"
FIRST = 5  # tables that the emergency revision takes


@dataclass(frozen=True, slots=True)
class Explained:
    """A group, and what explains it; without items, `reason` says why nothing does."""

    group: Group
    items: tuple[Item, ...] = ()
    reason: str = ""
    guessed: bool = False  # the table is not told: the items are those of the same shape

    @property
    def is_sure(self) -> bool:
        """Whether the repair of its items is that of the error."""
        return not self.guessed or len(self.items) == 1


@dataclass(frozen=True, slots=True)
class Triage:
    """The errors in the order of repair."""

    tally: Tally
    plan: Plan | None = None
    explained: tuple[Explained, ...] = ()
    elsewhere: tuple[Group, ...] = ()  # in other databases than that of the plan
    written: frozenset[str] = frozenset()  # ids of findings that revisions which wait repair

    @property
    def errors(self) -> int:
        groups = (*(entry.group for entry in self.explained), *self.elsewhere)
        return sum(group.count for group in groups)

    @property
    def hits(self) -> int:
        """The errors of the plan's database; without a plan, all of them."""
        return sum(entry.group.count for entry in self.explained)

    @property
    def with_finding(self) -> tuple[Explained, ...]:
        return tuple(e for e in self.explained if e.items)

    @property
    def without(self) -> tuple[Explained, ...]:
        return tuple(e for e in self.explained if not e.items)

    @property
    def urgent(self) -> tuple[Item, ...]:
        """The repairs of what users hit, for the first few tables, in their order."""
        found = self._repairs
        tables = list(dict.fromkeys(item.finding.place.table for item in found))[:FIRST]
        first = [item for item in found if item.finding.place.table in tables]
        needed = _needed(first, self.plan.items) if self.plan else ()
        return tuple(dict.fromkeys((*first, *needed)))

    @property
    def later(self) -> tuple[Item, ...]:
        """The other repairs that errors lead to; those of errors of an untold table, too."""
        urgent = self.urgent
        listed = (i for e in self.with_finding for i in e.items if self._is_to_do(i))
        return tuple(item for item in dict.fromkeys(listed) if item not in urgent)

    @property
    def waits(self) -> bool:
        """Whether a revision that waits repairs what an error leads to."""
        return any(i.finding.id in self.written for e in self.with_finding for i in e.items)

    def _is_to_do(self, item: Item) -> bool:
        return isinstance(item.remedy, Remedy) and item.finding.id not in self.written

    @property
    def _repairs(self) -> dict[Item, None]:
        return dict.fromkeys(
            item
            for entry in self.with_finding
            for item in entry.items
            if entry.is_sure and self._is_to_do(item) and item.finding.place.table
        )

    def met(self, flow: Flow) -> int:
        """How many of these errors hit the tables of a flow; what may be another's is left out."""
        tables = {step.health.table for step in flow.steps}
        return sum(
            entry.group.count
            for entry in self.with_finding
            if entry.is_sure and any(self._about(item) in tables for item in entry.items)
        )

    def _about(self, item: Item) -> Name | None:
        impact = self.plan.impacts.get(item.id) if self.plan else None
        return impact.table if impact else item.finding.place.table


def _needed(items: Iterable[Item], others: Iterable[Item]) -> Iterator[Item]:
    """The items that create the tables which these need, and those which those need."""
    proposed = [(i, i.remedy) for i in others if isinstance(i.remedy, Remedy)]
    made = {r.creates.table.name: (i, r.needs) for i, r in proposed if r.creates}
    names = {name for i in items if isinstance(i.remedy, Remedy) for name in i.remedy.needs}
    while names:
        item, needs = made.pop(names.pop(), (None, ()))
        names |= {*needs}
        if item:
            yield item


def counts(tally: Tally) -> Triage:
    """The errors of the logs alone, most frequent first."""
    groups = ranked(joined(tally.groups))
    others = [group for group in groups if _may_be_any(group)]
    explained = tuple(Explained(group) for group in groups if not _may_be_any(group))
    return Triage(_with_others(tally, others), None, explained)


def triage(tally: Tally, plan: Plan, live: Live, indexes: Indexes) -> Triage:
    """The errors of the logs, explained by the plan: what it can explain first, most often met.

    `indexes` are the unique ones that the errors name.
    """
    groups = joined(tally.groups, plan.database.name)
    here = [g for g in groups if g.database in ("", plan.database.name)]
    told = [_explained(group, plan, live, indexes) for group in ranked(here)]
    explained = [e for e in told if e.items or not _may_be_any(e.group)]
    explained.sort(key=lambda e: not e.items)
    elsewhere = [g for g in ranked(g for g in groups if g not in here) if not _may_be_any(g)]
    left = {id(e.group) for e in explained} | {id(g) for g in elsewhere}
    others = [g for g in groups if id(g) not in left]
    return Triage(_with_others(tally, others), plan, tuple(explained), tuple(elsewhere))


def _may_be_any(group: Group) -> bool:
    """Whether only a finding makes it an error of models: any statement may name a wrong table."""
    return group.error.kind is ErrorKind.TABLE_MISSING


def _with_others(tally: Tally, groups: Iterable[Group]) -> Tally:
    return replace(tally, others=tally.others + sum(group.count for group in groups))


def _explained(group: Group, plan: Plan, live: Live, indexes: Indexes) -> Explained:
    found = causes(group.error, plan, live, indexes)
    return Explained(group, found.items, found.reason, guessed=found.guessed)
