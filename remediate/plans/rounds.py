"""Which repairs can go side by side, and which have to build on what others leave."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from remediate.findings.finding import Severity
from remediate.findings.remedy import Expectation, State
from remediate.findings.states import Default, PrimaryKey
from remediate.plans.approval import without_incomplete
from remediate.plans.plan import ApprovedItem
from remediate.rules import RULES
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name
from remediate.snapshots.tables import Sequence as SequenceFacts

Subject = tuple[Name, str, str]  # a fact of a column, or (column "") of a sequence or an index
_Moved = tuple[str, SequenceFacts]  # by a repair of this rule, and as it leaves it
_Subjects = tuple[ApprovedItem, "_Taken"]
_ORDER = {rule.code: number for number, rule in enumerate(RULES)}
_TYPE, _POSITION, _NAME, _INDEX = "type", "position", "name", "index"


@dataclass(slots=True)
class _Taken:
    """What the repairs of a round look at, and what they change."""

    looked_at: set[Subject] = field(default_factory=set)
    changed: set[Subject] = field(default_factory=set)
    moved: set[_Moved] = field(default_factory=set)  # sequences that are there

    def meets(self, other: "_Taken") -> bool:
        met = self.changed & other.looked_at | other.changed & self.looked_at
        if not met:
            return False
        return not met <= {(s.name, "", _POSITION) for _, s in self._moved_alike(other)}

    def _moved_alike(self, other: "_Taken") -> set[_Moved]:
        """Keys that are bound to one sequence each move it beyond the ids of all."""
        names = Counter(s.name for _, s in self.moved | other.moved)
        return {one for one in self.moved & other.moved if names[one[1].name] == 1}

    def add(self, other: "_Taken") -> None:
        self.looked_at |= other.looked_at
        self.changed |= other.changed
        self.moved |= other.moved


def side_by_side(items: Sequence[ApprovedItem]) -> tuple[ApprovedItem, ...]:
    """The first items, in the order of the rules, none of which changes what another looks at.

    The others are to be planned on what these leave. Keys come before what references them, and a
    new table waits with one that it needs.
    """
    taken, chosen = _Taken(), set()
    for item, subjects in _in_order(items):
        if not taken.meets(subjects):
            chosen.add(item.finding.id)
        taken.add(subjects)  # also of one that has to wait: what comes later waits for it
    return without_incomplete(item for item in items if item.finding.id in chosen)


def _in_order(items: Sequence[ApprovedItem]) -> Iterator[_Subjects]:
    """In the order of the rules; what refuses INSERTs now does not wait for what it can precede."""
    ordered = [
        (item, _subjects(item)) for item in sorted(items, key=lambda i: _ORDER[i.finding.rule])
    ]
    lesser = [s.changed for i, s in ordered if i.finding.severity is not Severity.ERROR]
    changed = set[Subject]().union(*lesser)
    ahead = [
        one
        for number, one in enumerate(ordered)
        if _is_urgent_advance(one)
        and one[1].looked_at & changed  # of few alone all others are compared
        and _can_precede(one, ordered[:number])
    ]
    first = next((n for n, one in enumerate(ordered) if any(_gives_way(one, a) for a in ahead)), 0)
    yield from ordered[:first]
    yield from ahead
    yield from (one for one in ordered[first:] if one not in ahead)


def _is_urgent_advance(one: _Subjects) -> bool:
    item, subjects = one
    facts = {fact for _, _, fact in subjects.changed}
    return item.finding.severity is Severity.ERROR and facts == {_POSITION}


def _can_precede(advance: _Subjects, earlier: Sequence[_Subjects]) -> bool:
    met = [other for other in earlier if other[1].meets(advance[1])]
    return bool(met) and all(_gives_way(other, advance) for other in met)


def _gives_way(other: _Subjects, advance: _Subjects) -> bool:
    """Whether a warning takes another column from the sequence, wherever that stands."""
    item, subjects = other
    return (
        item.finding.severity is not Severity.ERROR
        and item.finding.place != advance[0].finding.place
        and bool(subjects.changed & advance[1].looked_at)
        and not subjects.looked_at & advance[1].changed
    )


def _subjects(item: ApprovedItem) -> _Taken:
    found, remedy = _Taken(), item.remedy
    place = item.finding.place
    if place.table and place.column:  # it speaks of what fills that, if only of its sequence
        found.looked_at.add((place.table, place.column, Default.fact))
    for one in remedy.expectations:
        for state in one.states:
            found.looked_at.add((one.relation, one.column, state.before.fact))
            found.changed.update(_changed(one, state))
    for name in remedy.new_indexes:
        found.changed.add((name, "", _NAME))
        found.looked_at.add((name, "", _NAME))
    for made in remedy.makes:
        if isinstance(made, ForeignKey):
            found.looked_at |= {(made.target, c, _TYPE) for c in made.target_columns}
            found.looked_at |= {(made.table, c, s) for c in made.columns for s in (_TYPE, _INDEX)}
        else:
            found.changed.add((made.name, "", _POSITION))
            found.looked_at.add((made.name, "", _POSITION))
            if any(one.relation == made.name for one in remedy.expectations):
                found.moved.add((item.finding.rule, made))
    return found


def _changed(where: Expectation, state: State) -> Iterator[Subject]:
    if state.after and state.after != state.before:
        yield where.relation, where.column, state.before.fact
        if isinstance(state.after, PrimaryKey):
            yield where.relation, state.after.columns[0], _INDEX
