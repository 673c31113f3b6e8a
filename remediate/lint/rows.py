"""Rows that a revision writes from Python."""

import ast
from collections.abc import Iterator

from remediate.lint import facts
from remediate.lint.arguments import Arguments, known_text
from remediate.lint.evaluate import evaluate, evaluate_text
from remediate.lint.facts import Fact
from remediate.lint.scope import HOLE, Dictionary, Step
from remediate.lint.values import table_name


def bulk_insert(step: Step) -> Iterator[Fact]:
    table = step.call.args[0] if step.call.args else None
    value = step.scope.names.get(table.id) if isinstance(table, ast.Name) else None
    call = getattr(value, "expression", table)
    names = call.args[:1] if isinstance(call, ast.Call) else []
    given = Arguments(step, ("table", "rows"))
    yield facts.RowsWritten(
        table_name(known_text(evaluate_text(names[0], step.scope))) if names else HOLE,
        _given_columns(given),
    )


def _given_columns(given: Arguments) -> tuple[str, ...] | None:
    """The columns of rows that are written out."""
    node = given.nodes.get("rows")
    rows = evaluate(node, given.scope) if node is not None else None
    if not isinstance(rows, tuple) or not all(isinstance(row, Dictionary) for row in rows):
        return None
    known = {known_text(k) for row in rows if isinstance(row, Dictionary) for k, _ in row.items}
    return None if HOLE in known or not known else tuple(sorted(known))
