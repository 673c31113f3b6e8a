"""A uuid primary key that neither the database nor the models fill.

What it does
------------
Finds primary keys of one uuid column without a server default:

  proven    its model has a server_default that the database does not have
  likely    its model has no default either (no default=uuid.uuid4, no default_factory), while the
            database fills most other uuid keys of the schema
  possible  the missing defaults alone: other code may well make the id. Also where a constructor
            of the class names the key; a listener to before_insert, init, init_scalar or
            before_flush may set it; the table is a history, an archive or a copy, which takes ids
            from elsewhere; or a BEFORE INSERT trigger may fill it

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
Keys that the models fill; keys that are foreign keys; composite keys. A table without a model is
not verified: applications make uuids themselves more often than not.

References
----------
https://www.postgresql.org/docs/current/functions-uuid.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis.facts import KeyEvidence, KeyFacts, TriggerFacts, in_words, key_facts
from remediate.analysis.filling import fill_triggers, filled_by_models
from remediate.analysis.keys import works
from remediate.analysis.names import keeps_old_ids
from remediate.findings.effects import NULL_KEY, ErrorKind, Family, Inserts, Leaves
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Healthy,
    Options,
    Place,
    Rule,
    Severity,
    Unverified,
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
from remediate.snapshots.tables import (
    BY_CONSTRUCTOR,
    BY_LISTENER,
    NO_DEFAULT,
    Column,
    Generator,
    Table,
)

UUIDV7 = 180000


@dataclass(frozen=True, slots=True)
class UuidKeyFacts(Facts):
    """A key, who leaves it to the database, and the defaults that it may get."""

    key: KeyFacts
    evidence: tuple[str, ...]
    filled_by: TriggerFacts
    defaults: tuple[str, ...]


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Verdict]:
    for table in live.tables:
        column, model = table.single_key, declared.table_of.get(table.name)
        if column is None or column.base_type != "uuid" or table.partition_of:
            continue
        if column.generator is not Generator.NOTHING:
            continue  # what fills it is said of every key
        place = Place(table.name, column.name)
        if reason := works(table, column, live):
            yield Healthy(place, reason)
        elif model is None or not model.has(column.name):
            yield Unverified(place, _UNKNOWN, _TRY, read=True)
        elif model.column(column.name).generator in (Generator.CLIENT, Generator.CLIENT_SEQUENCE):
            yield Healthy(place, filled_by_models(model, column))
        elif confidence := _confidence(table, model.column(column.name), live):
            yield _finding(table, column, confidence, live, declared)


_UNKNOWN = "a uuid key without a default, and nothing tells who makes its values"
_TRY = "insert a row as the application does, or give env.py its model"


def _confidence(table: Table, declared: Column, live: Live) -> Confidence | None:
    """None where the models say where the values come from: a foreign key, another column."""
    perhaps = declared.default in (BY_CONSTRUCTOR, BY_LISTENER)
    if declared.generator is Generator.DATABASE:
        known = Confidence.PROVEN
    elif declared.default == NO_DEFAULT or perhaps:
        alone = perhaps or keeps_old_ids(table.name) or not _others_are_filled(table, live)
        known = Confidence.POSSIBLE if alone else Confidence.LIKELY
    else:
        return None
    return Confidence.POSSIBLE if fill_triggers(table, live) else known


def _others_are_filled(table: Table, live: Live) -> bool:
    """Whether the database fills two other uuid keys of the schema or more, and most of them."""
    others = [
        key.generator is not Generator.NOTHING
        for other in live.tables
        if other.name.schema == table.name.schema and other.name != table.name
        and other.partition_of is None
        and (key := other.single_key) and key.base_type == "uuid"
    ]  # fmt: skip
    return sum(others) > 1 and sum(others) * 2 > len(others)


def _finding(
    table: Table, column: Column, confidence: Confidence, live: Live, declared: Declared
) -> Finding:
    offered = ["gen_random_uuid()"]
    offered += ["uuidv7()"] if live.database.version >= UUIDV7 else []
    served = declared.table_of[table.name].column(column.name).generator is Generator.DATABASE
    facts = UuidKeyFacts(
        key=key_facts(table, column, live),
        evidence=(KeyEvidence.MODELS,) if served else (),
        filled_by=TriggerFacts(fill_triggers(table, live)),
        defaults=tuple(offered),
    )
    weight = (confidence.severity, confidence)
    return column_finding(RULE, table, column, weight, facts, message(facts), declared)


def message(facts: UuidKeyFacts) -> str:
    what = f"{facts.key.place} has no default, neither in the database nor in its model"
    if KeyEvidence.MODELS in facts.evidence:
        what = f"{facts.key.place} has no default, but the models leave it to the database"
    if triggers := facts.filled_by.triggers:
        return f"{what}; {in_words(triggers)} may fill it, which was not tried"
    if KeyEvidence.MODELS in facts.evidence:
        return f"{what}: an INSERT that leaves it out fails"
    return f"{what}: an INSERT fails unless other code makes the id"


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
