"""What a new table holds, and is to hold."""

from collections.abc import Iterable, Iterator, Mapping

from remediate.snapshots.digest import Alteration, Changed, Digest, Object, differing, within
from remediate.snapshots.tables import Name

_SAID = ("column", "constraint", "index")


def inner(table: Name, alterations: Iterable[Alteration], now: Digest) -> list[Changed]:
    """Each object that came with the table, or was to come; none where no step says what it holds.

    An index that belongs to a constraint, and a publication of all tables, are no objects of their
    own. What a step leaves PostgreSQL to name is any that is as it was to be.
    """
    said = [a for a in alterations if a.object.relation == table and a.object.kind in _SAID]
    if not any(a.object.kind == "column" for a in said):
        return []
    there = within(now, table)
    named = {a.object for a in said if a.object.name}
    left = {o: s for o, s in there.items() if o not in named and not _along(o, s, there)}
    absent = [*_unnamed([a for a in said if not a.object.name], left)]
    absent += [a for a in said if a.object.name and a.object not in there]
    found = {**{o: s for o, s in there.items() if o in named}, **left}
    return [
        *(Changed(one, "", state) for one, state in sorted(found.items())),
        *(Changed(a.object, "", "", meant=a.state) for a in absent),
    ]


def _along(one: Object, state: str, there: Mapping[Object, str]) -> bool:
    if one.kind == "index":
        return Object(one.relation, "constraint", one.name) in there
    return one.kind == "publication" and "of table" not in state


def _unnamed(said: Iterable[Alteration], left: dict[Object, str]) -> Iterator[Alteration]:
    """Those that none of the others is; each takes the one that it is from what is left."""
    for alteration in said:
        kind = alteration.object.kind
        alike = (
            o for o, s in left.items() if o.kind == kind and not differing(alteration.state, s)
        )
        if (one := next(alike, None)) is not None:
            del left[one]
        else:
            yield alteration
