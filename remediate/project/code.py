"""What a Python file names, read once: imports, names, texts, and what models declare by text."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from remediate.project.sources import called
from remediate.system.paths import shown

_NOT_OURS = {"node_modules", "site-packages", "build", "dist", "__pycache__"}
_DECLARING = ("foreignkey", "foreignkeyconstraint", "relationship")
Lines = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class File:
    """A Python file, and its path as it is shown."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A string in the code."""

    line: int
    value: str
    annotation: bool = False  # a type in quotes


@dataclass(frozen=True, slots=True)
class Declared:
    """ForeignKey(...), relationship(...): its name, and the strings within."""

    line: int
    function: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """All that a file names, with lines."""

    path: str
    classes: frozenset[str]
    imports: tuple[ast.ImportFrom, ...]
    names: Lines
    attributes: Lines
    texts: tuple[Text, ...]
    declared: tuple[Declared, ...]


def files(folder: Path, without: Path) -> Iterator[File]:
    """The Python files below a folder; environments, hidden folders and links are left out."""
    if (folder / "pyvenv.cfg").exists() or folder == without:
        return
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name.startswith(".") or path.name in _NOT_OURS:
            continue
        if path.is_dir():
            yield from files(path, without)
        elif path.suffix == ".py" and path.is_file():
            yield File(shown(path), path.read_text(encoding="utf-8", errors="replace"))


def tree(text: str) -> ast.Module | None:
    """The syntax tree; None where the text is no Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def read(file: File) -> Code | None:
    """What the file names; None where it is no Python."""
    module = tree(file.text)
    return None if module is None else _read(file.path, module)


def _read(path: str, module: ast.Module) -> Code:
    names, attributes = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
    classes, imports = set[str](), list[ast.ImportFrom]()
    texts, declared, quoted = list[Text](), list[Declared](), _annotations(module)
    for node in ast.walk(module):
        match node:
            case ast.ClassDef():
                classes.add(node.name)
            case ast.ImportFrom():
                imports.append(node)
            case ast.Name():
                names[node.id].append(node.lineno)
            case ast.Attribute():
                attributes[node.attr].append(node.lineno)
            case ast.Constant(value=str(text)):
                texts.append(Text(node.lineno, text, id(node) in quoted))
            case ast.Call() if called(node).lower() in _DECLARING:
                declared.append(Declared(node.lineno, called(node), tuple(_strings(node))))
    return Code(
        path, frozenset(classes), tuple(imports), _frozen(names), _frozen(attributes),
        tuple(texts), tuple(declared),
    )  # fmt: skip


def _annotations(module: ast.Module) -> set[int]:
    """The nodes of annotations, in which a type may stand in quotes."""
    found = (
        (getattr(n, "annotation", None), getattr(n, "returns", None)) for n in ast.walk(module)
    )
    parts = (part for both in found for part in both if isinstance(part, ast.AST))
    return {id(one) for part in parts for one in ast.walk(part)}


def _frozen(found: Mapping[str, list[int]]) -> Lines:
    return {name: tuple(lines) for name, lines in found.items()}


def _strings(node: ast.Call) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
