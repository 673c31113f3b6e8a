"""A sequence that starts again at its end, under a unique key.

What it does
------------
Finds sequences with CYCLE that feed a primary key or a unique column.

  error     three quarters of its values are used
  warning   otherwise

Why is this bad?
----------------
When it reaches its end it starts again, and generates ids that exist:

  duplicate key value violates unique constraint "users_pkey"   (SQLSTATE 23505)

An end is one clear error; a cycle fails at random, row by row.

Example
-------
  CREATE SEQUENCE numbers AS smallint CYCLE;
  CREATE TABLE users (id integer PRIMARY KEY DEFAULT nextval('numbers'));

Repair
------
ALTER SEQUENCE ... NO CYCLE; the downgrade sets CYCLE again. Where an existing id is close
ahead, setval() to the first value beyond every id, as SEQ001 does. Where 75 % are used, and fewer
than 100,000 values or 30 days are left, the key is widened too, as SEQ002 does: alone, NO CYCLE
would stop INSERTs that go on by starting over.

Safety
------
The sequence is locked until commit; nothing is rewritten unless the key is widened.

A ring, whose bound somebody chose and whose oldest rows are gone, is left to a person.

What is not flagged
-------------------
Sequences under columns that are not unique.

References
----------
https://www.postgresql.org/docs/current/sql-createsequence.html (CYCLE)
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import column_queries
from remediate.analysis.capacity import DAYS, NEAR, Capacity, capacity
from remediate.analysis.collisions import inserts_until, weight
from remediate.analysis.facts import KeyFacts, SequenceFacts, key_facts, sequence_facts
from remediate.analysis.outlooks import soon_where_error
from remediate.analysis.pace import reliable
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
    place_in,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.remedies.cycles import (
    forbid_cycle,
    forbid_cycle_beyond,
    forbid_cycle_with_room,
)
from remediate.remedies.sequences import Fed
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import INTEGER_MAX, INTEGER_MIN, Column, Sequence, Table, Unique

FEW = 100_000  # ids that a busy table draws in a day


@dataclass(frozen=True, slots=True)
class SequenceCyclesFacts(Facts):
    """A column, its sequence, and how much of its round is done."""

    key: KeyFacts
    sequence: SequenceFacts
    share: float | None


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for name, fed in live.fed.items():
        sequence = live.sequence_of[name]
        unique = [(t, c) for t, c in fed if c.unique is not Unique.NO]
        if not sequence.cycles or not unique:
            continue
        table, column = unique[0]
        used = capacity(table, column, live, cycling=True)
        share = round(used.share, 4) if used else None
        facts = SequenceCyclesFacts(key_facts(table, column, live), sequence_facts(sequence), share)
        severity = Severity.ERROR if share is not None and share >= NEAR else Severity.WARNING
        weight = (severity, Confidence.PROVEN)
        yield column_finding(RULE, table, column, weight, facts, message(facts), declared)


def message(facts: SequenceCyclesFacts) -> str:
    return f"{facts.key.place} is unique, but its sequence starts again at its end (CYCLE)"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    table, column = place_in(finding, live)
    facts = facts_of(finding, SequenceCyclesFacts)
    sequence = live.sequence_of[facts.sequence.sequence]
    fed = live.fed[sequence.name]
    if _reuses_ids(sequence, fed):
        return Manual(
            "someone chose where the sequence ends, and its first ids are free again: leave it if "
            "old rows are deleted in time; otherwise raise its bound or widen the key, and set "
            "NO CYCLE"
        )
    used = capacity(table, column, live, cycling=True)
    if used is not None and _ends_soon(used):
        return forbid_cycle_with_room(sequence, (table, column), used, live, options)
    if any(_meets_soon(t, c, live) for t, c in fed):
        return forbid_cycle_beyond(sequence, live, options)
    return forbid_cycle(sequence)


def _reuses_ids(sequence: Sequence, fed: Fed) -> bool:
    """Whether it is a ring: of a bound that was chosen, over a table whose oldest rows are gone."""
    up = sequence.increment > 0
    bound, of_types = (sequence.maximum, INTEGER_MAX) if up else (sequence.minimum, INTEGER_MIN)
    known = [c.extremes for _, c in fed if c.extremes]
    lows = [e.low for e in known if e.low is not None]
    highs = [e.high for e in known if e.high is not None]
    if bound in of_types.values() or not lows or not highs:
        return False
    return min(lows) > sequence.minimum if up else max(highs) < sequence.maximum


def _ends_soon(used: Capacity) -> bool:
    """Whether INSERTs that go on by starting over would fail at the end before anybody acts."""
    days = reliable(used.forecast)
    few = used.remaining < FEW or (days is not None and days < DAYS)
    return used.remaining == 0 or (used.share >= NEAR and few)


def _meets_soon(table: Table, column: Column, live: Live) -> bool:
    """Whether it would be found to lie behind its ids as soon as it no longer cycles."""
    inserts = inserts_until(table, column, live)
    return inserts is not None and weight(inserts, table, column, live)[0] is not Severity.INFO


RULE = Rule(
    code="SEQ006",
    name="sequence-cycles",
    family=Family.SEQUENCES,
    summary="a sequence that starts again at its end, under a unique key",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=column_queries.cycling,
    stops=Inserts.PLAIN,
    symptom=DUPLICATE_KEY,
    errors={
        ErrorKind.DUPLICATE: 2,
        ErrorKind.DUPLICATES_THERE: 3,
    },
    facts=(SequenceCyclesFacts,),
    leaves=Leaves.KEY,
    provable=True,
    worst=Severity.ERROR,
    outlook=soon_where_error,
)
