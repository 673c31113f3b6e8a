"""A foreign key without an index on its columns.

What it does
------------
Finds foreign keys of tables with 1,000 rows or more for which no valid, full index starts with
their columns, in any order.

  warning   the table has 100,000 rows or more, and rows of the referenced table are deleted
  info      otherwise

Why is this bad?
----------------
PostgreSQL makes no index for a foreign key. Every DELETE of a referenced row, and every UPDATE
of its key, then reads the whole referencing table, and so does each join from the key to it.

Example
-------
  CREATE TABLE orders (id bigserial PRIMARY KEY, user_id bigint REFERENCES users);
  DELETE FROM users WHERE id = 1;                         -- reads all of orders

Repair
------
CREATE INDEX CONCURRENTLY, in a revision of its own. An invalid index that an earlier attempt
left behind is removed first. The name is the one that SQLAlchemy gives with index=True, which
the model must say; with a number where that is taken.

Safety
------
Nobody waits for it; it waits for every transaction that is open.

What is not flagged
-------------------
Tables with less than 1,000 rows; references to tables of less than 1,000 rows from which
nothing is ever deleted; keys and unique constraints that start with the columns.

References
----------
https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import reference_queries
from remediate.analysis.facts import (
    ConstraintFacts,
    constraint_facts,
    of_constraint,
    rows_of,
    spoken_of,
)
from remediate.findings.effects import Aim, Family, Inserts, Leaves
from remediate.findings.finding import Confidence, Facts, Finding, Options, Rule, Severity, Verdict
from remediate.findings.remedy import Manual, Remedy
from remediate.remedies.references import index_reference
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey

TINY = 1_000  # rows: reading them all is no worse than an index
LARGE = 100_000


@dataclass(frozen=True, slots=True)
class ForeignKeyUnindexedFacts(Facts):
    """A foreign key, and the rows that were deleted from what it references."""

    constraint: ConstraintFacts
    deletes: int


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for fk in live.foreign_keys:
        deletes = _deletes(fk, live)
        if fk.indexed or rows_of(fk.table, live) < TINY:
            continue
        if not deletes and rows_of(fk.target, live) < TINY:
            continue
        facts = ForeignKeyUnindexedFacts(constraint_facts(fk, live), deletes)
        heavy = deletes and rows_of(fk.table, live) >= LARGE
        weight = (Severity.WARNING if heavy else Severity.INFO, Confidence.PROVEN)
        yield of_constraint(RULE, fk, weight, facts, _MESSAGE, declared)


_MESSAGE = "has no index that starts with its columns: DELETE of what it references reads the table"


def _deletes(fk: ForeignKey, live: Live) -> int:
    """Rows that were deleted from the referenced table since the statistics were reset."""
    parent = live.table_of.get(fk.target)
    return (parent.deletes or 0) if parent else 0


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return index_reference(spoken_of(finding, live), live)


RULE = Rule(
    code="FK006",
    name="foreign-key-unindexed",
    family=Family.REFERENCES,
    summary="a foreign key without an index on its columns",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=reference_queries.unindexed,
    stops=Inserts.NONE,
    symptom=None,
    errors={},
    facts=(ForeignKeyUnindexedFacts,),
    leaves=Leaves.NOTHING,
    provable=True,
    against=Aim.OTHER,
)
