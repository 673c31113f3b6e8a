"""What changed in a database beside what the repairs of a plan were to change.

A change is meant where a statement of a repair names the object in question and its relation. With
a column's type change what is computed from it: indexes, constraints, triggers and policies.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from remediate.findings.remedy import Step
from remediate.postgres.sql import ident
from remediate.snapshots.defaults import words
from remediate.snapshots.digest import Changed
from remediate.snapshots.tables import Name

_OF_RELATION = re.compile(r"\b(OWNER TO|GRANT|REVOKE|SET LOGGED|ROW LEVEL SECURITY)\b")
_OWNED = re.compile(r"owned by (.+)$")
_COLUMNS = re.compile(r"\((.*?)\)")
_RETYPES = re.compile(r"\bTYPE\b|\bIDENTITY\b|^UPDATE\b")


@dataclass(frozen=True, slots=True)
class Since:
    """What is another than in a saved plan: as meant, and beside that."""

    beside: tuple[Changed, ...] = ()
    as_meant: int = 0


def since(changes: Iterable[Changed], steps: Iterable[Step]) -> Since:
    """The changes, but for those that these steps make."""
    statements = [step.up for step in steps if step.up]
    found = [*changes]
    beside = tuple(one for one in found if not _is_meant(one, statements))
    return Since(beside, len(found) - len(beside))


def _is_meant(one: Changed, statements: Sequence[str]) -> bool:
    relation, kind, name = one.object
    about = [text for text in statements if _names(text, relation)]
    if kind == "sequence":
        return bool(about) or _owner_changes(one, statements)
    if not name:
        made = not (one.before and one.after)
        return any(made or _OF_RELATION.search(text) for text in about)
    if any(_holds(text, name) for text in about):
        return True
    retyping = [text for text in about if _RETYPES.search(text)]
    if kind in ("index", "constraint"):
        return any(_holds(text, column) for column in _columns(one) for text in retyping)
    if kind == "column":
        return False
    return bool(retyping) and _without_digest(one.before) == _without_digest(one.after)


def _names(statement: str, relation: Name) -> bool:
    """Whether the statement is about this relation, as the steps write its name."""
    return re.search(rf'(?<![\w".]){re.escape(relation.sql)}(?![\w"])', statement) is not None


def _holds(statement: str, name: str) -> bool:
    """Whether the statement holds this name, and not as a part of another."""
    return re.search(rf'(?<![\w"]){re.escape(ident(name))}(?![\w"])', statement) is not None


def _owner_changes(one: Changed, statements: Sequence[str]) -> bool:
    """Whether the column that owns a sequence becomes another: its identity comes, goes, grows."""
    owner = _OWNED.search(one.after or one.before)
    parts = words(owner[1]) if owner else ()
    if len(parts) != 3:
        return False
    schema, table, column = parts
    return any(
        _RETYPES.search(text) and _names(text, Name(schema, table)) and _holds(text, column)
        for text in statements
    )


def _columns(one: Changed) -> tuple[str, ...]:
    """Those of an index or a constraint."""
    found = _COLUMNS.search(one.after or one.before)
    return words(found[1]) if found else ()


def _without_digest(state: str) -> str:
    """The readable part."""
    return re.sub(r"(, )?[0-9a-f]{8}$", "", state)
