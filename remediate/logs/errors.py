"""The errors of PostgreSQL that broken keys and mistyped references lead to, told from a message.

Of a message only names are kept, never a value: those belong to the users.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from remediate.logs import messages


class Kind(StrEnum):
    """What went wrong, under one SQLSTATE or together with others under the same."""

    NOT_NULL = "not-null"
    DUPLICATE = "duplicate-key"
    SEQUENCE_DENIED = "sequence-denied"
    TABLE_DENIED = "table-denied"
    OUT_OF_RANGE = "out-of-range"
    SEQUENCE_ENDED = "sequence-ended"
    RELATION_MISSING = "relation-missing"
    NO_PARENT = "no-parent"
    WRONG_TYPE = "wrong-type"
    NOT_READABLE = "not-readable"
    NOT_COMPARABLE = "not-comparable"

    @property
    def sqlstate(self) -> str:
        return _SQLSTATES[self]


@dataclass(frozen=True, slots=True)
class ServerError:
    """An error as far as its message, and what the log tells besides, name the place."""

    kind: Kind
    schema: str = ""
    table: str = ""
    column: str = ""  # of several, as the server lists them
    name: str = ""  # of the constraint, the sequence or the relation; or the types
    others: tuple[str, ...] = ()  # tables that the statement reads

    @property
    def sqlstate(self) -> str:
        return self.kind.sqlstate


_SQLSTATES = {
    Kind.NOT_NULL: "23502",
    Kind.DUPLICATE: "23505",
    Kind.SEQUENCE_DENIED: "42501",
    Kind.TABLE_DENIED: "42501",
    Kind.OUT_OF_RANGE: "22003",
    Kind.SEQUENCE_ENDED: "2200H",
    Kind.RELATION_MISSING: "42P01",
    Kind.NO_PARENT: "23503",
    Kind.WRONG_TYPE: "42804",
    Kind.NOT_READABLE: "22P02",
    Kind.NOT_COMPARABLE: "42883",
}
KINDS = {kind.sqlstate: kind for kind in reversed(Kind)}  # the first one of each SQLSTATE
# What a driver calls them: psycopg.errors.NotNullViolation, asyncpg's NotNullViolationError.
CONDITIONS = {
    "NotNullViolation": "23502",
    "UniqueViolation": "23505",
    "InsufficientPrivilege": "42501",
    "NumericValueOutOfRange": "22003",
    "SequenceGeneratorLimitExceeded": "2200H",
    "UndefinedTable": "42P01",
    "ForeignKeyViolation": "23503",
    "DatatypeMismatch": "42804",
    "InvalidTextRepresentation": "22P02",
    "UndefinedFunction": "42883",
}
_MESSAGES = {
    Kind.NOT_NULL: messages.NOT_NULL,
    Kind.DUPLICATE: messages.DUPLICATE,
    Kind.SEQUENCE_DENIED: messages.SEQUENCE_DENIED,
    Kind.TABLE_DENIED: messages.TABLE_DENIED,
    Kind.OUT_OF_RANGE: messages.OUT_OF_RANGE,
    Kind.SEQUENCE_ENDED: messages.SEQUENCE_ENDED,
    Kind.RELATION_MISSING: messages.RELATION_MISSING,
    Kind.NO_PARENT: messages.NO_PARENT,
    Kind.WRONG_TYPE: messages.WRONG_TYPE,
    Kind.NOT_READABLE: messages.NOT_READABLE,
    Kind.NOT_COMPARABLE: messages.NOT_COMPARABLE,
}
# Under these, whatever the text says, it is what is looked for.
_CLEAR = {"23502", "23505", "2200H"}
_NAME = r'[^"»«\n]{1,200}?'
_FAMILIES = {
    **dict.fromkeys(("smallint", "integer", "bigint", "numeric"), "number"),
    **dict.fromkeys(("text", "character varying", "character"), "text"),
    "uuid": "uuid",
}
_TYPE = f"(?:{'|'.join(sorted(_FAMILIES, key=len, reverse=True))})"
_FIELDS = {
    **dict.fromkeys(("column", "table", "constraint", "sequence"), _NAME),
    **dict.fromkeys(("type", "given"), _TYPE),
    "value": ".*?",
}
_OPERATOR = rf"(?P<type>{_TYPE}) (?:=|<>|[<>]=?) (?P<given>{_TYPE})"
_BARE = {"table", "sequence"}  # names that some messages do not quote
_QUOTED = re.compile(r'["»«]\s?([^"»«\n]{1,200}?)\s?["»«]')
_ENGLISH = re.compile(r"\b(?:of|for|is|to|must|be|the|not|value|field|must|could)\b")


def recognised(message: str, sqlstate: str = "") -> ServerError | None:
    """The error of this message, in any language that is known, or by its SQLSTATE.

    None where it is another error, and where it could not be told.
    """
    for kind, piece, pattern in _patterns():
        if piece not in message or sqlstate not in ("", kind.sqlstate):
            continue
        if match := pattern.search(message):
            return _error(kind, match.groupdict())
    if sqlstate in KINDS and not _ENGLISH.search(message):
        return _by_sqlstate(message, sqlstate)
    return ServerError(KINDS[sqlstate]) if sqlstate in _CLEAR else None


def mentioned(text: str) -> bool:
    """Whether `recognised` may find something in the text: a quick look, for lines by the million.

    Its answer no is sure.
    """
    return any(piece in text for piece in _pieces(ascii_only=text.isascii()))


def _error(kind: Kind, fields: dict[str, str]) -> ServerError | None:
    """What the fields of a message name; None for types that no reference mixes up."""
    name = fields.get("constraint") or fields.get("sequence") or ""
    if kind is Kind.NOT_READABLE:
        name = fields["type"]
        if _FAMILIES[name] == "text":
            return None
    elif kind in (Kind.WRONG_TYPE, Kind.NOT_COMPARABLE):
        name = f"{fields['type']}, {fields['given']}"
        if _FAMILIES[fields["type"]] == _FAMILIES[fields["given"]]:
            return None
    return ServerError(
        kind, table=fields.get("table", ""), column=fields.get("column", ""), name=name
    )


def _by_sqlstate(message: str, sqlstate: str) -> ServerError | None:
    """From a message in an unknown language: what stands in quotes are the names."""
    names = [name.strip() for name in _QUOTED.findall(message)]
    kind = KINDS[sqlstate]
    if kind is Kind.NOT_NULL:
        column, table = [*names, "", ""][:2]
        return ServerError(kind, column=column, table=table)
    if kind in (Kind.DUPLICATE, Kind.SEQUENCE_ENDED, Kind.SEQUENCE_DENIED):
        return ServerError(kind, name=names[0] if names else "")
    if kind is Kind.NO_PARENT:
        table, name = [*names, "", ""][:2]
        return ServerError(kind, table=table, name=name)
    return ServerError(kind) if kind is Kind.OUT_OF_RANGE else None


@cache
def _patterns() -> tuple[tuple[Kind, str, re.Pattern[str]], ...]:
    """Of every message: the longest of its words that never change, and the pattern."""
    return tuple(
        (kind, max(re.split(r"\{\w+\}|[\"»«]", text), key=len), _pattern(text))
        for kind, texts in _MESSAGES.items()
        for text in texts.splitlines()
    )


@cache
def _pieces(*, ascii_only: bool) -> tuple[str, ...]:
    """Of each message its fixed words; those in other alphabets are no part of plain ASCII."""
    pieces = sorted({piece for _, piece, _ in _patterns()}, key=len)
    needed = (p for n, p in enumerate(pieces) if not any(q in p for q in pieces[:n]))
    return tuple(piece for piece in needed if piece.isascii() or not ascii_only)


def _pattern(text: str) -> re.Pattern[str]:
    if text.endswith(('{value}"', "{value}»", "{value} »", "{value}«")):
        text = text[: text.index("{value}")]
    return re.compile("".join(_parts(text)), re.DOTALL)


def _parts(text: str) -> Iterator[str]:
    pieces = re.split(r"\{(\w+)\}", text)
    for n, piece in enumerate(pieces):
        if piece == "operator":
            yield _OPERATOR
        elif n % 2 == 0:
            yield re.sub(r"(?:\\ )+", r"\\s+", re.escape(piece))
        elif piece in _BARE and not re.search(r'["»«]\s?$', pieces[n - 1]):
            yield rf"(?P<{piece}>[^\s,\"]+)"
        else:
            yield rf"(?P<{piece}>{_FIELDS[piece]})"
