"""SQL text to facts."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from remediate.lint import do_blocks, facts, object_statements, tables
from remediate.lint.expressions import type_name
from remediate.lint.facts import Fact
from remediate.lint.inserts import moved, written
from remediate.lint.object_statements import named
from remediate.lint.objects import Unclear
from remediate.lint.parser import NotParsed, Source, nodes, pb
from remediate.lint.scope import HOLE, Text
from remediate.lint.tables import relation
from remediate.lint.values import table_name

Found = Iterator[tuple[Fact, int]]  # with where it stands in the statement

_WORD = re.compile(rf"[\w{HOLE}]*")
_OF_ROWS = {
    "insert", "update", "delete", "merge", "select", "values", "with", "copy", "set", "comment",
    "truncate", "lock", "grant", "revoke",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Located:
    """A fact, where it stands in the text, and the one statement that it is of."""

    fact: Fact
    offset: int
    statement: Text


def read(text: Text) -> Iterator[Located]:
    """The facts of each statement, and of there being several."""
    parts = [(start, text.part(start, end)) for start, end in Source(text).statements()]
    known = [(start, part) for start, part in parts if HOLE not in _first_word(part.value)]
    if len(known) > 1:
        several = facts.SeveralStatements(tuple(part.value for _, part in known))
        yield Located(several, known[1][0], text)
    refused = False  # PostgreSQL reads a text before it runs any of it: one objection is enough
    for start, part in parts:
        for fact, offset in _facts(part):
            if not (refused and isinstance(fact, facts.NotRead)):
                yield Located(fact, start + offset, part)
            refused |= isinstance(fact, facts.NotRead)


def _facts(statement: Text) -> Found:
    source = Source(statement)
    try:
        node = source.tree()
    except NotParsed as refusal:
        yield from _without_tree(statement.value, refusal)
        return
    yield from _drop_cascaded(node, source)
    yield from ((facts.SequenceMoved(name), 0) for name in moved(node, statement.value))
    if isinstance(node, nodes.AlterTableStmt):
        yield from tables.alter_table(node, source)
    else:
        reader = _READERS.get(type(node), _other)
        yield from ((fact, 0) for fact in reader(node, source))


def _first_word(sql: str) -> str:
    match = _WORD.match(sql)
    return match[0].lower() if match else ""


def _without_tree(sql: str, refusal: NotParsed) -> Found:
    """What a statement may do by its first word; no more can be known where it has holes."""
    word, holes = _first_word(sql), HOLE in sql
    if re.search(r"\b(?:setval|restart)\b", sql, re.IGNORECASE):
        yield facts.SequenceMoved(HOLE), 0
    if not holes and (refusal.objection or word not in _OF_ROWS):
        yield facts.NotRead(refusal.objection), refusal.place
    if word in {"insert", "merge", "copy"}:
        yield facts.RowsWritten(HOLE), 0
    elif holes and word in {"alter", "create", "drop"}:
        if word != "create" and "drop" in sql.lower() and sql.lower().endswith("cascade"):
            yield _cascade(sql, [len(sql)]), 0
        yield Unclear(), 0
    elif word not in _OF_ROWS:
        yield facts.Opaque("" if holes else sql), 0


def _drop_cascaded(node: nodes.AstNode, source: Source) -> Found:
    """DROP ... CASCADE, also of a column or a constraint."""
    sql = source.text.value
    ends: list[int] = []
    match node:
        case nodes.AlterTableStmt():
            pairs = zip(node.cmds, tables.actions(node, source), strict=True)
            ends = [end for command, (_, end) in pairs if _cascades(command)]
        case (
            nodes.DropStmt(behavior=pb.DROP_CASCADE)
            | nodes.DropOwnedStmt(behavior=pb.DROP_CASCADE)
            | nodes.AlterDomainStmt(behavior=pb.DROP_CASCADE)
        ):
            ends = [len(sql)]
        case nodes.DropOwnedStmt():
            yield facts.DropCascaded(" ".join(sql.split()), ""), 0
    if ends:
        yield _cascade(sql, ends), 0


def _cascades(command: nodes.AstNode) -> bool:
    match command:
        case nodes.AlterTableCmd(
            subtype=pb.AT_DropColumn | pb.AT_DropConstraint, behavior=pb.DROP_CASCADE
        ):
            return True
    return False


def _cascade(sql: str, ends: Iterable[int]) -> facts.DropCascaded:
    """The statement, and without the word CASCADE that stands before each of these ends."""
    without = sql
    for end in sorted(ends, reverse=True):
        without = without[: end - len("cascade")].rstrip() + without[end:]
    return facts.DropCascaded(" ".join(sql.split()), without)


def _create_table(node: nodes.CreateStmt, source: Source) -> Iterator[Fact]:
    yield tables.create_table(node, source)


def _create_table_as(node: nodes.CreateTableAsStmt, _: Source) -> Iterator[Fact]:
    if node.objtype == pb.OBJECT_TABLE:
        yield tables.create_copy(node.into, node.query)
    else:
        yield from object_statements.created(node)


def _rows(node: Any, _: Source) -> Iterator[Fact]:
    """INSERT and the like, also in WITH, and SELECT INTO."""
    if isinstance(node, nodes.SelectStmt) and node.into_clause:
        yield tables.create_copy(node.into_clause, node)
    inner = [one.ctequery for one in node.with_clause.ctes] if node.with_clause else []
    for one in (node, *inner):
        match one:
            case nodes.InsertStmt():
                yield written(one)
            case nodes.MergeStmt():
                yield facts.RowsWritten(relation(one.relation))
            case nodes.UpdateStmt() | nodes.DeleteStmt():
                everything = isinstance(one, nodes.DeleteStmt) and one.where_clause is None
                yield facts.RowsChanged(relation(one.relation), everything)


def _truncate(node: nodes.TruncateStmt, _: Source) -> Iterator[Fact]:
    for one in node.relations:
        if isinstance(one, nodes.RangeVar):
            yield facts.RowsChanged(relation(one), emptied=True)


def _copy(node: nodes.CopyStmt, _: Source) -> Iterator[Fact]:
    if node.is_from:
        yield facts.RowsWritten(relation(node.relation))


def _create_trigger(node: nodes.CreateTrigStmt, _: Source) -> Iterator[Fact]:
    yield facts.RowsWritten(relation(node.relation))
    yield from object_statements.created(node)


def _create_sequence(node: nodes.CreateSeqStmt, _: Source) -> Iterator[Fact]:
    type_ = _sequence_type(node.options) or "bigint"
    start = tables.first_value(node.options)
    yield facts.SequenceCreated(relation(node.sequence), type_, node.if_not_exists, start)


def _alter_sequence(node: nodes.AlterSeqStmt, _: Source) -> Iterator[Fact]:
    name = relation(node.sequence)
    yield facts.SequenceAltered(name, _sequence_type(node.options))
    if tables.restarts(node.options):
        yield facts.SequenceMoved(name)


def _sequence_type(options: Iterable[nodes.AstNode]) -> str:
    """The type after AS, "" if none is given."""
    for option in options:
        match option:
            case nodes.DefElem(defname="as", arg=nodes.TypeName() as given):
                return type_name(given) or HOLE
    return ""


def _drop(node: nodes.DropStmt, _: Source) -> Iterator[Fact]:
    names = [named(one.items) for one in node.objects if isinstance(one, nodes.List)]
    if node.remove_type == pb.OBJECT_SEQUENCE:
        cascade, more = node.behavior == pb.DROP_CASCADE, len(names) > 1
        yield from (facts.SequenceDropped(name, cascade, more) for name in names)
    elif node.remove_type == pb.OBJECT_TABLE:
        yield from map(facts.TableDropped, names)
    elif node.remove_type == pb.OBJECT_INDEX:
        yield from map(facts.IndexDropped, names)
    else:
        yield from object_statements.dropped(node)


def _create_index(node: nodes.IndexStmt, _: Source) -> Iterator[Fact]:
    parts = [one.name for one in node.index_params if isinstance(one, nodes.IndexElem)]
    whole = all(parts) and node.where_clause is None
    columns = tuple(map(str, parts)) if whole else ()
    yield facts.IndexCreated(relation(node.relation), node.idxname, columns)


def _create_enum(node: nodes.CreateEnumStmt, _: Source) -> Iterator[Fact]:
    yield facts.EnumCreated(named(node.type_name))


def _rename(node: nodes.RenameStmt, _: Source) -> Iterator[Fact]:
    table = relation(node.relation)
    if node.rename_type == pb.OBJECT_TABLE and node.relation:
        yield facts.TableRenamed(table, table_name(node.newname, node.relation.schemaname))
    elif node.rename_type == pb.OBJECT_COLUMN and node.relation_type == pb.OBJECT_TABLE:
        yield facts.ColumnRenamed(table, node.subname, node.newname)
    else:
        yield object_statements.renamed(node)


def _set_schema(node: nodes.AlterObjectSchemaStmt, _: Source) -> Iterator[Fact]:
    if node.object_type == pb.OBJECT_TABLE and node.relation:
        new = table_name(node.relation.relname, node.newschema)
        yield facts.TableRenamed(relation(node.relation), new)
    else:
        yield object_statements.moved(node)


def _opaque(_: nodes.AstNode, __: Source) -> Iterator[Fact]:
    yield facts.Opaque()


def _block(node: nodes.DoStmt, source: Source) -> Iterator[Fact]:
    """A DO block: its statements, or what its text speaks of."""
    if statements := do_blocks.straight(node, source):
        yield from (fact for one in statements for fact, _ in _facts(Text.at(one, 0)))
    else:
        yield from do_blocks.read(node, source)


def _other(node: nodes.AstNode, _: Source) -> Iterator[Fact]:
    if not isinstance(node, _HARMLESS):
        yield from object_statements.changed(node)


_HARMLESS = (
    nodes.CommentStmt, nodes.ConstraintsSetStmt, nodes.ExplainStmt, nodes.GrantRoleStmt,
    nodes.GrantStmt, nodes.LockStmt, nodes.NotifyStmt, nodes.RefreshMatViewStmt, nodes.ReindexStmt,
    nodes.TransactionStmt, nodes.VacuumStmt, nodes.VariableSetStmt,
    nodes.VariableShowStmt,
)  # fmt: skip
_READERS: dict[type, Callable[[Any, Source], Iterator[Fact]]] = {
    nodes.CreateStmt: _create_table,
    nodes.CreateTableAsStmt: _create_table_as,
    nodes.CreateSeqStmt: _create_sequence,
    nodes.AlterSeqStmt: _alter_sequence,
    nodes.CreateEnumStmt: _create_enum,
    nodes.IndexStmt: _create_index,
    nodes.CreateTrigStmt: _create_trigger,
    nodes.DropStmt: _drop,
    nodes.RenameStmt: _rename,
    nodes.AlterObjectSchemaStmt: _set_schema,
    nodes.CopyStmt: _copy,
    nodes.DoStmt: _block,
    nodes.CallStmt: _opaque,
    nodes.ExecuteStmt: _opaque,
    nodes.InsertStmt: _rows,
    nodes.UpdateStmt: _rows,
    nodes.DeleteStmt: _rows,
    nodes.MergeStmt: _rows,
    nodes.SelectStmt: _rows,
    nodes.TruncateStmt: _truncate,
}
