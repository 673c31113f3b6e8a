"""Relationships of the ORM whose cascade does not fit the foreign key of the database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.relationships import Relationship
from remediate.snapshots.structure import NO_ACTION, NO_ACTIONS, Structure
from remediate.snapshots.tables import Location, Name


class Clash(StrEnum):
    """How the ORM and the database do not go together."""

    ORM_ALONE = "session.delete() deletes these rows, too; a DELETE in SQL is refused (23503)"
    PASSIVE = "passive_deletes leaves these rows to the database, which refuses (23503)"
    NULLS = "session.delete() sets the reference to NULL first; it is NOT NULL: 23502"


@dataclass(frozen=True, slots=True)
class OrmClash:
    """A relationship whose cascade does not fit the foreign key."""

    attribute: str  # User.sessions
    table: Name  # of the foreign key
    columns: tuple[str, ...]
    target: Name
    on_delete: str
    clash: Clash
    model: Location | None


def clashes(
    relationships: Iterable[Relationship], live: Live, declared: Declared, structure: Structure
) -> Iterator[OrmClash]:
    """Of the models' relationships to tables with one foreign key that leads back."""
    for one in relationships:
        fk = _key(one, live, declared)
        if fk is None:
            continue
        actions = structure.actions.get((fk.table, fk.name), NO_ACTIONS)
        needed = not any((fk.table, column) in live.nullable for column in fk.columns)
        clash = _clash(one, stays=actions.on_delete in ("", "RESTRICT"), needed=needed)
        if clash:
            source = declared.source_of(one.table, None)
            rule = actions.on_delete or NO_ACTION
            yield OrmClash(one.attribute, fk.table, fk.columns, fk.target, rule, clash, source)


def _key(one: Relationship, live: Live, declared: Declared) -> ForeignKey | None:
    """The foreign key that it follows; None where that may be none, or another one."""
    ours = {one.table, one.target} <= declared.table_of.keys()
    found = [fk for fk in live.references.get(one.target, ()) if fk.target == one.table]
    certain = ours and len(found) == 1 and one.table != one.target and found[0].enforced
    return found[0] if certain else None


def _clash(one: Relationship, *, stays: bool, needed: bool) -> Clash | None:
    if one.passive:
        return Clash.PASSIVE if stays else None
    if one.deletes:
        return Clash.ORM_ALONE if stays else None
    return Clash.NULLS if needed else None
