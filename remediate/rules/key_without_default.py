"""An integer primary key that nothing generates.

What it does
------------
Finds single-column integer primary keys (smallint, integer, bigint, and domains over them) that
have no default, no identity and no other generator, where something says that the database was
meant to fill them. Three kinds of evidence count:

  proven    the column owns a sequence whose default was lost; or the models leave the column
            out of an INSERT (SQLAlchemy's Table.autoincrement_column is this column)
  likely    no model, but several signs agree: an unused sequence of the conventional name,
            the name id, references from other tables, dense values, generated sibling keys
  possible  fewer signs, or a BEFORE INSERT trigger that may fill the column

Why is this bad?
----------------
Every INSERT that leaves the id out fails:

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
that the column owns, or a free one of the conventional name, is attached instead of doubled.
The downgrade drops the default and the new sequence; an attached sequence stays.

Safety
------
ACCESS EXCLUSIVE is taken before the highest id is read and held until commit, so no duplicate
can follow from rows in flight. Code that goes on passing ids after the upgrade can still collide
with generated ones: stop it first, or leave room with --headroom.

What is not flagged
-------------------
A key that is also a foreign key, a composite key, a partition (its root speaks for it), a key
that the models fill (autoincrement=False, a Python-side default, a Sequence they call). Without
the word of the models or an owned sequence also: <other table>_id, archive and history tables,
natural keys (code, year, pid), ids above 2^41 (made by the application).

References
----------
https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL
https://docs.sqlalchemy.org/en/20/core/metadata.html#sqlalchemy.schema.Column.params.autoincrement
"""

from collections.abc import Mapping
from dataclasses import dataclass

from remediate.finding import (
    Confidence,
    Finding,
    Healthy,
    Options,
    Place,
    Rule,
    Severity,
    Verdict,
)
from remediate.key_health import filled_by_models, works
from remediate.key_repair import chosen_sequence, give_sequence
from remediate.key_score import score
from remediate.remedy import Manual, Remedy
from remediate.schema import Column, Generator, Name, Snapshot, Table

SNOWFLAKE = 2**41  # milliseconds shifted by 10 bits or more: no sequence gets there


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A key that nothing generates, and what says that the database should."""

    table: Table
    column: Column
    confidence: Confidence
    evidence: tuple[str, ...]

    @property
    def proof(self) -> bool:
        return any(e in ("owned sequence", "models") for e in self.evidence)


def find(live: Snapshot, declared: Snapshot, options: Options) -> tuple[Verdict, ...]:
    judged = [
        _judge(table, name, live, declared)
        for table in live.tables
        if table.partition_of is None
        for name in table.key
    ]
    verdicts: list[Verdict] = [v for v in judged if isinstance(v, Healthy)]
    candidates = [c for c in judged if isinstance(c, _Candidate)]
    scored = [c for c in candidates if not c.proof]
    undecided = [c for c in scored if c.table.name not in options.named]
    if _is_one_question(scored, live, options):
        # Whoever names tables has answered for these, and did not ask about the others.
        verdicts += [] if options.named else [_question(undecided)]
        candidates = [c for c in candidates if c not in undecided]
    elif options.generated_keys == "application":
        reason = "generated-keys says that the application fills it"
        verdicts += [Healthy(_place(c), reason) for c in undecided]
        candidates = [c for c in candidates if c not in undecided]
    return (*verdicts, *_findings(candidates, live, declared))


def _judge(table: Table, name: str, live: Snapshot, declared: Snapshot) -> Healthy | _Candidate:
    column, place = table.column(name), Place(table.name, name)
    model = declared.table_of.get(table.name)
    reason = works(table, column, live) or filled_by_models(model, column)
    if reason:
        return Healthy(place, reason)
    evidence: tuple[str, ...] = ("owned sequence",) if column.owned else ()
    if model and name in model.key and model.column(name).generator is Generator.DATABASE:
        evidence += ("models",)
    if not column.owned and (high := _high(table)) > SNOWFLAKE:
        return Healthy(place, f"ids up to {high} are above 2^41: the application makes them")
    if evidence:
        confidence = Confidence.POSSIBLE if table.fill_triggers else Confidence.PROVEN
        return _Candidate(table, column, confidence, evidence)
    return _scored(table, column, live)


def _scored(table: Table, column: Column, live: Snapshot) -> Healthy | _Candidate:
    points, signs = score(table, column, live)
    if points < 2:
        return Healthy(Place(table.name, column.name), "; ".join(signs))
    likely = points >= 4 and not table.fill_triggers
    confidence = Confidence.LIKELY if likely else Confidence.POSSIBLE
    return _Candidate(table, column, confidence, signs)


def _is_one_question(scored: list[_Candidate], live: Snapshot, options: Options) -> bool:
    """No key works, or something else hands out the ids: ask once instead of once a table."""
    if len(scored) < 2 or options.generated_keys:
        return False
    working = any(
        t.partition_of is None
        and len(t.key) == 1
        and t.column(t.key[0]).is_integer
        and t.column(t.key[0]).generator is not Generator.NOTHING
        for t in live.tables
    )
    return not working or any(_hands_out_ids(name) for name in _relations(live))


def _relations(live: Snapshot) -> tuple[Name, ...]:
    return tuple(live.table_of) + tuple(s.name for s in live.sequences if not s.owned_by)


def _hands_out_ids(name: Name) -> bool:
    """hibernate_sequence, and the tables that hold the next id of each entity."""
    return name.name.lower() in {
        "hibernate_sequence",
        "hibernate_sequences",
        "id_gen",
        "id_generator",
        "id_generators",
        "sequence_table",
    }


def _question(undecided: list[_Candidate]) -> Finding:
    facts = {"keys": [[*c.table.name, c.column.name] for c in undecided]}
    return Finding(
        RULE.code, RULE.name, Place(), Severity.INFO, Confidence.POSSIBLE, message(facts), facts
    )


def _findings(
    candidates: list[_Candidate], live: Snapshot, declared: Snapshot
) -> tuple[Finding, ...]:
    taken: dict[str, set[str]] = {}
    for schema, name in live.taken_names:
        taken.setdefault(schema, set()).add(name)
    findings = []
    for c in candidates:
        names = taken.setdefault(c.table.name.schema, set())
        sequence, exists = chosen_sequence(c.table, c.column, live, names)
        names.add(sequence.name)
        facts = _facts(c, sequence, exists=exists, live=live)
        model = declared.table_of.get(c.table.name)
        findings.append(
            Finding(
                rule=RULE.code,
                name=RULE.name,
                place=_place(c),
                severity=c.confidence.severity,
                confidence=c.confidence,
                message=message(facts),
                facts=facts,
                model=model.model if model else None,
            )
        )
    return tuple(findings)


def _facts(c: _Candidate, sequence: Name, *, exists: bool, live: Snapshot) -> dict[str, object]:
    extremes = c.table.extremes
    return {
        "place": str(_place(c)),
        "type": c.column.type,
        "owner": c.table.owner,
        "rows": c.table.rows,
        "inserts": c.table.inserts,
        "lowest_id": extremes.low if extremes else None,
        "highest_id": extremes.high if extremes else None,
        "evidence": list(c.evidence),
        "triggers": list(c.table.fill_triggers),
        "sequence": list(sequence),
        "sequence_exists": exists,
        "referenced_by": len(live.referrers.get(c.table.name, ())),
        "writers": sorted({w.role for w in c.table.writers}),
    }


def message(facts: Mapping[str, object]) -> str:
    """The sentence of a finding, from its facts alone."""
    if "keys" in facts:
        keys = facts["keys"]
        count = len(keys) if isinstance(keys, list) else 0
        return (
            f"{count} integer keys have no default, and nothing says who fills them: "
            "does the database generate ids here, or the application?"
        )
    evidence = facts["evidence"]
    if "owned sequence" in evidence:  # type: ignore[operator]
        what = "lost the default of the sequence that it owns"
    elif "models" in evidence:  # type: ignore[operator]
        what = "has no default, but the models leave it to the database"
    else:
        what = "has no default and looks as if it should"
    return f"{facts['place']} {what}: an INSERT that leaves it out fails"


def _place(c: _Candidate) -> Place:
    return Place(c.table.name, c.column.name)


def _high(table: Table) -> int:
    return (table.extremes.high or 0) if table.extremes else 0


def remedy(finding: Finding, live: Snapshot, options: Options) -> Remedy | Manual:
    if finding.place.table is None or finding.place.column is None:
        return Manual(
            'set generated-keys = "database" or "application" under [tool.remediate] in '
            "pyproject.toml, or name the tables with --table"
        )
    table = live.table_of[finding.place.table]
    sequence = Name(*finding.facts["sequence"])  # type: ignore[misc]
    column = table.column(finding.place.column)
    return give_sequence(table, column, sequence, live, headroom=options.headroom)


RULE = Rule(
    code="PK001",
    name="key-without-default",
    summary="an integer primary key that nothing generates",
    page=__doc__,
    find=find,
    remedy=remedy,
)
