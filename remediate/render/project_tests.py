"""Tests of a project's keys and references, as a module that needs nothing of remediate."""

import ast
import hashlib
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from remediate.postgres.filters import python_string as string
from remediate.postgres.sql import commented, ident
from remediate.postgres.templates import environment
from remediate.revisions.drafts import code_of
from remediate.snapshots.tables import Name
from remediate.system.paths import shown
from remediate.system.words import counted
from remediate.verification.cases import Cases, Row, Untestable

_LINE = 94  # a line of 100, without its indentation and what ends it


def render(cases: Cases, rows: Mapping[Name, Row], variable: str, *, asynchronous: bool) -> str:
    """The module; `variable` of the environment names its database."""
    given = {
        "variable": variable,
        "asynchronous": asynchronous,
        "rows": list(rows.values()),
        "parents": {
            string(row.table.sql): sequence([string(name.sql) for name in row.parents], "[]")
            for row in rows.values()
            if row.parents
        },
        "keys": [
            sequence([string(key.table.sql), string(ident(key.column)), str(key.positive)])
            for key in cases.keys
        ],
        "references": [
            (string(fk.table.sql), string(fk.name), rows[fk.table].refused(fk))
            for fk in cases.references
        ],
    }
    template = environment().get_template("project_tests.py.j2")
    return template.render(given, digest=digest(template.render(given, digest="")))


def digest(source: str) -> str:
    """Of its code: a formatter does not change it."""
    return hashlib.sha256(code_of(source).encode()).hexdigest()[:12]


def is_ours(source: str) -> bool:
    """Whether the module was rendered here, and nobody changed its code since."""
    try:
        said = ast.get_docstring(ast.parse(source)) or ""
        return f"Written by `remediate tests` ({digest(source)})" in said
    except SyntaxError:
        return False


def sequence(parts: Sequence[str], brackets: str = "()") -> str:
    """Literals as the line of a table, or one below the other where that is too long."""
    line = ", ".join(parts)
    if len(line) < _LINE:
        return f"{brackets[0]}{line}{brackets[1]}"
    lines = textwrap.indent(",\n".join([*parts, ""]).rstrip(), "    ")
    return f"{brackets[0]}\n{lines}\n{brackets[1]}"


_UNTESTABLE = {
    Untestable.NO_REFERENCE: "no foreign key is enforced",
    Untestable.NO_SUCH_COLUMN: "it does not exist here",
    Untestable.FILLED_BY_MODELS: "the models fill it",
    Untestable.NOTHING_GENERATES: "nothing generates it",
    Untestable.NO_ROW: "nobody can make up a row of it, or of what it refers to",
}


def left_out(cases: Cases, waiting: Sequence[str]) -> str:
    """What the module does not test, for the person who asked for it."""
    lines = [
        f"left out: {commented(str(one.place))}: {_UNTESTABLE[one.why]}" for one in cases.left_out
    ]
    lines += [f"left out: what {revision} repairs, which has not run here" for revision in waiting]
    return "\n".join(lines)


def written(path: Path, cases: Cases, variable: str) -> str:
    """What was written, and how to run it."""
    keys, references = counted(len(cases.keys), "key"), counted(len(cases.references), "reference")
    return (
        f"{shown(path)}\n"
        f"  {keys}, {references}\n\n"
        f"Next:  {variable}=postgresql://... pytest {shown(path)}"
    )
