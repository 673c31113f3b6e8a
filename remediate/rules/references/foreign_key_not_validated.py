"""A foreign key that does not hold for every row.

What it does
------------
Finds foreign keys that are NOT VALID, or (PostgreSQL 18) NOT ENFORCED. Where the table is
small, or with --deep, the rows without parent are counted.

Why is this bad?
----------------
A constraint that is NOT VALID is checked for new rows only: what was there before may refer to
nothing, and the next dump of the database cannot be restored. One that is NOT ENFORCED checks
nothing at all.

Example
-------
  ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID;   -- and never validated

Repair
------
VALIDATE CONSTRAINT, in a revision of its own, while everybody works. One that is NOT ENFORCED
is recreated first. The downgrade restores the constraint. Rows without parent stop it:
what becomes of them is decided by a person, and the query that lists them is shown.

Safety
------
VALIDATE reads the table under SHARE UPDATE EXCLUSIVE: INSERT, UPDATE and DELETE go on.

What is not flagged
-------------------
Constraints that partitions inherit from their partitioned table.

References
----------
https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import reference_queries
from remediate.analysis.facts import ConstraintFacts, constraint_facts, of_constraint, spoken_of
from remediate.findings.effects import ErrorKind, Family, Inserts, Leaves
from remediate.findings.finding import Confidence, Facts, Finding, Options, Rule, Severity, Verdict
from remediate.findings.remedy import Manual, Remedy
from remediate.remedies.references import validate_reference
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.system.words import counted


@dataclass(frozen=True, slots=True)
class ForeignKeyNotValidatedFacts(Facts):
    """A foreign key, how far it holds, and its rows without parent."""

    constraint: ConstraintFacts
    state: str
    orphans: int | None


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for fk in live.foreign_keys:
        if fk.validated:
            continue
        orphans = live.orphans.get((fk.table, fk.name))
        state = "NOT VALID" if fk.enforced else "NOT ENFORCED"
        facts = ForeignKeyNotValidatedFacts(constraint_facts(fk, live), state, orphans)
        weight = (Severity.WARNING, Confidence.PROVEN)
        yield of_constraint(RULE, fk, weight, facts, _message(state, orphans), declared)


def _message(state: str, orphans: int | None) -> str:
    have = "has" if orphans == 1 else "have"
    found = f", and {counted(orphans, 'row')} {have} no parent" if orphans else ""
    if state == "NOT VALID":
        return f"is NOT VALID: PostgreSQL has not checked the rows that were there before it{found}"
    return f"is NOT ENFORCED: PostgreSQL checks no row{found}"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return validate_reference(spoken_of(finding, live), live)


RULE = Rule(
    code="FK005",
    name="foreign-key-not-validated",
    family=Family.REFERENCES,
    summary="a foreign key that does not hold for every row: NOT VALID or NOT ENFORCED",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=reference_queries.not_validated,
    stops=Inserts.NONE,
    symptom=None,
    errors={ErrorKind.NO_PARENT: 1},
    facts=(ForeignKeyNotValidatedFacts,),
    leaves=Leaves.CHECKED_REFERENCE,
    provable=True,
)
