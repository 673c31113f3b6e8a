"""A sequence that will soon generate an id that already exists.

What it does
------------
Asks when the sequence of a unique column collides, not whether it is lower than the maximum: the
first id in its way that it will really hit, and in how many inserts. Values set with
setval(..., false), steps other than 1, descending sequences and inherited rows are counted as
PostgreSQL counts them. Without a default it is the sequence that the models call for the column.

  error     the next insert fails, or one within 1,000 inserts or within 30 days at the present rate
  warning   it is within a tenth of the room that is left, or the id is unique only with others
  info      a lone id far ahead: nothing happens for a long time

Why is this bad?
----------------
  duplicate key value violates unique constraint "users_pkey"   (SQLSTATE 23505)

Rows that were loaded with their ids leave the sequence behind. A failed insert consumes its value,
so that the application limps from collision to collision. Logical replication brings rows with
their ids, too, and no sequence advances on the subscriber: all of its keys are behind at the
switchover.

Example
-------
  CREATE TABLE users (id serial PRIMARY KEY);
  INSERT INTO users SELECT generate_series(1, 100);      -- the sequence is still at 1
  INSERT INTO users DEFAULT VALUES;                      -- fails

Repair
------
setval() to the first value beyond every id in every column that the sequence feeds, in its own
steps: a sequence of odd numbers stays odd. It never goes back, and there is nothing to undo.

Safety
------
Writers wait while the highest id is read (SHARE ROW EXCLUSIVE, until commit); readers do not.
A lone id far ahead is not jumped over, as that would throw away all ids before it: decide.

What is not flagged
-------------------
Sequences that CYCLE (SEQ006), columns that are not unique, other defaults than exactly nextval()
or an identity, ids that the steps of the sequence never meet.

References
----------
https://www.postgresql.org/docs/current/functions-sequence.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import column_queries
from remediate.analysis.causes import Cause
from remediate.analysis.collisions import SOON, inserts_until
from remediate.analysis.collisions import weight as weight_of
from remediate.analysis.facts import KeyFacts, SequenceFacts, key_facts, sequence_facts
from remediate.analysis.outlooks import how_soon, in_days, inserts_a_day
from remediate.findings.effects import DUPLICATE_KEY, ErrorKind, Family, Inserts, Leaves, Outlook
from remediate.findings.facts import facts_of
from remediate.findings.finding import (
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
from remediate.remedies.sequences import advance_beyond, after_advance
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, drawn_from, family
from remediate.snapshots.tables import Sequence, Table, Unique


@dataclass(frozen=True, slots=True)
class SequenceBehindFacts(Facts):
    """A column, its sequence, and the id that stands in its way."""

    key: KeyFacts
    sequence: SequenceFacts
    collision: int
    inserts_until_collision: int
    after_repair: int  # the next value
    cause: Cause
    outlier: bool  # it stands far ahead
    replicated_by: tuple[str, ...]  # subscriptions that fill the table, or may
    stored_twice: bool  # the table lacks its key, and nothing refuses the id


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for table in live.tables:
        for column in table.columns:
            sequence = drawn_from(column, live)
            inserts = inserts_until(table, column, live)
            if inserts is None or sequence is None or sequence.cycles or column.collision is None:
                continue
            weight = weight_of(inserts, table, column, live)
            facts = SequenceBehindFacts(
                key=key_facts(table, column, live),
                sequence=sequence_facts(sequence),
                collision=column.collision,
                inserts_until_collision=inserts,
                after_repair=after_advance(sequence, live.fed[sequence.name]),
                cause=_subscriber(table, live) or _cause(sequence),
                outlier=weight[0] is Severity.INFO,
                replicated_by=live.database.subscriptions if _subscriber(table, live) else (),
                stored_twice=column.unique is Unique.NO,
            )
            yield column_finding(RULE, table, column, weight, facts, message(facts), declared)


def _subscriber(table: Table, live: Live) -> Cause | None:
    """Where rows come by replication; for which tables is not told before the first refresh."""
    names = ", ".join(live.database.subscriptions)
    told = any(one.subscribed for one in family(table, live))
    untold = bool(names) and not any(one.subscribed for one in live.tables)
    if not told and not untold:
        return None
    by = f" by the subscription {names}" if names else ""
    return Cause(
        "subscriber",
        f"logical replication {'brings' if told else 'may bring'} its rows{by} with "
        "their ids, and advances no sequence of a subscriber",
        "at the switchover, once replication has stopped, set every sequence beyond its ids",
    )


def _cause(sequence: Sequence) -> Cause:
    prevention = "after loading rows with ids, call setval() in the same transaction"
    if sequence.next == sequence.start:
        return Cause(
            "sequence-left-out",
            "the sequence is still at its start: rows were loaded with their ids, or a restore "
            "left the sequence out",
            prevention,
        )
    return Cause(
        "ids-passed-by-hand",
        "the sequence was in use, and rows with higher ids were inserted without it",
        prevention,
    )


def message(facts: SequenceBehindFacts) -> str:
    place, inserts, collision = facts.key.place, facts.inserts_until_collision, facts.collision
    names = ", ".join(facts.replicated_by)
    where = f"; this database is a subscriber ({names})" if names else ""
    if inserts == 1:
        then = "stores it twice" if facts.stored_twice else "fails (duplicate key)"
        return (
            f"{place}: the sequence's next value is {collision:,}, but id {collision:,} already "
            f"exists: the next INSERT {then}{where}"
        )
    return (
        f"{place}: the sequence meets the existing id {collision:,} at INSERT number {inserts:,} "
        f"from now (next value {facts.sequence.next:,}){where}"
    )


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    (table, _), facts = place_in(finding, live), facts_of(finding, SequenceBehindFacts)
    sequence = live.sequence_of[facts.sequence.sequence]
    if facts.outlier and table.name not in options.named:
        return Manual(
            f"id {facts.collision:,} is far ahead of the sequence: delete or renumber that row; or "
            f"accept it, since {facts.inserts_until_collision:,} INSERTs fit before it; or jump to "
            f"{facts.after_repair:,} and lose the ids between, with --table {table.name.name}"
        )
    return advance_beyond(sequence, live, options)


def outlook(finding: Finding, live: Live) -> Outlook:
    """By the inserts that are left before the existing id, at the rate of the statistics."""
    facts = facts_of(finding, SequenceBehindFacts)
    inserts, rate = facts.inserts_until_collision, inserts_a_day(facts.key.inserts, live)
    days = inserts / rate if rate else None
    return Outlook(
        how_soon(inserts - 1, days, soon=inserts <= SOON or finding.severity is Severity.ERROR),
        _broken(facts) if inserts == 1 else "",
        f"the sequence meets an existing id in {inserts:,} INSERTs{in_days(days)}"
        if inserts > 1
        else "",
        taken=facts.stored_twice,
    )


def _broken(facts: SequenceBehindFacts) -> str:
    return f"the next INSERT {'stores an id twice' if facts.stored_twice else 'fails'}"


RULE = Rule(
    code="SEQ001",
    name="sequence-behind",
    family=Family.SEQUENCES,
    summary="a sequence that will soon generate an id that already exists",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=column_queries.colliding,
    stops=Inserts.PLAIN,
    symptom=DUPLICATE_KEY,
    errors={
        ErrorKind.DUPLICATE: 1,
        ErrorKind.GENERATED_ALWAYS: 1,
    },
    facts=(SequenceBehindFacts,),
    leaves=Leaves.KEY,
    provable=True,
    worst=Severity.ERROR,
    outlook=outlook,
)
