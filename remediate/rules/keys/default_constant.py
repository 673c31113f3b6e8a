"""A primary key whose default is one fixed value.

What it does
------------
Finds primary keys of one column whose default is a literal: DEFAULT 0, DEFAULT 1, DEFAULT ''.

  error     the value is in use already: the next INSERT without id fails
  warning   it is still free: one INSERT works, the second fails

Why is this bad?
----------------
  duplicate key value violates unique constraint "users_pkey"   (SQLSTATE 23505)

A key default of 0 is a usual leftover of a conversion from MySQL, where AUTO_INCREMENT and
DEFAULT 0 stand side by side.

Example
-------
  CREATE TABLE users (id integer PRIMARY KEY DEFAULT 0, email text);
  INSERT INTO users (email) VALUES ('ann@example.org');   -- id 0
  INSERT INTO users (email) VALUES ('bob@example.org');   -- fails

Repair
------
A sequence of the column's type instead of the literal, owned, usable and beyond the highest id; or
the server_default of the model, as in PK001. The downgrade restores the literal. What a key
that is no integer should default to is for a person to decide.

Safety
------
ACCESS EXCLUSIVE on the table until commit; no rewrite, no scan.

What is not flagged
-------------------
Functions (gen_random_uuid(), now()); a table of one row by design: a CHECK on the key alone, or a
boolean key; members of composite keys; keys that are foreign keys; DEFAULT NULL, which is none
(PK001).

References
----------
https://www.postgresql.org/docs/current/ddl-default.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import column_queries
from remediate.analysis.facts import KeyFacts, key_facts
from remediate.analysis.said import ModelDefaultFacts, said_of
from remediate.findings.effects import DUPLICATE_KEY, ErrorKind, Family, Inserts, Leaves
from remediate.findings.facts import facts_of
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Options,
    Rule,
    Severity,
    Verdict,
    column_finding,
    place_in,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.remedies.choice import chosen_sequence
from remediate.remedies.said import as_said, draw_from
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Generator, Table


@dataclass(frozen=True, slots=True)
class DefaultConstantFacts(Facts):
    """A key, and its default."""

    key: KeyFacts
    default: str
    in_use: bool
    said: ModelDefaultFacts | None


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for table in live.tables:
        column = table.single_key
        if column is None or not _applies(table, column, live):
            continue
        in_use = column.collision is not None
        said = said_of(table, column, live, declared)
        key = key_facts(table, column, live)
        facts = DefaultConstantFacts(key, column.default, in_use, said)
        severity = Severity.ERROR if in_use else Severity.WARNING
        weight = (severity, Confidence.PROVEN)
        yield column_finding(RULE, table, column, weight, facts, message(facts), declared)


def _applies(table: Table, column: Column, live: Live) -> bool:
    references = any(column.name in fk.columns for fk in live.references.get(table.name, ()))
    by_design = column.checked or column.base_type == "boolean" or references
    return column.generator is Generator.CONSTANT and table.partition_of is None and not by_design


def message(facts: DefaultConstantFacts) -> str:
    what = f"{facts.key.place} has the same default for every row"
    if facts.in_use:
        return f"{what}, and a row already has it: every INSERT without an id fails"
    return f"{what}: the first INSERT without an id works, the second fails"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    table, column = place_in(finding, live)
    if not column.is_integer:
        return Manual(
            f"decide what supplies this {column.type} key: drop the default, so that PostgreSQL "
            "refuses an INSERT without an id, or write a function that generates ids"
        )
    said = facts_of(finding, DefaultConstantFacts).said
    if known := as_said(said, table, column, live, options):
        return known
    sequence, _ = chosen_sequence(table, column, live, said)
    return draw_from(sequence, table, column, live, options)


def query(finding: Finding) -> str:
    return column_queries.default_is(finding, facts_of(finding, DefaultConstantFacts).default)


RULE = Rule(
    code="PK004",
    name="key-default-constant",
    family=Family.KEYS,
    summary="a primary key whose default is one fixed value",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=query,
    stops=Inserts.PLAIN,
    symptom=DUPLICATE_KEY,
    errors={ErrorKind.DUPLICATE: 2},
    facts=(DefaultConstantFacts,),
    leaves=Leaves.DEFAULT,
    provable=True,
    worst=Severity.ERROR,
    unfilled_at=frozenset({Severity.ERROR}),
)
