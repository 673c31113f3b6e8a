"""A foreign key whose column is narrower than the key it references.

What it does
------------
Compares the integer types on both sides of every declared foreign key, of each column of a
composite one, and through domains.

  error     ids of the key are beyond the column's type, or 95 % of the way there
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
downgrade narrows it again as long as all values fit. The model must say BigInteger.

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

from collections.abc import Iterator
from dataclasses import dataclass, replace

from remediate.analysis.capacity import URGENT, WATCHED
from remediate.analysis.facts import (
    ConstraintFacts,
    constraint_facts,
    in_words,
    of_constraint,
    spoken_of,
)
from remediate.analysis.outlooks import soon_where_error
from remediate.findings.effects import ErrorKind, Family, Inserts, Leaves, Outlook, Symptom
from remediate.findings.facts import facts_of
from remediate.findings.finding import Confidence, Facts, Finding, Options, Rule, Severity, Verdict
from remediate.findings.remedy import Manual, Remedy
from remediate.remedies.widening import widen_reference
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, drawn_from
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import INTEGER_MAX


@dataclass(frozen=True, slots=True)
class ForeignKeyNarrowerFacts(Facts):
    """A foreign key, its narrower columns with the types of the key, and the highest id."""

    constraint: ConstraintFacts
    narrower: tuple[tuple[str, str], ...]
    highest_id: int | None


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for fk in live.foreign_keys:
        if not fk.narrower:
            continue
        highest = [_highest(fk, column, live) for column, _ in fk.narrower]
        facts = ForeignKeyNarrowerFacts(
            constraint=constraint_facts(fk, live),
            narrower=fk.narrower,
            highest_id=max((h for h in highest if h is not None), default=None),
        )
        shares = [_share(fk, column, live) for column, _ in fk.narrower]
        weight = (_severity(max(shares)), Confidence.PROVEN)
        yield of_constraint(RULE, fk, weight, facts, message(fk), declared)


def _severity(share: float) -> Severity:
    if share >= URGENT:
        return Severity.ERROR
    return Severity.WARNING if share >= WATCHED else Severity.INFO


def _share(fk: ForeignKey, column: str, live: Live) -> float:
    """How far the ids are on their way to the end of the column's type."""
    type_ = fk.types[fk.columns.index(column)]
    return max(_highest(fk, column, live) or 0, 0) / INTEGER_MAX[type_]


def _highest(fk: ForeignKey, column: str, live: Live) -> int | None:
    """The highest id that the key has, or that its sequence gives next."""
    target = fk.target_columns[fk.columns.index(column)]
    table = live.table_of.get(fk.target)
    if table is None or not table.has(target):
        return None
    key = table.column(target)
    sequence = drawn_from(key, live)
    known = [key.extremes.high if key.extremes else None, sequence.next if sequence else None]
    return max((value for value in known if value is not None), default=None)


def message(fk: ForeignKey) -> str:
    types = [f"{fk.types[fk.columns.index(c)]} for a {target}" for c, target in fk.narrower]
    return f"is narrower than the key it references: {in_words(types)}"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return widen_reference(spoken_of(finding, live), live, options)


def outlook(finding: Finding, live: Live) -> Outlook:
    """It fails at the end of the narrowest of its columns."""
    facts = facts_of(finding, ForeignKeyNarrowerFacts)
    limits = [INTEGER_MAX[t] for t in facts.constraint.types if t in INTEGER_MAX]
    to_come = f"fails once an id passes {min(limits):,}" if limits else ""
    return replace(soon_where_error(finding, live), to_come=to_come)


RULE = Rule(
    code="FK001",
    name="foreign-key-narrower",
    family=Family.REFERENCES,
    summary="a foreign key whose column cannot hold every value of the key",
    page=__doc__,
    find=find,
    remedy=remedy,
    stops=Inserts.PLAIN,
    symptom=Symptom(ErrorKind.OUT_OF_RANGE, "integer out of range"),
    errors={ErrorKind.OUT_OF_RANGE: 2, ErrorKind.SEQUENCE_ENDED: 1, ErrorKind.NO_PARENT: 1},
    facts=(ForeignKeyNarrowerFacts,),
    leaves=Leaves.REFERENCE,
    provable=True,
    outlook=outlook,
)
