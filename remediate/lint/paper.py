"""What a file of DDL declares: tables, columns, keys, references, indexes. Nothing is run."""

import re
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from remediate.lint.expressions import default_by
from remediate.lint.paper_tables import (
    PaperIndex,
    PaperTable,
    changed_column,
    index_of,
    with_column,
    with_constraint,
)
from remediate.lint.parser import NotParsed, Source, nodes, pb
from remediate.lint.scope import HOLE, Text
from remediate.lint.tables import relation

# Rows of pg_dump, and commands of psql: no statement.
_ROWS = re.compile(r"(?ims)(\bfrom\s+stdin\b[^;]*;)(.*?^\\\.[ \t]*$)")
_PSQL = re.compile(r"^\\[a-z].*$", re.IGNORECASE | re.MULTILINE)
_FENCE = re.compile(  # also with the backslashes that a copy of a page may have before its marks
    r"(?ms)^[ \t]*(?P<mark>```+|~~~+|\\`\\`\\`)[ \t]*(?P<info>[^\n`]*)\n"
    r"(?P<sql>.*?)(?:^[ \t]*(?P=mark)|\Z)"
)
_OF_SQL = re.compile(r"(?:sql|p(?:ost)?gres(?:ql)?|pgsql)\b", re.IGNORECASE)
_DECLARING = re.compile(r"(?:\s|--[^\n]*\n)*(?:CREATE|ALTER)\s", re.IGNORECASE)
_WORDS = re.compile(r"[a-z_]+(?:\s+[a-z_]+)?", re.IGNORECASE)
_VERBS = {
    "alter", "analyze", "begin", "call", "comment", "commit", "copy", "create", "delete", "do",
    "drop", "grant", "insert", "lock", "refresh", "reindex", "revoke", "rollback", "security",
    "select", "set", "start", "truncate", "update", "vacuum", "with",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Left:
    """A statement that is not compared."""

    words: str  # with which it begins
    line: int


@dataclass(frozen=True, slots=True)
class Paper:
    """What the file declares, and which statements of it are not compared."""

    tables: tuple[PaperTable, ...]
    indexes: tuple[PaperIndex, ...]
    left: tuple[Left, ...]


@dataclass(slots=True)
class _Reader:
    tables: dict[str, PaperTable] = field(default_factory=dict)
    indexes: list[PaperIndex] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def statement(self, sql: str, line: int) -> None:
        try:
            node = Source(Text.at(sql, line), parameters=False).tree()
        except NotParsed:
            self.left.append(Left(_words(sql), line))
            return
        if not (HOLE not in sql and self._understood(node, line)):
            self.left.append(Left(_words(sql), line))

    def _understood(self, node: nodes.AstNode, line: int) -> bool:
        match node:
            case nodes.CreateStmt():
                return self._create(node, line)
            case nodes.AlterTableStmt(objtype=pb.OBJECT_TABLE):
                table = self.tables.get(relation(node.relation))
                compared = [self._alter(table.name, c) for c in node.cmds] if table else [False]
                return all(compared)
            case nodes.IndexStmt():
                self.indexes.append(index_of(node, line))
                return True
        return False

    def _create(self, node: nodes.CreateStmt, line: int) -> bool:
        """False for partitions, children and copies: others have their columns."""
        borrowed = node.inh_relations or node.of_typename or node.partbound
        likes = any(isinstance(one, nodes.TableLikeClause) for one in node.table_elts)
        if borrowed or likes or node.relation is None or node.relation.relpersistence == "t":
            return False
        self.left += [Left("CHECK or EXCLUDE", line)] * _conditions(node)
        table = PaperTable(relation(node.relation), line)
        for element in node.table_elts:
            if isinstance(element, nodes.ColumnDef):
                table = with_column(table, element)
            elif isinstance(element, nodes.Constraint):
                table = with_constraint(table, element)
        self.tables[table.name] = table
        return True

    def _alter(self, name: str, command: nodes.AstNode) -> bool:
        table = self.tables[name]
        match command:
            case nodes.AlterTableCmd(subtype=pb.AT_AddColumn, def_=nodes.ColumnDef() as column):
                self.tables[name] = with_column(table, column)
            case nodes.AlterTableCmd(subtype=pb.AT_AddConstraint, def_=nodes.Constraint() as added):
                self.tables[name] = with_constraint(table, added)
                return added.contype in _COMPARED
            case nodes.AlterTableCmd(subtype=pb.AT_SetNotNull, name=column):
                self.tables[name] = changed_column(table, column, not_null=True)
            case nodes.AlterTableCmd(subtype=pb.AT_AddIdentity, name=column):
                self.tables[name] = changed_column(table, column, not_null=True, filled=True)
            case nodes.AlterTableCmd(subtype=pb.AT_ColumnDefault, name=column, def_=default):
                filled = default is not None and not default_by(default).null
                self.tables[name] = changed_column(table, column, filled=filled)
            case nodes.AlterTableCmd(subtype=pb.AT_ChangeOwner):
                return True
            case _:
                return False
        return True


_COMPARED = {pb.CONSTR_PRIMARY, pb.CONSTR_UNIQUE, pb.CONSTR_FOREIGN}


def read(text: str) -> Paper:
    """What the statements of a file declare, one after the other."""
    reader = _Reader()
    text = _ROWS.sub(lambda rows: rows[1] + _blank(rows[2]), text)
    for command in _PSQL.finditer(text):
        reader.left.append(Left("a command of psql", text.count("\n", 0, command.start()) + 1))
    plain = _PSQL.sub(lambda found: _blank(found[0]), text)
    source = Source(Text.at(plain, 1), parameters=False)
    for start, end in source.statements():
        reader.statement(source.text.value[start:end], source.text.value.count("\n", 0, start) + 1)
    left = sorted(reader.left, key=lambda one: one.line)
    return Paper(tuple(reader.tables.values()), tuple(reader.indexes), tuple(left))


def of_markdown(text: str) -> str:
    """The SQL in the fences of a Markdown page, on the lines where it stands; the rest is blank.

    A fence that names no language is SQL where it begins with CREATE or ALTER.
    """
    blocks = [match.span("sql") for match in _FENCE.finditer(text) if _is_sql(match)]
    edges = [0, *(edge for block in blocks for edge in block), len(text)]
    parts = [text[start:end] for start, end in pairwise(edges)]
    before, *after = (_blank(part) for part in parts[::2])
    around = [before, *(f";{rest[1:]}" if rest else "" for rest in after)]  # each fence ends
    return "".join(text for both in zip_longest(around, parts[1::2], fillvalue="") for text in both)


def _is_sql(fence: re.Match[str]) -> bool:
    info = fence["info"].strip()
    return bool(_OF_SQL.match(info) if info else _DECLARING.match(fence["sql"]))


def _conditions(node: nodes.CreateStmt) -> int:
    inner = (c for e in node.table_elts if isinstance(e, nodes.ColumnDef) for c in e.constraints)
    kinds = [c.contype for c in (*node.table_elts, *inner) if isinstance(c, nodes.Constraint)]
    return sum(kind in {pb.CONSTR_CHECK, pb.CONSTR_EXCLUSION} for kind in kinds)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _words(sql: str) -> str:
    """The first words, which are never a value; nothing of what is no SQL."""
    match = _WORDS.match(sql)
    words = match[0].upper().split() if match else []
    return " ".join(words) if words and words[0].lower() in _VERBS else "no SQL"
