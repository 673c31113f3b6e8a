"""A proof in words: for the docstring of a revision, its review and what a person checks."""

from collections.abc import Iterable, Iterator

from remediate.plans.proof import Gap, Inserts, Limit, Met, Proof
from remediate.postgres.sql import role_name
from remediate.system.words import counted

WAY_BACK = "pg_dump --schema-only gives the same bytes as before"


def checks(proof: Proof) -> Iterator[tuple[str, str]]:
    """What was done, and what came of it, in this order."""
    if proof.inserts and (proof.inserts.before or not proof.inserts.tables):
        yield "INSERT without id before", _before(proof.inserts)
    yield "upgrade", "ran"
    if proof.inserts:
        yield "INSERT without id", works(proof.inserts)
    if proof.constraints:
        yield "INSERT of an unknown id", refused(proof)
    if proof.selects:
        yield "SELECT", f"works as before, from {counted(proof.selects, 'relation')}"
    yield "downgrade", WAY_BACK
    if proof.rows:
        yield "values after the downgrade", f"the same bytes in {proof.rows} made-up rows"
    again = ", and INSERT without id works again" if proof.inserts and proof.inserts.tables else ""
    yield "upgrade again", f"ran{again}"
    if proof.refusal:
        yield (
            "downgrade once an id is beyond the former type",
            f"refused, and everything is as it was ({proof.refusal})",
        )
    yield "rules run again", f"find nothing of it in {repaired(proof)}"


def partial(proof: Proof) -> frozenset[str]:
    """Which of these checks show less than what they speak of."""
    inserts, found = proof.inserts, set[str]()
    untried = proof.of(Gap.INSERT_UNTRIED, Gap.INSERT_CLEARED)
    if inserts and (untried or inserts.tables < inserts.of):
        found.add("INSERT without id")
    if inserts and not inserts.before:
        found.add("INSERT without id before")
    if proof.of(Gap.REFERENCE_UNTRIED):
        found.add("INSERT of an unknown id")
    if proof.of(Gap.SELECT_UNTRIED):
        found.add("SELECT")
    return frozenset(found)


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
        Gap.OTHER_VERSION: f"what {one.subject} refuses, or does otherwise: the database runs it, "
        f"and the rehearsal ran on {one.reason}",
        Gap.NOT_LAID: f"{one.subject}: {one.reason}",
        Gap.WITHOUT_ROWS: f"{one.subject} was rehearsed without rows: {one.reason}",
        Gap.KEY_ALONE: f"{one.subject} was rehearsed as its key alone",
        Gap.INSERT_UNTRIED: f"INSERT into {one.subject}{_as(one)}: {one.reason}",
        Gap.INSERT_CLEARED: f"INSERT into {one.subject} as {one.role} was tried without what "
        f"refuses a made-up row: {one.reason}",
        Gap.SELECT_UNTRIED: f"SELECT from {one.subject} as {one.role}: {one.reason}",
        Gap.REFERENCE_UNTRIED: f"INSERT of an unknown id into {one.subject} ({one.constraint}): "
        f"{one.reason}",
        Gap.FILLED_BY_APPLICATION: f"{one.subject} goes on getting its ids from the application",
        Gap.NOT_FROM_BASE: f"an empty database, on which {one.subject} does not run: {one.reason}",
        Gap.LEFT_IN_ENV: f"{one.subject}: env.py does not run in a rehearsal",
        Gap.AS_MODELED: f"{one.reason}. Its model asks for it, so the table is created this way",
        Gap.EVENT_TRIGGER: f"event trigger {one.subject} ({one.reason}) did not fire in the "
        "rehearsal: it may refuse this revision, or do more; read its function first",
    }[one.gap]
