"""A role that may INSERT, but may not use the sequence of the default.

What it does
------------
For each column whose default draws from a sequence, compares the roles that may INSERT into the
table (its owner, grants on the table, on single columns, and on views over it) with those that may
use the sequence. Memberships, superusers and PUBLIC count as PostgreSQL counts them. Where only the
models call the sequence, the finding is likely, and possible where another role may use it.

Why is this bad?
----------------
  permission denied for sequence users_id_seq   (SQLSTATE 42501)

nextval() in a default runs with the rights of the inserting role, also through a view. GRANT
INSERT includes no right on the sequence, so a new role works in every test that runs as the owner.

Example
-------
  CREATE TABLE users (id serial PRIMARY KEY, email text);
  GRANT INSERT ON users TO app;
  SET ROLE app;
  INSERT INTO users (email) VALUES ('ann@example.org');   -- fails

Repair
------
GRANT USAGE ON SEQUENCE to the roles that lack it; on a database whose roles are called otherwise to
all that may INSERT there. Where other roles get it than planned, and in a hotfix, a line in the
comment on the sequence lists them ("remediate: USAGE planned for ..., given to ..."), as it does in
each schema of a revision of many, which gives it there to all that may INSERT there. The downgrade
revokes just that, and removes the line: leave it there until then. Where a role may not use the
schema either, the finding says so: whom a schema is open to, its owner decides.

Safety
------
The sequence is locked for a moment so that no session changes it between check and grant.

What is not flagged
-------------------
Identity columns, which ask for no right; the owner of the sequence; superusers; roles that hold
USAGE or UPDATE through a role they are a member of.

References
----------
https://www.postgresql.org/docs/current/sql-grant.html
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

from remediate.analysis import column_queries
from remediate.analysis.facts import KeyFacts, SequenceFacts, key_facts, sequence_facts
from remediate.findings.effects import ErrorKind, Family, Inserts, Leaves, Outlook, Symptom
from remediate.findings.facts import facts_of
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Options,
    Rule,
    Severity,
    Verdict,
    by_severity,
    column_finding,
    place_in,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.postgres.sql import role_name
from remediate.remedies.sequences import grant_lacking
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import PUBLIC, Column, Generator, Name, Table

_DRAWING = (Generator.SEQUENCE, Generator.LATE, Generator.EXPRESSION)


@dataclass(frozen=True, slots=True)
class SequenceNotGrantedFacts(Facts):
    """A column, its sequence, and who may not use it."""

    key: KeyFacts
    sequence: SequenceFacts
    roles: tuple[str, ...]
    denied: tuple[tuple[str, str, tuple[str, ...]], ...]  # schema, sequence, roles
    shut_out: tuple[tuple[str, str], ...]  # a schema that one of the roles may not use, the role
    by_models: bool = False  # they call the sequence: it matters as whom they INSERT
    views: tuple[tuple[str, str], ...] = ()  # over the table, into which one of them may INSERT


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for table in live.tables:
        if not any(w.lacks for w in table.writers):
            continue
        for column in table.columns:
            denied = _denied(table, column)
            if not denied or _said_by_the_root(table, column, denied, live):
                continue
            roles = {role for some in denied.values() for role in some}
            facts = SequenceNotGrantedFacts(
                key=key_facts(table, column, live),
                sequence=sequence_facts(live.sequence_of[next(iter(denied))]),
                roles=tuple(sorted(roles)),
                denied=tuple((*name, some) for name, some in denied.items()),
                by_models=column.called is not None,
                shut_out=_shut_out(table, roles),
                views=_views(table, roles),
            )
            weight = (Severity.ERROR, Confidence.PROVEN)
            if column.called is not None:
                confidence = _confidence(table, column.called)
                weight = (confidence.severity, confidence)
            yield column_finding(RULE, table, column, weight, facts, message(facts), declared)


def _denied(table: Table, column: Column) -> dict[Name, tuple[str, ...]]:
    """The sequences that a default draws from, and who may INSERT but not use them."""
    drawn = column.sequences if column.generator in _DRAWING else ()
    drawn = (column.called,) if column.called is not None else drawn
    by_name = {
        name: {w.role for w in table.writers if w.insertable and name in w.lacks} for name in drawn
    }
    return {name: tuple(sorted(roles)) for name, roles in by_name.items() if roles}


def _confidence(table: Table, sequence: Name) -> Confidence:
    """Of a sequence that the models call, as a role that is not known."""
    able = [w for w in table.writers if w.insertable and sequence not in w.lacks]
    return Confidence.POSSIBLE if able else Confidence.LIKELY


def _views(table: Table, roles: Set[str]) -> tuple[tuple[str, str], ...]:
    ways = {w.relation for w in table.writers if w.insertable and w.role in roles}
    return tuple(sorted(ways - {table.name}))


def _shut_out(table: Table, roles: Set[str]) -> tuple[tuple[str, str], ...]:
    """Schemas that these roles may not use, as far as no other way in is open to them.

    PUBLIC stands for roles of which some may use the schema.
    """
    ways = [w for w in table.writers if w.insertable and w.role in roles - {PUBLIC}]
    open_to = {w.role for w in ways if not w.shut_out}
    return tuple(sorted({(w.relation.schema, w.role) for w in ways if w.role not in open_to}))


def _said_by_the_root(
    table: Table, column: Column, denied: dict[Name, tuple[str, ...]], live: Live
) -> bool:
    root = live.root(table)
    if root is table or not root.has(column.name):
        return False
    above = _denied(root, root.column(column.name))
    return all(set(roles) <= set(above.get(name, ())) for name, roles in denied.items())


def message(facts: SequenceNotGrantedFacts) -> str:
    roles = ", ".join(map(role_name, facts.roles))
    closed = ", ".join(f"schema {schema} to {role_name(role)}" for schema, role in facts.shut_out)
    draws, fails = "draws from", "INSERT is granted, but fails"
    if facts.by_models:
        draws, fails = "gets its ids through the models from", "the models' INSERTs fail"
    return f"{facts.key.place} {draws} a sequence that {roles} may not use: {fails}" + (
        f"; INSERT keeps failing until someone also grants USAGE on {closed}" if closed else ""
    )


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    table, column = place_in(finding, live)
    denied = _denied(table, column)
    return grant_lacking(table, [(live.sequence_of[name], roles) for name, roles in denied.items()])


def outlook(finding: Finding, live: Live) -> Outlook:
    facts = facts_of(finding, SequenceNotGrantedFacts)
    roles = ", ".join(map(role_name, facts.roles))
    return replace(by_severity(finding, live), broken=f"INSERT fails for {roles}")


def query(finding: Finding) -> str:
    facts = facts_of(finding, SequenceNotGrantedFacts)
    return column_queries.not_granted(finding, facts.denied, facts.views)


RULE = Rule(
    code="PK005",
    name="sequence-not-granted",
    family=Family.KEYS,
    summary="a role that may INSERT, but may not use the sequence of the default",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=query,
    stops=Inserts.PLAIN,
    symptom=Symptom(ErrorKind.SEQUENCE_DENIED, "permission denied for sequence ..."),
    errors={ErrorKind.SEQUENCE_DENIED: 1},
    facts=(SequenceNotGrantedFacts,),
    leaves=Leaves.KEY,
    provable=True,
    worst=Severity.ERROR,
    outlook=outlook,
)
