"""What a revision's source says at a point: texts with holes, the values of names, calls."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

HOLE = "\ufffc"  # stands for what only a run would tell


@dataclass(frozen=True, slots=True)
class Text:
    """Known text with holes."""

    value: str
    lines: tuple[int, ...]

    @classmethod
    def at(cls, value: str, line: int) -> "Text":
        """Text that stands on one line of the source."""
        return cls(value, (line,) * len(value))

    @property
    def complete(self) -> bool:
        return HOLE not in self.value

    def line(self, offset: int) -> int:
        """The line of the source that has the character; that of the last one at the end."""
        return self.lines[min(offset, len(self.lines) - 1)] if self.lines else 0

    def part(self, start: int, end: int | None = None) -> "Text":
        return Text(self.value[start:end], self.lines[start:end])

    def __add__(self, other: "Text") -> "Text":
        return Text(self.value + other.value, self.lines + other.lines)


def literal_text(node: ast.Constant, source: str) -> Text:
    """A string literal; implicitly concatenated ones are one node for `ast`."""
    value = str(node.value)
    if node.end_lineno == node.lineno:
        return Text.at(value, node.lineno)
    result = Text("", ())
    for part in _literals(f"({_segment(node, source)})", node.lineno):
        result += part
    return result if result.value == value else Text.at(value, node.lineno)


def _segment(node: ast.Constant, source: str) -> str:
    """The source of a literal over several lines; ast.get_source_segment splits all lines anew."""
    lines = _lines(source)[node.lineno - 1 : node.end_lineno]
    lines[-1] = lines[-1][: node.end_col_offset]
    lines[0] = lines[0][node.col_offset :]
    return b"".join(lines).decode()


@lru_cache(maxsize=1)
def _lines(source: str) -> list[bytes]:
    """As Python counts them: a form feed ends none."""
    return [line.encode() for line in io.StringIO(source, newline=None)]


def _literals(segment: str, first: int) -> Iterator[Text]:
    for token in tokenize.generate_tokens(io.StringIO(segment).readline):
        if token.type == tokenize.STRING:
            start, end = token.start[0] + first - 1, token.end[0] + first - 1
            yield spread_text(str(ast.literal_eval(token.string)), start, end)


def spread_text(value: str, first: int, last: int) -> Text:
    """A text over several lines of the source: each line end in it is taken for one of them."""
    lines: list[int] = []
    for number, part in enumerate(value.split("\n"), first):
        lines += [min(number, last)] * (len(part) + 1)
    return Text(value, tuple(lines[:-1]))


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, True, False or None."""

    value: object


@dataclass(frozen=True, slots=True)
class Imported:
    """Something imported: alembic.op, sqlalchemy.Integer."""

    dotted: str


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary."""

    items: "tuple[tuple[Value, Value], ...]"


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression to be looked at by whoever needs it: a type, a column."""

    expression: ast.expr


@dataclass(frozen=True, slots=True)
class BatchTable:
    """What `op.batch_alter_table` gives: its first argument and its schema."""

    table: "Value"
    schema: "Value"


@dataclass(frozen=True, slots=True)
class Connection:
    """The connection of the migration."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Something that was read from the database."""

    of_rows: bool = True  # and not from its catalog: which tables, columns, constraints there are


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the module."""

    node: ast.FunctionDef


Value: TypeAlias = "Text | tuple[Value, ...] | Dictionary | Single | None"
Single: TypeAlias = (
    Constant | Imported | Expression | BatchTable | Connection | QueryResult | Function
)


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
        return value.dotted if isinstance(value, Imported) else ""


def imported_names(statement: ast.Import | ast.ImportFrom) -> dict[str, Value]:
    """The names that an import statement binds."""
    if isinstance(statement, ast.ImportFrom):
        return {
            alias.asname or alias.name: Imported(f"{statement.module or ''}.{alias.name}")
            for alias in statement.names
        }
    return {
        alias.asname or alias.name.split(".")[0]: Imported(
            alias.name if alias.asname else alias.name.split(".")[0]
        )
        for alias in statement.names
    }


def assigned_names(statements: list[ast.stmt]) -> set[str]:
    """Every name that the statements may bind."""
    nodes = [node for statement in statements for node in ast.walk(statement)]
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {n.name for n in nodes if isinstance(n, ast.FunctionDef)}


@dataclass(frozen=True, slots=True)
class Context:
    """What a statement stands in."""

    function: str
    branch: tuple[int, ...] = ()  # a condition, an unknown loop, a try: it may not be run
    suppressed_at: int = 0  # the line of what hides its failure
    query_line: int = 0  # the line of what makes it depend on the database
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """A call that may do something to the database."""

    call: ast.Call
    scope: Scope
    context: Context


class Stopped(Exception):
    """Nothing after this statement is run."""
