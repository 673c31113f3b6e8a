"""What a revision that waits rebuilds around another type, and what is defined otherwise by now.

Under its locks the revision compares both itself, and refuses. The same definition is printed
otherwise by another version of PostgreSQL, and in a database that was restored: nothing is said
where it was made by another one.
"""

import ast
import re
from collections.abc import Iterable, Iterator

from remediate.findings.constants import in_place
from remediate.postgres.sql import literal, quote
from remediate.snapshots.live import Live
from remediate.snapshots.members import CONTENT, Dependant, Member

_COMPARED = "FOREACH statement IN ARRAY ARRAY["
_TEXT = r"(E?'(?:[^'\n]|'')*')"
_PLACE = re.compile(rf"^ *\({_TEXT}, {_TEXT}, '[0-9a-f]+', '\w*'\),?$", re.MULTILINE)
_INDEX = re.compile(r"^ *('DROP INDEX ([^'\n]+)'),?$", re.MULTILINE)
_DEFINING = re.compile(r"(CREATE|COMMENT ON|ALTER VIEW) |ALTER TABLE .* ADD CONSTRAINT ")


def compares(source: str) -> bool:
    """Whether the revision rebuilds what hangs on a column."""
    return _COMPARED in source


def redefined(source: str, live: Live) -> Iterator[str]:
    """Each view, policy, index or the like that the upgrade in this source would make another."""
    printed_by = live.database.printed_by
    for block in _blocks(source):
        if printed_by and printed_by in block:
            members = _retyped(block, live)
            some = dict.fromkeys(d for m in members if m for d in m.dependants)
            yield from (_called(one) for one in some if _is_another(one, block))
            if all(m and not m.obstacles for m in members):
                yield from _gone(block, some)


def _blocks(source: str) -> Iterator[str]:
    """The statements of the upgrade that compare."""
    for function in ast.parse(in_place(source)).body if compares(source) else ():
        if isinstance(function, ast.FunctionDef) and function.name == "upgrade":
            texts = (n.value for n in ast.walk(function) if isinstance(n, ast.Constant))
            yield from (text for text in texts if isinstance(text, str) and compares(text))


def _retyped(block: str, live: Live) -> list[Member | None]:
    """The columns that it compares; None for one that was not read."""
    members = {(literal(str(t)), literal(c)): one for (t, c), one in live.members.items()}
    return [members.get((table, column)) for table, column in _PLACE.findall(block)]


def _gone(block: str, some: Iterable[Dependant]) -> Iterator[str]:
    """The indexes that it takes down, and that need not be by now; the guard tells of all else."""
    known = {literal(one.take_down) for one in some}
    for drop, name in _INDEX.findall(block):
        if drop not in known:
            yield f"index {name}"


def _is_another(one: Dependant, block: str) -> bool:
    """What the block does not take down is left as it is."""
    defining = (text for text in one.rebuild if _DEFINING.match(text))
    return (
        one.kind != CONTENT
        and bool(one.take_down)
        and literal(one.take_down) in block
        and any(literal(text) not in block for text in defining)
    )


def _called(one: Dependant) -> str:
    schema = f"{quote(one.relation.schema)}." if one.kind == "index" else ""
    return f"{one.kind} {schema}{one.name}"
