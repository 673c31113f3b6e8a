"""A sequence that ends before its column does.

What it does
------------
Finds sequences of a narrower type than the one column that they feed, where no one chose the
bound: an integer sequence under a bigint column.

Why is this bad?
----------------
  nextval: reached maximum value of sequence "users_id_seq" (2147483647)   (SQLSTATE 2200H)

ALTER COLUMN ... TYPE bigint on a serial column leaves the sequence as it is, and Alembic's
autogenerate emits just that. The widening looks done, and the day it was made for still comes.

Example
-------
  CREATE TABLE users (id serial PRIMARY KEY);
  ALTER TABLE users ALTER COLUMN id TYPE bigint;      -- users_id_seq still ends at 2147483647

Repair
------
ALTER SEQUENCE ... AS bigint; the downgrade restores the former type if its values fit.

Safety
------
The sequence is locked until commit; nothing is rewritten.

What is not flagged
-------------------
A MAXVALUE that somebody chose; sequences that feed several columns of different types.

References
----------
https://www.postgresql.org/docs/current/sql-altersequence.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import column_queries
from remediate.analysis.causes import Cause
from remediate.analysis.facts import KeyFacts, SequenceFacts, key_facts, sequence_facts
from remediate.analysis.outlooks import some_day_unless_error
from remediate.findings.effects import SEQUENCE_END, ErrorKind, Family, Inserts, Leaves
from remediate.findings.facts import facts_of
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Options,
    Rule,
    Severity,
    Verdict,
    column_finding,
    place_in,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.remedies.wider_sequences import widen_sequence
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import INTEGER_MAX


@dataclass(frozen=True, slots=True)
class SequenceNarrowerFacts(Facts):
    """A column, its narrower sequence, and how that came."""

    key: KeyFacts
    sequence: SequenceFacts
    cause: Cause


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for name, fed in live.fed.items():
        sequence = live.sequence_of[name]
        widths = {c.highest if c.is_integer else 0 for _, c in fed}
        if not sequence.ends_with_its_type or min(widths) <= INTEGER_MAX[sequence.type]:
            continue
        table, column = fed[0]
        cause = Cause(
            "column-widened-alone",
            f"the column was widened to {column.type}, but its sequence is still {sequence.type}",
            "with every ALTER COLUMN ... TYPE bigint, also run ALTER SEQUENCE ... AS bigint",
        )
        facts = SequenceNarrowerFacts(
            key_facts(table, column, live), sequence_facts(sequence), cause
        )
        weight = (Severity.WARNING, Confidence.PROVEN)
        yield column_finding(RULE, table, column, weight, facts, message(facts), declared)


def message(facts: SequenceNarrowerFacts) -> str:
    return (
        f"{facts.key.place} is {facts.key.type}, but its sequence is "
        f"{facts.sequence.sequence_type} and ends at {facts.sequence.maximum:,}"
    )


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    _, column = place_in(finding, live)
    facts = facts_of(finding, SequenceNarrowerFacts)
    sequence = live.sequence_of[facts.sequence.sequence]
    return widen_sequence(sequence, column.counted_as, live)


RULE = Rule(
    code="SEQ003",
    name="sequence-narrower",
    family=Family.SEQUENCES,
    summary="a sequence that ends before its column does",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=column_queries.narrower,
    stops=Inserts.PLAIN,
    symptom=SEQUENCE_END,
    errors={ErrorKind.OUT_OF_RANGE: 3, ErrorKind.SEQUENCE_ENDED: 1},
    facts=(SequenceNarrowerFacts,),
    leaves=Leaves.KEY,
    provable=True,
    outlook=some_day_unless_error,
)
