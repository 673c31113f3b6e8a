"""The script that runs remedies as one transaction.

It takes all its locks once, at the start, then compares what it will change with what the plan saw,
then runs the steps, with what hangs on the columns taken down around them. The downgrade is the
inverses of the steps, in reverse order.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from remediate.errors import Refused
from remediate.findings.remedy import (
    Act,
    Expectation,
    Hazard,
    Hold,
    Kind,
    Lock,
    Remedy,
    State,
    Step,
)
from remediate.findings.states import Definitions, Existence, Hanging, PrimaryKey, Value
from remediate.postgres.queries import query
from remediate.postgres.sql import commented, literal, quote
from remediate.postgres.templates import statement
from remediate.remedies.grants import given, taken_back
from remediate.revisions import hanging
from remediate.revisions.blocks import Block, Script
from remediate.revisions.unstamped import Stamps, Unstamped
from remediate.snapshots.tables import Name

ATTEMPTS = 60
# The checks of a revision run under its locks alone, and know them by this.
AS_IF_LOCKED = "SELECT set_config('remediate.locked_by', pg_current_xact_id()::text, true)"

_Place = tuple[Name, str]  # a column, or a sequence and ""


_ROW_SECURITY = Block("Row security as it was.", (query(__package__, "row_security_as_before"),))


def script(
    remedies: Sequence[Remedy],
    stamps: Stamps | None = None,
    *,
    again: bool = False,
    by: str = "",
) -> Script:
    """The remedies as one upgrade and its exact downgrade.

    `stamps`: of a revision that psql may run, and take back, without Alembic; `again`: that script
    of psql; `by`: the revision by whose name it is kept who got a right. Raises Refused where two
    remedies want different things of one column or sequence.
    """
    remedies = each_once(remedies)
    expectations = merge(e for remedy in remedies for e in remedy.expectations)
    holds = [h for remedy in remedies for h in remedy.holds]
    dependants = hanging.in_order(d for remedy in remedies for d in remedy.dependants)
    before = [(e, [s.before for s in e.states]) for e in expectations]
    after = [(e, [s.after for s in e.states if s.after]) for e in expectations]
    rewrites = any(Hazard.MVCC_REWRITE in remedy.hazards for remedy in remedies)
    ups = ((r, [s.up for s in _alone(r) if s.up]) for r in remedies)
    downs = ((r, [s.down for s in reversed(_alone(r)) if s.down]) for r in reversed(remedies))
    again = again or stamps is not None
    grants = [one for remedy in remedies for one in remedy.grants]
    upgraded, downgraded = (stamps.of_upgrade, stamps.of_downgrade) if stamps else (None, None)
    return Script(
        up=(
            *begin(holds, _guard(before, after, upgraded), rewrites=rewrites),
            *hanging.taken_down(dependants, before),
            *(Block(place(r), tuple(statements)) for r, statements in ups if statements),
            *_given(given(grants, again=again, by=by)),
            _ROW_SECURITY,
            *hanging.rebuilt(dependants, before),
        ),
        down=(
            *begin(holds, _guard(after, before, downgraded), rewrites=rewrites, back=True),
            *hanging.taken_down(dependants, before, planned=False),
            *_taken_back(taken_back(grants, again=again, by=by)),
            *(Block(place(r), tuple(statements)) for r, statements in downs if statements),
            _ROW_SECURITY,
            *hanging.rebuilt(dependants, before, planned=False),
        ),
    )


def _alone(remedy: Remedy) -> list[Step]:
    """Its steps, but for those that a script makes for all remedies at once."""
    return [step for step in remedy.steps if step.act is not Act.GRANT]


def _given(statements: tuple[str, ...]) -> Iterator[Block]:
    if statements:
        yield Block("Every role that may INSERT may use the sequences.", statements, always=True)


def _taken_back(statements: tuple[str, ...]) -> Iterator[Block]:
    if statements:
        yield Block("The right to use sequences, as it was.", statements)


def each_once(remedies: Iterable[Remedy]) -> tuple[Remedy, ...]:
    """The remedies, in this order, of which only the first makes what several share."""
    made: set[str] = set()
    found = []
    for remedy in remedies:
        steps = tuple(s for s in remedy.steps if s.act is not Act.SHARE or s.up not in made)
        made |= {step.up for step in steps}
        found.append(replace(remedy, steps=steps))
    return tuple(found)


def begin(
    holds: Iterable[Hold], check: str, *, rewrites: bool = False, back: bool = False
) -> tuple[Block, Block]:
    """All locks (`back`: those of the downgrade), and whether the database is as planned for."""
    if back:
        holds = [replace(hold, lock=_stronger(hold.lock, hold.back)) for hold in holds]
    locks = _lock(_strongest(holds), rewrites=rewrites)
    return (
        Block("Every lock, at once and before anything else.", (locks,), name="LOCKS"),
        Block("Guard: the database must still be as the plan saw it.", (check,), name="GUARD"),
    )


def _stronger(one: Lock, other: Lock) -> Lock:
    return max(one, other, key=lambda lock: lock.strength)


def merge(expectations: Iterable[Expectation]) -> tuple[Expectation, ...]:
    """One expectation for each column and sequence: what all remedies together make of it."""
    found: dict[_Place, dict[str, State]] = {}
    for expectation in expectations:
        states = found.setdefault((expectation.relation, expectation.column), {})
        for state in expectation.states:
            key = state.before.fact
            states[key] = _both(states.get(key, state), state, expectation)
    return tuple(Expectation(*place, tuple(states.values())) for place, states in found.items())


def _both(one: State, other: State, where: Expectation) -> State:
    if one.before != other.before:
        raise ValueError(f"two plans see {where.relation} differently")
    changed = {s.after for s in (one, other) if s.after != s.before}
    if len(changed) > 1:
        raise Refused(
            f"two approved repairs need different states of {_place(where)}: "
            + " and ".join(sorted(map(str, changed))),
            "Approve one of them, by the id of its finding.",
        )
    return replace(one, after=changed.pop()) if changed else one


def place(remedy: Remedy) -> str:
    """The first thing that a remedy is about."""
    return _place(remedy.expectations[0])


def _place(where: Expectation) -> str:
    name = str(where.relation)
    return commented(f"{name}.{quote(where.column)}" if where.column else name)


def _strongest(holds: Iterable[Hold]) -> tuple[Hold, ...]:
    """One lock a relation, in the order in which everybody else takes them.

    Views before the tables that they read, and the outermost first, as a SELECT does; tables before
    sequences, as an INSERT does.
    """
    found: dict[Name, Hold] = {}
    for hold in holds:
        known = found.get(hold.relation, hold)
        found[hold.relation] = Hold(
            hold.relation,
            _stronger(known.lock, hold.lock),
            hold.kind,
            _stronger(known.back, hold.back),
            max(known.level, hold.level),
        )
    order = (Kind.MATERIALIZED_VIEW, Kind.VIEW, Kind.TABLE, Kind.SEQUENCE)
    return tuple(sorted(found.values(), key=lambda h: (-h.level, order.index(h.kind), h.relation)))


def _lock(holds: Sequence[Hold], *, rewrites: bool) -> str:
    by_owner = [hold for hold in holds if hold.kind is not Kind.TABLE]
    by_name = [hold for hold in holds if hold.kind is Kind.TABLE]  # some for the downgrade only
    return statement(
        "lock.sql.j2",
        views=_by_kind(h for h in by_owner if h.level),
        wanted=",\n    ".join(literal(_taking(h)) for h in by_name if h.lock),
        sequences=_by_kind(h for h in by_owner if not h.level),
        relations=", ".join(literal(str(hold.relation)) for hold in holds),
        attempts=ATTEMPTS,
        rewrites=rewrites,
    )


def _by_kind(holds: Iterable[Hold]) -> str:
    return ",\n        ".join(
        f"({literal(hold.kind.value)}, {literal(str(hold.relation))})" for hold in holds
    )


def _taking(hold: Hold) -> str:
    # Its partitions and children are locked by name.
    return f"LOCK TABLE ONLY {hold.relation.sql} IN {hold.lock.value} MODE"


_Expected = Sequence[tuple[Expectation, list[Value]]]


def _guard(expected: _Expected, afterwards: _Expected, psql: Unstamped | None) -> str:
    sides = [(expected, ("false",)), (afterwards, ("true",))] if psql else [(expected, ())]
    kinds = {type(value) for side, _ in sides for _, values in side for value in values}
    rows = [f"({', '.join((*row, *flag))})" for side, flag in sides for row in _rows(side)]
    return statement(
        "guard.sql.j2",
        rows=",\n      ".join(rows),
        psql=psql,
        columns=Hanging in kinds,
        keys=PrimaryKey in kinds,
        existence=Existence in kinds,
    )


def _rows(expected: _Expected) -> Iterator[Iterable[str]]:
    for where, states in expected:
        values = [state for state in states if not isinstance(state, Definitions)]
        facts = "{" + ",".join(value.fact for value in values) + "}"
        state = ", ".join(map(str, values))
        yield map(literal, (str(where.relation), where.column, facts, _place(where), state))
