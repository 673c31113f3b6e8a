"""A model that has no table.

What it does
------------
Lists the models whose table the database does not have, with their files, parents before children.

Why is this bad?
----------------
  relation "..." does not exist                                             (SQLSTATE 42P01)

Every query that the model makes fails. Often the model is of a MetaData that Alembic never sees
(MD006), so that autogenerate reports nothing; or a revision that makes the table has not run yet
(AL003).

Example
-------
  class TaxRate(Base): __tablename__ = "tax_rates"        and no such table

Repair
------
A decision for each model: create its table, keep the model as code only, or delete it.

To create it, approve it by name, --approve MD005 or --approve MD005:public.tax_rates; --approve all
never creates a table. The revision has CREATE TABLE as SQLAlchemy writes it, with the indexes,
comments, sequences and enum types of the model, parents first. A column that references a key gets
the type that the key has in the database, whatever the model declares: a model with UUID for an
integer key gets integer, and is to be corrected (MD002, MD003).

The other two answers are kept in a plan: remediate review PLAN --choose. For good,
[tool.remediate.ignore] keeps models as code only: "MD005:public.tax_*" = "a feature to come".

To judge whether a model can go, the plan names the lines of the project's Python files that import
it, refer to it, or name its table: these would have to change. Code that builds names at run time
is not seen.

By hand, with the reason: a table whose schema or whose types are missing (an extension), one that a
revision of the project creates already (AL003), one that two models declare differently (MD007),
and one that references such a table: the others are created.

Safety
------
CREATE TABLE with a foreign key takes SHARE ROW EXCLUSIVE on the referenced table for a moment. The
new table belongs to the role that runs the revision; grants are yours to decide. Roles that may use
at least half of the tables of its schema, and not the new one, are named, with the GRANT that gives
them the same: until then they get `permission denied for table` (42501). Where default privileges
let a role INSERT, the revision grants it USAGE on the sequences that it needs and that
they do not cover. The downgrade drops the table, and refuses while it holds rows.

What is not flagged
-------------------
Models over views, materialized views and foreign tables.

References
----------
https://alembic.sqlalchemy.org/en/latest/autogenerate.html
https://www.postgresql.org/docs/current/sql-createtable.html
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from remediate.analysis import column_queries, creation
from remediate.analysis.creation import Retyped
from remediate.analysis.facts import in_words
from remediate.analysis.uses import UseFacts
from remediate.findings.effects import Aim, ErrorKind, Family, Inserts, Leaves
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
from remediate.postgres.sql import quote, role_name
from remediate.remedies import ways
from remediate.remedies.creatable import obstacles
from remediate.remedies.new_tables import create_table
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.new_tables import NewTable
from remediate.snapshots.tables import Name, Table
from remediate.snapshots.uses import Uses


@dataclass(frozen=True, slots=True)
class TableMissingFacts(Facts):
    """A model without a table, and what its table would be."""

    metadata: str | None  # of the model, where Alembic does not see it
    tracked: bool
    references: tuple[str, ...]  # tables
    missing_too: tuple[str, ...]  # that have to be created with it
    retyped: tuple[Retyped, ...]  # columns that get another type than the model says
    writers: tuple[str, ...]  # roles that may INSERT into other tables of the schema
    grants: tuple[str, ...]  # that give roles what they may do with most of these
    obstacle: str  # why its table cannot be created; "" where it can
    uses: UseFacts | None  # of the model; None where no code was read


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    untracked = {n: m.name for m in declared.metadatas if not m.tracked for n in m.tables}
    why_not = obstacles(live)
    return tuple(
        _finding(t.name, untracked.get(t.name, ""), why_not.get(t.name, ""), live, declared)
        for t in _missing(live, declared)
    )


def _missing(live: Live, declared: Declared) -> Iterator[Table]:
    """In the order in which they can be created; then those of which nothing more is known."""
    there = {name for name, _ in live.types}
    missing = {t.name: t for t in declared.tables if t.name not in there}
    for new in live.unmade.tables:
        if new.name in missing:
            yield missing.pop(new.name)
    yield from missing.values()


def _finding(name: Name, metadata: str, why_not: str, live: Live, declared: Declared) -> Finding:
    place, message = Place(name), f"{name} has a model, but the table does not exist"
    if metadata:
        message += f"; Alembic does not see its MetaData, {metadata}"
    if rights := live.unmade.rights.get(name.schema):
        roles = in_words(map(role_name, (role for role, _ in rights)))
        message += f"; {roles} would lack rights on it that other tables of "
        message += f"{quote(name.schema)} grant: GRANT them"
    weight = (Severity.WARNING, Confidence.PROVEN)
    new, used = live.unmade.table_of.get(name), declared.uses.get(name)
    facts = replace(_facts(new, metadata, live, used), obstacle=why_not)
    return finding_at(RULE, place, weight, facts, message, declared)


def _facts(new: NewTable | None, metadata: str, live: Live, uses: Uses | None) -> TableMissingFacts:
    if new is None:
        return TableMissingFacts(metadata or None, not metadata, (), (), (), (), (), "", None)
    return TableMissingFacts(
        metadata=metadata or None,
        tracked=not metadata,
        references=tuple(map(str, sorted(new.parents))),
        missing_too=tuple(map(str, creation.needed(new, live.unmade))),
        retyped=creation.retyped(new, live),
        writers=live.unmade.writers.get(new.name.schema, ()),
        grants=creation.grants(new, live),
        obstacle="",
        uses=UseFacts(uses.places, uses.files, uses.unread) if uses else None,
    )


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    new = live.unmade.table_of.get(finding.place.table) if finding.place.table else None
    if new is None:
        return Manual("decide: create its table, keep the model as code only, or delete it")
    facts = facts_of(finding, TableMissingFacts)
    return (
        Manual(facts.obstacle) if facts.obstacle else create_table(new, live, tracked=facts.tracked)
    )


def query(finding: Finding) -> str:
    return column_queries.absent(finding.place.table) if finding.place.table else ""


RULE = Rule(
    code="MD005",
    name="table-missing",
    family=Family.MODELS,
    summary="a model that has no table",
    called=(
        r"\bmodels?\b.* (have|with|has) no tables?\b|\bmissing (base )?(model )?tables?\b|"
        r"\bmodels?, 0 tables\b|\bcode-only\b|\bmissing (base )?models?\b"
    ),
    page=__doc__,
    find=find,
    remedy=remedy,
    query=query,
    offers=ways.of_table,
    stops=Inserts.OF_MODELS,
    symptom=None,
    errors={ErrorKind.TABLE_MISSING: 1},
    facts=(TableMissingFacts,),
    leaves=Leaves.TABLE,
    provable=True,
    by_name=True,
    against=(Aim.TABLES_EXIST,),
)
