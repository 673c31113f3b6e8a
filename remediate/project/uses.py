"""Find the lines of a project's Python files that import or name a model, or its table.

Names are followed as far as text tells: through `import` and `from ... import ... as`. What code
builds at run time, by getattr() or f"..." for example, is not seen.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath

from remediate.project.sources import called
from remediate.snapshots.tables import Name, Source
from remediate.snapshots.uses import Use, Uses
from remediate.system.paths import shown

_NOT_OURS = {"node_modules", "site-packages", "build", "dist", "__pycache__"}
_BEFORE = r"\bselect\b.*?\bfrom|\binsert\s+into|\bdelete\s+from|\bjoin|\b(?:alter|drop)\s+table"


@dataclass(frozen=True)
class _Model:
    """A model to look for: its table, and its class where it has one."""

    table: Name
    home: str  # its file, as it is shown
    lines: range  # of its class, which names itself
    name: str = ""  # of the class; "" for Table(...)
    alone: bool = True  # no other class of the project is called so

    @cached_property
    def sql(self) -> re.Pattern[str]:
        """A statement that names the table."""
        schema, table = map(re.escape, self.table)
        name = rf'\s+(?:only\s+)?(?:"?{schema}"?\.)?"?{table}"?(?!\w)'
        return re.compile(rf"(?:{_BEFORE}){name}|\bupdate{name}\s+set\b", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _File:
    """A Python file that was read, and its syntax tree where that was looked at."""

    path: str  # as it is shown
    text: str
    tree: ast.Module | None = None


def find(sources: Mapping[Name, Source | None], folder: Path, without: Path) -> dict[Name, Uses]:
    """For each table of a model where the code below a folder names it.

    `without` is the folder of env.py and the revisions. Environments, hidden folders and symbolic
    links are left out.
    """
    files = [_read(path) for path in _files(folder.resolve(), without.resolve())]
    texts = {file.path: file.text for file in files}
    models = [_model(name, source, texts) for name, source in sources.items()]
    words = "|".join(re.escape(w) for m in models for w in (m.name, m.table.name) if w)
    parsed = [*map(_parsed, (f for f in files if re.search(rf"\b(?:{words})\b", f.text)))]
    broken = tuple(file.path for file in parsed if file.tree is None)
    defined = Counter(name for file in parsed for name in _classes(file))
    ours = frozenset(part.removesuffix(".py") for path in texts for part in PurePath(path).parts)
    found: dict[Name, Uses] = {}
    for model in (replace(m, alone=defined[m.name] < 2) for m in models):
        places = {use for file in parsed for use in _uses(model, file, ours)}
        in_order = sorted(places, key=lambda use: (use.file, use.line, use.what))
        found[model.table] = Uses(tuple(in_order), len(files) - len(broken), broken)
    return found


def _files(folder: Path, without: Path) -> Iterator[Path]:
    if (folder / "pyvenv.cfg").exists() or folder == without:
        return
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name.startswith(".") or path.name in _NOT_OURS:
            continue
        if path.is_dir():
            yield from _files(path, without)
        elif path.suffix == ".py" and path.is_file():
            yield path


def _read(path: Path) -> _File:
    return _File(shown(path), path.read_text(encoding="utf-8", errors="replace"))


def _parsed(file: _File) -> _File:
    return replace(file, tree=_tree(file.text))


def _tree(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def _model(name: Name, source: Source | None, texts: Mapping[str, str]) -> _Model:
    """With the lines of its class, or of the call that defines its table."""
    if source is None:
        return _Model(name, "", range(0))
    tree = _tree(texts.get(source.file, ""))
    nodes = (n for n in ast.walk(tree) if isinstance(n, ast.stmt)) if tree else ()
    ends = [n.end_lineno or n.lineno for n in nodes if n.lineno <= source.line == _line(n)]
    end = max(ends, default=source.line)
    return _Model(name, source.file, range(source.line, end + 1), source.owner.rpartition(".")[2])


def _line(node: ast.stmt) -> int:
    """Where a class begins after its decorators, or the call that a statement holds."""
    calls = (n for n in ast.walk(node) if isinstance(n, ast.Call) and called(n) == "Table")
    first = None if isinstance(node, ast.ClassDef) else next(calls, None)
    return first.lineno if first else node.lineno


def _classes(file: _File) -> Iterator[str]:
    for node in ast.walk(file.tree) if file.tree else ():
        if isinstance(node, ast.ClassDef):
            yield node.name


def _uses(model: _Model, file: _File, ours: frozenset[str]) -> Iterator[Use]:
    if file.tree is None:
        return
    names, notes = _bound(model, file.tree, ours), _annotations(file.tree)
    names |= {model.name} if file.path == model.home and model.name else set()
    for node in ast.walk(file.tree):
        line = getattr(node, "lineno", 0)
        if file.path == model.home and line in model.lines:
            continue
        if what := _what(node, model, names, quoted=id(node) in notes):
            yield Use(file.path, line, what)


def _bound(model: _Model, tree: ast.Module, ours: frozenset[str]) -> set[str]:
    """The names that a file imports for the class."""
    found = set()
    for node in ast.walk(tree) if model.name else ():
        if isinstance(node, ast.ImportFrom) and _leads(node, model, ours):
            named = {a.asname or a.name for a in node.names if a.name == model.name}
            found |= {model.name} if any(a.name == "*" for a in node.names) else named
    return found


def _leads(node: ast.ImportFrom, model: _Model, ours: frozenset[str]) -> bool:
    """Whether the module may hold the class: any of the project, where no other is called so.

    Else it has to be that of the model, or a package above it.
    """
    wanted = (node.module or "").split(".") if node.module else []
    if node.level or not wanted:
        return model.alone or not wanted
    if model.alone:
        return wanted[0] in ours
    parts = PurePath(model.home).with_suffix("").parts
    size = len(wanted)
    return any(list(parts[n : n + size]) == wanted for n in range(len(parts) - size + 1))


def _annotations(tree: ast.Module) -> set[int]:
    """The nodes of annotations, in which names may stand in quotes."""
    found = (
        getattr(node, kind, None) for node in ast.walk(tree) for kind in ("annotation", "returns")
    )
    return {id(part) for one in found if isinstance(one, ast.AST) for part in ast.walk(one)}


def _what(node: ast.AST, model: _Model, names: set[str], *, quoted: bool) -> str:
    """How a node names the model; "" where it does not."""
    match node:
        case ast.ImportFrom(names=imported) if model.name in {a.name for a in imported}:
            bound = {a.asname or a.name for a in imported if a.name == model.name}
            return f"imports {model.name}" if bound & names else ""
        case ast.Name(id=word) if word in names:
            return f"refers to {model.name}"
        case ast.Attribute(attr=word) if word == model.name and model.alone:
            return f"refers to {model.name}"
        case ast.Call():
            return _of_call(node, model)
        case ast.Constant(value=str(text)):
            return _written(text, model, quoted=quoted)
    return ""


def _written(text: str, model: _Model, *, quoted: bool) -> str:
    if quoted and model.name and model.alone and re.search(rf"\b{re.escape(model.name)}\b", text):
        return f"refers to {model.name}"
    return f"SQL names {model.table.name}" if model.sql.search(text) else ""


def _of_call(node: ast.Call, model: _Model) -> str:
    """ForeignKey("table.column"), relationship("Class"), secondary="table"."""
    name, texts = called(node), [*_texts(node)]
    tables = (model.table.name, ".".join(model.table))
    if name in ("ForeignKey", "ForeignKeyConstraint"):
        found = next((text for text in texts if text.rpartition(".")[0] in tables), "")
    elif name.lower() == "relationship":
        classes = {model.name} - {""}
        found = next((t for t in texts if t.rpartition(".")[2] in classes or t in tables), "")
    else:
        found = ""
    return f'{name}("{found}")' if found else ""


def _texts(node: ast.Call) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
