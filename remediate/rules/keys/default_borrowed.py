"""A default that draws from the sequence of another table.

What it does
------------
Finds columns whose default uses a sequence that is OWNED BY a column of another table: what
CREATE TABLE new (LIKE old INCLUDING ALL), or INCLUDING DEFAULTS, leaves behind.

Why is this bad?
----------------
Dropping the other table drops its sequence. Without CASCADE the DROP fails; with CASCADE it
succeeds and takes this default along. From then on every INSERT without id fails:

  null value in column "id" violates not-null constraint   (SQLSTATE 23502)

That is how a table swap loses its key default. Until then both tables share one row of numbers.

Example
-------
  CREATE TABLE orders_new (LIKE orders INCLUDING ALL);
  INSERT INTO orders_new SELECT * FROM orders;
  DROP TABLE orders CASCADE;          -- orders_new.id has no default any more

Repair
------
A sequence of its own, of the column's type, owned, usable by every role that may insert, and beyond
the highest id; or the server_default of the model, as in PK001. Where its model names the very
sequence that it borrows, a person decides. The downgrade puts the borrowed default back.

Safety
------
ACCESS EXCLUSIVE on the table until commit; no rewrite, no scan. If the two tables are meant to
share their numbers, ids become unique only within each table: then accept the finding instead.

What is not flagged
-------------------
A partition or inheritance child of the owning table, or of a table that is found itself; a
sequence owned by another column of the same table; sequences without an owner (SEQ004, SEQ005).

References
----------
https://www.postgresql.org/docs/current/sql-createtable.html (LIKE, INCLUDING DEFAULTS)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import column_queries
from remediate.analysis.causes import Cause, cause_of_borrowing
from remediate.analysis.facts import (
    KeyFacts,
    SequenceFacts,
    in_words,
    key_facts,
    sequence_facts,
)
from remediate.analysis.said import ModelDefaultFacts, said_of
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
from remediate.postgres.sql import quote
from remediate.remedies.choice import chosen_sequence
from remediate.remedies.said import as_said, draw_from
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, family
from remediate.snapshots.tables import Column, Generator, Name, Table


@dataclass(frozen=True, slots=True)
class DefaultBorrowedFacts(Facts):
    """A column, the sequence that it borrows, and whose that is."""

    key: KeyFacts
    sequence: SequenceFacts
    lender: Name
    said: ModelDefaultFacts | None
    cause: Cause


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for table in live.tables:
        for column in table.columns:
            if owner := lender(table, column, live):
                sequence = live.sequence_of[column.sequences[0]]
                facts = DefaultBorrowedFacts(
                    key_facts(table, column, live),
                    sequence_facts(sequence),
                    owner,
                    said_of(table, column, live, declared),
                    cause_of_borrowing(table, owner),
                )
                weight = (Severity.WARNING, Confidence.PROVEN)
                yield column_finding(RULE, table, column, weight, facts, message(facts), declared)


def lender(table: Table, column: Column, live: Live) -> Name | None:
    """The other table that owns the sequence of a default; None where it is nobody's or family."""
    if column.generator is not Generator.SEQUENCE or not column.is_integer:
        return None
    sequence = live.sequence_of.get(column.sequences[0])
    if sequence is None or sequence.owned_by is None:
        return None
    owner = sequence.owned_by[0]
    ancestors = live.ancestors(table)
    spoken_for = any(column.sequences == _drawn(live.table_of.get(n), column) for n in ancestors)
    return None if owner == table.name or owner in ancestors or spoken_for else owner


def _drawn(above: Table | None, column: Column) -> tuple[Name, ...]:
    return above.column(column.name).sequences if above and above.has(column.name) else ()


def message(facts: DefaultBorrowedFacts) -> str:
    return (
        f"{facts.key.place} draws its ids from a sequence that another table owns: "
        "dropping that table drops this default too"
    )


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    table, column = place_in(finding, live)
    if table.partition_of:
        return Manual("repair the partition with its partitioned table first (PK007)")
    if followers := _followers(table, column, live):
        lent = column.sequences[0]
        return Manual(
            f"the default of {in_words(followers)} calls currval() of {lent}, and INSERTs would no "
            "longer advance that sequence: change that default first, then plan again"
        )
    said = facts_of(finding, DefaultBorrowedFacts).said
    if known := as_said(said, table, column, live, options):
        return known
    sequence, _ = chosen_sequence(table, column, live, said)
    return draw_from(sequence, table, column, live, options)


def _followers(table: Table, column: Column, live: Live) -> list[str]:
    """The columns that take the id which the same INSERT has drawn from the borrowed sequence."""
    return [
        f"{relation.name}.{quote(other.name)}"
        for relation in family(table, live)
        for other in relation.columns
        if other.name != column.name
        and column.sequences[0] in other.sequences
        and re.search(r"\bcurrval\(", other.default)
    ]


RULE = Rule(
    code="PK003",
    name="key-default-borrowed",
    family=Family.KEYS,
    summary="a default that draws from the sequence of another table",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=column_queries.borrowed,
    stops=Inserts.NONE,
    symptom=DUPLICATE_KEY,
    errors={
        ErrorKind.NOT_NULL: 2,
        ErrorKind.DUPLICATE: 2,
        ErrorKind.DEPENDED_ON: 1,
        ErrorKind.OTHER_OWNER: 2,
    },
    facts=(DefaultBorrowedFacts,),
    leaves=Leaves.DEFAULT,
    provable=True,
)
