"""Tables that nobody speaks for, empty ones, and rows that have to be there first."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from remediate.analysis.audit.past import Past, Step
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, family
from remediate.snapshots.structure import Structure
from remediate.snapshots.tables import Location, Name, Table


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """A table that no revision makes and no model declares."""

    table: Name
    holds_rows: bool | None  # None: unknown
    rows: int | None  # by the statistics
    referenced_by: int  # foreign keys of other tables


@dataclass(frozen=True, slots=True)
class Unmade:
    """A table of the models that no revision makes."""

    table: Name
    model: Location | None
    exists: bool  # somebody else has made it


@dataclass(frozen=True, slots=True)
class Empty:
    """A table without a row."""

    table: Name
    inserts: int | None  # since the statistics were reset; None: unknown


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reference that is NOT NULL, to a table without rows: no row can be inserted."""

    table: Name
    columns: tuple[str, ...]
    target: Name
    holds_rows: bool | None  # whether the table itself has rows; None: unknown


@dataclass(frozen=True, slots=True)
class Tables:
    """What stands out among the tables."""

    total: int
    revisions: int  # that were read
    models: int | None  # tables that models declare; None: no models were read
    unclaimed: tuple[Unclaimed, ...]
    unmade: tuple[Unmade, ...]
    without_table: int  # models whose table does not exist
    empty: tuple[Empty, ...]
    statistics_days: float | None  # since the statistics were reset; None: unknown
    waiting: tuple[Waiting, ...]
    order: tuple[Name, ...]  # of the first rows: these tables and the empty ones that they need
    stuck: tuple[tuple[Name, ...], ...]  # tables of which each needs a row of another one first
    unclear: tuple[Step, ...]  # revisions whose text does not tell what they make
    unread: tuple[tuple[Name, str], ...]  # tables of which nobody knows whether they are empty


def tables(
    live: Live,
    declared: Declared,
    structure: Structure,
    past: Past,
    inside: Callable[[Name], bool],
    order: Sequence[Name],
    cycles: Iterable[tuple[Name, ...]] = (),
    *,
    models_read: bool,
) -> Tables:
    """Of the tables inside.

    `order` has all tables of the database, parents first; `cycles` those in which none comes first.
    """
    roots = [t.name for t in live.tables if t.partition_of is None and inside(t.name)]
    modelled = {t.name for t in declared.tables}
    there = {name for name, _ in live.types} | live.table_of.keys()
    waiting = tuple(_waiting(live, structure, inside))
    return Tables(
        total=len(roots),
        revisions=past.revisions,
        models=sum(map(inside, modelled)) if models_read else None,
        unclaimed=tuple(
            _unclaimed(name, live, structure)
            for name in roots
            if name not in modelled and name not in past.tables
        ),
        unmade=tuple(
            Unmade(name, declared.source_of(name, None), name in there)
            for name in sorted(modelled)
            if past.revisions and name not in past.tables and inside(name)
        ),
        without_table=sum(name not in there and inside(name) for name in modelled),
        empty=tuple(
            Empty(name, _inserts(live.table_of[name], live))
            for name in roots
            if structure.holds_rows.get(name) is False
        ),
        statistics_days=live.database.statistics_days,
        waiting=waiting,
        order=_first_rows(waiting, live, structure, order),
        stuck=tuple(one for one in cycles if not {w.table for w in waiting}.isdisjoint(one)),
        unclear=past.unclear,
        unread=tuple((name, why) for name, why in structure.unread.items() if inside(name)),
    )


def _unclaimed(name: Name, live: Live, structure: Structure) -> Unclaimed:
    others = (fk for fk in live.referrers.get(name, ()) if fk.table != name)
    rows = live.table_of[name].rows
    return Unclaimed(name, structure.holds_rows.get(name), rows, sum(1 for _ in others))


def _inserts(table: Table, live: Live) -> int | None:
    """Into the table with its partitions and children; None where one of them is not counted."""
    counts = [one.inserts for one in family(table, live) if not one.partitioned]
    return None if None in counts else sum(count for count in counts if count)


def _waiting(live: Live, structure: Structure, inside: Callable[[Name], bool]) -> Iterator[Waiting]:
    for fk in live.foreign_keys:
        needed = not any((fk.table, column) in live.nullable for column in fk.columns)
        lacking = structure.holds_rows.get(fk.target) is False
        if needed and lacking and fk.enforced and fk.table != fk.target and inside(fk.table):
            yield Waiting(fk.table, fk.columns, fk.target, structure.holds_rows.get(fk.table))


def _first_rows(
    waiting: Iterable[Waiting], live: Live, structure: Structure, order: Sequence[Name]
) -> tuple[Name, ...]:
    """These tables with the empty ones that they need, directly or through others."""
    needed: dict[Name, None] = {}
    found = {one.table: None for one in waiting} | {one.target: None for one in waiting}
    while found:
        table, _ = found.popitem()
        needed[table] = None
        for fk in live.references.get(table, ()):
            free = any((fk.table, column) in live.nullable for column in fk.columns)
            empty = structure.holds_rows.get(fk.target) is False
            if empty and not free and fk.target not in needed:
                found[fk.target] = None
    return tuple(name for name in order if name in needed)
