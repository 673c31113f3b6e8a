"""A foreign key whose column is wider than the key it references. Off by default.

What it does
------------
Finds integer columns of declared foreign keys that hold more than the key they reference.

Why is this bad?
----------------
It is not: nothing fails. It is worth knowing when a key is about to be widened, for these
columns are ready already. Hence only on request: remediate plan --select FK007

Example
-------
  CREATE TABLE users (id serial PRIMARY KEY);
  CREATE TABLE orders (user_id bigint REFERENCES users);

Repair
------
None. When the key fills up, SEQ002 widens it.

Safety
------
Nothing is changed.

What is not flagged
-------------------
Columns that are narrower than their key (FK001).

References
----------
https://www.postgresql.org/docs/current/datatype-numeric.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import reference_queries
from remediate.analysis.facts import ConstraintFacts, constraint_facts, in_words, of_constraint
from remediate.findings.effects import Aim, Family, Inserts, Leaves
from remediate.findings.finding import Confidence, Facts, Finding, Options, Rule, Severity, Verdict
from remediate.findings.remedy import Manual, Remedy
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.system.words import with_article


@dataclass(frozen=True, slots=True)
class ForeignKeyWiderFacts(Facts):
    """A foreign key, and its wider columns, with the types of the key."""

    constraint: ConstraintFacts
    wider: tuple[tuple[str, str], ...]


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for fk in live.foreign_keys:
        if fk.wider:
            types = [
                f"{fk.types[fk.columns.index(c)]} for {with_article(target)}"
                for c, target in fk.wider
            ]
            facts = ForeignKeyWiderFacts(constraint_facts(fk, live), fk.wider)
            message = f"is wider than the key it references: {in_words(types)}"
            weight = (Severity.INFO, Confidence.PROVEN)
            yield of_constraint(RULE, fk, weight, facts, message, declared)


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return Manual("no repair is needed: the column holds every value of the key")


RULE = Rule(
    code="FK007",
    name="foreign-key-wider",
    family=Family.REFERENCES,
    summary="a foreign key whose column holds more than the key (only with --select)",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=reference_queries.wider,
    stops=Inserts.NONE,
    symptom=None,
    errors={},
    facts=(ForeignKeyWiderFacts,),
    leaves=Leaves.NOTHING,
    provable=True,
    worst=Severity.INFO,
    by_hand=True,
    against=(Aim.OTHER,),
    asked_for=True,
)
