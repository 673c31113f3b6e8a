"""An integer primary key that nothing generates.

What it does
------------
Finds integer columns of primary keys (smallint, integer, bigint, domains over them, and numeric
without decimals) that have no default, no identity and no other generator, where something
shows that the database should fill them. Three kinds of evidence count:

  proven    the column owns a sequence whose default was lost; or the models leave the column
            out of an INSERT (SQLAlchemy's Table.autoincrement_column is this column)
  likely    no model, but several signs agree: an unused sequence of the conventional name,
            the name id, references from other tables, dense values, generated sibling keys, a
            generated key of the same table in other schemas, or of several like it; or partitions
            have a default, which their partitioned table lacks (with the key, or without it)
  possible  fewer signs, or something that may fill the column: a BEFORE INSERT trigger, logical
            replication, code of its class; without models the trigger or rule of a view

A member of a composite key is found where one of these speaks for it: a sequence that it owns, the
models (autoincrement=True, Identity(), a server_default that generates), a default of its
partitions, a free sequence of its name, or generated keys of the same columns beside it.

Why is this bad?
----------------
Every INSERT without an id fails:

  null value in column "id" of relation "users" violates not-null constraint   (SQLSTATE 23502)

`alembic check` and `alembic revision --autogenerate` cannot see it: for PostgreSQL they skip the
server default of every autoincrement key. Rows that were loaded with ids hide it until the first
plain INSERT.

Example
-------
  CREATE TABLE users (id integer PRIMARY KEY, email text);   -- raw DDL: no SERIAL, no IDENTITY
  INSERT INTO users (email) VALUES ('ann@example.org');      -- fails

Repair
------
A sequence of the column's type, owned by the table's owner and by the column, usable by every
role that may insert, and advanced beyond the highest id; then DEFAULT nextval(...). A sequence
that the column owns, or a free one of the conventional name, is attached instead of doubled; a
name in the model's server_default (`text("nextval('x_seq')")`) is used where it can be. One
from which other keys draw, or are to by their models, feeds them all, beyond the ids of all, and
has no owner. Any other server_default is set where another key has the same; else by hand. A
partitioned table takes over the sequence of its partitions, and all of them draw from it. The
downgrade drops the default and the new sequence; an attached sequence stays. With --identity the
column and its model become Identity(). Otherwise no model changes: remediate explain autoincrement.

Safety
------
ACCESS EXCLUSIVE is taken before the highest id is read and held until commit, so no duplicate
can follow from rows in flight. Code that goes on passing ids after the upgrade can still collide
with generated ones: stop it first, or leave room with --headroom.

What is not flagged
-------------------
A key that is also a foreign key, a member of a composite key for which nothing speaks, a partition
(its root speaks for it), a key that the models fill (autoincrement=False, a default or a factory in
Python, a Sequence), or whose ids are all above 2^41 while its model has no server_default. Without
the word of the models or an owned sequence also: <other table>_id, archives, natural keys (year).

A database in which no integer key works, or which something else numbers (hibernate_sequence, an
id table, sequences that the application calls), or laid out for loaders (dim_, fact_), is one
question: who fills its keys? Answer with generated-keys under [tool.remediate], or name tables.

References
----------
https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL
https://docs.sqlalchemy.org/en/20/core/metadata.html#sqlalchemy.schema.Column.params.autoincrement
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import column_queries
from remediate.analysis.causes import Cause, cause_of_no_default
from remediate.analysis.facts import (
    KeyEvidence,
    KeyFacts,
    QuestionFacts,
    TriggerFacts,
    in_words,
    key_facts,
)
from remediate.analysis.filling import (
    evidence_of,
    filled_by_models,
    fillers,
    is_one_question,
    made_by_application,
)
from remediate.analysis.keys import score, works
from remediate.analysis.outlooks import unless_null
from remediate.analysis.said import ModelDefaultFacts, said_of
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
    Verdict,
    finding_at,
    question,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.remedies import choice, ways
from remediate.remedies.keys import give_identity
from remediate.remedies.partitions import expression_of_partitions
from remediate.remedies.said import as_said, draw_from
from remediate.remedies.sequences import bind, of_ancestor
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Generator, Name, Table


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A key that nothing generates, and what says that the database should."""

    table: Table
    column: Column
    confidence: Confidence
    evidence: tuple[str, ...]
    perhaps: TriggerFacts  # what may fill it

    @property
    def proof(self) -> bool:
        return any(isinstance(e, KeyEvidence) for e in self.evidence)


@dataclass(frozen=True, slots=True)
class KeyWithoutDefaultFacts(Facts):
    """A key, what says that the database should fill it, and the sequence to come."""

    key: KeyFacts
    evidence: tuple[str, ...]
    filled_by: TriggerFacts
    sequence: Name
    sequence_exists: bool
    said: ModelDefaultFacts | None  # that asks for more than a sequence of its own
    may_be_null: bool  # so that an INSERT without it stores NULL
    cause: Cause


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    keyless = {t.name for t in live.tables if t.missing_key and not t.key}  # nothing is healthy
    judged = [
        _judge(table, name, live, declared)
        for table in live.tables
        if table.partition_of is None
        for name in table.judged
    ]
    healthy = (v for v in judged if isinstance(v, Healthy))
    verdicts: list[Verdict] = [v for v in healthy if v.place.table not in keyless]
    candidates = [c for c in judged if isinstance(c, _Candidate)]
    scored = [c for c in candidates if not c.proof and c.table.name not in options.left_out]
    undecided = [c for c in scored if c.table.name not in options.named]
    # Of a table with a model it is known that the application is SQLAlchemy's.
    unknown = [c for c in scored if c.table.name not in declared.table_of]
    if not options.generated_keys and is_one_question([c.table for c in unknown], live):
        undecided = [c for c in undecided if c in unknown]
        # Whoever names tables has answered for these, and did not ask about the others.
        verdicts += [] if options.named else [_question(undecided)]
    elif options.generated_keys == "application":
        reason = 'generated-keys = "application": the application supplies the id'
        verdicts += [Healthy(_place(c), reason) for c in undecided]
    else:
        undecided = []
    left = {_place(c) for c in undecided}
    candidates = [c for c in candidates if _place(c) not in left]
    return (*verdicts, *_findings(candidates, live, declared))


def _judge(table: Table, name: str, live: Live, declared: Declared) -> Healthy | _Candidate | None:
    column, place = table.column(name), Place(table.name, name)
    lost = live.lost.get((table.name, name))  # by its trigger, which another rule finds
    if column.generator is Generator.NOTHING and (not column.is_integer or (lost and lost.always)):
        return None
    model = declared.table_of.get(table.name)
    evidence = evidence_of(table, column, model, live)
    reason = works(table, column, live) or filled_by_models(model, column, known=bool(evidence))
    if reason := reason or made_by_application(model, column):
        return Healthy(place, reason)
    if evidence:
        shown = evidence != (KeyEvidence.PARTITIONS,)
        confidence = Confidence.PROVEN if shown else Confidence.LIKELY
        perhaps = fillers(table, column, model, live)
        confidence = Confidence.POSSIBLE if perhaps.fillers else confidence
        return _Candidate(table, column, confidence, evidence, perhaps)
    return _scored(table, column, model, live)


def _scored(table: Table, column: Column, model: Table | None, live: Live) -> Healthy | _Candidate:
    points, signs = score(table, column, live)
    if points < 2:
        return Healthy(Place(table.name, column.name), "; ".join(signs))
    perhaps = fillers(table, column, model, live, views=True)
    confidence = Confidence.POSSIBLE if points < 4 or perhaps.fillers else Confidence.LIKELY
    return _Candidate(table, column, confidence, signs, perhaps)


def _question(undecided: list[_Candidate]) -> Finding:
    facts = QuestionFacts(tuple((*c.table.name, c.column.name) for c in undecided))
    return question(RULE, facts, message(facts))


def _findings(candidates: list[_Candidate], live: Live, declared: Declared) -> Iterator[Finding]:
    for c in candidates:
        model = declared.table_of.get(c.table.name)
        said = said_of(c.table, c.column, live, declared)
        sequence, exists = choice.chosen_sequence(c.table, c.column, live, said)
        facts = KeyWithoutDefaultFacts(
            key=key_facts(c.table, c.column, live),
            evidence=c.evidence,
            filled_by=c.perhaps,
            sequence=sequence,
            sequence_exists=exists,
            said=None if said and said.is_plain else said,
            may_be_null=not c.column.not_null,
            cause=cause_of_no_default(c.table, c.column, model, live),
        )
        weight = (c.confidence.severity, c.confidence)
        yield finding_at(RULE, _place(c), weight, facts, message(facts), declared)


def message(facts: KeyWithoutDefaultFacts | QuestionFacts) -> str:
    """The sentence of a finding, from its facts alone."""
    if isinstance(facts, QuestionFacts):
        return (
            f"{len(facts.keys):,} integer keys have no default: does the database generate the ids "
            "here, or does the application supply them?"
        )
    if KeyEvidence.OWNED_SEQUENCE in facts.evidence:
        what = "still owns its sequence, but the column default is gone"
    elif KeyEvidence.MODELS in facts.evidence:
        what = "has no default, but the model expects the database to supply the id"
    elif KeyEvidence.PARTITIONS in facts.evidence:
        what = "has no default, but its partitions have one"
    else:
        what = "has no default, but looks like a key that the database generates"
    if perhaps := facts.filled_by.fillers:
        return f"{facts.key.place} {what}; {in_words(perhaps)} may supply it (not tested)"
    then = "stores NULL" if facts.may_be_null else "fails"
    return f"{facts.key.place} {what}: every INSERT without an id {then}"


def _place(c: _Candidate) -> Place:
    return Place(c.table.name, c.column.name)


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    if finding.place.table is None or finding.place.column is None:
        return Manual(
            'set generated-keys = "database" or "application" under [tool.remediate] in '
            "pyproject.toml, or name the tables with --table"
        )
    column = (table := live.table_of[finding.place.table]).column(finding.place.column)
    facts = facts_of(finding, KeyWithoutDefaultFacts)
    follow = expression_of_partitions(table, column, live)
    if known := follow or as_said(facts.said, table, column, live, options):
        return known
    if options.identity:
        return give_identity(table, column, live, options)
    if (above := of_ancestor(table, column, live)) and not column.owned:
        return bind(table, column, above, live, options)
    return draw_from(facts.sequence, table, column, live, options)


_ERRORS = {
    ErrorKind.NOT_NULL: 1, ErrorKind.OTHER_OWNER: 1, ErrorKind.NOT_DRAWN: 1, ErrorKind.DUPLICATE: 4,
    ErrorKind.NULL_IDENTITY: 1, ErrorKind.RELATION_MISSING: 2, ErrorKind.NULLS_THERE: 2,
}  # fmt: skip


RULE = Rule(
    code="PK001",
    name="key-without-default",
    family=Family.KEYS,
    summary="an integer primary key that nothing generates",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=column_queries.unfilled,
    offers=ways.of_key,
    stops=Inserts.PLAIN,
    symptom=NULL_KEY,
    errors=_ERRORS,
    facts=(KeyWithoutDefaultFacts, QuestionFacts),
    leaves=Leaves.DEFAULT,
    provable=True,
    worst=Severity.ERROR,
    unfilled_at=frozenset(Severity),
    outlook=unless_null,
    reads_others=True,
)
