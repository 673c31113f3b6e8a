"""A sequence that one column uses and none owns.

What it does
------------
Finds sequences that exactly one default draws from, that no column owns, and whose table lies in
the same schema and belongs to the same role, so that it could own them.

Why is this bad?
----------------
It works. But the sequence outlives DROP TABLE, and tools that ask for the sequence of a column
(pg_get_serial_sequence, Django's sqlsequencereset, Rails' reset_pk_sequence!) do not find it and
leave it behind the data.

Example
-------
  CREATE SEQUENCE user_numbers;
  CREATE TABLE users (id integer PRIMARY KEY DEFAULT nextval('user_numbers'));

Repair
------
ALTER SEQUENCE ... OWNED BY; the downgrade lets go of it again.

Safety
------
No table is locked against readers or writers. From then on DROP TABLE drops the sequence too.

What is not flagged
-------------------
Sequences that several tables, a function, a domain or a view use; in another schema, or of another
owner, where OWNED BY is not possible.

References
----------
https://www.postgresql.org/docs/current/sql-createsequence.html (OWNED BY)
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import column_queries
from remediate.analysis.facts import KeyFacts, SequenceFacts, key_facts, sequence_facts
from remediate.findings.effects import ErrorKind, Family, Inserts, Leaves
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
from remediate.remedies.sequences import own
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Generator, Sequence, Table


@dataclass(frozen=True, slots=True)
class SequenceNotOwnedFacts(Facts):
    """A column, its sequence, and whether the models call that."""

    key: KeyFacts
    sequence: SequenceFacts
    models_call_it: bool


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    called = {s for t in declared.tables for c in t.columns for s in c.sequences}
    for sequence in live.sequences:
        several = len(declared.naming.get(sequence.name, ())) > 1  # keys are to draw from it
        if not several and (user := _only_user(sequence, live)):
            table, column = user
            facts = SequenceNotOwnedFacts(
                key_facts(table, column, live), sequence_facts(sequence), sequence.name in called
            )
            weight = (Severity.INFO, Confidence.PROVEN)
            yield column_finding(RULE, table, column, weight, facts, message(facts), declared)


def _only_user(sequence: Sequence, live: Live) -> tuple[Table, Column] | None:
    fed = live.fed.get(sequence.name, ())
    if sequence.owned_by or sequence.used_elsewhere or len(fed) != 1:
        return None
    table, column = fed[0]
    # A partition's default is its root's; any other default than this one is somebody else's.
    others = [t for t, _ in sequence.draws if live.root(live.table_of[t]) is not live.root(table)]
    fits = table.name.schema == sequence.name.schema and table.owner == sequence.owner
    owns = column.owned or column.generator is not Generator.SEQUENCE or table.partition_of
    return None if others or owns or not fits else (table, column)


def message(facts: SequenceNotOwnedFacts) -> str:
    return f"{facts.key.place} draws from a sequence that it does not own"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    table, column = place_in(finding, live)
    return own(live.sequence_of[column.sequences[0]], table, column)


RULE = Rule(
    code="SEQ004",
    name="sequence-not-owned",
    family=Family.SEQUENCES,
    summary="a sequence that one column uses and none owns",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=column_queries.not_owned,
    stops=Inserts.NONE,
    symptom=None,
    errors={
        ErrorKind.DEPENDED_ON: 3,
        ErrorKind.OTHER_OWNER: 2,
    },
    facts=(SequenceNotOwnedFacts,),
    leaves=Leaves.KEY,
    provable=True,
    worst=Severity.INFO,
)
