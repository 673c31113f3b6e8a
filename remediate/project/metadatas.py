"""Find every MetaData of the project: those that env.py hands to Alembic, and the others.

A module with models that env.py does not import is imported here, if it consists of nothing but
imports and definitions: importing it then has no other effect.
"""

import ast
import importlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa

from remediate.errors import pass_on_interrupt
from remediate.project.sources import called, of_class, parsed
from remediate.snapshots.declared import UnreadModule
from remediate.snapshots.tables import Source
from remediate.system.paths import shown
from remediate.system.secrets import scrub
from remediate.system.streams import stdout_to_stderr

_MODELS = re.compile(rb"__tablename__|\btable\s*=\s*True|\bTable\(")
_NOT_THE_PRODUCT = {
    "venv", "env", "node_modules", "site-packages", "versions", "build", "dist", "test", "tests",
}  # fmt: skip
_DEFINITIONS = (
    ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Assign,
    ast.AnnAssign, ast.Pass,
)  # fmt: skip
# Calls that models make besides.
_OF_MODELS = {
    "Index", "UniqueConstraint", "CheckConstraint", "listen", "configure_mappers", "append",
    "append_constraint", "model_rebuild", "update_forward_refs", "add_property", "getLogger",
}  # fmt: skip


@dataclass(frozen=True)
class ProjectMetadata:
    """A MetaData of the project, and the name under which code imports it."""

    metadata: sa.MetaData
    name: str  # "app.db.Base.metadata"; "" where only env.py knows one
    source: Source | None
    tracked: bool  # env.py hands it to Alembic
    late: tuple[sa.Table, ...] = ()  # tables of modules that env.py does not import
    copied: frozenset[sa.Table] = frozenset()  # of which a tracked one has a copy

    @property
    def tables(self) -> tuple[sa.Table, ...]:
        """Its tables, without those of which Alembic gets a copy."""
        return tuple(t for t in self.metadata.tables.values() if t not in self.copied)


@dataclass(frozen=True, slots=True)
class Discovery:
    """Every MetaData of the project, the files whose models were not read, and the modules."""

    metadatas: tuple[ProjectMetadata, ...]
    unread: tuple[UnreadModule, ...] = ()
    modules: tuple[ModuleType, ...] = ()


def discover(tracked: Sequence[sa.MetaData] | None, folder: Path, script: Path) -> Discovery:
    """Import the models below the folder, and return every MetaData that they belong to.

    `tracked` are the MetaData that env.py hands to Alembic; None if they are unknown. `script` is
    the folder of env.py, which holds no models of the application.
    """
    folder = folder.resolve()
    before = {id(m): set(m.tables.values()) for m in tracked or ()}
    unread = tuple(_import_others(folder, script))
    modules = [m for m in list(sys.modules.values()) if _is_below(m, folder)]
    named = _named(modules)
    known = {id(m) for m in tracked or ()}
    several = [*(tracked or ()), *(m for m in named if id(m) not in known)]
    copies = _by_name(tracked or ())
    found = (
        ProjectMetadata(
            m,
            *named.get(m, ("", None)),
            tracked=tracked is None or id(m) in known,
            late=tuple(t for t in m.tables.values() if t not in before.get(id(m), {t})),
            copied=_copied(m, copies) if id(m) not in known else frozenset(),
        )
        for m in several
    )
    told = tuple(one for one in found if one.tables or id(one.metadata) in known)
    return Discovery(told, unread, tuple(modules))


def _by_name(metadatas: Iterable[sa.MetaData]) -> dict[str, list[sa.Table]]:
    found: dict[str, list[sa.Table]] = {}
    for table in (t for m in metadatas for t in m.tables.values()):
        found.setdefault(table.name, []).append(table)
    return found


def _copied(metadata: sa.MetaData, copies: Mapping[str, list[sa.Table]]) -> frozenset[sa.Table]:
    """The tables that env.py has copied by to_metadata(), into another schema for example."""
    tables = metadata.tables.values()
    return frozenset(t for t in tables if any(_is_copy(t, c) for c in copies.get(t.name, ())))


def _is_copy(table: sa.Table, other: sa.Table) -> bool:
    """A copied column has the very type of its source, but for types that are schema items."""
    types = [(c.type, other.columns[c.key].type) for c in table.columns if c.key in other.columns]
    complete = len(types) == len(table.columns) == len(other.columns)
    alike = complete and all(type(a) is type(b) for a, b in types)
    return alike and any(a is b for a, b in types)


def handed(named: Mapping[str, sa.MetaData], folder: Path) -> Discovery:
    """Those that are handed in by name, with the modules below the folder that were imported."""
    folder = folder.resolve()
    modules = tuple(m for m in list(sys.modules.values()) if _is_below(m, folder))
    places = _named(modules)
    found = tuple(
        ProjectMetadata(m, name, places.get(m, ("", None))[1], tracked=True)
        for name, m in named.items()
    )
    return Discovery(found, (), modules)


Place = tuple[str, Source | None]


def _named(modules: Sequence[ModuleType]) -> dict[sa.MetaData, Place]:
    """The place of each MetaData: its declarative base before any other name that it has."""
    found: dict[sa.MetaData, Place] = {}
    for metadata, place in _assignments(modules):
        if metadata not in found or (place[1] and place[1].line):
            found[metadata] = place
    return found | dict(_bases(modules))


def _assignments(modules: Iterable[ModuleType]) -> Iterator[tuple[sa.MetaData, Place]]:
    """Each name of a MetaData in a module; its line is 0 if the module imports the name."""
    for module in sorted(modules, key=lambda m: m.__name__):
        for name, value in list(vars(module).items()):
            if isinstance(value, sa.MetaData):
                source = Source(shown(_file(module)), _assigned(module, name))
                yield value, (f"{module.__name__}.{name}", source)


def _bases(modules: Sequence[ModuleType]) -> Iterator[tuple[sa.MetaData, Place]]:
    classes = {c for m in modules for c in list(vars(m).values()) if isinstance(c, type)}
    bases = {base for class_ in classes for base in class_.__mro__}
    for base in sorted(bases, key=lambda base: (base.__module__, base.__qualname__)):
        if isinstance(metadata := vars(base).get("metadata"), sa.MetaData):
            yield metadata, _made_by_call(base, modules) or _defined(base)


def _defined(base: type) -> Place:
    return f"{base.__module__}.{base.__qualname__}.metadata", of_class(base, "")


def _made_by_call(base: type, modules: Sequence[ModuleType]) -> Place | None:
    """The place of `Base = declarative_base()`, a class whose module is SQLAlchemy's own."""
    for module in modules:
        for name, value in list(vars(module).items()):
            if value is base and (line := _assigned(module, name)):
                return f"{module.__name__}.{name}.metadata", Source(shown(_file(module)), line)
    return None


def _assigned(module: ModuleType, name: str) -> int:
    """The line where a module assigns the name; 0 if it imports the name."""
    tree = parsed(_file(module))
    assigned = (n for n in tree.body if isinstance(n, ast.Assign)) if tree else ()
    return next((n.lineno for n in assigned for t in n.targets if getattr(t, "id", "") == name), 0)


def _import_others(folder: Path, script: Path) -> Iterator[UnreadModule]:
    loaded = {_file(m) for m in list(sys.modules.values()) if getattr(m, "__file__", None)}
    for file, unreadable in _files(folder):
        if unreadable:
            yield UnreadModule(shown(file), f"its models: {unreadable}", "make it readable")
            continue
        if str(file) in loaded or file.is_relative_to(script):
            continue
        name = _module_name(file)
        if not name or not _only_defines(file):
            yield UnreadModule(
                shown(file),
                "its models: env.py does not import it, and importing it runs code",
            )
            continue
        try:
            with stdout_to_stderr():
                importlib.import_module(name)
        except (Exception, SystemExit) as error:
            pass_on_interrupt(error)
            yield UnreadModule(
                shown(file), f"its models: {type(error).__name__}: {scrub(str(error))}"
            )


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    """The Python files that seem to hold models, and the paths that cannot be read, with why."""
    below: list[Path] = []
    try:
        if path.is_symlink():
            return
        if path.is_dir():
            below = [] if (path / "pyvenv.cfg").exists() else sorted(path.iterdir())
        elif path.suffix == ".py" and path.is_file() and _declares(path):  # and no named pipe
            yield path.resolve(), ""
    except OSError as error:  # a server's data folder beside the project, for example
        yield path, str(error.strerror)
    for child in below:
        if not child.name.startswith(".") and child.name not in _NOT_THE_PRODUCT:
            yield from _files(child)


def _declares(path: Path) -> bool:
    """Whether importing the file defines tables: outside of functions and of strings."""
    tree = parsed(str(path)) if _MODELS.search(path.read_bytes()) else None
    return tree is not None and any(map(_is_model, _at_once(tree)))


def _at_once(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _at_once(child)


def _is_model(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return called(node) == "Table"
    if isinstance(node, ast.ClassDef):
        return any(k.arg == "table" and getattr(k.value, "value", 0) is True for k in node.keywords)
    return isinstance(node, ast.Assign) and any(
        getattr(target, "id", "") == "__tablename__" for target in node.targets
    )


def _module_name(file: Path) -> str:
    """The name under which the file can be imported; "" if sys.path does not lead to it."""
    entries = {Path(entry or ".").resolve() for entry in sys.path}
    for parent in file.parents:
        if parent in entries:
            parts = file.relative_to(parent).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            return ".".join(parts) if all(part.isidentifier() for part in parts) else ""
    return ""


def _only_defines(file: Path) -> bool:
    tree = parsed(str(file))
    return tree is not None and all(map(_is_definition, tree.body))


def _is_definition(node: ast.stmt) -> bool:
    if isinstance(node, ast.If):
        is_main = "__main__" in ast.unparse(node.test)  # not when it is imported
        return is_main or all(map(_is_definition, [*node.body, *node.orelse]))
    if isinstance(node, ast.Try):
        handled = [statement for handler in node.handlers for statement in handler.body]
        return all(map(_is_definition, [*node.body, *handled, *node.orelse, *node.finalbody]))
    if isinstance(node, ast.Expr):
        value = node.value
        called_ = called(value) if isinstance(value, ast.Call) else ""
        return isinstance(value, ast.Constant) or called_ in _OF_MODELS
    return isinstance(node, _DEFINITIONS)


def _is_below(module: ModuleType, folder: Path) -> bool:
    file = _file(module)
    if not file.startswith(str(folder)):  # cheap, and true of few of the many modules
        return False
    if not Path(file).is_relative_to(folder):
        return False
    return not {"site-packages", "versions"} & set(Path(file).relative_to(folder).parts)


def _file(module: ModuleType) -> str:
    file = getattr(module, "__file__", None)
    return _resolved(file) if file else ""


@cache
def _resolved(file: str) -> str:
    """As os.path.realpath(), which looks at the folders again for each of their many modules."""
    folder, name = os.path.split(file)
    return os.path.realpath(file) if Path(file).is_symlink() else f"{_folder(folder)}{os.sep}{name}"


@cache
def _folder(path: str) -> str:
    return os.path.realpath(path).rstrip(os.sep)
