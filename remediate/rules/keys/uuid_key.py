"""A uuid primary key that neither the database nor the models fill.

What it does
------------
Finds uuid columns of primary keys without a server default:

  proven    its model has a server_default that the database does not have
  likely    its partitions have a default
  possible  its model has no default either (no default=uuid.uuid4, no default_factory): other code
            may well make the id, as a constructor, a listener to events, a trigger, or whatever
            copies rows into a history

Why is this bad?
----------------
Every INSERT that leaves the id out fails:

  null value in column "id" violates not-null constraint   (SQLSTATE 23502)

Where the table lost its primary key, it stores NULL instead.

Example
-------
  class Session(Base):
      id: Mapped[uuid.UUID] = mapped_column(primary_key=True)     # and nothing generates one

Repair
------
DEFAULT gen_random_uuid(), which PostgreSQL has without any extension from 13 on. From 18 on
uuidv7() is there too: its ids ascend, which keeps the index compact; choose it with --uuid v7.
Where the model's server_default calls another function, that one, as another key has it, or by
hand. The downgrade drops the default.

Safety
------
ACCESS EXCLUSIVE on the table until commit; no rewrite, no scan.

What is not flagged
-------------------
Keys that the models fill; keys that are foreign keys; members of composite keys for which neither
the models' server_default nor a partition speaks. A table without a model is
not verified: applications make uuids themselves more often than not.

References
----------
https://www.postgresql.org/docs/current/functions-uuid.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import column_queries
from remediate.analysis.facts import KeyEvidence, KeyFacts, TriggerFacts, in_words, key_facts
from remediate.analysis.filling import (
    code_of,
    evidence_of,
    fill_triggers,
    filled_by_models,
)
from remediate.analysis.keys import works
from remediate.analysis.outlooks import unless_null
from remediate.analysis.said import ModelDefaultFacts, expression_in_use, plain, said_of
from remediate.findings.effects import NULL_KEY, ErrorKind, Family, Inserts, Leaves
from remediate.findings.facts import facts_of
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
from remediate.remedies import ways
from remediate.remedies.partitions import expression_of_partitions
from remediate.remedies.said import as_said
from remediate.remedies.states import column_expected
from remediate.remedies.steps import set_expression
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, family
from remediate.snapshots.tables import (
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
    may_be_null: bool  # so that an INSERT without it stores NULL
    defaults: tuple[str, ...]
    said: ModelDefaultFacts | None


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Verdict]:
    for table in live.tables:
        keys = map(table.column, () if table.partition_of else table.judged)
        # What fills a key is said of all by another rule.
        bare = [c for c in keys if c.base_type == "uuid" and c.generator is Generator.NOTHING]
        for column in bare:
            model = declared.table_of.get(table.name)
            if table.is_key(column.name):
                yield from _judge(table, column, model, live, declared)
            elif not (works(table, column, live) or _is_made_by_client(model, column)):
                known = _told(table, column, model, live)
                yield from [_finding(table, column, known, live, declared)] if known else []


def _told(table: Table, column: Column, model: Table | None, live: Live) -> Confidence | None:
    """By what models or partitions say; None where they say nothing."""
    evidence = evidence_of(table, column, model, live)
    if not evidence:
        return None
    known = Confidence.PROVEN if KeyEvidence.MODELS in evidence else Confidence.LIKELY
    perhaps = fill_triggers(table, live) or code_of(model, column)
    return Confidence.POSSIBLE if perhaps else known


def _is_made_by_client(model: Table | None, column: Column) -> bool:
    if model is None or not model.has(column.name):
        return False
    return model.column(column.name).generator in (Generator.CLIENT, Generator.CLIENT_SEQUENCE)


def _judge(
    table: Table, column: Column, model: Table | None, live: Live, declared: Declared
) -> Iterator[Verdict]:
    place = Place(table.name, column.name)
    if reason := works(table, column, live):
        yield Healthy(place, reason)
    elif _is_made_by_client(model, column):
        yield Healthy(place, filled_by_models(model, column))
    elif known := _told(table, column, model, live):
        yield _finding(table, column, known, live, declared)
    elif model is None or not model.has(column.name):
        yield Unverified(place, _UNKNOWN, _TRY, read=True)
    # Else the models say where the values come from: a foreign key, another column.
    elif model.column(column.name).default == NO_DEFAULT:
        yield _finding(table, column, Confidence.POSSIBLE, live, declared)


_UNKNOWN = "this uuid key has no default, and nothing shows what generates its values"
_TRY = "insert a row as the application does, or import its model in env.py"


def _finding(
    table: Table, column: Column, confidence: Confidence, live: Live, declared: Declared
) -> Finding:
    offered = ["gen_random_uuid()"]
    offered += ["uuidv7()"] if live.database.version >= UUIDV7 else []
    model = declared.table_of.get(table.name)
    told = evidence_of(table, column, model, live)
    code = code_of(model, column) if told else ""  # else its silence says as much
    facts = UuidKeyFacts(
        key=key_facts(table, column, live),
        evidence=told,
        filled_by=TriggerFacts(fill_triggers(table, live), made_by=code),
        may_be_null=not column.not_null,
        defaults=tuple(offered),
        said=said_of(table, column, live, declared),
    )
    weight = (confidence.severity, confidence)
    return column_finding(RULE, table, column, weight, facts, message(facts), declared)


def message(facts: UuidKeyFacts) -> str:
    what = f"{facts.key.place} has no default in the database or in its model"
    if KeyEvidence.MODELS in facts.evidence:
        what = (
            f"{facts.key.place} has no default, but the model expects the database to supply the id"
        )
    elif KeyEvidence.PARTITIONS in facts.evidence:
        what = f"{facts.key.place} has no default, but its partitions have one"
    if perhaps := facts.filled_by.fillers:
        return f"{what}; {in_words(perhaps)} may supply it (not tested)"
    then = "stores NULL" if facts.may_be_null else "fails"
    if facts.evidence:
        return f"{what}: every INSERT without an id {then}"
    return f"{what}: every INSERT {then} unless other code supplies the id"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    table, column = place_in(finding, live)
    if options.uuid == "v7" and live.database.version < UUIDV7:
        return Manual(
            f"uuidv7() needs PostgreSQL 18, and this server is {live.database.version_text}"
        )
    if follow := expression_of_partitions(table, column, live):
        return follow
    said = facts_of(finding, UuidKeyFacts).said
    default = _default(said, column, live, options)
    if not default and (known := as_said(said, table, column, live, options)):
        return known
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


def _default(said: ModelDefaultFacts | None, column: Column, live: Live, options: Options) -> str:
    """The function of PostgreSQL that fills it: the model's, or the chosen one; "" for another."""
    chosen = "uuidv7()" if options.uuid == "v7" else "gen_random_uuid()"
    if said is None or options.uuid == "v7":
        return chosen
    meant = plain(said.model_default, live)
    if meant == "uuidv7()" and live.database.version >= UUIDV7:
        return meant
    same = meant == "uuid_generate_v4()" and not expression_in_use(meant, column, live)
    return chosen if meant == chosen or same else ""


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
    query=column_queries.unfilled,
    offers=ways.of_uuid,
    stops=Inserts.PLAIN,
    symptom=NULL_KEY,
    errors={
        ErrorKind.NOT_NULL: 1,
        ErrorKind.NULL_IDENTITY: 2,
    },
    facts=(UuidKeyFacts,),
    leaves=Leaves.DEFAULT,
    provable=True,
    worst=Severity.ERROR,
    unfilled_at=frozenset(Severity),
    outlook=unless_null,
)
