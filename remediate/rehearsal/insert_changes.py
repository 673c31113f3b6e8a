"""What a revision does to INSERTs: those that it repairs, those that it breaks."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from remediate.rehearsal.attempt import Outcome, Place
from remediate.rehearsal.promises import Promises, Repair
from remediate.rehearsal.result import Defect
from remediate.rehearsal.row_changes import Change
from remediate.rehearsal.trial_inserts import Outcomes, Tried, key_of
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Generator, Name, Table

# A column or a table that is gone, one that became required, a right that was taken: somebody who
# writes a revision by hand may mean it, and deploy an application that knows.
_MEANT = {"42703", "42P01", "23502", "42501"}
_TAKEN_AWAY = {"42P01", "42501"}
_FORBIDDEN = {"P0001", "42501"}  # by a trigger that raises, or by taking a right


@dataclass(frozen=True, slots=True)
class Insert:
    """One INSERT, tried before and after an upgrade."""

    place: Place
    before: Outcome | None  # None where it is not known
    after: Outcome
    behind: bool = False  # its id lies among those that exist, and did not come so before
    lacks: bool = False  # the role may not use the sequence, and that is new
    concerned: bool = True  # the revision changes who generates the key
    repair: Repair | None = None  # that is promised
    strict: bool = True  # nothing may be taken away from an application
    constant: bool = False  # the key's default is
    new: bool = False  # its table is

    @property
    def works(self) -> bool:
        return self.after.works

    @property
    def is_to_work(self) -> bool:
        """Whether the revision is to see to it: by its promise, or as it changes the key.

        One that promises something may touch another table, which a later revision repairs.
        """
        return self.concerned and not (self.strict and self.repair is None)

    @property
    def unkept(self) -> bool:
        """Whether it meets what the revision is to end.

        One that promises nothing is to end whatever the keys that it changes can meet.
        """
        ends = self.repair is None or self.after.sqlstate in self.repair.ends
        return self.is_to_work and ends

    @property
    def broke(self) -> bool:
        """Whether it worked before; as an application sends it, or its key alone."""
        before, after = self.before, self.after
        if before is None or after.unclear:
            return False
        meant = not self.strict and not self.lacks and not after.elsewhere
        if before.plain and not after.plain and not (meant and after.met in _MEANT):
            return True
        of_key = bool(self.place.column) and not self.place.given
        taken_away = meant and after.sqlstate in _TAKEN_AWAY
        return of_key and before.works and not after.works and not taken_away

    @property
    def shows(self) -> bool:
        """Whether it worked before, or met what a repair of the key or a new table takes away."""
        return self.new or (self.before is not None and self.before.tells)


def of_inserts(inserts: Iterable[Insert], file: str) -> Iterator[Defect]:
    for insert in inserts:
        defect = _of(insert, file)
        if defect is not None:
            yield defect


_ADVANCED = "setval to above the highest id, under a lock that lasts until the commit"
_DRAWN = "CREATE SEQUENCE, OWNED BY, setval, SET DEFAULT nextval; or remediate generate"
CHECKED = "a CHECK that accepts each id of the sequence; or a sequence that generates only such ids"
_BEHIND = "SEQUENCE_BEHIND", "the sequence behind {} generates ids that already exist", _ADVANCED
_CONSTANT = "CONSTANT_DEFAULT", "the default of the key of {} is the same id for every row", _DRAWN


def _of(insert: Insert, file: str) -> Defect | None:
    state, place = insert.after.sqlstate, insert.place
    if state == "42501" and insert.lacks and (insert.broke or insert.is_to_work):
        what = f"{place.role} may INSERT into {place.relation}, but may not use its sequence"
        instead = f"GRANT USAGE ON SEQUENCE ... TO {place.role}"
        return _defect("ROLE_CANNOT_INSERT", what, insert, instead, file)
    if insert.behind or (state == "23505" and (insert.broke or insert.unkept)):
        name, what, instead = _CONSTANT if insert.constant else _BEHIND
        return _defect(name, what.format(place.table), insert, instead, file)
    if insert.broke:
        what = (
            f"INSERT {_key(place)} id into {place.relation} worked before the revision, and "
            "fails after it"
        )
        instead = "keep what fills its columns, and what they refer to"
        return _defect("INSERT_BREAKS", what, insert, instead, file)
    if insert.is_to_work and insert.after.of_key and state == "23514":
        what = f"INSERT without id into {place.relation} gets an id that its CHECK refuses"
        return _defect("INSERT_STILL_FAILS", what, insert, CHECKED, file)
    if insert.unkept and insert.after.lacks_key:
        what = f"INSERT without id into {place.relation} fails after the revision as before"
        return _defect("INSERT_STILL_FAILS", what, insert, _DRAWN, file)
    return None


def _defect(name: str, what: str, insert: Insert, instead: str, file: str) -> Defect:
    evidence = f"as {insert.place.role}: {_gave(insert.after)}"
    return Defect(name, what, evidence, instead, file)


def _key(place: Place) -> str:
    return "with" if place.given else "without"


def _gave(outcome: Outcome) -> str:
    if not outcome.works:
        return f"{outcome.refusal} ({outcome.sqlstate})"
    return outcome.in_the_way or f"the new row got {outcome.id}"


TAKE_BOTH = "first make the triggers, functions and rules that fire accept the rows as they are now"
RESTORED = "the exact inverse of each step"


def worse(
    earlier: Outcomes, later: Outcomes, since: str, file: str, *, strict: bool, instead: str
) -> Iterator[Defect]:
    """What worked and works no more. `since`: what happened in between."""
    for place, tried in later.items():
        known = earlier.get(place)
        if known is None:
            continue
        one = Insert(place, known.outcome, tried.outcome, strict=strict)
        if one.broke:
            what = f"INSERT {_key(place)} id into {place.relation} fails after {since}"
            yield _defect("INSERT_BREAKS", what, one, instead, file)
    yield from changes_worse(earlier, later, since, file, strict=strict)


def changes_worse(
    earlier: Outcomes, later: Outcomes, since: str, file: str, *, strict: bool
) -> Iterator[Defect]:
    """UPDATEs and DELETEs that went through, and do no more. `since`: what happened in between."""
    known = _changes(earlier)
    found: dict[tuple[Name, str], Defect] = {}
    for place, change in _changes(later).items():
        before = known.get(place)
        meant = not strict and change.sqlstate in _FORBIDDEN
        if before is None or before.refusal or not change.refusal or meant:
            continue
        table, verb, _ = place
        what = f"{verb} of a row of {table} fails after {since}"
        evidence = f"{change.refusal} ({change.sqlstate})"
        defect = Defect(f"{verb}_BREAKS", what, evidence, TAKE_BOTH, file)
        found.setdefault((table, verb), defect)
    yield from found.values()


def _changes(outcomes: Outcomes) -> dict[tuple[Name, str, bool], Change]:
    """By table and what is changed; of one that was tried several times, what went through."""
    every = ((p.table, change) for p, tried in outcomes.items() for change in tried.outcome.changes)
    ordered = sorted(every, key=lambda pair: bool(pair[1].refusal), reverse=True)
    return {(table, change.verb, change.of_new): change for table, change in ordered}


def touched_tables(before: Live, after: Live, locked: set[Name]) -> tuple[Table, ...]:
    """Tables, as they are after it, that are new, locked or generated otherwise than before."""
    changed = _changed_sequences(before, after)
    return tuple(
        table
        for table in after.tables
        if table.name in locked or _changes_key(table, before, changed)
    )


@dataclass(frozen=True, slots=True)
class _Sequences:
    """Those that are not what they were."""

    names: frozenset[Name]
    ordered: Sequence[str]  # the names without schemas of those that no table uses

    def begins_with(self, stem: str) -> bool:
        place = bisect_left(self.ordered, stem)
        return place < len(self.ordered) and self.ordered[place].startswith(stem)


def _changed_sequences(before: Live, after: Live) -> _Sequences:
    known, now = before.sequence_of, after.sequence_of
    names = frozenset(n for n in known.keys() | now.keys() if known.get(n) != now.get(n))
    used = {s for t in after.tables for c in t.columns for s in (*c.sequences, *c.owned)}
    return _Sequences(names, sorted(name.name for name in (names & now.keys()) - used))


def _changes_key(table: Table, before: Live, changed: _Sequences) -> bool:
    """Whether a revision changed who generates the key, or who may.

    Of a table without such a key: any column with a generator.
    """
    key, old = key_of(table), before.table_of.get(table.name)
    if old is None or table.key != old.key or {*table.writers} != {*old.writers}:
        return True
    columns = (key,) if key else table.columns
    known = {column.name: column for column in old.columns}
    if any(c.name not in known or _facts(c) != _facts(known[c.name]) for c in columns):
        return True
    if key is None and len(columns) != len(known):
        return True
    drawn = {sequence for c in columns for sequence in (*c.sequences, *c.owned)}
    stems = (f"{table.name.name}_{c.name}_" for c in columns)
    return not drawn.isdisjoint(changed.names) or any(map(changed.begins_with, stems))


def _facts(column: Column) -> tuple[object, ...]:
    return column.type, column.generator, column.default, column.sequences, column.owned


def compare(
    tables: Sequence[Table],
    before: Outcomes,
    after: Outcomes,
    states: tuple[Live, Live],
    promises: Promises,
    *,
    strict: bool,
) -> Iterator[Insert]:
    """What was tried on both sides, of these tables."""
    known, now = states
    sequences = _changed_sequences(known, now)
    tried_of: dict[Name, list[tuple[Place, Tried]]] = {}
    for place, tried in after.items():
        tried_of.setdefault(place.table, []).append((place, tried))
    for table in tables:
        changed = _changes_key(table, known, sequences)
        fresh_table = table.name not in known.table_of
        repairs = {repair.column.name: repair for repair in promises.of(table.name)}
        for place, tried in tried_of.get(table.name, ()):
            earlier, repair = before.get(place), repairs.get(place.column)
            worked = earlier is not None and earlier.outcome.works
            advances = repair.advances if repair else changed and not worked and not strict
            generates = repair.generates if repair else changed
            key = repair.column if repair else key_of(table)
            yield Insert(
                place=place,
                before=earlier.outcome if earlier else None,
                after=tried.outcome,
                behind=advances and not place.given and _is_behind(tried.outcome, key),
                lacks=_lacks(table, known, place.role),
                concerned=generates
                and not place.given
                and not (fresh_table and _by_application(table)),
                repair=repair,
                strict=strict, constant=key is not None and key.generator is Generator.CONSTANT,
                new=fresh_table,
            )  # fmt: skip


def _lacks(table: Table, known: Live, role: str) -> bool:
    """Whether the role may not use a sequence, and that is new."""
    old = known.table_of.get(table.name)
    before = {s for w in (old.writers if old else ()) if w.role == role for s in w.lacks}
    return any({*w.lacks} - before for w in table.writers if w.role == role)


def _by_application(table: Table) -> bool:
    """Whether the application gives the key: it has no generator and owns no sequence."""
    key = key_of(table)
    return key is None or (key.generator is Generator.NOTHING and not key.owned)


def _is_behind(outcome: Outcome, key: Column | None) -> bool:
    """Whether the new id lies among those that exist."""
    extremes = key.extremes if key else None
    if not (outcome.id or "").lstrip("-").isdigit() or extremes is None:
        return False
    low, high = extremes.low, extremes.high
    return low is not None and high is not None and low <= int(outcome.id or 0) <= high
