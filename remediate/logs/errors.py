"""The errors of PostgreSQL that broken keys and mistyped references lead to, told from a message.

Of a message only names are kept, never a value: those belong to the users.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from remediate.findings.effects import ErrorKind
from remediate.logs import messages


@dataclass(frozen=True, slots=True)
class ServerError:
    """An error as far as its message, and what the log tells besides, name the place."""

    kind: ErrorKind
    schema: str = ""
    table: str = ""
    column: str = ""  # of several, as the server lists them
    name: str = ""  # of the constraint, the sequence or the relation; or the types
    others: tuple[str, ...] = ()  # tables that the statement reads

    @property
    def sqlstate(self) -> str:
        return self.kind.sqlstate


KINDS = {kind.sqlstate: kind for kind in reversed(ErrorKind)}  # the first one of each SQLSTATE
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
    ErrorKind.NOT_NULL: messages.NOT_NULL,
    ErrorKind.DUPLICATE: messages.DUPLICATE,
    ErrorKind.SEQUENCE_DENIED: messages.SEQUENCE_DENIED,
    ErrorKind.TABLE_DENIED: messages.TABLE_DENIED,
    ErrorKind.OUT_OF_RANGE: messages.OUT_OF_RANGE,
    ErrorKind.SEQUENCE_ENDED: messages.SEQUENCE_ENDED,
    ErrorKind.RELATION_MISSING: messages.RELATION_MISSING,
    ErrorKind.NO_PARENT: messages.NO_PARENT,
    ErrorKind.WRONG_TYPE: messages.WRONG_TYPE,
    ErrorKind.NOT_READABLE: messages.NOT_READABLE,
    ErrorKind.NOT_COMPARABLE: messages.NOT_COMPARABLE,
    ErrorKind.NOT_CAST: messages.NOT_CAST,
    ErrorKind.NOT_REFERENCEABLE: messages.NOT_REFERENCEABLE,
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


@lru_cache(maxsize=1000)
def recognised(message: str, sqlstate: str = "") -> ServerError | None:
    """The error of this message, in any language that is known, or by its SQLSTATE.

    None where it is another error, and where it could not be told.
    """
    for kind, piece, pattern in _patterns(ascii_only=message.isascii()):
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
    return any(piece in text for piece in pieces(ascii_only=text.isascii()))


def _error(kind: ErrorKind, fields: dict[str, str]) -> ServerError | None:
    """What the fields of a message name; None for types that no reference mixes up."""
    name = fields.get("constraint") or fields.get("sequence") or ""
    if kind is ErrorKind.NOT_READABLE:
        name = fields["type"]
        if _FAMILIES[name] == "text":
            return None
    elif kind in (ErrorKind.WRONG_TYPE, ErrorKind.NOT_COMPARABLE):
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
    if kind is ErrorKind.NOT_NULL:
        column, table = [*names, "", ""][:2]
        return ServerError(kind, column=column, table=table)
    if kind in (ErrorKind.DUPLICATE, ErrorKind.SEQUENCE_ENDED, ErrorKind.SEQUENCE_DENIED):
        return ServerError(kind, name=names[0] if names else "")
    if kind is ErrorKind.NO_PARENT:
        table, name = [*names, "", ""][:2]
        return ServerError(kind, table=table, name=name)
    return ServerError(kind) if kind is ErrorKind.OUT_OF_RANGE else None


@cache
def _patterns(*, ascii_only: bool) -> tuple[tuple[ErrorKind, str, re.Pattern[str]], ...]:
    """Of every message: the longest of its words that never change, and the pattern.

    Those in other alphabets are no part of plain ASCII.
    """
    made = (
        (kind, max(re.split(r"\{\w+\}|[\"»«]", text), key=len), _pattern(text))
        for kind, texts in _MESSAGES.items()
        for text in texts.splitlines()
    )
    return tuple(one for one in made if one[1].isascii() or not ascii_only)


@cache
def pieces(*, ascii_only: bool) -> tuple[str, ...]:
    """Of each message its fixed words."""
    found = sorted({piece for _, piece, _ in _patterns(ascii_only=ascii_only)}, key=len)
    needed = (p for n, p in enumerate(found) if not any(q in p for q in found[:n]))
    return tuple(needed)


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
