"""A partition that draws from another sequence than its partitioned table.

What it does
------------
Compares the default of every partition with that of the partitioned table at the top.

Why is this bad?
----------------
INSERT into the partitioned table takes the root's sequence, INSERT into the partition takes its
own: two rows of numbers in one key. They meet sooner or later:

  duplicate key value violates unique constraint   (SQLSTATE 23505)

or, where the partition key is part of the primary key, store two rows with the same id unnoticed.

Example
-------
  CREATE TABLE events_2026 (id bigserial, at date, PRIMARY KEY (id, at));
  ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

Repair
------
The root's sequence becomes the partition's default too, usable by every role that may insert into
the partition, and is advanced beyond all ids. The partition's own sequence stays, unused; the
downgrade puts its default back.

Safety
------
ACCESS EXCLUSIVE on root and partitions until commit; no rewrite, no scan.

What is not flagged
-------------------
A partition without default: INSERT through the root fills it. A default that is no plain nextval.

References
----------
https://www.postgresql.org/docs/current/ddl-partitioning.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import column_queries
from remediate.analysis.causes import Cause
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
    place_in,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.remedies.sequences import bind
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Generator, Name, Table


@dataclass(frozen=True, slots=True)
class PartitionDivergesFacts(Facts):
    """A partition's column, its sequence, and its root's."""

    key: KeyFacts
    sequence: SequenceFacts
    root: Name
    root_sequence: Name
    cause: Cause


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for table in live.tables:
        for column in table.columns if table.partition_of else ():
            above = _of_root(table, column, live)
            if above is None:
                continue
            facts = PartitionDivergesFacts(
                key=key_facts(table, column, live),
                sequence=sequence_facts(live.sequence_of[column.sequences[0]]),
                root=live.root(table).name,
                root_sequence=above.sequences[0],
                cause=_CAUSE,
            )
            weight = (Severity.WARNING, Confidence.PROVEN)
            yield column_finding(RULE, table, column, weight, facts, message(facts), declared)


_CAUSE = Cause(
    "attached-with-its-own-sequence",
    "the partition had a serial key of its own before ATTACH PARTITION",
    "CREATE TABLE ... PARTITION OF, or SET DEFAULT before ATTACH",
)


def _of_root(table: Table, column: Column, live: Live) -> Column | None:
    """The root's column, where it draws from another sequence."""
    root = live.root(table)
    if column.generator is not Generator.SEQUENCE or not root.has(column.name):
        return None
    above = root.column(column.name)
    drawing = above.generator in (Generator.SEQUENCE, Generator.IDENTITY) and above.sequences
    return above if drawing and above.sequences[:1] != column.sequences[:1] else None


def message(facts: PartitionDivergesFacts) -> str:
    return (
        f"{facts.key.place} draws from another sequence than its partitioned table: "
        "both will generate the same ids"
    )


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    table, column = place_in(finding, live)
    above = live.root(table).column(column.name)
    if above.generator is Generator.IDENTITY:
        return Manual(
            "the partitioned table has an identity: drop the partition's default, and insert "
            "through the partitioned table only"
        )
    return bind(table, column, live.sequence_of[above.sequences[0]], live, options)


def query(finding: Finding) -> str:
    return column_queries.diverging(finding, facts_of(finding, PartitionDivergesFacts).root)


RULE = Rule(
    code="PK007",
    name="partition-sequence-diverges",
    family=Family.KEYS,
    summary="a partition that draws from another sequence than its partitioned table",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=query,
    stops=Inserts.PLAIN,
    symptom=DUPLICATE_KEY,
    errors={ErrorKind.NOT_NULL: 1, ErrorKind.DUPLICATE: 3},
    facts=(PartitionDivergesFacts,),
    leaves=Leaves.KEY,
    provable=True,
    outlook=some_day_unless_error,
)
