"""An unlogged sequence under a permanent table.

What it does
------------
Finds UNLOGGED sequences (PostgreSQL 15 and later) that feed a column of a table which is logged.

Why is this bad?
----------------
After a crash PostgreSQL resets unlogged relations: the sequence begins again at 1, the rows stay.

  duplicate key value violates unique constraint "users_pkey"   (SQLSTATE 23505)

On a standby the sequence cannot be read at all, so a fail-over ends the same way.

Example
-------
  CREATE UNLOGGED SEQUENCE numbers;
  CREATE TABLE users (id integer PRIMARY KEY DEFAULT nextval('numbers'));

Repair
------
ALTER SEQUENCE ... SET LOGGED; the downgrade makes it unlogged again.

Safety
------
The sequence is locked until commit; nothing but itself is rewritten.

What is not flagged
-------------------
Unlogged tables: they are emptied by the same crash.

References
----------
https://www.postgresql.org/docs/current/sql-createsequence.html (UNLOGGED)
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import column_queries
from remediate.analysis.facts import KeyFacts, SequenceFacts, key_facts, sequence_facts
from remediate.analysis.outlooks import some_day_unless_error
from remediate.findings.effects import DUPLICATE_KEY, ErrorKind, Family, Inserts, Leaves
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
)
from remediate.findings.remedy import Manual, Remedy
from remediate.remedies.sequences import log
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live


@dataclass(frozen=True, slots=True)
class SequenceUnloggedFacts(Facts):
    """A column, and its sequence."""

    key: KeyFacts
    sequence: SequenceFacts


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for name, fed in live.fed.items():
        sequence = live.sequence_of[name]
        permanent = [(t, c) for t, c in fed if t.logged]
        if sequence.logged or not permanent:
            continue
        table, column = permanent[0]
        facts = SequenceUnloggedFacts(key_facts(table, column, live), sequence_facts(sequence))
        weight = (Severity.WARNING, Confidence.PROVEN)
        yield column_finding(RULE, table, column, weight, facts, message(facts), declared)


def message(facts: SequenceUnloggedFacts) -> str:
    return f"{facts.key.place} survives a crash, but its unlogged sequence starts again after one"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    facts = facts_of(finding, SequenceUnloggedFacts)
    sequence = live.sequence_of[facts.sequence.sequence]
    return log(sequence)


RULE = Rule(
    code="SEQ007",
    name="sequence-unlogged",
    family=Family.SEQUENCES,
    summary="an unlogged sequence under a permanent table",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=column_queries.unlogged,
    stops=Inserts.PLAIN,
    symptom=DUPLICATE_KEY,
    errors={ErrorKind.DUPLICATE: 2},
    facts=(SequenceUnloggedFacts,),
    leaves=Leaves.KEY,
    provable=True,
    outlook=some_day_unless_error,
)
