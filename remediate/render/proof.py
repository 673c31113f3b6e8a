"""A proof in words: for the docstring of a revision, its review and what a person checks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from remediate.plans.proof import Gap, Inserts, Limit, Met, Proof
from remediate.postgres.sql import role_name
from remediate.system.words import counted

WAY_BACK = "pg_dump --schema-only prints the same bytes as before"


@dataclass(frozen=True, slots=True)
class Check:
    """What was done, and what came of it."""

    what: str
    result: str
    whole: bool = True  # False: it shows less than it speaks of


def checks(proof: Proof) -> Iterator[Check]:
    """In the order in which they were made; of some of many schemas none is whole."""
    some = bool(proof.of(Gap.OTHER_SCHEMAS))
    return (replace(one, whole=one.whole and not some) for one in _checks(proof))


def _checks(proof: Proof) -> Iterator[Check]:
    inserts = proof.inserts
    if inserts and (inserts.before or not inserts.tables):
        yield Check("INSERT without id before", _before(inserts), whole=bool(inserts.before))
    yield Check("upgrade", "ran")
    if inserts:
        untried = proof.of(Gap.INSERT_UNTRIED, Gap.INSERT_CLEARED)
        whole = not untried and inserts.tables >= inserts.of
        yield Check("INSERT without id", works(inserts), whole=whole)
    if proof.constraints:
        untried = proof.of(Gap.REFERENCE_UNTRIED)
        yield Check("INSERT of an unknown id", refused(proof), whole=not untried)
    if proof.selects:
        works_as_before = f"works as before, from {counted(proof.selects, 'relation')}"
        yield Check("SELECT", works_as_before, whole=not proof.of(Gap.SELECT_UNTRIED))
    yield from _of_the_way_back(proof)
    nowhere = f"find none of it in {repaired(proof)}"
    yield Check("rules run again", nowhere, whole=not proof.of(Gap.AS_MODELED))


def _of_the_way_back(proof: Proof) -> Iterator[Check]:
    yield Check("downgrade", WAY_BACK)
    if proof.rows:
        same = f"the same bytes in {proof.rows:,} made-up rows"
        yield Check("values after the downgrade", same, whole=not proof.of(Gap.WITHOUT_ROWS))
    again = ", and INSERT without id works again" if proof.inserts and proof.inserts.tables else ""
    yield Check("upgrade again", f"ran{again}")
    if proof.refusal:
        yield Check(
            "downgrade once an id is beyond the former type",
            f"refused, and everything is as it was ({proof.refusal})",
        )


def _before(inserts: Inserts) -> str:
    return ", ".join(map(_met, inserts.before)) or "shows nothing"


def _met(met: Met) -> str:
    outcome = f"refused ({met.sqlstate})" if met.sqlstate else "accepted"
    return f"{outcome} in {counted(met.tables, 'table')}"


def works(inserts: Inserts) -> str:
    """What is known of INSERTs after the upgrade."""
    if not inserts.tables:
        return "shows nothing"
    fresh = ", each id above the highest" if inserts.fresh == inserts.tables else ""
    roles = ", ".join(map(role_name, inserts.roles))
    return f"works in {_of(inserts.tables, inserts.of, 'table')} as {roles}{fresh}"


def refused(proof: Proof) -> str:
    """What becomes of an id that no parent has."""
    return f"refused by {_of(proof.constraints, proof.references, 'constraint')}"


def _of(shown: int, all_: int, noun: str) -> str:
    return counted(shown, noun) if shown == all_ else f"{shown} of {counted(all_, noun)}"


def repaired(proof: Proof) -> str:
    """Where the rules find nothing afterwards."""
    asked = len({one.subject for one in proof.of(Gap.AS_MODELED)})
    if not asked:
        return f"the {counted(proof.tables, 'table')}"
    return f"{proof.tables - asked} of {counted(proof.tables, 'table')}"


def elsewhere(limits: Iterable[Limit]) -> str:
    """On which version of PostgreSQL alone it is proven; "" where that is the database's own."""
    told = next((one for one in limits if one.gap is Gap.OTHER_VERSION), None)
    return f" on {told.reason}, while the database runs {told.subject}" if told else ""


def _as(one: Limit) -> str:
    return f" as {one.role}" if one.role else ""


def told(one: Limit) -> str:
    """The same with what it is."""
    return f"{'remark' if one.gap is Gap.AS_MODELED else 'not shown'}: {limit(one)}"


def limit(one: Limit) -> str:
    """What was not shown, and why."""
    return {
        Gap.OTHER_VERSION: f"what {one.subject} refuses or does differently: the database runs it, "
        f"but the rehearsal ran on {one.reason}",
        Gap.NOT_LAID: f"{one.subject}: {one.reason}",
        Gap.WITHOUT_ROWS: f"{one.subject} was rehearsed without rows: {one.reason}",
        Gap.KEY_ALONE: f"{one.subject} was rehearsed with its key column only",
        Gap.INSERT_UNTRIED: f"INSERT into {one.subject}{_as(one)}: {one.reason}",
        Gap.INSERT_CLEARED: f"INSERT into {one.subject} as {one.role} was tried without what "
        f"refuses a made-up row: {one.reason}",
        Gap.SELECT_UNTRIED: f"SELECT from {one.subject} as {one.role}: {one.reason}",
        Gap.REFERENCE_UNTRIED: f"INSERT of an unknown id into {one.subject} ({one.constraint}): "
        f"{one.reason}",
        Gap.FILLED_BY_APPLICATION: f"{one.subject}: the application still supplies the ids",
        Gap.NOT_FROM_BASE: f"the upgrade of an empty database, where {one.subject} does not run: "
        f"{one.reason}",
        Gap.LEFT_IN_ENV: f"{one.subject}: env.py does not run in a rehearsal",
        Gap.AS_MODELED: f"{one.reason}. The model declares it so, and the revision creates the "
        "table as the model declares it",
        Gap.OTHER_SCHEMAS: f"the other {one.subject}: "
        + (one.reason or "the statements are the same except for the name"),
        Gap.OTHER_DATABASES: f"{one.subject}: {one.reason}",
        Gap.EVENT_TRIGGER: f"event trigger {one.subject} ({one.reason}) did not fire in the "
        "rehearsal: it may refuse this revision, or change more; read its function first",
    }[one.gap]
