"""INSERT and setval in SQL: which columns get values that somebody chose."""

from collections.abc import Iterator, Mapping, Sequence

from remediate.lint import facts
from remediate.lint.parser import nodes, pb, walk_typed
from remediate.lint.scope import HOLE
from remediate.lint.tables import relation

_MOVING = ("setval", "restart")


def written(node: nodes.InsertStmt) -> facts.RowsWritten:
    """What an INSERT gives values for, and to which columns it gives them by itself."""
    names = tuple(c.name for c in node.cols if isinstance(c, nodes.ResTarget))
    known = names or (None if node.select_stmt else ())
    if node.override == pb.OVERRIDING_USER_VALUE or node.select_stmt is None:
        return facts.RowsWritten(relation(node.relation), known)
    rows = list(_rows(node.select_stmt))
    keyed: dict[str | int, list[nodes.AstNode]] = {}
    for row in rows:
        for place, value in enumerate(row):
            if not _is_left_out(value):
                keyed.setdefault(names[place] if place < len(names) else place, []).append(value)
    everything = names if any(_is_star(value) for row in rows for value in row) else ()
    explicit = tuple(dict.fromkeys((*keyed, *everything)))
    return facts.RowsWritten(relation(node.relation), known, explicit, _highest(keyed))


def _rows(query: nodes.AstNode) -> Iterator[Sequence[nodes.AstNode]]:
    """The rows of VALUES, or what a SELECT gives for each."""
    match query:
        case nodes.SelectStmt(values_lists=[_, *_] as rows):
            yield from (row.items for row in rows if isinstance(row, nodes.List))
        case nodes.SelectStmt(larg=nodes.SelectStmt() as left, rarg=nodes.SelectStmt() as right):
            yield from _rows(left)
            yield from _rows(right)
        case nodes.SelectStmt(target_list=targets):
            yield [t.val for t in targets if isinstance(t, nodes.ResTarget) and t.val]


def _is_star(value: nodes.AstNode) -> bool:
    return isinstance(value, nodes.ColumnRef) and any(
        isinstance(field, nodes.A_Star) for field in value.fields
    )


def _is_left_out(value: nodes.AstNode) -> bool:
    """DEFAULT, NULL, nextval(): the sequence counts along."""
    match value:
        case nodes.SetToDefault() | nodes.A_Const(isnull=True):
            return True
        case nodes.FuncCall(funcname=[*_, nodes.String(sval="nextval")]):
            return True
    return False


def _highest(keyed: Mapping[str | int, Sequence[nodes.AstNode]]) -> dict[str | int, int]:
    """The highest value of each column for which all are written out as numbers."""
    numbers = {name: [_number(value) for value in values] for name, values in keyed.items()}
    return {
        name: max(one for one in known if one is not None)
        for name, known in numbers.items()
        if None not in known
    }


def _number(value: nodes.AstNode) -> int | None:
    match value:
        case nodes.A_Const(val=nodes.Integer(ival=number)):
            return number
        case nodes.A_Expr(
            name=[nodes.String(sval="-")],
            lexpr=None,
            rexpr=nodes.A_Const(val=nodes.Integer(ival=n)),
        ):
            return -n
    return None


def moved(node: nodes.AstNode, sql: str) -> Iterator[str]:
    """The sequences, or their tables, that a statement sets; HOLE for those it does not name."""
    if not any(word in sql.lower() for word in _MOVING):
        return
    if isinstance(node, nodes.DoStmt | nodes.CreateFunctionStmt | nodes.CallStmt):
        yield HOLE
    for _, inner in walk_typed(node):
        match inner:
            case nodes.FuncCall(funcname=[*_, nodes.String(sval="setval")], args=[first, *_]):
                yield _sequence(first)


def _sequence(node: nodes.AstNode) -> str:
    """What the first argument of setval names."""
    while isinstance(node, nodes.TypeCast) and node.arg is not None:
        node = node.arg
    match node:
        case nodes.A_Const(val=nodes.String(sval=name)):
            return HOLE if HOLE in name else name.replace('"', "")
        case nodes.FuncCall(
            funcname=[*_, nodes.String(sval="pg_get_serial_sequence")],
            args=[nodes.A_Const(val=nodes.String(sval=name)), *_],
        ):
            return HOLE if HOLE in name else name.replace('"', "")
    return HOLE
