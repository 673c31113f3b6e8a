"""What create_table and add_column make."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from remediate.lint import facts
from remediate.lint.arguments import Arguments, known_text
from remediate.lint.columns import column, is_false, is_true, keywords, name_given, with_serial
from remediate.lint.evaluate import evaluate, evaluate_text
from remediate.lint.expressions import pinned
from remediate.lint.facts import Fact
from remediate.lint.scope import HOLE, Expression, Scope, Step


def add_column(step: Step) -> Iterator[Fact]:
    given = Arguments(step, ("table_name", "column"))
    node = given.nodes.get("column")
    definition = column(node, step.scope) if node is not None else None
    if definition is None:
        yield facts.OtherDDL()
        return
    serial = with_serial(
        (definition,),
        (definition.name,) if definition.key else (),
        _without_autoincrement(step, step.scope),
    )
    inline = is_true(given.nodes.get("inline_primary_key"), step.scope)
    made = replace(serial[0], undeclared=definition.key and not inline)
    yield facts.ColumnAdded(given.table, made)


def create_table(step: Step) -> Iterator[Fact]:
    given = Arguments(step, ("table_name",))
    parts = [*spread(step.call.args[1:], step.scope)]
    columns = tuple(definition for part in parts if (definition := column(part, step.scope)))
    constraints = [(_kind(p, step.scope), p) for p in parts if isinstance(p, ast.Call)]
    key = _key_columns("PrimaryKeyConstraint", constraints, step.scope)
    key = key or tuple(one.name for one in columns if one.key)
    references = _references(constraints, step.scope)
    explicit = _without_autoincrement(step, step.scope)
    readable = {"Column", "PrimaryKeyConstraint", "ForeignKeyConstraint", "UniqueConstraint"}
    others = {kind for kind, _ in constraints} - readable - {"CheckConstraint", "Index"}
    whole = not others and len(constraints) == len(parts) and all(HOLE not in k for k in key)
    checks = [
        _condition(part, step.scope)
        for kind, part in _with_columns(constraints, step.scope)
        if kind == "CheckConstraint"
    ]
    yield facts.TableCreated(
        given.table, with_serial(columns, key, {*explicit, *references}), key, references,
        links=tuple(link for kind, part in constraints if (link := _link(kind, part, step.scope))),
        pinned=tuple(name for check in checks if (name := pinned(check))),
        whole=whole and len(columns) == sum(kind == "Column" for kind, _ in constraints),
    )  # fmt: skip


def spread(given: list[ast.expr], scope: Scope) -> Iterator[ast.expr]:
    """The arguments, with those of `*COLUMNS` where they are written out."""
    for node in given:
        value = evaluate(node.value, scope) if isinstance(node, ast.Starred) else None
        if isinstance(value, tuple) and all(isinstance(one, Expression) for one in value):
            yield from (one.expression for one in value if isinstance(one, Expression))
        else:
            yield node


def _with_columns(
    parts: list[tuple[str, ast.Call]], scope: Scope
) -> Iterator[tuple[str, ast.Call]]:
    """The constraints of a table, and those of its columns."""
    for kind, part in parts:
        yield kind, part
        for inner in part.args if kind == "Column" else ():
            if isinstance(inner, ast.Call):
                yield _kind(inner, scope), inner


def _condition(call: ast.Call, scope: Scope) -> str:
    """The condition of a CHECK as SQL; also `sa.column("id") == 1`."""
    node = call.args[0] if call.args else keywords(call).get("sqltext")
    match node:
        case ast.Compare(
            left=ast.Call(args=[name, *_]), ops=[ast.Eq()], comparators=[ast.Constant(value=value)]
        ):
            return f"{known_text(evaluate_text(name, scope))} = {value!r}"
    return known_text(evaluate_text(node, scope))


def _kind(node: ast.Call, scope: Scope) -> str:
    return scope.dotted(node.func).rpartition(".")[2]


def _key_columns(kind: str, parts: list[tuple[str, ast.Call]], scope: Scope) -> tuple[str, ...]:
    """The columns of the table's key."""
    for name, call in parts:
        if name == kind:
            return tuple(known_text(evaluate_text(argument, scope)) for argument in call.args)
    return ()


def _references(parts: list[tuple[str, ast.Call]], scope: Scope) -> tuple[str, ...]:
    references = []
    for name, call in parts:
        given = call.args[0] if call.args else keywords(call).get("columns")
        value = evaluate(given, scope) if name == "ForeignKeyConstraint" and given else ()
        references += [known_text(one) for one in value] if isinstance(value, tuple) else [HOLE]
    return tuple(references)


def _link(kind: str, call: ast.Call, scope: Scope) -> facts.Link | None:
    """A ForeignKeyConstraint that is written out."""
    if kind != "ForeignKeyConstraint" or len(call.args) < 2:
        return None
    own, theirs = (evaluate(argument, scope) for argument in call.args[:2])
    if not isinstance(own, tuple) or not isinstance(theirs, tuple):
        return None
    targets = [known_text(one).rpartition(".") for one in theirs]
    columns = tuple(known_text(one) for one in own)
    tables = {table for table, _, _ in targets}
    if len(tables) != 1 or HOLE in "".join((*columns, *tables, *(c for _, _, c in targets))):
        return None
    referenced = tuple(column for _, _, column in targets)
    return facts.Link(columns, tables.pop(), referenced, name_given(call, scope))


def _without_autoincrement(step: Step, scope: Scope) -> set[str]:
    """The columns with autoincrement=False."""
    names = set()
    for part in step.call.args:
        if isinstance(part, ast.Call) and "autoincrement" in keywords(part):
            definition = column(part, scope)
            refused = is_false(keywords(part)["autoincrement"], scope)
            names |= {definition.name} if definition and refused else set()
    return names
