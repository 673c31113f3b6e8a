"""Find the source of models: file, line, class and attribute, each searched on demand."""

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa

from remediate.snapshots.tables import Name, Source
from remediate.system.paths import shown


class ModelSources(Mapping[tuple[Name, str], Source]):
    """The source of each column; for the column "" that of the table."""

    def __init__(
        self,
        tables: Iterable[sa.Table],
        default_schema: str,
        classes: Mapping[object, type],
        modules: Iterable[ModuleType],
    ) -> None:
        self._tables = {Name(t.schema or default_schema, t.name): t for t in tables}
        self._classes = classes
        self._modules = tuple(modules)

    def __getitem__(self, place: tuple[Name, str]) -> Source:
        name, column = place
        table = self._tables[name]
        class_ = self._classes.get(table)
        found = _in_class(class_, table, column) if class_ else self._in_table(table, column)
        if found is None:
            raise KeyError(place)
        return found

    def __iter__(self) -> Iterator[tuple[Name, str]]:
        for name, table in self._tables.items():
            yield name, ""
            yield from ((name, column.name) for column in table.columns)

    def __len__(self) -> int:
        return sum(1 + len(table.columns) for table in self._tables.values())

    def _in_table(self, table: sa.Table, column: str) -> Source | None:
        """The call of `Column`, or of `Table`, in `Table("users", metadata, Column("id", ...))`."""
        for module in self._modules:
            file = getattr(module, "__file__", None) or ""
            for call in _calls(file, "Table"):
                if _first(call) == table.name:
                    columns = (c for c in _calls_in(call, "Column") if _first(c) == column)
                    line = next((c.lineno for c in columns), call.lineno)
                    return Source(shown(file), line, attribute=column)
        return None


def _in_class(class_: type, table: sa.Table, column: str) -> Source | None:
    """The first class of the inheritance order whose body has the attribute, else the class."""
    if not column:
        return of_class(class_, "")
    attribute = _attribute(class_, table, column)
    for one in class_.__mro__:
        found = of_class(one, attribute)
        if found and found.attribute:
            return found
    return of_class(class_, "")


def _attribute(class_: type, table: sa.Table, column: str) -> str:
    mapper = class_.__dict__.get("__mapper__")
    pairs = mapper.columns.items() if mapper is not None else ()
    mapped = (key for key, one in pairs if one is table.c.get(column) or one.name == column)
    return next(mapped, column)


def of_class(class_: type, attribute: str) -> Source | None:
    """The source of a class; without the attribute if the body does not have it."""
    try:
        file = inspect.getsourcefile(class_) or ""
    except TypeError:
        return None
    for node in _classes(file).get(class_.__name__, ()):
        line = _line_in(node, attribute) if attribute else 0
        return Source(
            shown(file), line or node.lineno, class_.__qualname__, attribute if line else ""
        )
    return None


def _line_in(class_: ast.ClassDef, attribute: str) -> int:
    for node in class_.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        named = any(isinstance(t, ast.Name) and t.id == attribute for t in targets)
        if named or (isinstance(node, ast.FunctionDef) and node.name == attribute):
            return node.lineno
    return 0


@cache
def parsed(file: str) -> ast.Module | None:
    """The syntax tree of a file; None if it cannot be read or parsed."""
    try:
        return ast.parse(Path(file).read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return None


@cache
def _classes(file: str) -> dict[str, list[ast.ClassDef]]:
    tree, found = parsed(file), dict[str, list[ast.ClassDef]]()
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.ClassDef):
            found.setdefault(node.name, []).append(node)
    return found


@cache
def _calls(file: str, name: str) -> tuple[ast.Call, ...]:
    tree = parsed(file)
    return tuple(_calls_in(tree, name)) if tree else ()


def _calls_in(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    yield from (c for c in calls if called(c) == name)


def called(call: ast.Call) -> str:
    """The last part of the name of the called function."""
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def _first(call: ast.Call) -> str:
    value = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else ""
    return value if isinstance(value, str) else ""
