"""The relationships of the models that are imported; no mapper is configured for it."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, RelationshipProperty

from remediate.project.models import classes
from remediate.snapshots.relationships import Relationship
from remediate.snapshots.tables import Name


def read(default_schema: str) -> tuple[Relationship, ...]:
    """Those whose other side is a class or the name of one.

    What only backref= or a function tells is left out: SQLAlchemy would have to configure its
    mappers for it, which runs code of the project.
    """
    known = {table: class_ for table, class_ in classes().items() if isinstance(table, sa.Table)}
    named: dict[str, list[sa.Table]] = {}
    for table, class_ in known.items():
        named.setdefault(class_.__name__, []).append(table)
    return tuple(
        Relationship(
            f"{class_.__name__}.{name}",
            _name(table, default_schema),
            _name(target, default_schema),
            bool(one.cascade.delete),
            bool(one.passive_deletes),
        )
        for table, class_ in known.items()
        for name, one in _of(class_)
        if (target := _target(one.argument, named)) is not None
    )


def _of(class_: type) -> Iterator[tuple[str, RelationshipProperty[object]]]:
    for name, value in vars(class_).items():
        found = value.prop if isinstance(value, InstrumentedAttribute) else None
        if isinstance(found, RelationshipProperty) and not found.viewonly:
            yield name, found


def _target(argument: object, named: dict[str, list[sa.Table]]) -> sa.Table | None:
    """The one table that is meant; None where several may be."""
    table = getattr(argument, "__table__", None)
    if isinstance(table, sa.Table):
        return table
    found = named.get(argument.rpartition(".")[2], []) if isinstance(argument, str) else []
    return found[0] if len(found) == 1 else None


def _name(table: sa.Table, default_schema: str) -> Name:
    return Name(table.schema or default_schema, table.name)
