"""op.create_table."""

import ast
from collections.abc import Iterator

from remediate.lint import facts
from remediate.lint.columns import column, is_false, keywords, with_serial
from remediate.lint.evaluate import evaluate, text
from remediate.lint.facts import Fact
from remediate.lint.op_arguments import Arguments, string
from remediate.lint.scope import Scope
from remediate.lint.stepping import Step
from remediate.lint.text import HOLE


def create_table(step: Step) -> Iterator[Fact]:
    given = Arguments(step, ("table_name",))
    parts = step.call.args[1:]
    columns = tuple(made for part in parts if (made := column(part, step.scope)))
    constraints = [(_kind(p, step.scope), p) for p in parts if isinstance(p, ast.Call)]
    key = _listed("PrimaryKeyConstraint", constraints, step.scope)
    key = key or tuple(one.name for one in columns if one.key)
    references = _references(constraints, step.scope)
    explicit = not_counted(step, step.scope)
    readable = {"Column", "PrimaryKeyConstraint", "ForeignKeyConstraint", "UniqueConstraint"}
    others = {kind for kind, _ in constraints} - readable - {"CheckConstraint", "Index"}
    whole = not others and len(constraints) == len(parts) and all("\0" not in k for k in key)
    yield facts.TableMade(
        given.table, with_serial(columns, key, {*explicit, *references}), key, references,
        whole=whole and len(columns) == sum(kind == "Column" for kind, _ in constraints),
    )  # fmt: skip


def _kind(node: ast.Call, scope: Scope) -> str:
    return scope.dotted(node.func).rpartition(".")[2]


def _listed(kind: str, parts: list[tuple[str, ast.Call]], scope: Scope) -> tuple[str, ...]:
    """The columns of the table's key."""
    for name, call in parts:
        if name == kind:
            return tuple(string(text(argument, scope)) for argument in call.args)
    return ()


def _references(parts: list[tuple[str, ast.Call]], scope: Scope) -> tuple[str, ...]:
    found = []
    for name, call in parts:
        given = call.args[0] if call.args else keywords(call).get("columns")
        value = evaluate(given, scope) if name == "ForeignKeyConstraint" and given else ()
        found += [string(one) for one in value] if isinstance(value, tuple) else [HOLE]
    return tuple(found)


def not_counted(step: Step, scope: Scope) -> set[str]:
    """The columns with autoincrement=False."""
    found = set()
    for part in step.call.args:
        if isinstance(part, ast.Call) and "autoincrement" in keywords(part):
            made = column(part, scope)
            refused = is_false(keywords(part)["autoincrement"], scope)
            found |= {made.name} if made and refused else set()
    return found
