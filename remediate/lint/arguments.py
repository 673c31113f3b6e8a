"""The arguments of a call of `op` or of a batch."""

import ast

from remediate.lint.columns import is_none, keywords, unwrapped
from remediate.lint.evaluate import evaluate, evaluate_text
from remediate.lint.scope import HOLE, BatchTable, Constant, Step, Text, Value
from remediate.lint.values import table_name


class Arguments:
    """The arguments of an op call, by name; a batch supplies table and schema itself."""

    def __init__(self, step: Step, names: tuple[str, ...]) -> None:
        self.scope, self.call = step.scope, step.call
        self.batch = batch_of(step)
        words = tuple(n for n in names if not (self.batch and n == "table_name"))
        self.nodes = dict(zip(words, step.call.args, strict=False)) | keywords(step.call)

    def text(self, name: str) -> str:
        """A string, "" if it is not given, HOLE where it is not known."""
        return known_text(evaluate_text(self.nodes.get(name), self.scope))

    def name(self, name: str) -> str:
        """The same, and "" for None."""
        node = unwrapped(self.nodes.get(name))
        return "" if is_none(node, self.scope) else known_text(evaluate_text(node, self.scope))

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; () where it is not given or not known."""
        node = self.nodes.get(name)
        value = evaluate(node, self.scope) if node is not None else None
        return tuple(map(known_text, value)) if isinstance(value, tuple) else ()

    @property
    def table(self) -> str:
        if self.batch is None:
            return table_name(self.text("table_name"), self.name("schema"))
        return table_name(known_text(self.batch.table), known_text(self.batch.schema, none=""))


def known_text(value: Value, none: str = HOLE) -> str:
    if isinstance(value, Constant) and value.value is None:
        return none
    return value.value if isinstance(value, Text) and value.complete else HOLE


def batch_of(step: Step) -> BatchTable | None:
    function = step.call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        value = step.scope.names.get(function.value.id)
        return value if isinstance(value, BatchTable) else None
    return None
