"""After the deploy: does every repaired key generate, grant, and go beyond its data?"""

from collections import Counter
from collections.abc import Mapping

from remediate.analysis.filling import evidence_of, filled_by_models
from remediate.findings.effects import ErrorKind, Leaves
from remediate.findings.finding import Place, Rule, Severity, id_parts
from remediate.findings.marks import place_of
from remediate.rules import of_reference, rule_of
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, drawn_from
from remediate.snapshots.tables import PUBLIC, Column, Generator, Name, Table
from remediate.verification import references
from remediate.verification.observations import (
    Collides,
    Draws,
    End,
    HasDefault,
    LacksDefault,
    LacksKey,
    NextValue,
    NotGranted,
    NotRead,
    Observation,
    Owned,
    PrimaryKey,
    Seen,
    Usable,
)
from remediate.verification.promises import NO_PROMISES, Promises
from remediate.verification.result import Outcome, Verified


def verify(
    id_: str,
    live: Live,
    declared: Declared,
    findings: Mapping[str, Severity],
    promises: Promises = NO_PROMISES,
) -> Verified:
    """The place of a repaired finding as it is now; `findings` are what the rules find there now.

    What its repair declared has to be there, as far as `promises` tell. What is not the repair's,
    and what another rule says there, is shown and fails nothing.
    """
    rule, place = place_of(id_)
    if of_reference(rule):
        return references.verify(id_, place, live, findings, promises)
    table = live.table_of.get(place.table) if place.table else None
    if table is not None and place.column is None:
        return _keyed(id_, place, table, live, promises)
    if table is None or place.column is None or not table.has(place.column):
        return Verified(id_, place, Outcome.FAILED, (), (Seen.NO_SUCH_COLUMN,))
    column = table.column(place.column)
    facts, problems = _checks(table, column, live)
    if by_application(table, column, live, declared):
        # Of what the database does only the sequence matters that they call.
        facts = (Seen.FILLED_BY_MODELS, *(f for f in facts if isinstance(f, NextValue)))
        problems = tuple(p for p in problems if isinstance(p, Collides))
    others = _others(rule, place, findings)
    theirs = [p for p in problems if _is_theirs(p, rule_of(rule), others)]
    facts = (*theirs, *facts)
    problems = tuple(p for p in problems if p not in theirs)
    if id_ in findings:
        problems = (Seen.STILL_FOUND, *problems)
    doubts = tuple(
        NotRead(u.reason, u.verify)
        for u in live.unread
        if (u.table, u.column) == (table.name, column.name)
    )
    outcome = Outcome.FAILED if problems else Outcome.UNVERIFIED if doubts else Outcome.OK
    return Verified(id_, place, outcome, facts, problems + doubts)


def passed_over(entry: Verified, live: Live) -> Verified:
    """The entry of a revision that had nothing to do: no table is as well as a whole one."""
    if entry.place.table is None or entry.place.table in live.table_of:
        return entry
    return Verified(entry.id, entry.place, Outcome.OK, (Seen.NOTHING_TO_DO,), ())


def _keyed(id_: str, place: Place, table: Table, live: Live, promises: Promises) -> Verified:
    """A table by its primary key; one that the repair created also by all that it made with it."""
    wanted = promises.keys.get(table.name)
    problems: list[Observation] = []
    facts: list[Observation] = [PrimaryKey(table.key)] if table.key else []
    if not table.key and wanted != ():
        problems.append(Seen.NO_PRIMARY_KEY)
    elif wanted and table.key != wanted:
        problems.append(LacksKey(wanted))
    if rule_of(id_parts(id_)[0]).leaves is Leaves.TABLE:
        problems += (
            LacksDefault(column)
            for owner, column in sorted(promises.generated)
            if owner == table.name and _generates_nothing(table, column)
        )
        problems += references.broken(promises.at(place), live, promises)
        if roles := _not_granted(table, live):
            facts.append(NotGranted(roles, table.name.schema))
    outcome = Outcome.FAILED if problems else Outcome.OK
    return Verified(id_, place, outcome, tuple(facts), tuple(problems))


def _not_granted(table: Table, live: Live) -> tuple[str, ...]:
    """The roles that may INSERT into at least half of the tables beside it, and not into it."""
    beside = [t for t in live.tables if t.name.schema == table.name.schema and t != table]
    counts = Counter(role for t in beside for role in _inserting(t))
    here = {*_inserting(table), table.owner}
    often = (role for role, count in counts.items() if 2 * count >= len(beside))
    return () if PUBLIC in here else tuple(sorted({*often} - here))


def _inserting(table: Table) -> set[str]:
    return {w.role for w in table.writers if w.relation == table.name}


def _generates_nothing(table: Table, column: str) -> bool:
    return table.has(column) and table.column(column).generator is Generator.NOTHING


def by_application(table: Table, column: Column, live: Live, declared: Declared) -> bool:
    """Whether nothing in the database generates the key, and the models do."""
    model = declared.table_of.get(table.name)
    known = bool(evidence_of(table, column, model, live))
    filled = filled_by_models(model, column, known=known)
    return column.generator is Generator.NOTHING and bool(filled)


def _others(rule: str, place: Place, findings: Mapping[str, Severity]) -> dict[Rule, Severity]:
    """What other rules find there; none where the repair answers for the default as a whole."""
    here = {
        rule_of(code): findings[f"{code}:{at}"]
        for code, at in map(id_parts, findings)
        if at == str(place) and code != rule
    }
    return {} if rule_of(rule).leaves is Leaves.DEFAULT else here


def _is_theirs(problem: Observation, mine: Rule, others: Mapping[Rule, Severity]) -> bool:
    """Whether another rule says so, of a default that it alone repairs or doubts."""
    doubts = {kind for rule, how in others.items() if how is Severity.INFO for kind in rule.errors}
    found = {kind for rule in others for kind in rule.errors if kind not in mine.errors}
    match problem:
        case Seen.NOTHING_GENERATES if mine.leaves is Leaves.TYPE:
            return ErrorKind.NOT_NULL not in found or ErrorKind.NOT_NULL in doubts
        case Seen.NOTHING_GENERATES:
            return ErrorKind.NOT_NULL in doubts
        case Collides():
            return ErrorKind.DUPLICATE in doubts | found
        case Owned():
            return any(rule.leaves is Leaves.DEFAULT for rule in others)
        case _:
            return False


def _checks(
    table: Table, column: Column, live: Live
) -> tuple[tuple[Observation, ...], tuple[Observation, ...]]:
    """What is as it should be, and what is not."""
    facts: list[Observation] = []
    problems: list[Observation] = []
    for seen in (
        _generating(table, column),
        _owned(table, column, live),
        _granted(table, column, live),
        _ahead(column, live),
    ):
        if seen is not None:
            (problems if _is_problem(seen) else facts).append(seen)
    return tuple(facts), tuple(problems)


def _is_problem(seen: Observation) -> bool:
    match seen:
        case Seen.NOTHING_GENERATES | Collides() | Owned(shared=False) | Usable(granted=False):
            return True
        case _:
            return False


def _generating(table: Table, column: Column) -> Observation:
    # A constant gives one row its id, and refuses every other one.
    same = column.generator is Generator.CONSTANT and table.key == (column.name,)
    if column.generator is Generator.NOTHING or same:
        return Seen.NOTHING_GENERATES
    if column.generator is Generator.IDENTITY:
        return Seen.IDENTITY
    return Draws(column.sequences[0]) if column.sequences else HasDefault(column.default)


def _owned(table: Table, column: Column, live: Live) -> Observation | None:
    sequence = drawn_from(column, live)
    if sequence is None:
        return None
    if sequence.owned_by is None:
        return Seen.NO_OWNER
    owner = sequence.owned_by[0]
    if owner == table.name:
        return Seen.OWNS_SEQUENCE
    if owner in live.ancestors(table):
        return Owned(owner, shared=True)
    above = _drawing_alike(table, column, live)  # whose finding it is, if it is one
    return Owned(above[0], shared=True) if above else Owned(owner, shared=False)


def _drawing_alike(table: Table, column: Column, live: Live) -> list[Name]:
    """The partitioned tables and parents of a table that draw from the same sequence as it."""
    above = (live.table_of[name] for name in live.ancestors(table) if name in live.table_of)
    return sorted(
        parent.name
        for parent in above
        if parent.has(column.name) and parent.column(column.name).sequences == column.sequences
    )


def _granted(table: Table, column: Column, live: Live) -> Observation | None:
    lacking = {w.role for w in table.writers if w.insertable and {*column.sequences} & {*w.lacks}}
    if lacking:
        return Usable(tuple(sorted(lacking)), granted=False)
    roles = {w.role for w in table.writers if w.role != table.owner}
    needs = drawn_from(column, live) is not None and column.generator is not Generator.IDENTITY
    return Usable(tuple(sorted(roles)), granted=True) if roles and needs else None


def _ahead(column: Column, live: Live) -> Observation | None:
    sequence = drawn_from(column, live)
    if sequence is None or sequence.next is None:
        return None
    if column.collision is not None:
        return Collides(sequence.next, column.collision)
    extremes = column.extremes
    if extremes is None:
        return NextValue(sequence.next)
    if sequence.increment > 0 or extremes.high is None:
        return NextValue(sequence.next, End.HIGHEST, extremes.high)
    return NextValue(sequence.next, End.LOWEST, extremes.low)
