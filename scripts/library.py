"""Write the tables of docs/library.md: each function, its options, what it returns and raises."""

import ast
import inspect
import re
import sys
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # this checkout, wherever another is installed

import remediate  # noqa: E402
from remediate import errors  # noqa: E402

PAGE = ROOT / "docs" / "library.md"
START, END = "<!-- tables: scripts/library.py writes what follows -->\n", "<!-- /tables -->"


def functions() -> list[str]:
    return [name for name in remediate.__all__ if inspect.isfunction(getattr(remediate, name))]


def options() -> list[str]:
    return [name for name in remediate.__all__ if name.endswith("Options")]


def page(text: str) -> str:
    """The page with its tables as they are to be."""
    before, _, rest = text.partition(START)
    return f"{before}{START}\n{tables()}\n\n{END}{rest.partition(END)[2]}"


def tables() -> str:
    rows = "\n".join(map(_function, functions()))
    head = "| function | does | options | raises |\n| --- | --- | --- | --- |"
    return "\n\n".join([f"### Functions\n\n{head}\n{rows}", *map(_options, options())])


def _function(name: str) -> str:
    function = getattr(remediate, name)
    documented = inspect.getdoc(function) or ""
    what = documented.split("\n\n")[0].replace("\n", " ")
    taken = [one for one in options() if f".{one}" in str(inspect.signature(function))]
    raised = re.findall(r"\w*(?:Problem|Refused|Failed)\b", documented)
    known = dict.fromkeys(one for one in raised if hasattr(errors, one))
    cells = (f"`{name}`", what, _codes(taken), _codes(known))
    return f"| {' | '.join(cells)} |"


def _options(name: str) -> str:
    documented = _documented(name)
    rows = "\n".join(
        f"| `{one.name}` | {_default(one)} | {documented[one.name]} |"
        for one in fields(getattr(remediate, name))
    )
    return f"### {name}\n\n| field | default | what it sets |\n| --- | --- | --- |\n{rows}"


def _documented(name: str) -> dict[str, str]:
    """The text below each field in its source, with | escaped for a cell."""
    (cls,) = ast.parse(inspect.getsource(getattr(remediate, name))).body
    assert isinstance(cls, ast.ClassDef)
    pairs = zip(cls.body, cls.body[1:], strict=False)
    return {
        field.target.id: " ".join(text.value.value.split()).replace("|", "\\|")
        for field, text in pairs
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _default(field: Any) -> str:
    return "" if field.default is MISSING else f"`{field.default!r}`"


def _codes(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
