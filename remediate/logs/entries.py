"""One error of a log: its message, its details and the statement that failed."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from remediate.findings.effects import ErrorKind
from remediate.logs.errors import ServerError, recognised

LONGEST = 20_000  # characters that are kept of a part
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d+)? ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?"
)
_KEY = re.compile(r"\(([^\n]{1,500}?)\)=\(")
_IDENTIFIER = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_TABLE = rf"({_IDENTIFIER}(?:\s*\.\s*{_IDENTIFIER})?)"
_WRITTEN = re.compile(
    rf"\b(?:INSERT\s+INTO|MERGE\s+INTO|UPDATE(?:\s+ONLY)?|COPY"
    rf"|ALTER\s+TABLE(?:\s+IF\s+EXISTS)?(?:\s+ONLY)?)\s+{_TABLE}",
    re.IGNORECASE,
)
_READ = re.compile(rf"\b(?:FROM|JOIN)\s+(?:ONLY\s+)?{_TABLE}", re.IGNORECASE)
_PART = re.compile(_IDENTIFIER)
_LITERAL = re.compile(r"'(?:[^']|'')*(?:'|$)")  # what a user wrote may read like SQL
_COMPARING = (ErrorKind.NOT_READABLE, ErrorKind.NOT_COMPARABLE)


@dataclass(slots=True)
class Raw:
    """An error while its lines are read."""

    message: str
    sqlstate: str = ""
    time: str = ""
    database: str = ""
    server: bool = True  # from a log of PostgreSQL itself, not of an application
    detail: str = ""
    statement: str = ""
    context: str = ""

    def add(self, part: str, text: str) -> None:
        """More of the message, the detail, the statement or the context."""
        known = getattr(self, part)
        if len(known) < LONGEST:
            setattr(self, part, f"{known}\n{text[:LONGEST]}" if known else text[:LONGEST])


@dataclass(frozen=True, slots=True)
class Entry:
    """An error of a log. Without `error`: another one than those that are looked for."""

    error: ServerError | None
    time: str = ""  # as YYYY-MM-DD HH:MM:SS, with Z where it is known to be UTC
    database: str = ""
    server: bool = True


def entry(raw: Raw) -> Entry:
    """What the lines of an error say together."""
    error = recognised(raw.message, raw.sqlstate)
    return Entry(error and _placed(error, raw), raw.time, raw.database, raw.server)


def moment(text: str) -> str:
    """The first date and time of a line, in UTC where its zone is told as a number."""
    match = _TIME.search(text)
    if match is None:
        return ""
    day, clock, zone = match.groups()
    if not zone or zone in ("Z", "UTC", "GMT"):
        return f"{day} {clock}{'Z' if zone else ''}"
    try:
        made = datetime.fromisoformat(f"{day} {clock}{zone}").astimezone(UTC)
    except ValueError:
        return f"{day} {clock}"
    return f"{made:%Y-%m-%d %H:%M:%S}Z"


def _placed(error: ServerError, raw: Raw) -> ServerError | None:
    """With table, schema and columns from the rest; None for what turns out to be another error."""
    if error.kind is ErrorKind.RELATION_MISSING and not _is_sequence(error.name, raw.statement):
        return None
    if error.kind in (ErrorKind.DUPLICATE, ErrorKind.NO_PARENT) and (
        match := _KEY.search(raw.detail)
    ):
        error = replace(error, column=match[1])
    schema, table = _table(raw)
    if error.kind in _COMPARING:
        others = [_name(text)[1] for text in _READ.findall(_LITERAL.sub("''", raw.statement))]
        return replace(error, others=tuple(sorted({*others, table} - {""})))
    if not error.table:
        table = table or _of_constraint(error)
        return replace(error, schema=schema, table=table, column=_other(error.column, table))
    if table and error.column == table:  # in a language whose order of the two is not known
        error = replace(error, table=error.column, column=error.table)
    return replace(error, schema=schema) if error.table == table else error


def _is_sequence(name: str, statement: str) -> bool:
    return name.endswith("_seq") or "nextval(" in statement.lower()


def _other(column: str, table: str) -> str:
    return "" if column == table else column


def _table(raw: Raw) -> tuple[str, str]:
    """Schema and name of the table that is written: by a function rather than by its caller."""
    for text in (raw.context, raw.statement):
        if match := _WRITTEN.search(_LITERAL.sub("''", text)):
            return _name(match[1])
    return "", ""


def _name(text: str) -> tuple[str, str]:
    parts = [
        part[1:-1].replace('""', '"') if part.startswith('"') else part.lower()
        for part in _PART.findall(text)
    ]
    return (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])


def _of_constraint(error: ServerError) -> str:
    """The table in a name that PostgreSQL gives itself, or the usual naming_convention."""
    if error.kind is not ErrorKind.DUPLICATE:
        return ""
    columns = error.column.replace(", ", "_")
    for ending in ("_pkey", f"_{columns}_key"):
        if error.name.endswith(ending):
            return error.name.removesuffix(ending)
    return error.name.removeprefix("pk_") if error.name.startswith("pk_") else ""
