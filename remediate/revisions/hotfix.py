"""A revision for psql: for the hour when no deploy is possible. Both do the same to the catalog."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remediate.errors import Refused
from remediate.plans.plan import ApprovedItem
from remediate.postgres.templates import environment
from remediate.remedies.grants import of_any
from remediate.revisions.drafts import Draft
from remediate.revisions.script import place, script
from remediate.revisions.ways import Way, ways
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class Transaction:
    """What is repaired together."""

    places: tuple[str, ...]
    up: Way
    down: Way


@dataclass(frozen=True, slots=True)
class VersionTable:
    """Where Alembic keeps the version, and what it is before and after."""

    database: str
    name: Name
    revision: str
    parents: tuple[str, ...]  # () in an empty history


@dataclass(frozen=True, slots=True)
class Scripts:
    """Texts of files for psql."""

    hotfix: str
    rollback: str


def scripts(draft: Draft, version: VersionTable, names: tuple[str, str]) -> Scripts:
    """The draft as psql runs it, one transaction a table, and its way back.

    `names` are those of the two files. Raises Refused for what runs in autocommit: that is no
    emergency.
    """
    if draft.finishing:
        raise Refused(
            "VALIDATE and CREATE INDEX CONCURRENTLY are no hotfix", "Leave them for later."
        )
    made = tuple(_transactions(draft))
    values = {
        "title": draft.title,
        "version": version,
        "stamped": version.parents or ("base",),
        "names": names,
    }
    return Scripts(
        _rendered("hotfix.sql.j2", transactions=made, known=version.parents, **values),
        _rendered(
            "rollback.sql.j2",
            transactions=made[::-1],
            known=(*version.parents, version.revision),
            **values,
        ),
    )


def _rendered(template: str, **values: object) -> str:
    return environment().get_template(template).render(values)


def _transactions(draft: Draft) -> Iterator[Transaction]:
    for group in _groups(draft.items):
        remedies = [of_any(item.remedy) if draft.group else item.remedy for item in group]
        up, down = ways(script(remedies, again=True))
        yield Transaction(tuple(dict.fromkeys(map(place, remedies))), up, down)


def _groups(items: Sequence[ApprovedItem]) -> list[list[ApprovedItem]]:
    """What touches a relation that another touches is repaired together with it."""
    groups: list[tuple[set[Name], list[ApprovedItem]]] = []
    for item in items:
        touched = {e.relation for e in item.remedy.expectations}
        touched |= {h.relation for h in item.remedy.holds}
        near = [group for group in groups if group[0] & touched]
        merged = (set.union(touched, *(g[0] for g in near)), [i for g in near for i in g[1]])
        groups = [g for g in groups if g not in near] + [(merged[0], [*merged[1], item])]
    order = {item.finding.id: number for number, item in enumerate(items)}
    found = [sorted(group, key=lambda i: order[i.finding.id]) for _, group in groups]
    return sorted(found, key=lambda group: order[group[0].finding.id])
