"""A foreign key without an index on its columns.

What it does
------------
Finds foreign keys of tables with 1,000 rows or more for which no valid, full index starts with
their columns, in any order.

  warning   the table has 100,000 rows or more, and rows of the referenced table are deleted
  info      otherwise

A new schema has no such tables yet. Where a schema has three such keys or more, at least half of
them in empty tables, and none of its tables has 1,000 rows, one finding for the whole database
lists them (info, possible), before the tables grow.

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
left behind is removed first. The name is the one that SQLAlchemy uses for index=True, which
the model must declare; with a number where that is taken.

For a new schema the finding shows the statements: an index of an empty table takes a moment. In
remediate plan --select FK006 --table NAME each is a finding of its own, with a revision as above.

Safety
------
Nobody waits for it; it waits for every transaction that is open.

What is not flagged
-------------------
Tables with less than 1,000 rows, unless their schema is new; references to tables of less than
1,000 rows from which nothing is ever deleted; keys and unique constraints that start with the
columns.

References
----------
https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remediate.analysis import reference_queries
from remediate.analysis.facts import (
    ConstraintFacts,
    constraint_facts,
    of_constraint,
    rows_of,
    spoken_of,
)
from remediate.analysis.new_schemas import TINY, is_asked_about, of_new_schemas
from remediate.findings.effects import Aim, Family, Inserts, Leaves
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Options,
    Rule,
    Severity,
    Verdict,
    question,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.postgres.sql import ident
from remediate.remedies.references import index_reference
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import Ends, ForeignKey
from remediate.snapshots.tables import Name
from remediate.system.words import counted

LARGE = 100_000
SEVERAL = 3  # foreign keys of a new schema: fewer are seen at a glance
_SHOWN = 3  # statements in a sentence


@dataclass(frozen=True, slots=True)
class ForeignKeyUnindexedFacts(Facts):
    """A foreign key, and the rows that were deleted from what it references."""

    constraint: ConstraintFacts
    deletes: int


@dataclass(frozen=True, slots=True)
class NewSchemaFacts(Facts):
    """Foreign keys of a new schema, and the statements that index them."""

    foreign_keys: tuple[tuple[str, ...], ...]  # schema, table, columns
    statements: tuple[str, ...]
    in_models: bool  # models are read, which may tell of the indexes

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        return self.foreign_keys


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    new = _of_new_schemas(live, options)
    asked_for = {fk.ends for fk in new if _is_asked_for(fk, options)}
    found = tuple(_find(live, declared, asked_for))
    return (
        found
        if options.named or not new
        else (*found, _together(new, in_models=bool(declared.tables)))
    )


def _is_asked_for(fk: ForeignKey, options: Options) -> bool:
    return RULE.code in options.selected and fk.table in options.named


def _find(live: Live, declared: Declared, asked_for: set[Ends]) -> Iterator[Finding]:
    for fk in live.foreign_keys:
        deletes = _deletes(fk, live)
        if fk.indexed:
            continue
        tiny = not deletes and rows_of(fk.target, live) < TINY
        if fk.ends not in asked_for and (tiny or rows_of(fk.table, live) < TINY):
            continue
        facts = ForeignKeyUnindexedFacts(constraint_facts(fk, live), deletes)
        heavy = deletes and rows_of(fk.table, live) >= LARGE
        weight = (Severity.WARNING if heavy else Severity.INFO, Confidence.PROVEN)
        yield of_constraint(RULE, fk, weight, facts, _MESSAGE, declared)


def _of_new_schemas(live: Live, options: Options) -> tuple[ForeignKey, ...]:
    """The foreign keys without an index, of schemas in which nothing has grown yet."""
    unindexed = [
        fk
        for fk in live.foreign_keys
        if not fk.indexed and is_asked_about(fk.table, options) and not _is_partition(fk, live)
    ]
    unindexed.sort(key=lambda fk: (fk.table, fk.columns))
    return of_new_schemas(unindexed, lambda fk: fk.table, live, SEVERAL)


def _is_partition(fk: ForeignKey, live: Live) -> bool:
    table = live.table_of.get(fk.table)
    return table is not None and table.partition_of is not None


def _together(several: Sequence[ForeignKey], *, in_models: bool) -> Finding:
    facts = NewSchemaFacts(
        tuple((*fk.table, *fk.columns) for fk in several),
        tuple(
            f"CREATE INDEX ON {fk.table.sql} ({', '.join(map(ident, fk.columns))})"
            for fk in several
        ),
        in_models,
    )
    message = (
        f"{counted(len(several), 'foreign key')} of small or empty tables have no index that "
        "starts with their columns: once these tables grow, every DELETE from a referenced table "
        "reads the whole referencing table"
    )
    return question(RULE, facts, message)


_MESSAGE = (
    "has no index that starts with its columns: every DELETE from the referenced table reads the "
    "whole table"
)


def _deletes(fk: ForeignKey, live: Live) -> int:
    """Rows that were deleted from the referenced table since the statistics were reset."""
    parent = live.table_of.get(fk.target)
    return (parent.deletes or 0) if parent else 0


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    if isinstance(finding.facts, NewSchemaFacts):
        statements = finding.facts.statements
        more = f"; and {len(statements) - _SHOWN:,} more" if len(statements) > _SHOWN else ""
        models = "set index=True in the models, and " if finding.facts.in_models else ""
        return Manual(
            f"{models}create the indexes while the tables are small: "
            f"{'; '.join(statements[:_SHOWN])}{more} (all: -f json). For a revision: "
            "remediate plan --select FK006 --table NAME"
        )
    return index_reference(spoken_of(finding, live), live)


def query(finding: Finding) -> str:
    if isinstance(finding.facts, NewSchemaFacts):
        tables = (Name(schema, table) for schema, table, *_ in finding.facts.foreign_keys)
        return reference_queries.unindexed_of(tables)
    return reference_queries.unindexed(finding)


RULE = Rule(
    code="FK006",
    name="foreign-key-unindexed",
    family=Family.REFERENCES,
    summary="a foreign key without an index on its columns",
    called=r"\bindex(es)? on foreign keys?\b|\bforeign key index|\b(missing|FK) index",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=query,
    stops=Inserts.NONE,
    symptom=None,
    errors={},
    facts=(ForeignKeyUnindexedFacts, NewSchemaFacts),
    leaves=Leaves.NOTHING,
    provable=True,
    against=(Aim.OTHER,),
)
