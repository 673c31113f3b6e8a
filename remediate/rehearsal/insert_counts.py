"""In how many tables INSERTs were shown to work, and in which not."""

from collections.abc import Iterable, Iterator, Sequence

from remediate.plans.proof import Gap, Inserts, Limit, Met
from remediate.rehearsal.insert_changes import Insert
from remediate.rehearsal.promises import Promises
from remediate.rehearsal.result import Inserted
from remediate.snapshots.tables import Name


def shown(inserts: Iterable[Insert], promises: Promises, unlaid: set[Name]) -> Inserts:
    """What is known of the keys that are promised to generate. `unlaid`: tables without rows."""
    generating = (i for i in inserts if i.repair and i.repair.generates and not i.place.given)
    known = [one for one in generating if one.shows and one.works]
    tables = {one.place.table for one in known}
    stale = {one.place.table for one in known if one.repair and not one.repair.advances}
    met: dict[str, set[Name]] = {}
    for one in known:
        if one.before:
            met.setdefault(one.before.sqlstate, set()).add(one.place.table)
    return Inserts(
        before=tuple(Met(state, len(met[state])) for state in sorted(met, reverse=True)),
        tables=len(tables), roles=tuple(sorted({one.place.role for one in known})),
        of=len({repair.table.name for repair in promises.generating if repair.generates}),
        fresh=len(tables - stale - unlaid),
    )  # fmt: skip


def limits(inserts: Sequence[Insert], promises: Promises) -> Iterator[Limit]:
    """What is not known of the promised repairs: something else refuses the row."""
    if promises.generating:
        yield from _others(inserts, promises)
    for repair in promises.repairs:
        if not repair.generates:
            yield Limit(Gap.FILLED_BY_APPLICATION, repair.table.name)
    for one in inserts:
        relation, role = one.place.relation, one.place.role
        promised = one.repair is not None and one.repair.generates and not one.place.given
        broke_maybe = one.before is not None and one.before.plain and one.after.unclear
        if not promised and not broke_maybe:
            continue
        if not one.works:
            yield Limit(Gap.INSERT_UNTRIED, relation, one.after.refusal, role)
        elif one.after.in_the_way:
            yield Limit(Gap.INSERT_CLEARED, relation, one.after.in_the_way, role)


def _others(inserts: Sequence[Insert], promises: Promises) -> Iterator[Limit]:
    """Tables that are spoken of, get no key that is generated, and in which no INSERT went through.

    A review says of them, too, that INSERTs were tried.
    """
    generated = {repair.table.name for repair in promises.generating if repair.generates}
    for name in promises.tables:
        tried = [one for one in inserts if one.place.table == name]
        if name in generated or any(one.after.plain for one in tried):
            continue
        refused = [(o.after.refusal or o.after.in_the_way, o.place.role) for o in tried]
        reason, role = refused[-1] if refused else ("none was tried", "")
        yield Limit(Gap.INSERT_UNTRIED, name, reason, role)


def count(inserts: Sequence[Insert]) -> Inserted:
    """What was tried, in numbers."""
    tried = [insert for insert in inserts if not insert.place.given]
    works = [insert for insert in tried if insert.works]
    return Inserted(
        tried=len(tried),
        working=len(works),
        fixed=sum(i.before is None or not i.before.works for i in works),
        tables=len({insert.place.table for insert in tried}),
    )
