"""Which revisions wait to be run and cannot before a repair, and which lines of them repeat it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from remediate.analysis.revisions import Upcoming, drawn_name, full_name, own_name
from remediate.findings import marks
from remediate.findings.effects import ErrorKind, Symptom
from remediate.findings.finding import Finding
from remediate.findings.remedy import Remedy
from remediate.findings.waiting import Repeat, Stop, Waiting
from remediate.lint import emptied, facts, facts_of
from remediate.lint.facts import Change
from remediate.lint.scope import HOLE
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

Subject = tuple[str, Name, tuple[str, ...]]  # "type", a table, its columns
_TYPE, _REFERENCE, _DEFAULT, _KEY = "type", "foreign key", "default", "primary key"
_SEQUENCE, _INDEX = "sequence", "index"
# What an INSERT that leaves the key out meets, whichever role runs it.
_OF_INSERTS = (
    ErrorKind.NOT_NULL, ErrorKind.RELATION_MISSING, ErrorKind.DUPLICATE, ErrorKind.SEQUENCE_ENDED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repair:
    """A finding's remedy, as far as revisions may meet it."""

    finding: Finding
    subjects: frozenset[Subject]  # that it makes or changes
    constraints: frozenset[str]  # names of the foreign keys that it declares
    views: tuple[str, ...]  # that it takes down and rebuilds
    symptom: Symptom | None  # of INSERTs that fail now

    @property
    def relations(self) -> frozenset[Name]:
        """What a revision has to name in order to meet it."""
        table = self.finding.place.table
        named = {relation for _, relation, _ in self.subjects}
        return frozenset(named | ({table} if table else set()))


def repair(finding: Finding, remedy: Remedy, symptom: Symptom | None) -> Repair:
    """What a remedy does; `symptom` is what INSERTs meet now, None where they work."""
    done = [fact for step in remedy.all_steps for fact in facts_of(step.up)]
    subjects = {subject for fact in done if (subject := _subject(fact, own_name))}
    subjects |= {
        (_SEQUENCE, own_name(drawn_name(fact.default)), ())
        for fact in done
        if isinstance(fact, facts.DefaultSet) and fact.default.literal
    }
    names = {fact.name for fact in done if isinstance(fact, facts.ReferenceAdded)}
    views = tuple(f"{d.kind} {d.name}" for d in remedy.dependants if d.level)
    return Repair(finding, frozenset(subjects), frozenset(names), views, symptom)


def subject_of(fact: facts.Fact, live: Live) -> Subject | None:
    """What a fact makes or changes, where a repair may do the same; None where it is unknown."""
    return _subject(fact, lambda written: full_name(written, live))


def _subject(fact: facts.Fact, named: Callable[[str], Name]) -> Subject | None:
    kind, relation, parts = _written(fact)
    known = kind and HOLE not in relation and not any(HOLE in part for part in parts)
    return (kind, named(relation), parts) if known else None


def _written(fact: facts.Fact) -> tuple[str, str, tuple[str, ...]]:
    """The kind, the relation as it is spelled, and its columns; "" for other facts."""
    match fact:
        case facts.TypeChanged():
            found = _TYPE, fact.table, fact.column
        case facts.DefaultSet() | facts.IdentityAdded():
            found = _DEFAULT, fact.table, fact.column
        case facts.SequenceCreated():
            found = _SEQUENCE, fact.name, ""
        case facts.IndexCreated():
            # Without a name of its own it is any index of its table.
            found = (_INDEX, fact.table, fact.name) if fact.name else ("", "", "")
        case facts.KeyAdded():
            found = _KEY, fact.table, ""
        case facts.ReferenceAdded():
            return _REFERENCE, fact.table, fact.columns
        case _:
            return "", "", ()
    kind, relation, part = found
    return kind, relation, (part,) if part else ()


def waiting(repair: Repair, upcoming: Sequence[Upcoming], live: Live) -> tuple[Waiting, ...]:
    """The revisions that wait and meet the repair, in the order in which they run.

    Where one of them was generated as this repair, those behind it need no other.
    """
    found: list[Waiting] = []
    before: list[facts.Fact] = []
    repaired = False
    for one in upcoming:
        met = _meet(repair, one, before, live)
        found.append(replace(met, stops=()) if repaired else met)
        before += [change.fact for change in one.upgrade]
        repaired |= bool(one.upgrade) and marks.names(one.revision.text, repair.finding.id)
    return tuple(one for one in found if one.stops or one.repeats)


def _meet(repair: Repair, one: Upcoming, before: Sequence[facts.Fact], live: Live) -> Waiting:
    source = one.revision.source
    stops = tuple(dict.fromkeys(_stops(repair, one, before, live)))
    repeats = told_of_blocks(tuple(_repeats(repair, one, live)), one.revision.text)
    return Waiting(one.revision.id, source.file, one.first, stops, repeats, one.beside)


def told_of_blocks(repeats: Iterable[Repeat], source: str) -> tuple[Repeat, ...]:
    """The same, each once, those among them of which `pass` must stay when all are deleted."""
    each = tuple(dict.fromkeys(replace(one, empties=False) for one in repeats))
    if not each:
        return ()
    empty = emptied(source, [(one.first, one.last) for one in each if one.whole])
    return tuple(replace(one, empties=one.whole and one.first in empty) for one in each)


def _stops(
    repair: Repair, one: Upcoming, before: Sequence[facts.Fact], live: Live
) -> Iterator[Stop]:
    for place, change in enumerate(one.upgrade):
        refusal = one.refusals.get(place)
        if refusal and _is_lifted(repair, change.fact, live):
            yield Stop(change.line, refusal.sqlstate, refusal.why)
        elif change.certain:
            earlier = [*before, *(c.fact for c in one.upgrade[:place])]
            yield from _of_insert(repair, change, earlier, live)
            yield from _of_views(repair, change, earlier, live)


def _is_lifted(repair: Repair, fact: facts.Fact, live: Live) -> bool:
    """Whether what is refused can be done, or is done, after the repair."""
    if subject_of(fact, live) in repair.subjects:
        return True
    if not isinstance(fact, facts.ReferenceAdded):
        return False
    ends = ((fact.table, fact.columns), (fact.target, fact.target_columns))
    columns = {(_TYPE, full_name(table, live), (c,)) for table, names in ends for c in names}
    return bool(columns & repair.subjects)


def _of_insert(
    repair: Repair, change: Change, earlier: Iterable[facts.Fact], live: Live
) -> Iterator[Stop]:
    place, symptom = repair.finding.place, repair.symptom
    match change.fact:
        case facts.RowsWritten(table=table, columns=tuple(columns)) if HOLE not in table:
            pass
        case _:
            return
    if symptom is None or symptom.kind not in _OF_INSERTS or place.column is None:
        return
    of_place = full_name(table, live) == place.table and place.column not in columns
    mended = any((_DEFAULT, place.table, (place.column,)) == subject_of(f, live) for f in earlier)
    if of_place and not mended and place.table:
        met = symptom.at(place.table.name, place.column)
        why = f"its INSERT does not set {place}: {met.message} ({met.sqlstate})"
        yield Stop(change.line, met.sqlstate, why)


def _of_views(
    repair: Repair, change: Change, earlier: Iterable[facts.Fact], live: Live
) -> Iterator[Stop]:
    """ALTER TYPE of a column that views show."""
    subject = subject_of(change.fact, live)
    if subject is None or subject[0] != _TYPE or subject not in repair.subjects:
        return
    may_drop = (facts.OtherDDL, facts.Opaque, facts.DropCascaded)
    if repair.views and not any(isinstance(fact, may_drop) for fact in earlier):
        column = f"{subject[1]}.{subject[2][0]}"
        why = f"{repair.views[0]} shows {column}: its type cannot change (0A000)"
        yield Stop(change.line, "0A000", why)


@dataclass(slots=True)
class _Step:
    """The lines of one call, and what of it repeats the repair."""

    whats: dict[str, None] = field(default_factory=dict)
    count: int = 0
    complete: bool = True


def _repeats(repair: Repair, one: Upcoming, live: Live) -> Iterator[Repeat]:
    up = [(c, s) for c in one.upgrade if (s := subject_of(c.fact, live)) in repair.subjects and s]
    subjects = {subject for _, subject in up}
    constraints = repair.constraints | {
        c.fact.name for c, _ in up if isinstance(c.fact, facts.ReferenceAdded)
    }
    down = [
        (c, s) for c in one.downgrade if up and (s := _undone(c.fact, subjects, constraints, live))
    ]
    for way, found in ((one.upgrade, up), (one.downgrade, down)):
        yield from _by_step(way, found)


def _undone(
    fact: facts.Fact, subjects: set[Subject], constraints: frozenset[str], live: Live
) -> Subject | None:
    """Which of these a fact of a downgrade takes back; None where it takes back none."""
    subject: Subject | None
    match fact:
        case facts.ConstraintDropped(table=table, name=name) if HOLE not in table:
            found = (s for s in subjects if s[:2] == (_REFERENCE, full_name(table, live)))
            return next((s for s in found if name in {*constraints, *_given_names(s)}), None)
        case facts.GeneratorDropped(table=table, column=column) if HOLE not in table:
            subject = (_DEFAULT, full_name(table, live), (column,))
        case facts.SequenceDropped(name=name) if HOLE not in name:
            subject = (_SEQUENCE, full_name(name, live), ())
        case facts.IndexDropped(name=name) if HOLE not in name:
            dropped = full_name(name, live).name
            return next((s for s in subjects if s[0] == _INDEX and s[2] == (dropped,)), None)
        case _:
            subject = subject_of(fact, live)
    return subject if subject in subjects else None


def _given_names(subject: Subject) -> tuple[str, ...]:
    """What PostgreSQL calls a foreign key without a name, and how a revision may leave it open."""
    _, table, columns = subject
    return "", f"{table.name}_{'_'.join(columns)}_fkey"


def _by_step(way: Sequence[Change], found: Sequence[tuple[Change, Subject]]) -> Iterator[Repeat]:
    counts = Counter(c.step for c in way if not isinstance(c.fact, facts.SeveralStatements))
    steps: dict[tuple[int, int], _Step] = {}
    for change, subject in found:
        step = steps.setdefault(change.step, _Step())
        step.whats[_words(subject)] = None
        step.count += 1
        step.complete &= change.complete
    for (first, last), step in steps.items():
        whole = step.complete and step.count == counts[first, last]
        yield Repeat(first, last, " and ".join(step.whats), whole)


def _words(subject: Subject) -> str:
    kind, relation, parts = subject
    if kind in (_TYPE, _DEFAULT):
        return f"the {kind} of {relation}.{parts[0]}"
    if kind == _INDEX:
        return f"the {kind} {parts[0]}"
    columns = f" ({', '.join(parts)})" if parts else ""
    return f"the {kind} {'' if kind == _SEQUENCE else 'of '}{relation}{columns}"
