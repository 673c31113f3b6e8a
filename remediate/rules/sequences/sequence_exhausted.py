"""A key whose ids run out.

What it does
------------
Computes the share in use of what really limits a key: the lesser of the sequence's bound and the
column's type. Descending sequences count downwards. Keys without a sequence count by their highest
id, where the ids are dense. A sequence that ends stops every INSERT, also under a column that is no
key.

  error     95 % are used, or fewer than 30 days are left at the present pace, or it is full
  warning   75 %
  info      50 %

Why is this bad?
----------------
  nextval: reached maximum value of sequence "users_id_seq" (2147483647)   (SQLSTATE 2200H)
  integer out of range                                                     (SQLSTATE 22003)

At 100 insertions a second an integer key lasts 248 days. When it is full, nothing can be inserted
until the key and everything that references it has been rewritten.

Example
-------
  CREATE TABLE users (id serial PRIMARY KEY);
  SELECT setval('users_id_seq', 2147000000);
  -- 483,647 ids are left: integer ends at 2147483647

Repair
------
bigint for the key, its sequence, and every column that references it, parents first, in one
transaction. The downgrade narrows them again as long as all ids fit. The models must declare
BigInteger.

Safety
------
Each table is rewritten under ACCESS EXCLUSIVE: 2.4 s for a million rows. Above 100,000 rows in all
tables together only with --offline-window. Views, triggers, policies and others that hang on a
column make it a manual repair, with the list.

What is not flagged
-------------------
Sequences that CYCLE; ids that no sequence counts (random, hashed, made by the application), nor the
digits of a numeric key where nothing shows that the database counts them. A column that
references the key and ends earlier: the key goes on working, and FK001 speaks of the column.

References
----------
https://www.postgresql.org/docs/current/datatype-numeric.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import capacity_queries
from remediate.analysis.capacity import DAYS, NEAR, URGENT, WATCHED, Capacity, capacity, counted_by
from remediate.analysis.facts import KeyFacts, SequenceFacts, key_facts, sequence_facts
from remediate.analysis.headroom import counted_keys
from remediate.analysis.outlooks import how_soon
from remediate.analysis.pace import PaceFacts, in_words, reliable
from remediate.findings.effects import SEQUENCE_END, ErrorKind, Family, Inserts, Leaves, Outlook
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
from remediate.remedies import ways
from remediate.remedies.widening import more_ids
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.system.words import counted

YEAR = 365.0


@dataclass(frozen=True, slots=True)
class NoSequenceFacts(Facts):
    """Ids that look counted, and no sequence that counts them."""

    sequence: None = None


@dataclass(frozen=True, slots=True)
class SequenceExhaustedFacts(Facts):
    """A key, and its room."""

    key: KeyFacts
    sequence: SequenceFacts | NoSequenceFacts
    share: float
    limit: int
    limited_by: str
    remaining: int
    days_left: float | None
    pace: PaceFacts | None  # None: nothing tells how fast the ids are used


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for table, column, used in counted_keys(live, declared):
        if (severity := _severity(used)) is None:
            continue
        sequence = counted_by(column, live)
        facts = SequenceExhaustedFacts(
            key=key_facts(table, column, live),
            sequence=sequence_facts(sequence) if sequence else NoSequenceFacts(),
            share=round(used.share, 4),
            limit=used.limit,
            limited_by=used.limited_by,
            remaining=used.remaining,
            days_left=used.days_left,
            pace=used.forecast.facts if used.forecast else None,
        )
        weight = (severity, Confidence.PROVEN if sequence else Confidence.LIKELY)
        yield column_finding(RULE, table, column, weight, facts, message(facts), declared)


def _severity(used: Capacity) -> Severity | None:
    days = reliable(used.forecast)
    if used.share >= URGENT or (days is not None and days < DAYS):
        return Severity.ERROR
    if used.share >= NEAR:
        return Severity.WARNING
    return Severity.INFO if used.share >= WATCHED else None


def message(facts: SequenceExhaustedFacts) -> str:
    place, limit = facts.key.place, f"limit {facts.limit:,}"
    if facts.remaining == 0:
        return f"{place}: no id is left in {facts.limited_by} ({limit})"
    left, when = counted(facts.remaining, "id"), in_words(facts.days_left, facts.pace)
    ends = "overflows" if facts.limited_by in (facts.key.type, "bigint") else "ends"
    return f"{place}: {left} left before {facts.limited_by} {ends} ({limit}){when}"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    table, column = place_in(finding, live)
    return more_ids(capacity(table, column, live, told=True), table, column, live, options)


def outlook(finding: Finding, live: Live) -> Outlook:
    """By the ids that are left, at the rate of the statistics."""
    facts = facts_of(finding, SequenceExhaustedFacts)
    left = facts.remaining
    days = facts.days_left if facts.pace is None or facts.pace.is_reliable else None
    when = in_words(facts.days_left, facts.pace)
    soon = finding.severity is Severity.ERROR or (days is not None and days < YEAR)
    return Outlook(
        how_soon(left, days, soon=soon),
        "" if left else "no id is left: every INSERT fails",
        f"no id is left after {counted(left, 'more INSERT')}{when}" if left else "",
    )


_ROUNDED = 0.0001  # the share, at most


def query(finding: Finding) -> str:
    facts = facts_of(finding, SequenceExhaustedFacts)
    share = min(facts.share - _ROUNDED, WATCHED)
    return capacity_queries.used(finding, share, facts.limit)


RULE = Rule(
    code="SEQ002",
    name="sequence-exhausted",
    family=Family.SEQUENCES,
    summary="a key whose ids run out: its sequence or its column",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=query,
    offers=ways.of_room,
    stops=Inserts.PLAIN,
    symptom=SEQUENCE_END,
    errors={
        ErrorKind.OUT_OF_RANGE: 1,
        ErrorKind.SEQUENCE_ENDED: 1,
        ErrorKind.PARAMETER_REFUSED: 3,
    },
    facts=(SequenceExhaustedFacts,),
    leaves=Leaves.TYPE,
    provable=True,
    worst=Severity.ERROR,
    outlook=outlook,
)
