"""A table without the primary key that its models declare.

What it does
------------
Finds tables without a primary key where something shows that they had one, or should have one:

  proven    the models declare it; also where the table has another key, over other columns
  likely    the models have no such table, but their foreign keys refer to these columns
  possible  no model knows the table, and one integer column has a sequence for itself: a note

It counts the rows that a key would refuse, where one of its columns is NULL or another row has the
same values, and those where the id is 0. Where such rows are there already, what is proven is an
error, else a warning. Large tables are read with --deep only. The rules about keys judge the
columns of the missing key as they judge any key, so that a default, for one, is given as well.

Why is this bad?
----------------
Nothing refuses an id that is there twice, or NULL: a program that loads the row by its id gets one
of several, or none. No foreign key can refer to the table, and no ON CONFLICT (id) names it:

  there is no unique constraint matching given keys for referenced table "users" (SQLSTATE 42830)
  there is no unique or exclusion constraint matching the ON CONFLICT specification      (42P10)

A restore leaves it where ADD CONSTRAINT fails on rows that are there twice; so do CREATE TABLE AS,
converters, and pandas with to_sql(if_exists="replace"). `alembic check` does not compare keys.

Example
-------
  CREATE TABLE items AS SELECT * FROM old_items;

Repair
------
NOT NULL where it lacks, then PRIMARY KEY, by its name in the models or PostgreSQL's own. A
unique index on the same columns that nothing else needs becomes the key's (USING INDEX). The
downgrade drops the key, builds such an index again, and takes NOT NULL away where it was not.

Rows that are NULL, there twice, or too long for an index (text) are a decision: they are counted,
and named with a query. So is a column whose type is not the model's, as a converter leaves it: the
statement is shown. Where the table has another primary key, a person decides which one is
right: Alembic adds the column of a key that moved, and leaves the key where it was.

Safety
------
ACCESS EXCLUSIVE while the index is built: tables of more rows than --rows-rewritten are by hand,
unless the index is there already; build it with CREATE UNIQUE INDEX CONCURRENTLY, and plan again.
From then on PostgreSQL refuses what it took before: NULL, and ids that are there.

What is not flagged
-------------------
Tables whose models have no primary key, or one with more or fewer columns than theirs, or over
columns that are unique besides; partitions (their root speaks for them), views, tables that
no model knows and that nothing numbers. A key that PostgreSQL has not is a note: that of a
partitioned table which lacks the columns that part it or its partitions, or which has a foreign
table as partition, and one over json, a geometric type or a virtual column.

References
----------
https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS
https://www.postgresql.org/docs/current/sql-altertable.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import column_queries
from remediate.analysis.facts import TableFacts, in_words
from remediate.analysis.missing_keys import impossible
from remediate.findings.effects import ErrorKind, Family, Inserts, Leaves
from remediate.findings.facts import facts_of
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Options,
    Place,
    Rule,
    Severity,
    Verdict,
    finding_at,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.postgres.sql import quote
from remediate.remedies.primary_keys import declare_key
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.missing_keys import Declarer, MissingKey
from remediate.snapshots.tables import Table
from remediate.system.words import counted


@dataclass(frozen=True, slots=True)
class PrimaryKeyMissingFacts(Facts):
    """A key that is not there, what says that it should, and the rows that it would refuse."""

    table: TableFacts
    declared_by: tuple[str, ...]
    constraint: str
    columns: tuple[str, ...]
    instead_of: tuple[str, ...]  # the columns of the key that it has
    types: tuple[str, ...]
    model_types: tuple[str, ...]
    unique: bool
    unique_index: str  # that can become the key's; "" for none
    null_rows: int | None
    repeated_rows: int | None
    zero_rows: int | None


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for table in live.tables:
        if (key := table.missing_key) is None or key.apart or (key.instead and key.unique):
            continue
        facts = PrimaryKeyMissingFacts(
            table=TableFacts(table.owner, table.rows, table.inserts),
            declared_by=key.by,
            constraint=key.name,
            columns=key.columns,
            instead_of=key.instead,
            types=tuple(table.column(c).type for c in key.columns),
            model_types=key.model_types,
            unique=key.unique,
            unique_index=key.index,
            null_rows=key.nulls,
            repeated_rows=key.duplicates,
            zero_rows=key.zeros,
        )
        place = Place(table.name)
        text = f"{place} {message(facts)}"
        yield finding_at(RULE, place, _weight(table, key), facts, text, declared)


def _weight(table: Table, key: MissingKey) -> tuple[Severity, Confidence]:
    if not key.declared:
        return Severity.INFO, Confidence.POSSIBLE
    if impossible(table, key):
        return Severity.INFO, Confidence.PROVEN
    if Declarer.MODELS not in key.by:
        return Severity.WARNING, Confidence.LIKELY
    refused = bool(key.nulls or key.duplicates)
    return (Severity.ERROR if refused else Severity.WARNING), Confidence.PROVEN


def message(facts: PrimaryKeyMissingFacts) -> str:
    """What is said of the table, from the facts alone."""
    columns = in_words(map(quote, facts.columns))
    if facts.instead_of:
        what = (
            f"has its primary key on {in_words(map(quote, facts.instead_of))}, but its models "
            f"declare it on {columns}"
        )
    elif Declarer.MODELS in facts.declared_by:
        what = f"has no primary key, but its models declare one on {columns}"
    elif Declarer.REFERENCE in facts.declared_by:
        what = f"has no primary key, but foreign keys of the models reference {columns}"
    else:
        what = f"has no primary key, although a sequence supplies {columns}"
    counts = [*_counts(facts)]
    if counts:
        return f"{what}: {in_words(counts)}"
    if Declarer.PARTITIONS in facts.declared_by:
        return (
            f"{what}: each partition has one, but nothing prevents the same value in two partitions"
        )
    if facts.unique:
        return f"{what}: only a unique index prevents duplicates"
    return f"{what}: nothing prevents duplicates"


def _counts(facts: PrimaryKeyMissingFacts) -> Iterator[str]:
    for count, what in (
        (facts.null_rows, "NULL"),
        (facts.repeated_rows, "another row's value"),
        (facts.zero_rows, "0"),
    ):
        if count:
            yield f"{counted(count, 'row')} {'has' if count == 1 else 'have'} {what}"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    table = finding.place.table
    if table is None:
        raise LookupError(f"{finding.id} is about no table")
    return declare_key(live.table_of[table], live, options)


def query(finding: Finding) -> str:
    columns = facts_of(finding, PrimaryKeyMissingFacts).columns
    table = finding.place.table
    return column_queries.primary_key_missing(table, columns) if table else ""


RULE = Rule(
    code="PK009",
    name="primary-key-missing",
    family=Family.KEYS,
    summary="a table without the primary key that its models declare",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=query,
    stops=Inserts.NONE,
    symptom=None,
    errors={
        ErrorKind.NOTHING_UNIQUE: 1,
        ErrorKind.NO_ARBITER: 1,
        ErrorKind.DUPLICATES_THERE: 1,
        ErrorKind.NULLS_THERE: 1,
        ErrorKind.NULL_IDENTITY: 2,
    },
    facts=(PrimaryKeyMissingFacts,),
    leaves=Leaves.PRIMARY_KEY,
    provable=True,
    worst=Severity.ERROR,
)
