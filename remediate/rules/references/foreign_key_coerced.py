"""A foreign key that is compared through a cast.

What it does
------------
Finds declared foreign keys of which PostgreSQL compares a column only after a cast, because no
operator compares the two types as they are: integer with numeric, character with text.

Why is this bad?
----------------
An index on the column holds the values as they are, so it cannot serve the cast ones. Every
DELETE of a referenced row, and every UPDATE of its key, then reads the whole referencing table.

Example
-------
  CREATE TABLE products (code numeric(12, 2) PRIMARY KEY);
  CREATE TABLE prices (product integer REFERENCES products);
  CREATE INDEX ON prices (product);                       -- never used by DELETE FROM products

Repair
------
The column gets the type of the key. Where that is numeric without decimals, as every move from
Oracle leaves keys, the key becomes bigint instead, with all that references it. The downgrade gives
the former types back, and refuses when a value would not survive it.

Safety
------
The table is rewritten under ACCESS EXCLUSIVE, which is held on the referenced table too: 2.4 s
for a million rows. Above 100,000 rows only with --offline-window.

What is not flagged
-------------------
varchar and text, which share their bytes; domains over one base type; integers of several
widths and dates with timestamps, which have operators of their own.

References
----------
https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import reference_queries
from remediate.analysis.facts import (
    ConstraintFacts,
    constraint_facts,
    in_words,
    of_constraint,
    spoken_of,
)
from remediate.findings.effects import Aim, ErrorKind, Family, Inserts, Leaves
from remediate.findings.finding import Confidence, Facts, Finding, Options, Rule, Severity, Verdict
from remediate.findings.remedy import Manual, Remedy
from remediate.remedies.references import convert_to_key
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live


@dataclass(frozen=True, slots=True)
class ForeignKeyCoercedFacts(Facts):
    """A foreign key, and its columns that are cast, with the types."""

    constraint: ConstraintFacts
    cast: tuple[tuple[str, str], ...]


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for fk in live.foreign_keys:
        if fk.coerced:
            types = [f"{fk.types[fk.columns.index(c)]} to {target}" for c, target in fk.coerced]
            facts = ForeignKeyCoercedFacts(constraint_facts(fk, live), fk.coerced)
            message = f"is compared through a cast, so its index cannot be used: {in_words(types)}"
            weight = (Severity.WARNING, Confidence.PROVEN)
            yield of_constraint(RULE, fk, weight, facts, message, declared)


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return convert_to_key(spoken_of(finding, live), live, options)


RULE = Rule(
    code="FK002",
    name="foreign-key-coerced",
    family=Family.REFERENCES,
    summary="a foreign key that is compared through a cast, so that its index cannot be used",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=reference_queries.coerced,
    stops=Inserts.NONE,
    symptom=None,
    errors={
        ErrorKind.NO_PARENT: 1,
        ErrorKind.WRONG_TYPE: 4,
        ErrorKind.NOT_READABLE: 4,
        ErrorKind.NOT_COMPARABLE: 4,
    },
    facts=(ForeignKeyCoercedFacts,),
    leaves=Leaves.REFERENCE,
    provable=True,
    against=(Aim.REFERENCES_TYPED,),
)
