"""A ForeignKey in the models whose type differs from that of its target.

What it does
------------
Compares, inside the models, the type of each column that has a ForeignKey with the type of its
target, also in another MetaData. Needs no database: remediate check --models-only. Where the
database has the column, MD001, MD002 and FK003 speak instead, for it tells which side is wrong.

  error     types that cannot be compared: CREATE TABLE fails

Why is this bad?
----------------
  foreign key constraint "..." cannot be implemented                        (SQLSTATE 42804)

Example
-------
  class User(Base):     id = mapped_column(Integer, primary_key=True)
  class Session(Base):  user_id = mapped_column(Uuid, ForeignKey("users.id"))

Repair
------
The reference needs the type of its target: `remediate models` prints the patch.

Safety
------
Nothing is changed in the database.

What is not flagged
-------------------
References whose type follows the target by itself (no type given); integers of several widths;
tables that are declared twice (MD007).

References
----------
https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis.models import ModelTypeFacts, differ, sqlalchemy_type
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
    in_the_project,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class ModelReferenceInconsistentFacts(Facts):
    """A column in its model, and the key that its ForeignKey names."""

    model: ModelTypeFacts
    references: Name
    referenced_columns: tuple[str, ...]
    referenced_types: tuple[str, ...]


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    undisputed = (fk for fk in declared.foreign_keys if fk.table not in declared.undecided)
    found = (f for fk in undisputed for f in _find(fk, live, declared))
    return tuple({f.id: f for f in found}.values())


def _find(fk: ForeignKey, live: Live, declared: Declared) -> Iterator[Finding]:
    for column, target in zip(fk.columns, fk.target_columns, strict=True):
        ours = declared.types.get((fk.table, column), "")
        theirs = declared.types.get((fk.target, target), "")
        if not ours or not theirs or (fk.table, column) in live.types:
            continue
        if differ(ours, theirs):
            place, key = Place(fk.table, column), Place(fk.target, target)
            facts = ModelReferenceInconsistentFacts(
                model=ModelTypeFacts(ours, sqlalchemy_type(theirs)),
                references=fk.target,
                referenced_columns=(target,),
                referenced_types=(theirs,),
            )
            message = f"{place} is {ours} in its model, but {key}, which it references, is {theirs}"
            weight = (Severity.ERROR, Confidence.PROVEN)
            yield finding_at(RULE, place, weight, facts, message, declared)


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    facts = facts_of(finding, ModelReferenceInconsistentFacts)
    return Manual(f"change the model to {facts.model.model_should_say}: remediate models")


RULE = Rule(
    code="MD003",
    name="model-reference-inconsistent",
    family=Family.MODELS,
    summary="a ForeignKey in the models whose type differs from that of its target",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=in_the_project,
    stops=Inserts.NONE,
    symptom=None,
    errors={ErrorKind.NOT_REFERENCEABLE: 3},
    facts=(ModelReferenceInconsistentFacts,),
    leaves=Leaves.NOTHING,
    provable=False,
    worst=Severity.ERROR,
    by_hand=True,
    patches_models=True,
    alone="models",
)
