"""The script that runs remedies as one transaction.

It takes all its locks once, at the start, then compares what it will change with what the plan saw,
then runs the steps. The downgrade is the inverses of the steps, in reverse order.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from remediate.errors import Refused
from remediate.remedy import Expectation, Fact, Hold, Lock, Remedy, State
from remediate.sql import commented, literal, quote
from remediate.states import usable_by_both
from remediate.templates import environment

if TYPE_CHECKING:
    from remediate.schema import Name

ATTEMPTS = 60


@dataclass(frozen=True, slots=True)
class Block:
    """Statements that belong together, and what they are for."""

    title: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """Blocks to run in this order, as one transaction."""

    up: tuple[Block, ...]
    down: tuple[Block, ...]


def script(remedies: Sequence[Remedy]) -> Script:
    """The remedies as one upgrade and its exact downgrade.

    Raises Refused where two remedies want different things of one column or sequence.
    """
    expectations = merged(e for remedy in remedies for e in remedy.expectations)
    holds = _strongest(h for remedy in remedies for h in remedy.holds)
    lock = Block("Every lock, at once and before anything else.", (_lock(holds),))
    before = [(e, [(s.fact, s.before) for s in e.states]) for e in expectations]
    after = [(e, [(s.fact, s.after) for s in e.states]) for e in expectations]
    title = "What the plan saw must still be so."
    downs = ((r, [s.down for s in reversed(r.steps) if s.down]) for r in reversed(remedies))
    return Script(
        up=(
            lock,
            Block(title, (_guard(before),)),
            *(Block(place(r), tuple(s.up for s in r.steps)) for r in remedies),
        ),
        down=(
            lock,
            Block(title, (_guard(after),)),
            *(Block(place(r), tuple(statements)) for r, statements in downs if statements),
        ),
    )


def merged(expectations: Iterable[Expectation]) -> tuple[Expectation, ...]:
    """One expectation for each column and sequence: what all remedies together make of it."""
    found: dict[tuple[Name, str], dict[str, State]] = {}
    for expectation in expectations:
        states = found.setdefault((expectation.relation, expectation.column), {})
        for state in expectation.states:
            known = states.get(state.fact, state)
            states[state.fact] = _both(known, state, expectation)
    return tuple(Expectation(*place, tuple(states.values())) for place, states in found.items())


def _both(one: State, other: State, where: Expectation) -> State:
    if one.before != other.before:
        raise ValueError(f"two plans see {where.relation} differently")
    if one.fact is Fact.USERS:
        return replace(one, after=usable_by_both(one.after, other.after))
    changed = {s.after for s in (one, other) if s.after != s.before}
    if len(changed) > 1:
        raise Refused(
            f"two of the approved repairs want different things of {_shown(where)}: "
            + " and ".join(sorted(changed)),
            "Approve one of them, by the id of its finding.",
        )
    return replace(one, after=changed.pop()) if changed else one


def place(remedy: Remedy) -> str:
    """The first thing that a remedy is about."""
    return _shown(remedy.expectations[0])


def _shown(where: Expectation) -> str:
    name = str(where.relation)
    return commented(f"{name}.{quote(where.column)}" if where.column else name)


def _strongest(holds: Iterable[Hold]) -> tuple[Hold, ...]:
    """One lock a relation: tables before sequences, as an INSERT takes them."""
    found: dict[Name, Hold] = {}
    for hold in holds:
        known = found.get(hold.relation, hold)
        found[hold.relation] = max(known, hold, key=lambda h: h.lock.strength)
    return tuple(sorted(found.values(), key=lambda h: (h.sequence, h.relation)))


def _lock(holds: Sequence[Hold]) -> str:
    tables = [hold for hold in holds if not hold.sequence]
    sequences = [hold for hold in holds if hold.sequence]
    return _statement(
        "lock.sql.j2",
        wanted=",\n    ".join(literal(_taking(hold)) for hold in tables),
        sequences=",\n    ".join(literal(str(hold.relation)) for hold in sequences),
        relations=", ".join(literal(str(hold.relation)) for hold in holds),
        attempts=ATTEMPTS,
    )


def _taking(hold: Hold) -> str:
    # Its partitions and children are locked by name.
    mode = Lock(hold.lock).value
    return f"LOCK TABLE ONLY {hold.relation.sql} IN {mode} MODE"


def _guard(expected: Sequence[tuple[Expectation, list[tuple[Fact, str]]]]) -> str:
    return _statement("guard.sql.j2", rows=",\n      ".join(_rows(expected)))


def _rows(expected: Sequence[tuple[Expectation, list[tuple[Fact, str]]]]) -> Iterator[str]:
    for where, facts in expected:
        names = "{" + ",".join(fact for fact, _ in facts) + "}"
        state = ", ".join(state for _, state in facts)
        values = (str(where.relation), where.column, names, _shown(where), state)
        yield f"({', '.join(map(literal, values))})"


def _statement(template: str, **values: object) -> str:
    return environment().get_template(template).render(values).strip()
