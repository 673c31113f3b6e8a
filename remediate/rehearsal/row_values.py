"""Values for a row that somebody may read: literals, of which each CHECK is satisfied."""

import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident, literal, quoted
from remediate.rehearsal.boundary import required_values
from remediate.snapshots.tables import Name, Table

ATTEMPTS = 300  # to satisfy the CHECKs of a table
_LITERAL = re.compile(r"'((?:[^']|'')*)'|(?<![\w.])(\d+)\b")

_PLAIN = re.compile(r"'([^'\\]*)'::")


@contextmanager
def reading(connection: Connection) -> Iterator[None]:
    """Nothing can be written inside; types are printed with their schema."""
    with connection.transaction(force_rollback=True):
        connection.execute("SET TRANSACTION READ ONLY; SET LOCAL search_path = pg_catalog")
        yield


def literals(
    connection: Connection, name: Name, but: str = "", number: int = 1
) -> dict[str, str] | None:
    """A value, as SQL, for each NOT NULL column without default, except one.

    `number` keeps rows apart. None where nobody can say one: for a type that is unknown here, or a
    CHECK that takes more.
    """
    table = Table(name=name, key=(), columns=())
    made_up = required_values(connection, table, but, number, defaulted=False)
    texts = _evaluated(connection, made_up)
    if texts is None:
        return None
    checks = [row[0] for row in fetch(connection, __package__, "check_expressions", str(name))]
    types: dict[str, str] = dict(fetch(connection, __package__, "column_types", str(name)))
    found = _satisfying(connection, texts, checks, types)
    if found is None:
        return None
    return {column: _as_sql(text, made_up[column]) for column, text in found.items()}


def _evaluated(connection: Connection, expressions: dict[str, str]) -> dict[str, str] | None:
    """The values as text: the literal itself, or what PostgreSQL makes of the expression."""
    if not expressions:
        return {}
    selected = ", ".join(f"({expression})::text" for expression in expressions.values())
    row = _row(connection, f"SELECT {selected}")
    if row is None:
        return None
    return {
        column: found[1] if (found := _PLAIN.match(expression)) else str(value)
        for (column, expression), value in zip(expressions.items(), row, strict=True)
    }


def _row(connection: Connection, query: str) -> Sequence[object] | None:
    try:
        with connection.transaction():
            return connection.execute(query.encode()).fetchone()
    except psycopg.Error:
        return None


def _satisfying(
    connection: Connection, texts: dict[str, str], checks: Sequence[str], types: dict[str, str]
) -> dict[str, str] | None:
    """The values, some of them replaced by literals of the CHECKs on their columns."""
    if _passes(connection, texts, checks, types):
        return texts
    spoken_of = [c for c in texts if any(ident(c) in check for check in checks)]
    said = [[texts[c], *_literals_on(ident(c), checks)] for c in spoken_of]
    for attempt in itertools.islice(itertools.product(*said), ATTEMPTS):
        candidate = texts | dict(zip(spoken_of, attempt, strict=True))
        if _passes(connection, candidate, checks, types):
            return candidate
    return None


def _literals_on(column: str, checks: Sequence[str]) -> list[str]:
    """The literals of the CHECKs on a column, and the numbers next to them."""
    found: list[str] = []
    for text, number in (m.groups() for c in checks if column in c for m in _LITERAL.finditer(c)):
        value = int(number) if number else None
        near = [] if value is None else [value, value + 1, value - 1]
        found += [text.replace("''", "'")] if value is None else list(map(str, near))
    return list(dict.fromkeys(found))


def _passes(
    connection: Connection, texts: dict[str, str], checks: Sequence[str], types: dict[str, str]
) -> bool:
    """Whether every CHECK accepts a row of these values, whose other columns are NULL."""
    if not checks:
        return True
    values = (
        f"{quoted(texts[c]) if c in texts else 'NULL'}::{types[c]} AS {ident(c)}" for c in types
    )
    verdicts = " AND ".join(f"(({check}) IS NOT FALSE)" for check in checks)
    row = _row(connection, f"SELECT {verdicts} FROM (SELECT {', '.join(values)}) AS made_up")
    return bool(row and row[0])


def _as_sql(text: str, expression: str) -> str:
    """A number as it is, all else in quotes."""
    number = expression[0].isdigit() and re.fullmatch(r"-?\d+(\.\d+)?", text)
    return text if number else literal(text)
