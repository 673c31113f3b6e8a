"""After the deploy: does every repaired key generate, own, grant, and stand beyond its data?"""

from collections.abc import Collection

from remediate.analysis.keys import filled_by_models
from remediate.findings.finding import of_reference
from remediate.findings.marks import place_of
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, drawn_from
from remediate.snapshots.tables import Column, Generator, Table
from remediate.verification import references
from remediate.verification.result import Outcome, Verified


def verify(id_: str, live: Live, declared: Declared, found: Collection[str]) -> Verified:
    """The place of a repaired finding as it is now; `found` are the ids that the rules find."""
    rule, place = place_of(id_)
    if of_reference(rule):
        return references.verify(id_, place, live, found)
    table = live.table_of.get(place.table) if place.table else None
    if table is None or place.column is None or not table.has(place.column):
        return Verified(id_, place, Outcome.FAILED, (), ("it does not exist here",))
    column = table.column(place.column)
    facts, problems = _checks(table, column, live)
    if by_application(table, column, declared):
        facts, problems = ("the models fill it",), ()
    if id_ in found:
        problems = ("the rule still finds it", *problems)
    doubts = tuple(
        f"not verified: {u.reason} ({u.verify})"
        for u in live.unread
        if (u.table, u.column) == (table.name, column.name)
    )
    outcome = Outcome.FAILED if problems else Outcome.UNVERIFIED if doubts else Outcome.OK
    return Verified(id_, place, outcome, facts, problems + doubts)


def by_application(table: Table, column: Column, declared: Declared) -> bool:
    """Whether nothing in the database generates the key, and the models do."""
    model = declared.table_of.get(table.name)
    return column.generator is Generator.NOTHING and bool(filled_by_models(model, column))


def _checks(table: Table, column: Column, live: Live) -> tuple[tuple[str, ...], tuple[str, ...]]:
    facts, problems = [], []
    for fact, problem in (
        _generating(column),
        _owned(table, column, live),
        _granted(table, column, live),
        _ahead(column, live),
    ):
        if fact:
            facts.append(fact)
        if problem:
            problems.append(problem)
    return tuple(facts), tuple(problems)


def _generating(column: Column) -> tuple[str, str]:
    if column.generator is Generator.NOTHING:
        return "", "nothing generates it"
    if column.generator is Generator.IDENTITY:
        return "identity", ""
    if column.sequences:
        return f"draws from {column.sequences[0]}", ""
    return f"default {column.default}", ""


def _owned(table: Table, column: Column, live: Live) -> tuple[str, str]:
    sequence = drawn_from(column, live)
    if sequence is None or sequence.owned_by is None:
        return "", ""
    owner = sequence.owned_by[0]
    if owner == table.name:
        return "owns it", ""
    if owner in live.ancestors(table):
        return f"shares that of {owner}", ""
    return "", f"its sequence belongs to {owner}"


def _granted(table: Table, column: Column, live: Live) -> tuple[str, str]:
    lacking = sorted(
        {w.role for w in table.writers if w.insertable and set(column.sequences) & {*w.lacks}}
    )
    if lacking:
        return "", f"{', '.join(lacking)} may INSERT but may not use the sequence"
    roles = sorted({w.role for w in table.writers if w.role != table.owner})
    needs = drawn_from(column, live) is not None and column.generator is not Generator.IDENTITY
    return (f"usable by {', '.join(roles)}", "") if roles and needs else ("", "")


def _ahead(column: Column, live: Live) -> tuple[str, str]:
    sequence = drawn_from(column, live)
    if sequence is None or sequence.next is None:
        return "", ""
    if column.collision is not None:
        return "", f"next value {sequence.next}, and {column.collision} exists"
    extremes = column.extremes
    if extremes is None:
        return f"next value {sequence.next}", ""
    if extremes.high is None:
        return f"next value {sequence.next}, no rows", ""
    end = f"highest id {extremes.high}" if sequence.increment > 0 else f"lowest id {extremes.low}"
    return f"next value {sequence.next}, {end}", ""
