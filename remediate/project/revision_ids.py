"""What the file of a revision gives as its id, parents and labels, read without running it."""

import ast
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from remediate.codemod.assignments import UNKNOWN, assigned
from remediate.project.sources import parsed

Ids = Mapping[str, object]  # the values of a revision's module, by name

NAMES = ("revision", "down_revision", "depends_on", "branch_labels")

# Alembic takes the name of a file that gives no id (`_legacy_rev` in alembic/script/base.py).
_NAMED = re.compile(r"([a-f0-9]+)\.py$")

_STAR = "*"
_WITHOUT_IDS = {*sys.stdlib_module_names, "sqlalchemy", "alembic"}
_NAMESPACES = {"exec", "globals", "locals", "setattr", "vars"}


def written(file: str) -> Ids:
    """The ids by their names; UNKNOWN where code would have to run to tell one.

    There is no "revision" where nothing in the file gives one.
    """
    tree = parsed(file)
    if tree is None:
        return {"revision": UNKNOWN}
    values = assigned(tree)
    elsewhere = _given_by_code(tree)
    unknown = (n for n in NAMES if n not in values and ({n, _STAR} & elsewhere))
    values |= dict.fromkeys(unknown, UNKNOWN)
    if "revision" not in values and (called := _NAMED.match(Path(file).name)):
        values["revision"] = called[1]
    return values


def why_unread(file: str) -> str:
    """Why the text of a file does not tell its id, or what it follows; "": it does."""
    if parsed(file) is None:
        return "its revision: the file is no Python that can be read"
    values = written(file)
    if not isinstance(values.get("revision", ""), str):
        return "its revision: the id is computed by code"
    return "what it follows is computed by code" if values.get("down_revision") is UNKNOWN else ""


def _given_by_code(tree: ast.Module) -> set[str]:
    """The names that code other than an assignment gives; "*" where they could be any."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=module, names=names):
                known = (module or "").partition(".")[0] in _WITHOUT_IDS
                found |= {a.asname or a.name for a in names if a.name != _STAR or not known}
            case ast.Import(names=names):
                found |= {a.asname or a.name for a in names}
            case ast.Name(id=name) if name in _NAMESPACES:
                found.add(_STAR)
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
    return found
