"""What the foreign keys of a database do on DELETE and UPDATE, and what one DELETE takes along."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from remediate.analysis.audit.orm import OrmClash, clashes
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import Ends, ForeignKey
from remediate.snapshots.relationships import Relationship
from remediate.snapshots.snapshot import grouped
from remediate.snapshots.structure import NO_ACTION, NO_ACTIONS, Actions, Structure
from remediate.snapshots.tables import Location, Name

# By the table that is referenced: which ones refer to it, and ON DELETE.
Edges = dict[Name, tuple[tuple[Name, str], ...]]


class Fault(StrEnum):
    """Why a rule cannot do what it is there for."""

    SET_NULL = "SET NULL on a NOT NULL column: the DELETE fails"
    SET_DEFAULT = "SET DEFAULT on a NOT NULL column without default: the DELETE fails"
    NOT_ENFORCED = "NOT ENFORCED: nothing happens"


@dataclass(frozen=True, slots=True)
class Rule:
    """A foreign key with its rules."""

    table: Name
    columns: tuple[str, ...]
    target: Name
    constraint: str
    on_delete: str
    on_update: str
    model_on_delete: str | None  # of the models; None where they do not have it
    model: Location | None
    fault: Fault | None

    @property
    def differs(self) -> bool:
        """Whether the models ask for another ON DELETE than the database has."""
        return self.model_on_delete is not None and self.model_on_delete != self.on_delete


@dataclass(frozen=True, slots=True)
class Taken:
    """What the DELETE of one row of a table does to rows of others."""

    table: Name
    direct: tuple[Name, ...]  # whose rows it deletes, by CASCADE
    through: tuple[Name, ...]  # whose rows are deleted because those are
    changed: tuple[Name, ...]  # whose rows lose the reference, by SET NULL or SET DEFAULT
    stopping: tuple[Name, ...]  # whose rows, where there are any, refuse the DELETE
    rows: (
        float | None
    )  # deleted with it on the average, by the statistics; None: not asked, unknown


@dataclass(frozen=True, slots=True)
class Deletes:
    """The rules of all references, and what follows from them."""

    rules: tuple[Rule, ...]
    orm: tuple[OrmClash, ...]
    taken: tuple[Taken, ...]  # of every table that is referenced, those that take most first
    estimated: bool  # rows were asked for

    def counted(self) -> dict[str, int]:
        """How many references have each ON DELETE, the most frequent first."""
        found = [rule.on_delete for rule in self.rules]
        return dict(sorted(((one, found.count(one)) for one in set(found)), key=_rank))


def _rank(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def deletes(
    live: Live,
    declared: Declared,
    structure: Structure,
    inside: Callable[[Name], bool],
    relationships: Iterable[Relationship] = (),
    *,
    rows: bool,
) -> Deletes:
    """The rules of references from or to tables inside, and the DELETEs there."""
    models = {_ends(fk): fk for fk in declared.foreign_keys}
    rules = [
        _rule(fk, models.get(_ends(fk)), declared, structure)
        for fk in live.foreign_keys
        if inside(fk.table) or inside(fk.target)
    ]
    edges: Edges = grouped(
        (fk.target, (fk.table, _effect(fk, structure))) for fk in live.foreign_keys if fk.enforced
    )
    taken = [_taken(table, edges, live, rows=rows) for table in edges if inside(table)]
    taken.sort(key=lambda one: (-len(one.direct) - len(one.through), -len(one.changed), one.table))
    orm = clashes((r for r in relationships if inside(r.target)), live, declared, structure)
    return Deletes(tuple(rules), tuple(orm), tuple(taken), estimated=rows)


def _ends(fk: ForeignKey) -> Ends:
    """The same whatever the order of the columns."""
    pairs = sorted(zip(fk.columns, fk.target_columns, strict=True))
    own, keys = zip(*pairs, strict=True)
    return Ends(fk.table, own, fk.target, keys)


def _rule(
    fk: ForeignKey, model: ForeignKey | None, declared: Declared, structure: Structure
) -> Rule:
    actions = structure.actions.get((fk.table, fk.name), NO_ACTIONS)
    source = declared.source_of(fk.table, fk.columns[0])
    return Rule(
        *(fk.table, fk.columns, fk.target, fk.name),
        on_delete=actions.on_delete or NO_ACTION,
        on_update=actions.on_update or NO_ACTION,
        model_on_delete=(model.on_delete or NO_ACTION) if model else None,
        model=source,
        fault=_fault(fk, actions, structure),
    )


def _fault(fk: ForeignKey, actions: Actions, structure: Structure) -> Fault | None:
    if not fk.enforced:
        return Fault.NOT_ENFORCED
    changed = [structure.column_of.get((fk.table, column)) for column in actions.changed]
    bound = [column for column in changed if column and column.not_null]
    if actions.on_delete == "SET NULL" and bound:
        return Fault.SET_NULL
    if actions.on_delete == "SET DEFAULT" and any(not column.filled for column in bound):
        return Fault.SET_DEFAULT
    return None


def _effect(fk: ForeignKey, structure: Structure) -> str:
    """What comes of ON DELETE: where it cannot work, the DELETE is refused."""
    actions = structure.actions.get((fk.table, fk.name), NO_ACTIONS)
    return "" if _fault(fk, actions, structure) else actions.on_delete


def _taken(table: Name, edges: Edges, live: Live, *, rows: bool) -> Taken:
    """Follow CASCADE from table to table; the other rules end there."""
    direct = dict.fromkeys(_children(table, edges, ("CASCADE",)))
    reached = dict.fromkeys((table, *direct))
    waiting = list(direct)
    while waiting:
        new = [c for c in _children(waiting.pop(0), edges, ("CASCADE",)) if c not in reached]
        reached |= dict.fromkeys(new)
        waiting += new
    changed = {c for one in reached for c in _children(one, edges, ("SET NULL", "SET DEFAULT"))}
    stopping = {c for one in reached for c in _children(one, edges, ("", "RESTRICT"))}
    return Taken(
        table,
        tuple(sorted(direct)),
        tuple(sorted(one for one in reached if one != table and one not in direct)),
        tuple(sorted(changed)),
        tuple(sorted(stopping)),
        _average(table, list(reached), edges, live) if rows else None,
    )


def _children(table: Name, edges: Edges, actions: Iterable[str]) -> Iterator[Name]:
    wanted = set(actions)
    return (child for child, on_delete in edges.get(table, ()) if on_delete in wanted)


def _average(table: Name, reached: list[Name], edges: Edges, live: Live) -> float | None:
    """The rows that go with one row on the average, if each parent has as many as the next.

    Tables come in the order in which they are reached; a reference back adds nothing. None where
    the statistics do not count a table.
    """
    counts = {name: live.table_of[name].rows if name in live.table_of else None for name in reached}
    if any(count is None or count < 0 for count in counts.values()) or not counts[table]:
        return None
    share = {table: 1.0}
    for parent in reached:
        for child in dict.fromkeys(_children(parent, edges, ("CASCADE",))):
            if child not in share and counts[parent]:
                share[child] = share.get(parent, 0.0) * (counts[child] or 0) / (counts[parent] or 1)
    return sum(share.values()) - 1.0
