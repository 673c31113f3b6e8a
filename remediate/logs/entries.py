"""One error of a log: its message, its details and the statement that failed."""

import re
from dataclasses import dataclass, replace

from remediate.findings.effects import ErrorKind
from remediate.logs import statements
from remediate.logs.errors import ServerError, details, quoted, recognised
from remediate.postgres.own import NAME

LONGEST = 20_000  # characters that are kept of a part
_KEY = re.compile(r"\(([^\n]{1,500}?)\)=\(")
_COMPARING = (ErrorKind.NOT_READABLE, ErrorKind.NOT_COMPARABLE)
_OF_VALUES = (ErrorKind.PARAMETER_REFUSED, ErrorKind.OUT_OF_RANGE)
_OF_REFERENCES = (ErrorKind.NO_PARENT, ErrorKind.NOT_REFERENCEABLE)
_OF_KEYS = (ErrorKind.DUPLICATE, ErrorKind.DUPLICATES_THERE, ErrorKind.NO_PARENT)


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
    schema: str = ""  # these as a driver names them
    table: str = ""
    column: str = ""
    constraint: str = ""
    model: str = ""  # the class of an ORM
    path: str = ""  # the first schema of the search_path
    excerpt: str = ""  # of the statement: LINE 1: ...
    before: str = ""  # the statement in the line before, which may be that of something else
    line: str = ""  # the whole line of the message
    application: str = ""  # its name, or where in a line that may stand

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
    own: bool = False  # remediate itself tried whether something works


def entry(raw: Raw) -> Entry:
    """What the lines of an error say together."""
    error = recognised(raw.message, raw.sqlstate)
    own = any(NAME in text for text in (raw.application, raw.statement, raw.line))
    return Entry(error and _placed(error, raw), raw.time, raw.database, raw.server, own)


def _placed(error: ServerError, raw: Raw) -> ServerError | None:
    """With table, schema and columns from the rest; None for what turns out to be another error."""
    if error.kind is ErrorKind.RELATION_MISSING and not _is_sequence(
        error.name, raw.statement or raw.excerpt
    ):
        return _missing(error.name, raw.statement or raw.excerpt)
    detailed = _detailed(error, raw)
    return detailed and _awaited(_at_table(_with_fields(detailed, raw), raw), raw)


def _missing(name: str, statement: str) -> ServerError:
    """A table that is not there; its schema, where the statement tells that from a name's dot."""
    for schema, table in filter(None, (statements.written(statement), *statements.read(statement))):
        if schema and name == f"{schema}.{table}":
            return ServerError(ErrorKind.TABLE_MISSING, schema, table)
    return ServerError(ErrorKind.TABLE_MISSING, table=name)


def _awaited(error: ServerError, raw: Raw) -> ServerError:
    """With whether the statement counts on the database to fill the column."""
    if error.kind is not ErrorKind.NOT_NULL or (raw.context and statements.written(raw.context)):
        return error
    return replace(error, awaited=statements.awaits(raw.statement, error.column))


def _at_table(error: ServerError, raw: Raw) -> ServerError:
    """With the table that the statement writes, or those that it reads."""
    schema, table = _table(raw)
    if error.kind in _COMPARING:
        return replace(error, others=tuple(sorted({*_read(raw), table} - {""})))
    if error.kind is ErrorKind.NOTHING_UNIQUE:  # the table of the message is the referenced one
        return replace(error, others=tuple({table} - {"", error.table}))
    if error.kind in _OF_VALUES and not (error.table or table):
        return replace(error, others=_read(raw))
    if not error.table:
        schema, table = (schema, table) if table else _last_resort(error, raw)
        return replace(error, schema=schema, table=table, column=_other(error.column, table))
    if table and error.column == table:  # in a language whose order of the two is not known
        error = replace(error, table=error.column, column=error.table)
    return replace(error, schema=error.schema or schema) if error.table == table else error


def _read(raw: Raw) -> tuple[str, ...]:
    return tuple(
        sorted({name for _, name in statements.read(raw.statement or raw.excerpt or raw.before)})
    )


def _detailed(error: ServerError, raw: Raw) -> ServerError | None:
    """With what the DETAIL names."""
    if error.kind in _OF_KEYS and (match := _KEY.search(raw.detail)):
        return replace(error, column=match[1])
    if error.kind is ErrorKind.NOT_REFERENCEABLE and (names := quoted(raw.detail)):
        return replace(error, column=names[0])
    if error.kind is ErrorKind.OTHER_OWNER and (owned := statements.owned(raw.statement)):
        return replace(error, schema=owned[0], table=owned[1], column=owned[2])
    return _depending(error, raw) if error.kind is ErrorKind.DEPENDED_ON else error


def _depending(error: ServerError, raw: Raw) -> ServerError | None:
    """With the column whose default depends on what was to be dropped, or the constraint's table.

    None where it is something else, as a view.
    """
    for pattern in details():
        if match := pattern.search(raw.detail) or pattern.search(raw.message):
            schema, table = statements.name(match["table"])
            column = match.groupdict().get("column") or ""
            return replace(
                error, schema=schema, table=table, column=column and statements.name(column)[1]
            )
    return None if raw.detail else error


def _with_fields(error: ServerError, raw: Raw) -> ServerError:
    """With what a driver names besides, where the message does not."""
    named = raw.schema or raw.table or raw.column or raw.constraint or raw.model
    if error.kind in _COMPARING or not named:
        return error
    return replace(
        error,
        schema=error.schema or raw.schema,
        table=error.table or raw.table,
        column=error.column or raw.column,
        name=error.name or raw.constraint,
        model=error.model or raw.model,
    )


def _is_sequence(name: str, statement: str) -> bool:
    """Whether it is called as one; a table too may be named for sequences, but for its `_seq`."""
    called = re.search(r"\b(?:next|curr|set)val\s*\(", statement, re.IGNORECASE)
    named = name.lower().endswith("_sequence") and not statement
    return name.lower().endswith("_seq") or bool(called) or named


def _other(column: str, table: str) -> str:
    return "" if column == table else column


def _table(raw: Raw) -> tuple[str, str]:
    """Schema and name of the table that is written: by a function rather than by its caller."""
    for text in (raw.context, raw.statement, raw.excerpt):
        if found := statements.written(text):
            return found[0] or raw.path or statements.first_schema(raw.statement), found[1]
    return "", ""


def _last_resort(error: ServerError, raw: Raw) -> tuple[str, str]:
    """The table of the constraint's name, or of the statement in the line before."""
    if table := _of_constraint(error):
        return "", table
    return statements.written(raw.before) or ("", "")


def _of_constraint(error: ServerError) -> str:
    """The table in a name that PostgreSQL gives itself, or the usual naming_convention."""
    columns = error.column.replace(", ", "_")
    if error.kind is ErrorKind.NOT_DRAWN:
        return error.name.removesuffix("_id_seq") if error.name.endswith("_id_seq") else ""
    if error.kind in _OF_REFERENCES:
        ending = f"_{columns}_fkey"
        return error.name.removesuffix(ending) if error.name.endswith(ending) else ""
    if error.kind not in _OF_KEYS:
        return ""
    for ending in ("_pkey", f"_{columns}_key"):
        if error.name.endswith(ending):
            return error.name.removesuffix(ending)
    return error.name.removeprefix("pk_") if error.name.startswith("pk_") else ""
