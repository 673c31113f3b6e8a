"""A uuid primary key that neither the database nor the models fill.

What it does
------------
Finds primary keys of one uuid column without a server default whose model has no default either:
no default=uuid.uuid4 and no default_factory; or whose model has a server_default that the
database does not have.

Why is this bad?
----------------
Every INSERT that leaves the id out fails:

  null value in column "id" violates not-null constraint   (SQLSTATE 23502)

Example
-------
  class Session(Base):
      id: Mapped[uuid.UUID] = mapped_column(primary_key=True)     # and nobody makes one

Repair
------
DEFAULT gen_random_uuid(), which PostgreSQL has without any extension from 13 on. From 18 on
uuidv7() is there too: its ids ascend, which keeps the index compact; choose it with --uuid v7.
The downgrade drops the default.

Safety
------
ACCESS EXCLUSIVE on the table until commit; no rewrite, no scan.

What is not flagged
-------------------
Keys that the models fill; keys that are foreign keys; composite keys; tables without a model:
applications make uuids themselves more often than not.

References
----------
https://www.postgresql.org/docs/current/functions-uuid.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis.facts import KeyEvidence, KeyFacts, key_facts
from remediate.findings.effects import NULL_KEY, ErrorKind, Family, Inserts, Leaves
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
from remediate.findings.remedy import Hold, Manual, Remedy
from remediate.findings.states import Default
from remediate.remedies.states import column_expected
from remediate.remedies.steps import set_expression
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, family
from remediate.snapshots.tables import NO_DEFAULT, Column, Generator, Table

UUIDV7 = 180000


@dataclass(frozen=True, slots=True)
class UuidKeyFacts(Facts):
    """A key, who leaves it to the database, and the defaults that it may get."""

    key: KeyFacts
    evidence: tuple[str, ...]
    defaults: tuple[str, ...]


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for table in live.tables:
        column, model = table.single_key, declared.table_of.get(table.name)
        if column is None or model is None or not _applies(table, column, model, live):
            continue
        offered = ["gen_random_uuid()"]
        offered += ["uuidv7()"] if live.database.version >= UUIDV7 else []
        facts = UuidKeyFacts(key_facts(table, column, live), (KeyEvidence.MODELS,), tuple(offered))
        confidence = Confidence.POSSIBLE if table.fill_triggers else Confidence.PROVEN
        weight = (confidence.severity, confidence)
        yield column_finding(RULE, table, column, weight, facts, message(facts), declared)


def _applies(table: Table, column: Column, model: Table, live: Live) -> bool:
    if column.base_type != "uuid" or column.generator is not Generator.NOTHING:
        return False
    if table.partition_of or not model.has(column.name):
        return False
    declared = model.column(column.name)
    if declared.generator is Generator.DATABASE:
        return True
    # A model whose key is a foreign key or composite says so; only "no default" is left.
    return declared.generator is Generator.NOTHING and declared.default == NO_DEFAULT


def message(facts: UuidKeyFacts) -> str:
    return f"{facts.key.place} is filled by neither database nor models: an INSERT without it fails"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    table, column = place_in(finding, live)
    if options.uuid == "v7" and live.database.version < UUIDV7:
        return Manual(f"uuidv7() comes with PostgreSQL 18, this is {live.database.version_text}")
    default = "uuidv7()" if options.uuid == "v7" else "gen_random_uuid()"
    changed = [t for t in family(table, live) if _bare(t, column.name)]
    return Remedy(
        title=f"set the default {default}",
        undo="drop the default",
        steps=tuple(set_expression(t.name, t.column(column.name), default) for t in changed),
        holds=tuple(Hold(t.name) for t in changed),
        expectations=tuple(
            column_expected(t, t.column(column.name), default=Default(default)) for t in changed
        ),
    )


def _bare(table: Table, column: str) -> bool:
    return table.has(column) and table.column(column).generator is Generator.NOTHING


RULE = Rule(
    code="PK008",
    name="uuid-key-without-default",
    family=Family.KEYS,
    summary="a uuid primary key that neither the database nor the models fill",
    page=__doc__,
    find=find,
    remedy=remedy,
    stops=Inserts.PLAIN,
    symptom=NULL_KEY,
    errors={
        ErrorKind.NOT_NULL: 1,
        ErrorKind.NULL_IDENTITY: 2,
    },
    facts=(UuidKeyFacts,),
    leaves=Leaves.DEFAULT,
    provable=True,
    unfilled_at=frozenset(Severity),
)
