"""What names mean at a point of a revision, as far as its text tells."""

import ast
from dataclasses import dataclass, field
from typing import TypeAlias

from remediate.lint.text import Text  # noqa: TC001  (mypy and readers look it up here)


@dataclass(frozen=True, slots=True)
class Plain:
    """A number, True, False or None."""

    value: object


@dataclass(frozen=True, slots=True)
class Path:
    """Something imported: alembic.op, sqlalchemy.Integer."""

    dotted: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """A dictionary."""

    items: "tuple[tuple[Value, Value], ...]"


@dataclass(frozen=True, slots=True)
class Node:
    """An expression to be looked at by whoever needs it: a type, a column."""

    expression: ast.expr


@dataclass(frozen=True, slots=True)
class Batch:
    """What `op.batch_alter_table` gives: its first argument and its schema."""

    table: "Value"
    schema: "Value"


@dataclass(frozen=True, slots=True)
class Bind:
    """The connection of the migration."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that was read from the database."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the module."""

    node: ast.FunctionDef


Value: TypeAlias = "Text | tuple[Value, ...] | Pairs | Single | None"
Single: TypeAlias = Plain | Path | Node | Batch | Bind | Asked | Function


@dataclass(slots=True)
class Scope:
    """Values by name; None where a name may mean this or that."""

    source: str
    names: dict[str, Value] = field(default_factory=dict)

    def copy(self) -> "Scope":
        return Scope(self.source, dict(self.names))

    def forget(self, names: set[str]) -> None:
        self.names.update(dict.fromkeys(names))

    def dotted(self, node: ast.expr) -> str:
        """The path of something imported; "" for everything else."""
        if isinstance(node, ast.Attribute):
            above = self.dotted(node.value)
            return f"{above}.{node.attr}" if above else ""
        value = self.names.get(node.id) if isinstance(node, ast.Name) else None
        return value.dotted if isinstance(value, Path) else ""


def imports(statement: ast.Import | ast.ImportFrom) -> dict[str, Value]:
    """The names that an import statement binds."""
    if isinstance(statement, ast.ImportFrom):
        return {
            alias.asname or alias.name: Path(f"{statement.module or ''}.{alias.name}")
            for alias in statement.names
        }
    return {
        alias.asname or alias.name.split(".")[0]: Path(
            alias.name if alias.asname else alias.name.split(".")[0]
        )
        for alias in statement.names
    }


def assigned(statements: list[ast.stmt]) -> set[str]:
    """Every name that the statements may bind."""
    nodes = [node for statement in statements for node in ast.walk(statement)]
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {n.name for n in nodes if isinstance(n, ast.FunctionDef)}
