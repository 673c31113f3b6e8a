"""Rows that a revision writes from Python: bulk_insert, insert() and values()."""

import ast
from collections.abc import Iterator, Mapping

from remediate.lint import facts
from remediate.lint.arguments import Arguments, known_text
from remediate.lint.columns import keywords
from remediate.lint.evaluate import evaluate, evaluate_text
from remediate.lint.facts import Fact
from remediate.lint.filling import by_key
from remediate.lint.scope import (
    HOLE,
    Constant,
    Dictionary,
    Expression,
    Scope,
    Step,
    Text,
    Value,
    assigned_names,
)
from remediate.lint.values import table_name

_MAKING_TABLES = {"table", "Table", "create_table", "TableClause"}
_CHANGING = {"update", "delete"}


def bulk_insert(step: Step) -> Iterator[Fact]:
    """The rows of op.bulk_insert."""
    given = Arguments(step, ("table", "rows"))
    rows = _rows(given.nodes.get("rows"), step.scope)
    yield _written(_table(given.nodes.get("table"), step.scope), rows)


def constructed(call: ast.Call, step: Step) -> Iterator[Fact]:
    """What `table.insert()...`, `sa.insert(table)...` and the like do, where they are run."""
    for one in _chain(call):
        method = one.func.attr if isinstance(one.func, ast.Attribute) else ""
        name = method or step.scope.dotted(one.func).rpartition(".")[2]
        if name == "insert":
            table = _table(_owner(one, step.scope), step.scope)
            yield _written(table, _values(call, step))
        elif name in _CHANGING:
            everything = name == "delete" and ".where(" not in ast.unparse(call)
            yield facts.RowsChanged(_table(_owner(one, step.scope), step.scope), everything)


def _chain(call: ast.Call) -> Iterator[ast.Call]:
    """A call, and those whose result it is made on."""
    yield call
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
        yield from _chain(call.func.value)


def _owner(call: ast.Call, scope: Scope) -> ast.expr | None:
    """The table of `table.insert()` or `sa.insert(table)`."""
    if isinstance(call.func, ast.Attribute) and not scope.dotted(call.func):
        return call.func.value
    return call.args[0] if call.args else None


def _table(node: ast.expr | None, scope: Scope) -> str:
    """The name of a table that is made in this revision; a hole where it is not known."""
    value = scope.names.get(node.id) if isinstance(node, ast.Name) else None
    call = value.expression if isinstance(value, Expression) else node
    if not isinstance(call, ast.Call) or not call.args:
        return HOLE
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else scope.dotted(function)
    if name.rpartition(".")[2] not in _MAKING_TABLES:
        return HOLE
    schema = keywords(call).get("schema")
    known = known_text(evaluate(schema, scope), none="") if schema is not None else ""
    return table_name(known_text(evaluate_text(call.args[0], scope)), known)


def _values(call: ast.Call, step: Step) -> tuple[Value, ...] | None:
    """The rows of values(...), or those that are handed to execute()."""
    for one in _chain(call):
        if isinstance(one.func, ast.Attribute) and one.func.attr == "values":
            if one.args:
                return _rows(one.args[0], step.scope)
            return (_named(keywords(one), step.scope),)
    given = step.call.args[1:2]
    return _rows(given[0], step.scope) if given else ()


def _named(given: Mapping[str, ast.expr], scope: Scope) -> Value:
    return Dictionary(
        tuple((Text.at(name, node.lineno), evaluate(node, scope)) for name, node in given.items())
    )


def _rows(node: ast.expr | None, scope: Scope) -> tuple[Value, ...] | None:
    """Rows that are written out, or made of one that is, over and over; None for others."""
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        inner = scope.copy()
        inner.forget(assigned_names([ast.Expr(node)]))
        return (evaluate(node.elt, inner),)
    value = evaluate(node, scope) if node is not None else None
    if isinstance(value, Dictionary):
        return (value,)
    return value if isinstance(value, tuple) else None


def _written(table: str, rows: tuple[Value, ...] | None) -> facts.RowsWritten:
    known = [_by_name(row) for row in rows or () if isinstance(row, Dictionary)]
    names = {known_text(key) for row in known for key, _ in row.items}
    if rows is None or len(known) != len(rows) or HOLE in names or not names:
        return facts.RowsWritten(table)
    explicit = [name for name in sorted(names) if any(_is_given(row, name) for row in known)]
    numbers = {name: [_number(by_key(row).get(name)) for row in known] for name in explicit}
    highest: dict[str | int, int] = {
        name: max(number for number in found if number is not None)
        for name, found in numbers.items()
        if None not in found
    }
    return facts.RowsWritten(table, tuple(sorted(names)), tuple(explicit), highest)


def _by_name(row: Dictionary) -> Dictionary:
    """A row whose columns are given as `table.c.id` or `table.id`, with their names."""

    def name(key: Value) -> Value:
        node = key.expression if isinstance(key, Expression) else None
        return Text.at(node.attr, node.lineno) if isinstance(node, ast.Attribute) else key

    return Dictionary(tuple((name(key), value) for key, value in row.items))


def _is_given(row: Dictionary, name: str) -> bool:
    """Whether a row gives a value that is not None."""
    given = by_key(row)
    return name in given and given[name] != Constant(None)


def _number(value: Value) -> int | None:
    number = value.value if isinstance(value, Constant) else None
    return number if isinstance(number, int) else None
