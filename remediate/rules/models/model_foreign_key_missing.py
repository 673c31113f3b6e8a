"""A foreign key of several columns that only the models declare.

What it does
------------
Finds the foreign keys of the models, over several columns or to other columns than a key of one
column, that no constraint of the database matches. Of a single column that references a key,
FK003 and FK004 speak.

Why is this bad?
----------------
Nothing stops rows that refer to nothing, although the program believes so. `alembic check`
reports it as well, where Alembic sees the model.

Example
-------
  ForeignKeyConstraint(["order_id", "line"], ["lines.order_id", "lines.line"])

Repair
------
The foreign key, NOT VALID, in a short transaction; a revision after it validates the old rows.
Rows without parent are a decision, and named with a query. ON DELETE is that of the models. A
default without a row in the referenced table is a manual repair: INSERTs that take it work now. So
are types that PostgreSQL does not compare, and a column whose type ends where keys soon are.

Safety
------
SHARE ROW EXCLUSIVE on both tables for a moment: writers wait, readers do not. VALIDATE disturbs
nobody.

What is not flagged
-------------------
Tables that do not exist (MD005).

References
----------
https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
"""

from dataclasses import dataclass

from remediate.analysis import reference_queries
from remediate.analysis.capacity import NEAR
from remediate.analysis.facts import in_words, spoken_of
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
from remediate.postgres.sql import quote
from remediate.remedies.references import declare_reference
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, drawn_from
from remediate.snapshots.references import ForeignKey, family_of
from remediate.snapshots.tables import INTEGER_MAX, Name


@dataclass(frozen=True, slots=True)
class ModelForeignKeyMissingFacts(Facts):
    """A foreign key as the models declare it, and the rows that it would refuse."""

    constraint: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    references: Name
    referenced_columns: tuple[str, ...]
    referenced_types: tuple[str, ...]
    on_delete: str
    without_parent: int | None


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_finding(fk, live, declared) for fk in live.absent)


def _finding(fk: ForeignKey, live: Live, declared: Declared) -> Finding:
    facts = ModelForeignKeyMissingFacts(
        constraint=fk.name,
        columns=fk.columns,
        types=fk.types,
        references=fk.target,
        referenced_columns=fk.target_columns,
        referenced_types=fk.target_types,
        on_delete=fk.on_delete or "NO ACTION",
        without_parent=live.orphans.get((fk.table, fk.name)),
    )
    ours, theirs = (in_words(map(quote, names)) for names in (fk.columns, fk.target_columns))
    message = (
        f"{fk.table} has no foreign key from {ours} to {fk.target} ({theirs}), but the models "
        "declare one"
    )
    weight = (Severity.WARNING, Confidence.PROVEN)
    place = Place(fk.table, constraint=fk.name)
    return finding_at(RULE, place, weight, facts, message, declared)


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    fk = spoken_of(finding, live)
    pairs = [*zip(fk.types, fk.target_types, strict=True)]
    if unlike := [f"{one} to {other}" for one, other in pairs if not _compares(one, other)]:
        return Manual(
            f"a foreign key needs comparable types, not {in_words(unlike)}: convert the columns "
            "first"
        )
    if short := _too_short(fk, live):
        return Manual(
            f"{short} is almost too narrow for the keys that it would reference: widen it first"
        )
    return declare_reference(fk, live)


def _compares(one: str, other: str) -> bool:
    dates = {one.partition(" ")[0], other.partition(" ")[0]} <= {"date", "timestamp"}
    return family_of(one) == family_of(other) or dates


def _too_short(fk: ForeignKey, live: Live) -> str:
    """The column whose type ends where keys are given out soon; "" where there is none."""
    key = live.table_of.get(fk.target)
    for column, type_, target in zip(fk.columns, fk.types, fk.target_columns, strict=True):
        if key is None or type_ not in INTEGER_MAX or not key.has(target):
            continue
        sequence = drawn_from(key.column(target), live)
        if sequence and sequence.next and abs(sequence.next) >= NEAR * INTEGER_MAX[type_]:
            return f"{fk.table}.{quote(column)} ({type_})"
    return ""


def query(finding: Finding) -> str:
    facts, table = facts_of(finding, ModelForeignKeyMissingFacts), finding.place.table
    return reference_queries.missing(table, facts.columns, facts.references) if table else ""


RULE = Rule(
    code="MD004",
    name="model-foreign-key-missing",
    family=Family.MODELS,
    summary="a foreign key of several columns that only the models declare",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=query,
    stops=Inserts.NONE,
    symptom=None,
    errors={
        ErrorKind.NOT_REFERENCEABLE: 4,
        ErrorKind.NOTHING_UNIQUE: 1,
    },
    facts=(ModelForeignKeyMissingFacts,),
    leaves=Leaves.REFERENCE,
    provable=True,
    against=(Aim.REFERENCES_DECLARED,),
)
