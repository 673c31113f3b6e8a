"""A foreign key whose column is narrower than the key it references.

What it does
------------
Compares the integer types on both sides of every declared foreign key, of each column of a
composite one, and through domains.

  error     ids of the key are beyond the column's type (it fails now), or 95 % of the way there, or
            30 days are left at the present rate
  warning   the ids are half way there
  info      the ids are further away, or could not be read

Why is this bad?
----------------
  integer out of range                                                     (SQLSTATE 22003)

PostgreSQL accepts an integer column that references a bigint key, and compares them without a
word. The day the key passes 2147483647 the key itself goes on working, and every INSERT that
refers to a new row fails.

Example
-------
  CREATE TABLE users (id bigserial PRIMARY KEY);
  CREATE TABLE orders (user_id integer REFERENCES users);

Repair
------
The column gets the type of the key, and so does whatever references the column in turn. The
downgrade narrows it again as long as all values fit. The model must declare BigInteger.

Safety
------
The table is rewritten under ACCESS EXCLUSIVE, which is held on the referenced table too: 2.4 s
for a million rows. Above 100,000 rows only with --offline-window.

What is not flagged
-------------------
Columns that are wider than their key (FK007, off by default).

References
----------
https://www.postgresql.org/docs/current/datatype-numeric.html
https://www.postgresql.org/docs/current/sql-altertable.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remediate.analysis import pace, reference_queries
from remediate.analysis.capacity import DAYS, URGENT, WATCHED, reach
from remediate.analysis.facts import (
    ConstraintFacts,
    constraint_facts,
    in_words,
    of_constraint,
    spoken_of,
)
from remediate.analysis.outlooks import how_soon, soon_where_error
from remediate.analysis.pace import Forecast, PaceFacts, forecast, reliable
from remediate.findings.effects import (
    Aim,
    ErrorKind,
    Family,
    Inserts,
    Leaves,
    Outlook,
    Symptom,
    When,
)
from remediate.findings.facts import facts_of
from remediate.findings.finding import Confidence, Facts, Finding, Options, Rule, Severity, Verdict
from remediate.findings.remedy import Manual, Remedy
from remediate.remedies import ways
from remediate.remedies.widening import widen_reference
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import INTEGER_MAX, INTEGER_MIN
from remediate.system.words import with_article


@dataclass(frozen=True, slots=True)
class ForeignKeyNarrowerFacts(Facts):
    """A foreign key, its narrower columns with the types of the key, and how far its ids are."""

    constraint: ConstraintFacts
    narrower: tuple[tuple[str, str], ...]
    highest_id: int | None
    remaining: int | None  # ids of the key to which a row can still refer; None: not read
    days_left: float | None
    pace: PaceFacts | None  # None: nothing tells how fast ids are used


@dataclass(frozen=True, slots=True)
class Room:
    """What a column can hold of the ids of the key that it references."""

    share: float = 0.0  # of it that is used; above 1: ids are beyond
    remaining: int | None = None  # None: not read
    limit: int = 0
    highest: int | None = None


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for fk in live.foreign_keys:
        if not fk.narrower:
            continue
        rooms = [_room(fk, column, live) for column, _ in fk.narrower]
        least = max(rooms, key=lambda room: room.share)
        ends = _forecast(fk, rooms, live)
        facts = ForeignKeyNarrowerFacts(
            constraint=constraint_facts(fk, live),
            narrower=fk.narrower,
            highest_id=max((r.highest for r in rooms if r.highest is not None), default=None),
            remaining=least.remaining,
            days_left=ends.days_left if ends else None,
            pace=ends.facts if ends else None,
        )
        weight = (_severity(least.share, reliable(ends)), Confidence.PROVEN)
        yield of_constraint(RULE, fk, weight, facts, message(fk, least), declared)


def _forecast(fk: ForeignKey, rooms: Sequence[Room], live: Live) -> Forecast | None:
    """When the narrowest of the columns can no longer hold the key's next id."""
    at = max(range(len(rooms)), key=lambda number: rooms[number].share)
    key = fk.target_columns[fk.columns.index(fk.narrower[at][0])]
    target, left = live.table_of.get(fk.target), rooms[at].remaining
    return forecast(target, key, left, live) if target and left else None


def _severity(share: float, days: float | None) -> Severity:
    if share >= URGENT or (days is not None and days < DAYS):
        return Severity.ERROR
    return Severity.WARNING if share >= WATCHED else Severity.INFO


def _room(fk: ForeignKey, column: str, live: Live) -> Room:
    """By the ids that the key has, and those that its sequence has given."""
    at = fk.columns.index(column)
    type_, known = fk.types[at], reach(fk.target, fk.target_columns[at], live)
    if known is None:
        return Room()
    low, high = known
    ends = ((INTEGER_MAX[type_], max(high, 0)), (INTEGER_MIN[type_], min(low, 0)))
    rooms = (Room(id_ / end, max(abs(end) - abs(id_), 0), end, high) for end, id_ in ends)
    return max(rooms, key=lambda room: room.share)


def message(fk: ForeignKey, room: Room) -> str:
    types = [
        f"{fk.types[fk.columns.index(c)]} for {with_article(target)}" for c, target in fk.narrower
    ]
    said = f"is narrower than the key it references: {in_words(types)}"
    return said if room.remaining != 0 else f"{said}, whose ids already exceed {room.limit:,}"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return widen_reference(spoken_of(finding, live), live, options)


def outlook(finding: Finding, live: Live) -> Outlook:
    """By the ids that are left: the key goes on working, what refers to its new rows fails."""
    facts = facts_of(finding, ForeignKeyNarrowerFacts)
    limits = [INTEGER_MAX[t] for t in facts.constraint.types if t in INTEGER_MAX]
    left = facts.remaining
    days = facts.days_left if facts.pace is None or facts.pace.is_reliable else None
    if left == 0:
        return Outlook(When.NOW, "no row can reference the key's new ids (integer out of range)")
    ends = pace.in_words(facts.days_left, facts.pace)
    to_come = f"INSERT fails once an id passes {min(limits):,}{ends}" if limits else ""
    when = soon_where_error(finding, live).when
    return Outlook(
        when if left is None else how_soon(left, days, soon=when is When.SOON), "", to_come
    )


RULE = Rule(
    code="FK001",
    name="foreign-key-narrower",
    family=Family.REFERENCES,
    summary="a foreign key whose column cannot hold every value of the key",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=reference_queries.narrower,
    offers=ways.of_room,
    stops=Inserts.PLAIN,
    symptom=Symptom(ErrorKind.OUT_OF_RANGE, "integer out of range"),
    errors={
        ErrorKind.OUT_OF_RANGE: 2,
        ErrorKind.SEQUENCE_ENDED: 1,
        ErrorKind.NO_PARENT: 1,
        ErrorKind.PARAMETER_REFUSED: 2,
    },
    facts=(ForeignKeyNarrowerFacts,),
    leaves=Leaves.REFERENCE,
    provable=True,
    worst=Severity.ERROR,
    against=(Aim.REFERENCES_TYPED,),
    outlook=outlook,
)
