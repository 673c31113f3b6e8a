"""What a step changes, in the words in which the catalog is compared later (catalog/digest.sql)."""

import hashlib
import re
from collections.abc import Iterable

from remediate.postgres.sql import quote
from remediate.snapshots import written
from remediate.snapshots.defaults import words
from remediate.snapshots.digest import WRITTEN, Alteration, Object
from remediate.snapshots.members import CONTENT, Dependant
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import INTEGER_MAX, Name

# Parts of a sequence, in the place of what is another in each database: as plans/meant_rights.py
# reads them.
OWNER_OF = "owner as of "  # a table
INSERTING = "grants for INSERT into "  # tables
USING = "grants to "  # roles
_DEFINES = re.compile(r"CREATE |ALTER (?:TABLE|PUBLICATION) .* ADD |ALTER VIEW .* SET DEFAULT ")
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


def of_sequence(sequence: Name, type_: str, *, logged: bool = True) -> tuple[Alteration, ...]:
    """A sequence that comes, and counts from 1 to the end of its type; others say who owns it."""
    return (Alteration(Object(sequence, "sequence"), state=counting(type_, logged=logged)),)


def counting(type_: str, *, logged: bool = True) -> str:
    """The state of such a sequence."""
    counts = f"as {type_}, start 1, increment 1, minimum 1, maximum {INTEGER_MAX[type_]}"
    return f"owner, {'' if logged else 'unlogged?, '}{counts}, grants?"


def bounds(type_: str, low: int, high: int) -> tuple[str, ...]:
    """The parts of a sequence that change with its type, as they are to be."""
    return f"as {type_}", f"minimum {low}", f"maximum {high}"


def of_usage(
    sequence: Name, tables: Iterable[Name] = (), roles: Iterable[str] = (), *parts: str
) -> tuple[Alteration, ...]:
    """USAGE of a sequence for these roles, and for who may INSERT into these tables; else nobody's.

    `parts` are those of its state that change along with it.
    """
    into = f"{INSERTING}({' '.join(map(str, tables))})"
    to = f"{USING}{listed(roles)}"
    return of_relation(sequence, "sequence", *parts, into, to)


def of_reference(fk: ForeignKey) -> tuple[Alteration, ...]:
    """A foreign key that comes; whether it is valid is not said."""
    actions = {"delete": fk.on_delete, "update": fk.terms.on_update}
    terms = [f"{word} {_action(text)}" for word, text in actions.items()]
    terms += [f"match {(fk.terms.match or 'SIMPLE')[0].lower()}", "not?"]
    late = fk.terms.deferrable.upper()
    terms += ["deferrable"] if late and not late.startswith("NOT") else []
    terms += ["deferred"] if "INITIALLY DEFERRED" in late else []
    target = f"to {fk.target} {listed(fk.target_columns)}"
    state = ", ".join(("foreign key", f"columns {listed(fk.columns)}", target, *terms))
    return (Alteration(Object(fk.table, "constraint", fk.name), state=state),)


def of_index(table: Name, name: str, columns: Iterable[str]) -> tuple[Alteration, ...]:
    """An index that comes, ascending, over these columns alone."""
    return (Alteration(Object(table, "index", name), state=_index([*columns])),)


def of_key(table: Name, name: str, columns: Iterable[str]) -> tuple[Alteration, ...]:
    """A primary key that comes, with its index."""
    columns = [*columns]
    return (
        Alteration(
            Object(table, "constraint", name), state=f"primary key, columns {listed(columns)}"
        ),
        Alteration(Object(table, "index", name), state=f"unique, {_index(columns)}"),
    )


def listed(columns: Iterable[str]) -> str:
    """As the catalog lists columns."""
    return f"({' '.join(map(quote, columns))})"


def _index(columns: list[str]) -> str:
    ascending = hashlib.md5(" ".join("0" for _ in columns).encode(), usedforsecurity=False)
    order = ascending.hexdigest()[:8]
    return f"method btree, columns {listed(columns)}, order {order}, classes"


def _action(text: str) -> str:
    """What a foreign key does, in the catalog's letters."""
    words_ = text.upper().split()
    return words_[1][0].lower() if words_[:1] == ["SET"] else (words_ or ["A"])[0][0].lower()


def of_default(table: Name, column: str, sequence: Name | None) -> tuple[Alteration, ...]:
    """Another default, which draws from this sequence, or from none."""
    draws = f"draws {sequence}" if sequence else "draws"
    return of_part(table, "column", column, "default", draws)


def of_type(table: Name, column: str, type_: str, default: str) -> tuple[Alteration, ...]:
    """Another type, and the default written so; "" where that is not known."""
    parts = [WRITTEN + written.digest(default)] if default else []
    parts += ["default"] if default == "NULL" else []  # of which PostgreSQL keeps nothing
    return of_part(table, "column", column, f"type {type_}", "collation", *parts)


def of_owned(sequence: Name, table: Name, column: str) -> tuple[Alteration, ...]:
    """A sequence that this column owns then."""
    return of_relation(sequence, "sequence", f"owned {table}.{quote(column)}")


def rebuilt(dependant: Dependant) -> tuple[Alteration, ...]:
    """What is taken down and rebuilt as it was, but for the type that it is computed from."""
    kind = _KINDS.get(dependant.kind, dependant.kind)
    if dependant.kind == CONTENT:
        return of_relation(dependant.relation, kind, "definition", "defaults")
    as_before = WRITTEN + written.digest(" ".join(filter(_DEFINES.match, dependant.rebuild)))
    if kind == "view":
        return of_relation(dependant.relation, kind, "definition", "defaults", as_before)
    name = words(dependant.name)[-1]
    return of_part(dependant.relation, kind, name, "expression", "classes", as_before)
