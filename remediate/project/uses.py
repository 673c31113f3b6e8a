"""Find the lines of a project's Python files that import or name a model, or its table.

Names are followed as far as text tells: through `import` and `from ... import ... as`. What code
builds at run time, by getattr() or f"..." for example, is not seen.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath

from remediate.project import code
from remediate.project.code import Code, File
from remediate.project.sources import called
from remediate.snapshots.tables import Name, Source
from remediate.snapshots.uses import Use, Uses

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

    @cached_property
    def word(self) -> re.Pattern[str]:
        return re.compile(rf"\b{re.escape(self.name)}\b")


def find(sources: Mapping[Name, Source | None], folder: Path, without: Path) -> dict[Name, Uses]:
    """For each table of a model where the code below a folder names it.

    `without` is the folder of env.py and the revisions. Each file that has a word of the models is
    parsed once.
    """
    files = [*code.files(folder.resolve(), without.resolve())]
    texts = {file.path: file.text for file in files}
    models = [_model(name, source, texts) for name, source in sources.items()]
    read = {file.path: code.read(file) for file in _with_words(files, models)}
    known, broken = [c for c in read.values() if c], tuple(p for p, c in read.items() if c is None)
    defined = Counter(name for one in known for name in one.classes)
    ours = frozenset(part.removesuffix(".py") for path in texts for part in PurePath(path).parts)
    found: dict[Name, Uses] = {}
    for model in (replace(m, alone=defined[m.name] < 2) for m in models):
        places = {use for one in known for use in _uses(model, one, ours)}
        in_order = sorted(places, key=lambda use: (use.file, use.line, use.what))
        found[model.table] = Uses(tuple(in_order), len(files) - len(broken), broken)
    return found


def _with_words(files: Iterable[File], models: Iterable[_Model]) -> Iterator[File]:
    """Those that may name one of the models."""
    words = {word for model in models for word in (model.name, model.table.name) if word}
    odd = {word for word in words if not word.isidentifier()}
    for file in files:
        if words & {*re.findall(r"\w+", file.text)} or any(word in file.text for word in odd):
            yield file


def _model(name: Name, source: Source | None, texts: Mapping[str, str]) -> _Model:
    """With the lines of its class, or of the call that defines its table."""
    if source is None:
        return _Model(name, "", range(0))
    module = code.tree(texts.get(source.file, ""))
    nodes = (n for n in ast.walk(module) if isinstance(n, ast.stmt)) if module else ()
    ends = [n.end_lineno or n.lineno for n in nodes if n.lineno <= source.line == _line(n)]
    end = max(ends, default=source.line)
    return _Model(name, source.file, range(source.line, end + 1), source.owner.rpartition(".")[2])


def _line(node: ast.stmt) -> int:
    """Where a class begins after its decorators, or the call that a statement holds."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return node.lineno
    calls = (n for n in ast.walk(node) if isinstance(n, ast.Call) and called(n) == "Table")
    return next((call.lineno for call in calls), node.lineno)


def _uses(model: _Model, one: Code, ours: frozenset[str]) -> Iterator[Use]:
    own = model.lines if one.path == model.home else range(0)
    for line, what in (*_by_name(model, one, ours), *_by_text(model, one)):
        if line not in own:
            yield Use(one.path, line, what)


def _by_name(model: _Model, one: Code, ours: frozenset[str]) -> Iterator[tuple[int, str]]:
    if not model.name:
        return
    names = {model.name} if one.path == model.home else set[str]()
    for node in one.imports:
        aliases = {a.asname or a.name for a in node.names if a.name == model.name}
        star = any(a.name == "*" for a in node.names)
        if (aliases or star) and _leads(node, model, ours):
            names |= {model.name} if star else aliases
            yield from ((node.lineno, f"imports {model.name}") for _ in aliases)
    refers = f"refers to {model.name}"
    yield from ((line, refers) for name in names for line in one.names.get(name, ()))
    if model.alone:
        yield from ((line, refers) for line in one.attributes.get(model.name, ()))
        quoted = (t for t in one.texts if t.annotation and model.name in t.value)
        yield from ((t.line, refers) for t in quoted if model.word.search(t.value))


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


def _by_text(model: _Model, one: Code) -> Iterator[tuple[int, str]]:
    """ForeignKey("table.column"), relationship("Class", secondary="table"), and SQL."""
    tables = (model.table.name, ".".join(model.table))
    classes = {model.name} - {""}
    for call in one.declared:
        if call.function.lower() == "relationship":
            found = [t for t in call.texts if t.rpartition(".")[2] in classes or t in tables]
        else:
            found = [text for text in call.texts if text.rpartition(".")[0] in tables]
        yield from ((call.line, f'{call.function}("{text}")') for text in found[:1])
    table = model.table.name.lower()
    for text in one.texts:
        if table in text.value.lower() and not text.annotation and model.sql.search(text.value):
            yield text.line, f"SQL names {model.table.name}"
