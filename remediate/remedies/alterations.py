"""What a step changes, in the words in which the catalog is compared later (catalog/digest.sql)."""

from remediate.postgres.sql import quote
from remediate.snapshots.defaults import words
from remediate.snapshots.digest import Alteration, Object
from remediate.snapshots.members import CONTENT, Dependant
from remediate.snapshots.tables import Name

BOUNDS = ("as", "minimum", "maximum")  # of a sequence: by its type, and those that somebody chose
_KINDS = {
    "CHECK": "constraint",
    "exclusion constraint": "constraint",
    "materialized view": "view",
    CONTENT: "view",
}


def of_relation(relation: Name, kind: str, *parts: str) -> tuple[Alteration, ...]:
    """A table, view or sequence itself."""
    return (Alteration(Object(relation, kind), parts),)


def of_part(table: Name, kind: str, name: str, *parts: str) -> tuple[Alteration, ...]:
    """A column, constraint or index of a table."""
    return (Alteration(Object(table, kind, name), parts),)


def of_default(table: Name, column: str, sequence: Name | None) -> tuple[Alteration, ...]:
    """Another default, which draws from this sequence, or from none."""
    draws = f"draws {sequence}" if sequence else "draws"
    return of_part(table, "column", column, "default", draws)


def of_owned(sequence: Name, table: Name, column: str) -> tuple[Alteration, ...]:
    """A sequence that this column owns then."""
    return of_relation(sequence, "sequence", f"owned {table}.{quote(column)}")


def rebuilt(dependant: Dependant) -> tuple[Alteration, ...]:
    """What is taken down and rebuilt as it was, but for the type that it is computed from."""
    kind = _KINDS.get(dependant.kind, dependant.kind)
    if kind == "view":
        return of_relation(dependant.relation, kind, "definition", "defaults")
    name = words(dependant.name)[-1]
    return of_part(dependant.relation, kind, name, "expression", "classes")
