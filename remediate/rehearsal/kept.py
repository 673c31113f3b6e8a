"""Whether a downgrade brings back what its upgrade drops, deletes or changes: by its statements."""

import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes, pb, walk_typed
from remediate.lint.scope import HOLE
from remediate.rehearsal import followed
from remediate.rehearsal.result import Run
from remediate.snapshots.tables import Name

_WRITES = (
    nodes.InsertStmt, nodes.UpdateStmt, nodes.MergeStmt, nodes.CreateTableAsStmt, nodes.CopyStmt,
)  # fmt: skip
_HARMLESS = {"setval", "nextval", "currval", "set_config", "now", "version", "max", "min", "count"}
_EMPTIES = r"\b(?:delete\s+from|truncate(?:\s+table)?|merge\s+into)\s+"
_MAY_EMPTY = re.compile("delete|truncate|merge", re.IGNORECASE)  # as each of these says
_DELETING = _EMPTIES + r"(?:only\s+)?(?:\w+\.)?{}\b"


class Back(Enum):
    """Whether values come back, as far as statements tell it."""

    NO = auto()
    PERHAPS = auto()
    YES = auto()  # they are read where the upgrade has put them


def back(table: Name, up: Run, down: Run) -> Back:
    """What the downgrade does for the values of a table; constants bring none back."""
    there = _copies(table, up)
    found, reads = Back.NO, False
    for node in _statements(down):
        said = _brings(node, table.name, there, reads=reads)
        reads = reads or (isinstance(node, nodes.SelectStmt) and bool(_relations(node)))
        if said is Back.YES:
            return said
        found = said if found is Back.NO else found
    return found


def _statements(run: Run) -> Iterator[nodes.AstNode | str]:
    for statement in (s for s in run.statements if s.number and not s.failed):
        yield from followed.parsed(statement.sql)


def _relations(node: nodes.AstNode) -> set[str]:
    found = (inner for _, inner in walk_typed(node))
    return {one.relname for one in found if isinstance(one, nodes.RangeVar)}


def _target(node: nodes.AstNode) -> str:
    """The table that a statement writes."""
    relation = getattr(node, "relation", None) if isinstance(node, _WRITES) else None
    if isinstance(node, nodes.CreateTableAsStmt | nodes.SelectStmt):
        into = node.into if isinstance(node, nodes.CreateTableAsStmt) else node.into_clause
        relation = into.rel if into else None
    return relation.relname if isinstance(relation, nodes.RangeVar) else ""


def _copies(table: Name, up: Run) -> set[str]:
    """The tables into which the upgrade writes what it reads there."""
    found: set[str] = set()
    for node in _statements(up):
        if not isinstance(node, str) and (target := _target(node)):
            others = _relations(node) - {target}
            if others & {table.name, *found}:
                found.add(target)
    return found


def _brings(node: nodes.AstNode | str, table: str, there: set[str], *, reads: bool) -> Back:
    match node:
        case str() | nodes.DoStmt() | nodes.CallStmt() | nodes.ExecuteStmt():
            return Back.PERHAPS
        case nodes.RenameStmt(relation=nodes.RangeVar(relname=name), newname=new):
            return Back.PERHAPS if table in {name, new} else Back.NO
        case nodes.SelectStmt() if _calls(node):
            return Back.PERHAPS
    written = [n for _, n in walk_typed(node) if _target(n) == table]
    if not written:
        return Back.NO
    others = _relations(node) - {table}
    if others:
        return Back.YES if others & there else Back.PERHAPS
    return Back.PERHAPS if any(_reads(one, reads=reads) for one in written) else Back.NO


def _calls(node: nodes.SelectStmt) -> bool:
    """Whether a function may do it."""
    names = (strings(n.funcname)[-1] for _, n in walk_typed(node) if isinstance(n, nodes.FuncCall))
    return not node.from_clause and any(name not in _HARMLESS for name in names)


def _reads(node: nodes.AstNode, *, reads: bool) -> bool:
    """Whether its values may be read: in other columns, from a file, or by Python before it."""
    match node:
        case nodes.CopyStmt():
            return True
        case nodes.UpdateStmt(target_list=targets):
            inner = [n for t in targets for _, n in walk_typed(t)]
            return reads or any(isinstance(n, nodes.ColumnRef) and not _hole(n) for n in inner)
    return reads


def _hole(node: nodes.ColumnRef) -> bool:
    return any(HOLE in name for name in strings(node.fields))


def deleted(up: Run, tables: Iterable[Name]) -> Iterator[tuple[Name, int]]:
    """The tables whose rows a statement deletes, which the upgrade itself has not made."""
    known = [*tables]
    # Only these are parsed: of thousands of statements, all of them took half a second.
    said = (s for s in up.statements if s.number and not s.failed and _MAY_EMPTY.search(s.sql))
    for statement in said:
        for node in followed.parsed(statement.sql):
            for schema, name in _emptied(node, known):
                for table in known:
                    if table.name == name and schema in {"", table.schema}:
                        yield table, statement.number


def _emptied(node: nodes.AstNode | str, known: list[Name]) -> Iterator[tuple[str, str]]:
    if isinstance(node, str | nodes.DoStmt):
        given = node if isinstance(node, str) else " ".join(_texts(node))
        empties = re.search(_EMPTIES, given, re.IGNORECASE)
        for table in known if empties else ():
            if re.search(_DELETING.format(re.escape(table.name)), given, re.IGNORECASE):
                yield table
        return
    for _, inner in walk_typed(node):
        match inner:
            case nodes.DeleteStmt(relation=nodes.RangeVar() as one):
                yield one.schemaname, one.relname
            case nodes.MergeStmt(relation=nodes.RangeVar() as one) if _merges(inner):
                yield one.schemaname, one.relname
            case nodes.TruncateStmt(relations=several):
                found = (one for one in several if isinstance(one, nodes.RangeVar))
                yield from ((one.schemaname, one.relname) for one in found)


def _texts(node: nodes.DoStmt) -> Iterator[str]:
    for one in node.args:
        if isinstance(one, nodes.DefElem) and isinstance(one.arg, nodes.String):
            yield one.arg.sval


def _merges(node: nodes.MergeStmt) -> bool:
    clauses = (n for n in node.merge_when_clauses if isinstance(n, nodes.MergeWhenClause))
    return any(one.command_type == pb.CMD_DELETE for one in clauses)
