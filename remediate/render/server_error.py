"""An error of PostgreSQL in words: where it was, and what it means for keys and references."""

import glob
import shlex
import textwrap

from remediate.findings.effects import ErrorKind
from remediate.logs.errors import ServerError
from remediate.logs.meanings import MEANINGS, rules_behind
from remediate.postgres.sql import commented, quote
from remediate.render.lines import WIDTH


def explanation(error: ServerError) -> str:
    """What an error means, which rules find its cause, and the next command."""
    meaning, rules = MEANINGS[error.kind], rules_behind(error.kind)
    lines = [f"{error.sqlstate} {meaning.title}".strip()]
    if place := " ".join(filter(None, (place_of(error), error.name))):
        lines += [f"at {commented(place)}"]
    lines += ["", *textwrap.wrap(meaning.text, WIDTH), *_others(error)]
    if rules:
        lines += ["", *textwrap.wrap(f"Found by: {', '.join(rules)}", WIDTH), ""]
        lines += [f"Why:   remediate explain {rules[0]}"]
    known = error.table and error.table.isprintable()
    table = f" --table {shlex.quote(glob.escape(error.table))}" if known else ""
    lines += [] if rules else [""]
    return "\n".join([*lines, f"Next:  remediate plan{table}"])


def _others(error: ServerError) -> list[str]:
    """What else has the same SQLSTATE, where no more than that is told."""
    if error != ServerError(error.kind):
        return []
    kinds = (k for k in ErrorKind if error.sqlstate in k.sqlstates and k is not error.kind)
    lines = [f"{error.sqlstate} is also {MEANINGS[kind].title}{_by(kind)}." for kind in kinds]
    return ["", *(part for line in lines for part in textwrap.wrap(line, WIDTH))] if lines else []


def _by(kind: ErrorKind) -> str:
    rules = ", ".join(rules_behind(kind))
    return f", found by {rules}" if rules else ""


def place_of(error: ServerError) -> str:
    """Schema, table and column as far as they are told; several columns in brackets."""
    if not error.table:
        return " and ".join(map(quote, error.others))
    table = ".".join(quote(part) for part in (error.schema, error.table) if part)
    if not error.column:
        return table
    is_name = error.column.replace("_", "a").isalnum()
    return f"{table}.{error.column}" if is_name else f"{table} ({error.column})"
