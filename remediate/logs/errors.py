"""The errors of PostgreSQL that broken keys and mistyped references lead to, told from a message.

Of a message only names are kept, never a value: those belong to the users.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from remediate.findings.effects import ErrorKind
from remediate.logs import messages
from remediate.logs.words import any_of


@dataclass(frozen=True, slots=True)
class ServerError:
    """An error as far as its message, and what the log tells besides, name the place."""

    kind: ErrorKind
    schema: str = ""
    table: str = ""
    column: str = ""  # of several, as the server lists them
    name: str = ""  # of the constraint, the sequence or the relation; or the types
    others: tuple[str, ...] = ()  # tables that the statement reads
    model: str = ""  # the class that the application maps to the table, where only that is told
    # The INSERT left the column out, and asked for what the database gave it.
    awaited: bool = field(default=False, compare=False)

    @property
    def sqlstate(self) -> str:
        return self.kind.sqlstate


KINDS = {kind.sqlstate: kind for kind in reversed(ErrorKind) if kind.sqlstate}  # the first of each
# What a driver calls them: psycopg.errors.NotNullViolation, asyncpg's NotNullViolationError,
# PG::NotNullViolation, ActiveRecord::RecordNotUnique.
CONDITIONS = {
    "NotNullViolation": "23502",
    "UniqueViolation": "23505",
    "RecordNotUnique": "23505",
    "InsufficientPrivilege": "42501",
    "NumericValueOutOfRange": "22003",
    "SequenceGeneratorLimitExceeded": "2200H",
    "UndefinedTable": "42P01",
    "ForeignKeyViolation": "23503",
    "DatatypeMismatch": "42804",
    "InvalidTextRepresentation": "22P02",
    "UndefinedFunction": "42883",
    "GeneratedAlways": "428C9",
    "DependentObjectsStillExist": "2BP01",
    "InvalidForeignKey": "42830",
    "InvalidColumnReference": "42P10",
    "ObjectNotInPrerequisiteState": "55000",
}
# What an ORM calls some of them; by itself such a name may mean another error too.
CLASSES = {
    "FlushError": ErrorKind.NULL_IDENTITY,
    "IdentifierGenerationException": ErrorKind.NULL_IDENTITY,
    "RangeError": ErrorKind.OUT_OF_RANGE,
    "MismatchedForeignKey": ErrorKind.NOT_REFERENCEABLE,
    "NotNullConstraintViolationException": ErrorKind.NOT_NULL,
    "UniqueConstraintViolationException": ErrorKind.DUPLICATE,
    "ForeignKeyConstraintViolationException": ErrorKind.NO_PARENT,
    "SequelizeUniqueConstraintError": ErrorKind.DUPLICATE,
    "SequelizeForeignKeyConstraintError": ErrorKind.NO_PARENT,
    "DuplicateKeyException": ErrorKind.DUPLICATE,
    "P2002": ErrorKind.DUPLICATE,  # of Prisma
    "P2003": ErrorKind.NO_PARENT,
    "P2011": ErrorKind.NOT_NULL,
}
# Under these, whatever the text says, it is what is looked for.
_CLEAR = {"23502", "23505", "2200H", "428C9"}
# The server prints a name as it is: a quote within it stands before more of it.
_NAME = r'(?!")(?:[^"»«\n]|"(?=[\w"]|\s?[»«])){1,200}?'
_FAMILIES = {
    **dict.fromkeys(("smallint", "integer", "bigint", "numeric"), "number"),
    **dict.fromkeys(("text", "character varying", "character"), "text"),
    "uuid": "uuid",
}
# Of the server's own tables: two sessions that create the same object at once run into them.
_OF_CATALOGS = re.compile(r"pg_\w+_index")
_BY_NAME = "SQL [n/a]; constraint ["
_OF_REFERENCES = re.compile(r"(?i)^fk|_fk(?:ey)?$")
_OF_KEYS = re.compile(r"(?i)^(?:pk|uk|uq|ux|unique)|_(?:pkey|pk|key|uk|uq|unique|uindex)$")
_TYPE = f"(?:{'|'.join(sorted(_FAMILIES, key=len, reverse=True))})"
_REFUSALS = (
    r"value out of int\d+ range|expected str, got (?:int|UUID)|an integer is required[^\n]{0,30}"
    r"|'str' object cannot be interpreted as an integer|invalid UUID [^\n]{0,99}"
)
_BARE_NAME = r'(?:"(?:[^"\n]|"")+"|[^\s,"()])+'
_FIELDS = {
    **dict.fromkeys(("column", "table", "constraint", "sequence"), _NAME),
    **dict.fromkeys(("type", "given"), _TYPE),
    **dict.fromkeys(("object", "other", "value"), r"[^\n]{1,500}?"),
    "construct": r"[^\n\d\"]{1,40}?",
    "columns": r"[^\n()]{1,500}",
    "model": r"\w+",
    "number": r"\d+",
    "integer": r"\"?(?:int\d|INT\d|Int\d)\"?",
    "refusal": _REFUSALS,
}
_OPERATOR = rf"(?P<type>{_TYPE}) (?:=|<>|[<>]=?) (?P<given>{_TYPE})"
_BARE = {"table", "sequence", "column", "constraint"}  # names that some messages do not quote
_QUOTED = re.compile(r'["»«]\s?([^"»«\n]{1,200}?)\s?["»«]')
_ENGLISH = re.compile(r"\b(?:of|for|is|to|must|be|the|not|value|field|must|could)\b")

_ENOUGH = 17  # letters before the last name: `column "id" of relation "t"` begins other errors, too


@lru_cache(maxsize=1000)
def recognised(message: str, sqlstate: str = "") -> ServerError | None:
    """The error of this message, in any language that is known, or by its SQLSTATE.

    None where it is another error, and where it could not be told.
    """
    error = _told(message, sqlstate)
    if error and _OF_CATALOGS.fullmatch(error.name):
        return None
    return _by_name(error) if error and _BY_NAME in message else error


def _by_name(error: ServerError) -> ServerError | None:
    """The error of a constraint of which Spring tells the name alone."""
    if error.kind is not ErrorKind.DUPLICATE:
        return error
    if _OF_REFERENCES.search(error.name):
        return replace(error, kind=ErrorKind.NO_PARENT)
    return error if _OF_KEYS.search(error.name) else None


def _told(message: str, sqlstate: str) -> ServerError | None:
    for kind, piece, pattern in _patterns(ascii_only=message.isascii()):
        if piece not in message or (sqlstate and sqlstate not in kind.sqlstates):
            continue
        if match := pattern.search(message):
            return _error(kind, match.groupdict(default=""))
    if sqlstate in KINDS and not _ENGLISH.search(message):
        return _by_sqlstate(message, sqlstate)
    return ServerError(KINDS[sqlstate]) if sqlstate in _CLEAR else None


def cut_off(text: str) -> ServerError | None:
    """The error of a message whose end is missing: the line was copied up to a name in it."""
    begun = " ".join(text.split())
    for _, message in _texts():
        head, field, tail = message.rpartition("}")
        if not field or len(re.sub(r"\{\w+|\W", "", head)) < _ENOUGH:
            continue
        there = (n for n in range(len(tail) - 1, 0, -1) if begun.endswith(tail[:n]))
        found = (recognised(begun + tail[length:]) for length in there)
        if error := next(filter(None, found), None):
            return error
    return None


def mentioned(text: str) -> bool:
    """Whether `recognised` may find something in the text: a quick look, for lines by the million.

    Its answer no is sure.
    """
    return _quick(ascii_only=text.isascii()).search(text) is not None


def quoted(text: str) -> list[str]:
    """What stands in quotes of any language."""
    return [name.strip() for name in _QUOTED.findall(text)]


@cache
def details() -> tuple[re.Pattern[str], ...]:
    """What a DETAIL names that depends on something: default, constraint or column of a table."""
    return tuple(_pattern(text) for text in messages.texts("details"))


def _error(kind: ErrorKind, fields: dict[str, str]) -> ServerError | None:
    """What the fields of a message name; None for types that no reference mixes up."""
    fields = {field: _whole(text) if '"' in text else text for field, text in fields.items()}
    name = fields.get("constraint") or fields.get("sequence") or ""
    column = fields.get("column", "")
    if kind is ErrorKind.NOT_READABLE:
        name = fields["type"]
        if _FAMILIES[name] == "text":
            return None
    elif kind in (ErrorKind.WRONG_TYPE, ErrorKind.NOT_COMPARABLE):
        name = f"{fields['type']}, {fields['given']}"
        if _FAMILIES[fields["type"]] == _FAMILIES[fields["given"]]:
            return None
    elif "columns" in fields:  # Prisma: (`tenant_id`,`id`)
        column = ", ".join(part.strip(' `"') for part in fields["columns"].split(","))
    elif kind is ErrorKind.DEPENDED_ON:
        name = fields.get("object", "")
    return ServerError(
        kind,
        table=fields.get("table", ""),
        column=column,
        name=name,
        model=fields.get("model", ""),
    )


def _whole(name: str) -> str:
    """A name without the quotes behind it that are those of a text around the message."""
    bare = name.rstrip('"')
    return name if bare.count('"') % 2 else bare


def _by_sqlstate(message: str, sqlstate: str) -> ServerError | None:
    """From a message in an unknown language: what stands in quotes are the names."""
    first, second = [*quoted(message), "", ""][:2]
    kind = KINDS[sqlstate]
    if kind is ErrorKind.NOT_NULL:
        return ServerError(kind, column=first, table=second)
    if kind in (ErrorKind.DUPLICATE, ErrorKind.SEQUENCE_ENDED, ErrorKind.SEQUENCE_DENIED):
        return ServerError(kind, name=first)
    if kind in (ErrorKind.NO_PARENT, ErrorKind.NOTHING_UNIQUE):
        return ServerError(kind, table=first, name=second)
    if kind in (ErrorKind.GENERATED_ALWAYS, ErrorKind.OUT_OF_RANGE):
        return ServerError(kind, column=first if kind is ErrorKind.GENERATED_ALWAYS else "")
    return None


def _texts() -> Iterator[tuple[ErrorKind, str]]:
    for kind in ErrorKind:
        if kind is not ErrorKind.TABLE_MISSING:  # only its statement tells it from a sequence
            yield from ((kind, text) for text in messages.texts(kind.value))


@cache
def _patterns(*, ascii_only: bool) -> tuple[tuple[ErrorKind, str, re.Pattern[str]], ...]:
    """Of every message: the longest of its words that never change, and the pattern.

    Those in other alphabets are no part of plain ASCII.
    """
    made = (
        (kind, max(re.split(r"\{\w+\}|[\"»«]|\\n", text), key=len), text) for kind, text in _texts()
    )
    return tuple(
        (kind, piece, _pattern(text))
        for kind, piece, text in made
        if piece.isascii() or not ascii_only
    )


@cache
def pieces(*, ascii_only: bool) -> tuple[str, ...]:
    """Of each message its fixed words."""
    return tuple({piece for _, piece, _ in _patterns(ascii_only=ascii_only)})


@cache
def _quick(*, ascii_only: bool) -> re.Pattern[str]:
    return re.compile(any_of(pieces(ascii_only=ascii_only)))


def _pattern(text: str) -> re.Pattern[str]:
    if text.endswith(('{value}"', "{value}»", "{value} »", "{value}«")):
        text = text[: text.index("{value}")]
    text = text.removesuffix(" ({value})")  # which older servers do not tell
    if text.endswith(('{column}"', "{column}»", "{column} »")):
        text += "{end}"
    behind = r'(?![\w"])' if text.endswith('}"') else ""
    return re.compile("".join(_parts(text.replace("\\n", " "))) + behind, re.DOTALL)


def _parts(text: str) -> Iterator[str]:
    pieces = re.split(r"\{(\w+)\}", text)
    for n, piece in enumerate(pieces):
        if piece == "operator":
            yield _OPERATOR
        elif piece == "end":  # not "of view", nor "of relation"
            yield "(?! of )"
        elif n % 2 == 0:
            yield re.sub(r"(?:\\ )+", r"\\s+", re.escape(piece))
        elif piece in _BARE and not re.search(r"(?:[\"»«]\s?|[`'\[.])$", pieces[n - 1]):
            yield rf"(?P<{piece}>{_BARE_NAME})"
        elif piece == "model":  # Hibernate names it with its package
            yield rf"(?:\w+[.$])*(?P<model>{_FIELDS[piece]})"
        else:
            yield rf"(?P<{piece}>{_FIELDS[piece]})"
