"""The arguments of an op call, whichever way they are given."""

import ast

from remediate.lint.columns import is_none, keywords
from remediate.lint.evaluate import text
from remediate.lint.queries import runs_sql
from remediate.lint.scope import Batch, Plain, Value
from remediate.lint.stepping import Step
from remediate.lint.text import HOLE, Text
from remediate.lint.values import plain


class Arguments:
    """The arguments of an op call, by name; a batch supplies table and schema itself."""

    def __init__(self, step: Step, names: tuple[str, ...]) -> None:
        self.scope, self.call = step.scope, step.call
        self.batch = batch_of(step)
        words = tuple(n for n in names if not (self.batch and n == "table_name"))
        self.nodes = dict(zip(words, step.call.args, strict=False)) | keywords(step.call)

    def text(self, name: str) -> str:
        """A string, "" if it is not given, HOLE where it is not known."""
        return string(text(self.nodes.get(name), self.scope))

    @property
    def table(self) -> str:
        if self.batch is None:
            return qualified(self.text("table_name"), self._schema(self.nodes.get("schema")))
        return qualified(string(self.batch.table), string(self.batch.schema, none=""))

    def _schema(self, node: ast.expr | None) -> str:
        return "" if is_none(node, self.scope) else string(text(node, self.scope))


def string(value: Value, none: str = HOLE) -> str:
    if isinstance(value, Plain) and value.value is None:
        return none
    return value.value if isinstance(value, Text) and value.complete else HOLE


def qualified(name: str, schema: str) -> str:
    return plain(f"{schema}.{name}" if schema else name)


def verb(step: Step) -> str:
    """The operation's name; "execute" for SQL through the connection as well, "" for others."""
    path = step.scope.dotted(step.call.func)
    if path.startswith("alembic.op."):
        return path.removeprefix("alembic.op.")
    if batch_of(step) is not None and isinstance(step.call.func, ast.Attribute):
        return step.call.func.attr
    return "execute" if runs_sql(step.call, step.scope) else ""


def batch_of(step: Step) -> Batch | None:
    function = step.call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        value = step.scope.names.get(function.value.id)
        return value if isinstance(value, Batch) else None
    return None
