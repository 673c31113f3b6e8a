"""One table that several MetaData declare differently.

What it does
------------
Compares the columns and types of tables that more than one MetaData declares.

Why is this bad?
----------------
Nothing shows which of them is right: two parts of the program disagree about the same rows.
Given both MetaData, Alembic refuses or proposes changes that undo each other.

Example
-------
  class Document(SQLModel, table=True) ...  and  class Document(Base): __tablename__ = "document"

Repair
------
A decision: delete one of them, or create another table for it. Until then nothing is planned for
this table.

Safety
------
Nothing is changed.

What is not flagged
-------------------
Declarations with the same columns and types: what they agree on holds.

References
----------
https://alembic.sqlalchemy.org/en/latest/autogenerate.html
"""

from dataclasses import dataclass

from remediate.findings.effects import Aim, Family, Inserts, Leaves
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
    in_the_project,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.snapshots.declared import UNDECIDED, Declared, DuplicateTable
from remediate.snapshots.live import Live


@dataclass(frozen=True, slots=True)
class DeclarationFacts:
    """One of the declarations."""

    metadata: str
    place: str
    columns: tuple[tuple[str, str], ...]  # names and types


@dataclass(frozen=True, slots=True)
class TableDeclaredTwiceFacts(Facts):
    """The declarations of a table, and the columns in which they differ."""

    declarations: tuple[DeclarationFacts, ...]
    differences: tuple[str, ...]


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(
        _finding(duplicate, declared) for duplicate in declared.duplicates if duplicate.differ
    )


def _finding(duplicate: DuplicateTable, declared: Declared) -> Finding:
    first, *others = duplicate.declarations
    differences = {name for d in others for name, _ in set(first.columns) ^ set(d.columns)}
    facts = TableDeclaredTwiceFacts(
        tuple(DeclarationFacts(d.metadata, d.place, d.columns) for d in duplicate.declarations),
        tuple(sorted(differences)),
    )
    places = " and ".join(d.place for d in duplicate.declarations)
    number = len(duplicate.declarations)
    models = "two" if number == 2 else f"{number:,}"
    message = f"{duplicate.table}: {models} models define this table differently: {places}"
    weight = (Severity.WARNING, Confidence.PROVEN)
    return finding_at(RULE, Place(duplicate.table), weight, facts, message, declared)


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return Manual(UNDECIDED)


RULE = Rule(
    code="MD007",
    name="table-declared-twice",
    family=Family.MODELS,
    summary="one table that several MetaData declare differently",
    called=r"already defined for this MetaData|\bconflicts with existing\b|table name conflicts",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=in_the_project,
    stops=Inserts.NONE,
    symptom=None,
    errors={},
    facts=(TableDeclaredTwiceFacts,),
    leaves=Leaves.NOTHING,
    provable=False,
    by_hand=True,
    against=(Aim.METADATA_TRACKED,),
    alone="models",
)
