"""The errors that users hit, with the findings that explain them, in the order of repair."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from remediate.finding import Finding
from remediate.logs.meanings import MEANINGS
from remediate.logs.server_errors import Kind, ServerError
from remediate.logs.tally import Group, Tally, joined, ranked
from remediate.plan import Item, Plan
from remediate.remedy import Remedy
from remediate.schema import Name
from remediate.snapshot import Snapshot

FORMAT = "remediate.triage/1"
Indexes = Mapping[str, Sequence[tuple[Name, str]]]  # by name: tables, and their one column
FIRST = 5  # tables that the emergency revision takes


@dataclass(frozen=True, slots=True)
class Explained:
    """A group, and what explains it; without items, `reason` says why nothing does."""

    group: Group
    items: tuple[Item, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Triage:
    """The errors in the order of repair."""

    tally: Tally
    plan: Plan | None = None
    explained: tuple[Explained, ...] = ()
    elsewhere: tuple[Group, ...] = ()  # in other databases than that of the plan

    @property
    def errors(self) -> int:
        groups = (*(entry.group for entry in self.explained), *self.elsewhere)
        return sum(group.count for group in groups)

    @property
    def with_finding(self) -> tuple[Explained, ...]:
        return tuple(e for e in self.explained if e.items)

    @property
    def without(self) -> tuple[Explained, ...]:
        return tuple(e for e in self.explained if not e.items)

    @property
    def urgent(self) -> tuple[Item, ...]:
        """The repairs of what users hit, for the first few tables, in their order."""
        found = dict.fromkeys(
            item
            for entry in self.with_finding
            for item in entry.items
            if isinstance(item.remedy, Remedy) and item.finding.place.table
        )
        tables = list(dict.fromkeys(item.finding.place.table for item in found))[:FIRST]
        return tuple(item for item in found if item.finding.place.table in tables)


def counts(tally: Tally) -> Triage:
    """The errors of the logs alone, most frequent first."""
    return Triage(tally, None, tuple(Explained(g) for g in ranked(joined(tally.groups))))


def triage(tally: Tally, plan: Plan, live: Snapshot, indexes: Indexes) -> Triage:
    """The errors of the logs, explained by the plan: what it can explain first, most often met.

    `indexes` are the unique ones that the errors name.
    """
    groups = joined(tally.groups, plan.database.name)
    here = [g for g in groups if g.database in ("", plan.database.name)]
    explained = [_explained(group, plan, live, indexes) for group in ranked(here)]
    explained.sort(key=lambda e: not e.items)
    elsewhere = ranked(g for g in groups if g not in here)
    return Triage(tally, plan, tuple(explained), elsewhere)


def _explained(group: Group, plan: Plan, live: Snapshot, indexes: Indexes) -> Explained:
    error, rules = group.error, MEANINGS[group.error.kind].rules
    places = _places(error, live, indexes)
    items = [
        item
        for item in plan.items
        if item.finding.rule in rules and any(_is_at(item.finding, *place) for place in places)
    ]
    items.sort(key=lambda i: rules.index(i.finding.rule))
    return Explained(group, tuple(items), "" if items else _reason(error, places, plan, live))


def _places(error: ServerError, live: Snapshot, indexes: Indexes) -> list[tuple[Name, str]]:
    """Tables that the error may be about, and the column where it is told."""
    if error.kind is Kind.DUPLICATE and error.name in indexes:
        return [
            (live.root(live.table_of[table]).name if table in live.table_of else table, column)
            for table, column in indexes[error.name]
            if error.schema in ("", table.schema)
        ]
    drawing = [
        (live.root(table).name, column.name)
        for table in live.tables
        for column in table.columns
        if error.kind in (Kind.SEQUENCE_DENIED, Kind.SEQUENCE_ENDED)
        and any(sequence.name == error.name for sequence in column.sequences)
    ]
    return drawing or list(_named(error, live))


def _named(error: ServerError, live: Snapshot) -> Iterator[tuple[Name, str]]:
    names = {error.table, *error.others} - {""}
    for table in live.tables:
        if table.name.name in names and error.schema in ("", table.name.schema):
            yield live.root(table).name, error.column


def _is_at(finding: Finding, table: Name, column: str) -> bool:
    place = finding.place
    if place.table is None:
        keys = finding.facts.get("keys")
        return isinstance(keys, list) and [*table, column] in [list(key) for key in keys]
    return place.table == table and (not column or place.column in (None, column))


def _reason(
    error: ServerError, places: Sequence[tuple[Name, str]], plan: Plan, live: Snapshot
) -> str:
    """Why no finding explains it, from what is known of the place."""
    otherwise = MEANINGS[error.kind].otherwise
    if not places:
        named = error.table or " and ".join(error.others)
        if not named:
            return f"which table it is about was not told; {otherwise}"
        return f"no table {named} with a key is among those that were read"
    for healthy in plan.healthy:
        if (healthy.place.table, healthy.place.column) in places:
            since = "; the INSERT passed a NULL, or it was repaired since"
            return f"{healthy.reason}{since if error.kind is Kind.NOT_NULL else ''}"
    table, column = places[0]
    is_key = table in live.table_of and column in live.table_of[table].key
    if error.kind is Kind.NOT_NULL and is_key:
        return f"{table}.{column} is a key that the application has to fill, or was repaired since"
    if error.kind is Kind.DUPLICATE and is_key:
        return "the application passed an id that exists, or the sequence was advanced since"
    return otherwise
