"""PostgreSQL's own parser, libpg_query, by way of postgast; no other file imports that.

Trees are of `nodes`, whose names and fields are those of PostgreSQL's parsenodes.h.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import postgast
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from postgast import nodes, walk_typed
from postgast import pg_query_pb2 as pb

from remediate.lint.scope import HOLE, Text

__all__ = [
    "NotParsed", "Source", "Span", "Token", "exists", "nesting", "nodes", "pb", "query", "span",
    "walk_typed", "written",
]  # fmt: skip

# A parameter of sqlalchemy.text() or of a driver; how text() is told that a colon is none.
_PARAMETER = re.compile(r"(?<![:\w\\]):\w+(?!:)|%(?:\(\w+\))?s\b")
_COLONS = re.compile(r"(?:\\:)+")
# To the parser a hole is a name; where it takes none, the hole may be a value or a list of them.
_HOLES = re.compile(b"(?:%b)+(?![\\w$\x80-\xff])" % HOLE.encode())
_FILLERS = (b"1", b"'?'", b"(1)")
_COMMENTS = {pb.SQL_COMMENT, pb.C_COMMENT}

Span = tuple[int, int]


class NotParsed(Exception):
    """A statement that the parser refuses, or that is nested too deep for its tree to be kept."""

    def __init__(self, objection: str = "", place: int = 0) -> None:
        super().__init__(objection)
        self.objection, self.place = objection, place  # "" where it is nested too deep


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a sign of a text."""

    kind: int
    place: int  # of its first byte, as trees give it
    start: int
    end: int


class Source:
    """A text as the parser takes it: as a driver sends it, or as psql does, without parameters."""

    def __init__(self, text: Text, *, parameters: bool = True) -> None:
        self.text = text
        self.sql = _acceptable(_with_holes(text.value) if parameters else text.value)
        self.data = self.sql.encode()

    @cached_property
    def _characters(self) -> Sequence[int]:
        """The number of the character that each byte belongs to."""
        if self.sql.isascii():
            return range(len(self.sql) + 1)
        return [n for n, letter in enumerate(self.sql) for _ in letter.encode()] + [len(self.sql)]

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """All but comments; one token where something is not closed."""
        try:
            found = postgast.scan(self.sql).tokens
        except postgast.PgQueryError:
            return (Token(0, 0, 0, len(self.sql)),)
        at = self._characters
        return tuple(
            Token(one.token, one.start, at[one.start], at[one.end])
            for one in found
            if one.token not in _COMMENTS
        )

    def statements(self) -> Iterator[Span]:
        """Where each statement stands, without its semicolon and the comments around it."""
        ends, depth = self._ends(), 0
        group: list[Token] = []
        for token in self.tokens:
            depth += nesting(token)
            if token.kind == pb.ASCII_59 and (token.place in ends if ends else depth <= 0):
                yield from span(group)
                group, depth = [], 0
            elif group or token.kind != pb.ASCII_59:
                group.append(token)
        yield from span(group)

    def _ends(self) -> set[int]:
        """Where statements end; nothing where one of them is refused."""
        try:
            return {one.stmt_location + one.stmt_len for one in postgast.parse(self.sql).stmts}
        except (postgast.PgQueryError, DecodeError):
            return set()

    def tree(self) -> nodes.AstNode:
        """The tree of the only statement. Raises NotParsed."""
        data, left = self.data, dict[int, Iterator[bytes]]()
        objection: postgast.PgQueryError | None = None
        while True:
            try:
                return nodes.wrap(postgast.parse(data.decode()).stmts[0].stmt)
            except DecodeError as error:
                raise NotParsed from error
            except postgast.PgQueryError as error:
                objection = objection or error
                hole = _HOLES.match(self.data, max(error.cursorpos - 1, 0))
                fillers = left.setdefault(error.cursorpos, iter(_FILLERS))
                filler = next(fillers, None) if hole else None
                if hole is None or filler is None:
                    raise self._not_parsed(objection) from error
                data = data[: hole.start()] + filler.ljust(len(hole[0])) + data[hole.end() :]

    def _not_parsed(self, error: postgast.PgQueryError) -> NotParsed:
        place = min(max(error.cursorpos - 1, 0), len(self.data))
        return NotParsed(re.sub(f"{HOLE}+", "...", error.message), self._characters[place])


def _with_holes(sql: str) -> str:
    """The text with holes for parameters, and colons as the driver gets them; as long as before."""
    sql = _PARAMETER.sub(lambda match: HOLE * len(match[0]), sql)
    return _COLONS.sub(lambda match: (":" * (len(match[0]) // 2)).rjust(len(match[0])), sql)


def _acceptable(sql: str) -> str:
    """The text without what the parser does not take; as long as before."""
    return sql.replace("\0", HOLE).encode("utf-8", "replace").decode()


def written(node: nodes.AstNode, type_: nodes.TypeName | None = None) -> str:
    """An expression, or a query, of a tree as SQL, in brackets. Raises NotParsed.

    `type_`: of which it is to be a value.
    """
    value = _node(node)
    if isinstance(node, nodes.SelectStmt):
        query = pb.SubLink(sub_link_type=pb.EXPR_SUBLINK, subselect=value)
        value = pb.Node(sub_link=query)
    if type_ is not None:
        value = pb.Node(type_cast=pb.TypeCast(arg=value, type_name=_message(type_)))
    target = pb.Node(res_target=pb.ResTarget(val=value))
    select = pb.SelectStmt(
        target_list=[target], limit_option=pb.LIMIT_OPTION_DEFAULT, op=pb.SETOP_NONE
    )
    tree = pb.ParseResult(stmts=[pb.RawStmt(stmt=pb.Node(select_stmt=select))])
    try:
        sql = postgast.deparse(tree)
    except postgast.PgQueryError as error:
        raise NotParsed(error.message) from error
    return f"({sql.removeprefix('SELECT ')})"


def exists(tables: Iterable[nodes.AstNode], condition: nodes.AstNode | None) -> nodes.SubLink:
    """The expression whether a join of these gives a row."""
    subselect = _node(query(None, tables, condition))
    return nodes.SubLink(pb.SubLink(sub_link_type=pb.EXISTS_SUBLINK, subselect=subselect))


def query(
    value: nodes.AstNode | None, tables: Iterable[nodes.AstNode], condition: nodes.AstNode | None
) -> nodes.SelectStmt:
    """The SELECT of a value from a join of these; without one it gives rows of no column."""
    targets = [pb.Node(res_target=pb.ResTarget(val=_node(value)))] if value else []
    select = pb.SelectStmt(
        target_list=targets,
        from_clause=[*map(_node, tables)],
        where_clause=_node(condition) if condition else None,
        limit_option=pb.LIMIT_OPTION_DEFAULT,
        op=pb.SETOP_NONE,
    )
    return nodes.SelectStmt(select)


def _message(node: nodes.AstNode) -> Any:
    return node._pb  # noqa: SLF001  (the library wraps it, and takes it back nowhere else)


_FIELDS = {
    field.message_type.full_name: field.name
    for field in pb.Node.DESCRIPTOR.fields
    if field.message_type
}


def _node(node: nodes.AstNode) -> pb.Node:
    message = _message(node)
    return pb.Node(**{_FIELDS[message.DESCRIPTOR.full_name]: message})


def nesting(token: Token) -> int:
    """How much deeper in brackets the next token stands."""
    return (token.kind in {pb.ASCII_40, pb.ASCII_91}) - (token.kind in {pb.ASCII_41, pb.ASCII_93})


def span(tokens: Sequence[Token]) -> Iterator[Span]:
    """From the first to the last, where there are any."""
    if tokens:
        yield tokens[0].start, tokens[-1].end
