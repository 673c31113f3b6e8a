"""Tests of a project's keys and references, as a module that needs nothing of remediate."""

import ast
import hashlib
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from remediate.analysis.facts import in_words
from remediate.postgres import own
from remediate.postgres.filters import python_string as string
from remediate.postgres.sql import commented, ident
from remediate.postgres.templates import environment
from remediate.revisions.docstrings import code_of
from remediate.snapshots.tables import Name
from remediate.system.paths import shown
from remediate.system.words import counted
from remediate.verification.cases import Cases, LeftOut, Row, Untestable
from remediate.verification.delete_cases import DeleteCase, Outcome

_NAMED = 3  # rules in a line
_LINE = 94  # a line of 100, without its indentation and what ends it


def render(
    cases: Cases,
    deletes: Sequence[DeleteCase],
    rows: Mapping[Name, Row],
    variable: str,
    *,
    asynchronous: bool,
) -> str:
    """The module; `variable` of the environment names its database."""
    given = {
        "variable": variable,
        "asynchronous": asynchronous,
        "own": own.NAME,
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
        "refusing": [_delete(one) for one in deletes if one.outcome is Outcome.REFUSED],
        "others": [
            (*_delete(one), _listed(one.identity), string(one.condition), _rows(one))
            for one in deletes
            if one.outcome is not Outcome.REFUSED
        ],
    }
    template = environment().get_template("project_tests.py.j2")
    return template.render(given, digest=digest(template.render(given, digest="")))


def _delete(one: DeleteCase) -> tuple[object, ...]:
    fk = one.fk
    names = string(fk.table.sql), string(fk.name), string(fk.target.sql)
    return (*names, _listed(fk.target_columns), one.before, one.insert)


def _listed(columns: Sequence[str]) -> str:
    """A tuple of names, quoted for a statement."""
    names = ", ".join(string(ident(column)) for column in columns)
    return f"({names},)" if len(columns) == 1 else f"({names})"


def _rows(one: DeleteCase) -> int:
    """How many the condition fits afterwards."""
    return 0 if one.outcome is Outcome.REMOVED else 1


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
    Untestable.NO_ROW: "remediate cannot make up a row of it, or of what it refers to",
    Untestable.KEY_MADE_UP: "nothing generates the key of a table, and a made-up one may exist "
    "already",
    Untestable.CHECKED: "a CHECK on its column may refuse an unknown id before the reference does",
    Untestable.PARTITIONED: "a made-up row may fit no partition",
    Untestable.NO_OTHER_ROW: "remediate cannot make up several rows of what it refers to",
    Untestable.NO_KEY: "the row cannot be found again without a primary key",
    Untestable.NOT_NULL: "the column is NOT NULL, so that the DELETE fails (23502)",
    Untestable.UNKNOWN_DEFAULT: "the row to which its default refers is not known",
}


def left_out(cases: Cases, waiting: Sequence[str], beyond: int = 0) -> str:
    """What the module does not test, for the person who asked for it."""
    alone = [one for one in cases.left_out if not one.deletes]
    lines = [f"left out: {commented(str(one.place))}: {_UNTESTABLE[one.why]}" for one in alone]
    lines += _rules_left_out([one for one in cases.left_out if one.deletes])
    if beyond:
        lines.append(f"left out: {counted(beyond, 'reference')}: name tables with --table")
    lines += [f"left out: what {revision} repairs, which has not run here" for revision in waiting]
    return "\n".join(lines)


def _rules_left_out(several: Sequence[LeftOut]) -> Iterator[str]:
    """The ON DELETE rules without a test, a line a reason."""
    for why in dict.fromkeys(one.why for one in several):
        places = [commented(str(one.place)) for one in several if one.why is why]
        named = in_words([*places[:_NAMED], *_more(len(places) - _NAMED)])
        yield f"left out: {counted(len(places), 'ON DELETE rule')} ({named}): {_UNTESTABLE[why]}"


def _more(number: int) -> list[str]:
    return [f"{number} more"] if number > 0 else []


def written(path: Path, cases: Cases, deletes: int, variable: str) -> str:
    """What was written, and how to run it."""
    keys, references = counted(len(cases.keys), "key"), counted(len(cases.references), "reference")
    return (
        f"{shown(path)}\n"
        f"  {keys}, {references}, {counted(deletes, 'ON DELETE rule')}\n\n"
        f"Next:  {variable}=postgresql://... pytest {shown(path)}"
    )
