"""A sequence that several independent tables draw from.

What it does
------------
Finds sequences without an owner that feed columns of several tables which are neither
partitions nor inheritance children of one another, or of a third. (A sequence that one of them owns
is PK003.)

Why is this bad?
----------------
It may be just what was wanted: ids that are unique across tables. It may also be an accident: every
table then has gaps where the others took their ids, one busy table uses up the ids of all, and a
setval() meant for one of them moves the others too.

Example
-------
  CREATE SEQUENCE numbers;
  CREATE TABLE orders (id integer PRIMARY KEY DEFAULT nextval('numbers'));
  CREATE TABLE refunds (id integer PRIMARY KEY DEFAULT nextval('numbers'));

Repair
------
A decision. Accept it (SEQ005 in [tool.remediate.ignore], with the reason), or split it: create
a sequence of its own for each table, beginning beyond its highest id. From then on ids are unique
in each table only.

Safety
------
Nothing is changed by this rule.

What is not flagged
-------------------
One partitioned table with its partitions; one inheritance tree; keys whose models all name the
sequence, in their server_default or as a Sequence that they call.

References
----------
https://www.postgresql.org/docs/current/sql-createsequence.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import column_queries
from remediate.analysis.facts import KeyFacts, SequenceFacts, key_facts, sequence_facts
from remediate.findings.effects import ErrorKind, Family, Inserts, Leaves
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
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Name, Table


@dataclass(frozen=True, slots=True)
class SequenceSharedFacts(Facts):
    """The first of the columns, their sequence, and all of them."""

    key: KeyFacts
    sequence: SequenceFacts
    columns: tuple[tuple[str, str, str], ...]  # schema, table, column


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for name, fed in live.fed.items():
        sequence = live.sequence_of[name]
        independent = _independent(fed, live)
        meant = {(t.name, c.name) for t, c in independent} <= {*declared.naming.get(name, ())}
        if sequence.owned_by or len(independent) < 2 or meant:
            continue
        (table, column), *_ = independent
        facts = SequenceSharedFacts(
            key=key_facts(table, column, live),
            sequence=sequence_facts(sequence),
            columns=tuple((*t.name, c.name) for t, c in independent),
        )
        weight = (Severity.INFO, Confidence.PROVEN)
        yield column_finding(RULE, table, column, weight, facts, message(facts), declared)


def _independent(fed: tuple[tuple[Table, Column], ...], live: Live) -> list[tuple[Table, Column]]:
    """The columns of tables of which none inherits from another, nor from what another does."""
    tables = {table.name for table, _ in fed}
    roots = [(t, c) for t, c in fed if not live.ancestors(t) & tables]
    above: dict[Name, frozenset[Name]] = {}
    for table, _ in roots:
        if not any(live.ancestors(table) & others for others in above.values()):
            above[table.name] = live.ancestors(table)
    return [(t, c) for t, c in roots if t.name in above] if len(above) > 1 else []


def message(facts: SequenceSharedFacts) -> str:
    others = ", ".join(str(Name(s, t)) for s, t, _ in facts.columns[1:])
    return f"{facts.key.place} shares the sequence {facts.sequence.sequence} with {others}"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return Manual(
        "decide: accept that these tables share their ids (ignore SEQ005), or create a sequence "
        "of its own for each, beyond its highest id"
    )


def query(finding: Finding) -> str:
    return column_queries.shared(finding, facts_of(finding, SequenceSharedFacts).columns)


RULE = Rule(
    code="SEQ005",
    name="sequence-shared",
    family=Family.SEQUENCES,
    summary="a sequence that several independent tables draw from",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=query,
    stops=Inserts.NONE,
    symptom=None,
    errors={
        ErrorKind.DUPLICATE: 3,
        ErrorKind.DEPENDED_ON: 2,
    },
    facts=(SequenceSharedFacts,),
    leaves=Leaves.KEY,
    provable=True,
    worst=Severity.INFO,
    by_hand=True,
)
