"""A model that has no table.

What it does
------------
Lists the models whose table the database does not have, with their files.

Why is this bad?
----------------
  relation "..." does not exist                                             (SQLSTATE 42P01)

Every query that the model makes fails. Often the model is of a MetaData that Alembic never sees
(MD006), so that autogenerate says nothing; or a revision that makes the table has not run yet
(AL003).

Example
-------
  class TaxRate(Base): __tablename__ = "tax_rates"        and no such table

Repair
------
A decision: keep the model and let `alembic revision --autogenerate` make its table, keep it as
code for later, or delete it. Nothing is created by itself.

Safety
------
Nothing is changed.

What is not flagged
-------------------
Models over views, materialized views and foreign tables.

References
----------
https://alembic.sqlalchemy.org/en/latest/autogenerate.html
"""

from dataclasses import dataclass

from remediate.findings.effects import Family, Inserts, Leaves
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
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class TableMissingFacts(Facts):
    """The MetaData of a model that Alembic does not see."""

    metadata: str | None
    tracked: bool


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    there = {name for name, _ in live.types}
    untracked = {n: m.name for m in declared.metadatas if not m.tracked for n in m.tables}
    return tuple(
        _finding(table.name, untracked.get(table.name, ""), declared)
        for table in declared.tables
        if table.name not in there
    )


def _finding(name: Name, metadata: str, declared: Declared) -> Finding:
    place, message = Place(name), f"{name} has a model, and no such table exists"
    if metadata:
        message += f"; it is of {metadata}, which Alembic does not see"
    weight = (Severity.WARNING, Confidence.PROVEN)
    facts = TableMissingFacts(metadata or None, not metadata)
    return finding_at(RULE, place, weight, facts, message, declared)


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return Manual("decide: keep the model and create its table, keep it for later, or delete it")


RULE = Rule(
    code="MD005",
    name="table-missing",
    family=Family.MODELS,
    summary="a model that has no table",
    page=__doc__,
    find=find,
    remedy=remedy,
    stops=Inserts.OF_MODELS,
    symptom=None,
    errors={},
    facts=(TableMissingFacts,),
    leaves=Leaves.NOTHING,
    provable=False,
)
