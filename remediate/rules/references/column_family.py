"""Columns of one name that hold the values of one key in several types.

What it does
------------
Takes each key with all columns that hold its values, declared or not, and reports those of one name
that differ in type. A column without foreign key counts where others of its name are declared
to hold the key's values, or where models or data show it.

  warning   types that cannot be compared: integer here, varchar there
  info      integers of several widths

Why is this bad?
----------------
Each of them works by itself; queries that bring two together do not, or need a cast that no
index serves. The report shows at one glance what is left to do for the key; each column of a
name, with its meaning: remediate audit --section names.

Example
-------
  orders.user_id integer REFERENCES users, sessions.user_id varchar(36)

Repair
------
None of its own: FK001 widens, FK003 converts and declares. What neither finds, nobody is sure
of: name it in [tool.remediate.references], or look at it.

Safety
------
Nothing is changed.

What is not flagged
-------------------
Names that no foreign key and no model uses for the key.

References
----------
https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis import families as columns
from remediate.analysis import reference_queries
from remediate.analysis.grounds import grounds
from remediate.findings.effects import Aim, ErrorKind, Family, Inserts, Leaves
from remediate.findings.facts import facts_of
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Options,
    Place,
    Rule,
    Severity,
    Verdict,
    finding_at,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.postgres.sql import quote
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import family_of


@dataclass(frozen=True, slots=True)
class ColumnFamilyFacts(Facts):
    """The type of the key, and the columns that mean it."""

    type: str
    members: tuple[tuple[str, str, str, str, bool], ...]  # schema, table, column, type, declared

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        """Those of another type than the key."""
        return tuple(m[:3] for m in self.members if m[3] != self.type)


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for family in columns.families(live):
        groups = family.inconsistent
        if not groups:
            continue
        types = {family_of(type_) for of_name in groups.values() for type_ in of_name}
        place = Place(family.table, family.column)
        weight = (
            Severity.WARNING if len(types) > 1 else Severity.INFO,
            Confidence.PROVEN if _is_sure(family, live) else Confidence.LIKELY,
        )
        members = ((*m.table, m.column, m.type, m.declared) for m in family.members)
        facts = ColumnFamilyFacts(family.type, tuple(members))
        yield finding_at(RULE, place, weight, facts, f"{place} {_message(groups)}", declared)


def _is_sure(family: columns.Family, live: Live) -> bool:
    sure = {(c.table, c.column) for c in live.candidates if grounds(c)}
    return all(m.declared or (m.table, m.column) in sure for m in family.members)


def _message(groups: dict[str, dict[str, int]]) -> str:
    parts = []
    for name, types in groups.items():
        counted = [
            f"{type_} in {n:,} {'table' if n == 1 else 'tables'}" for type_, n in types.items()
        ]
        parts.append(f"{quote(name)} is {' and '.join(counted)}")
    return f"has values in columns of several types: {'; '.join(parts)}"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return Manual(
        "see FK001 and FK003: they repair each column for which models or data are evidence"
    )


def query(finding: Finding) -> str:
    members = facts_of(finding, ColumnFamilyFacts).members
    return reference_queries.several_types(tuple((m[0], m[1], m[2]) for m in members))


RULE = Rule(
    code="FK008",
    name="column-family-inconsistent",
    family=Family.REFERENCES,
    summary="columns of one name that hold the values of one key in several types",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=query,
    stops=Inserts.NONE,
    symptom=None,
    errors={ErrorKind.WRONG_TYPE: 4, ErrorKind.NOT_READABLE: 4, ErrorKind.NOT_COMPARABLE: 4},
    facts=(ColumnFamilyFacts,),
    leaves=Leaves.NOTHING,
    provable=False,
    by_hand=True,
    against=(Aim.REFERENCES_TYPED,),
)
