"""Values for a row that somebody may read: literals, of which each CHECK is satisfied."""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident, literal, quoted
from remediate.rehearsal.column_types import Column, columns_of
from remediate.rehearsal.column_types import columns as table_columns
from remediate.rehearsal.column_values import (
    ATTEMPTS,
    candidates,
    chosen,
    holds,
    numbered,
    required_of,
    values_of,
)
from remediate.rehearsal.messages import unharmed
from remediate.snapshots.tables import Name

_PLAIN = re.compile(r"'([^'\\]*)'::")
_Texts = dict[str, str]  # by column
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@contextmanager
def reading(connection: Connection) -> Iterator[None]:
    """Nothing can be written inside; types are printed with their schema."""
    with connection.transaction(force_rollback=True):
        connection.execute("SET TRANSACTION READ ONLY; SET LOCAL search_path = pg_catalog")
        yield


@dataclass(frozen=True, slots=True)
class _Check:
    """A CHECK constraint of a table, and the columns that it speaks of."""

    condition: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Checked:
    """The CHECK constraints of a table, the types of all its columns, and what some will hold."""

    checks: tuple[_Check, ...]
    types: dict[str, str]
    held: _Texts = field(default_factory=dict)

    @property
    def spoken_of(self) -> frozenset[str]:
        return frozenset(column for check in self.checks for column in check.columns)


@dataclass(frozen=True, slots=True)
class Described:
    """What is to be known of a table before a row of it is made up."""

    columns: tuple[Column, ...]
    checks: tuple[_Check, ...]
    types: dict[str, str]  # of all columns


def described(connection: Connection, tables: Iterable[Name]) -> dict[Name, Described]:
    """That of several tables at once."""
    columns = columns_of(connection, tables)
    names = {str(table): table for table in columns}
    checks: dict[Name, list[_Check]] = {table: [] for table in columns}
    for of, condition, about in fetch(connection, __package__, "check_expressions", [*names]):
        checks[names[of]].append(_Check(condition, tuple(about)))
    types: dict[Name, dict[str, str]] = {table: {} for table in columns}
    for of, column, type_ in fetch(connection, __package__, "column_types", [*names]):
        types[names[of]][column] = type_
    return {t: Described(some, tuple(checks[t]), types[t]) for t, some in columns.items()}


def literals(
    connection: Connection, name: Name, but: str = "", number: int = 1, *,
    value: str | None = None, known: Described | None = None,
) -> dict[str, str] | None:  # fmt: skip
    """A value, as SQL, for each NOT NULL column without default, except one.

    `value` is the text that the exception will hold; None: NULL. `number` keeps rows apart.
    `known`: the table, described since it last changed. None where nobody can say a value: for a
    type that is unknown here, or a CHECK that takes more.
    """
    known = known or described(connection, [name])[name]
    made_up = required_of(connection, known.columns, but, number, defaulted=False)
    texts = _evaluated(connection, made_up)
    if texts is None:
        return None
    table = _Checked(known.checks, known.types, {} if value is None else {but: value})
    if _passes(connection, texts, table):
        return _as_sql(texts, made_up)
    more = _optional(connection, name, {*table.spoken_of} - {but, *texts}, number)
    # The values of another row: one column may have to be above another.
    beside = required_of(connection, known.columns, but, number + 1, defaulted=False)
    both = (texts, _evaluated(connection, beside) or texts)
    optional = _evaluated(connection, more) or {}
    satisfying = _satisfying(connection, both, optional, table, number)
    return None if satisfying is None else _as_sql(satisfying, made_up | more)


def checked(connection: Connection, name: Name) -> frozenset[str]:
    """The columns that a CHECK of the table is about."""
    found = fetch(connection, __package__, "check_expressions", [str(name)])
    return frozenset(column for _, _, columns in found for column in columns)


def _optional(
    connection: Connection, name: Name, columns: Collection[str], number: int
) -> dict[str, str]:
    """Values for columns that may be NULL, of which a CHECK may ask for some all the same."""
    free = {c.name for c in table_columns(connection, name) if not c.required and not c.defaulted}
    made_up = values_of(connection, name, free & {*columns}, number)
    return {c: e for c, e in made_up.items() if _evaluated(connection, {c: e}) is not None}


def _evaluated(connection: Connection, expressions: dict[str, str]) -> dict[str, str] | None:
    """The values as text: the literal itself, or what PostgreSQL makes of the expression."""
    if not expressions:
        return {}
    selected = ", ".join(f"({expression})::text" for expression in expressions.values())
    try:
        with unharmed(connection):
            row = connection.execute(f"SELECT {selected}".encode()).fetchone()
    except psycopg.Error:
        return None
    return {
        column: found[1] if (found := _PLAIN.match(expression)) else str(value)
        for (column, expression), value in zip(expressions.items(), row or (), strict=True)
    }


def _satisfying(
    connection: Connection, both: tuple[_Texts, _Texts], optional: _Texts, table: _Checked,
    number: int,
) -> _Texts | None:  # fmt: skip
    """The values, some replaced by what the CHECKs take; with those of `optional` that they need.

    `both`: the values of two rows, of which one is wanted.
    """
    texts, beside = both
    there = [c for c in texts if c in table.spoken_of]
    possible: list[Sequence[str | None]] = [
        _possible(connection, c, (texts[c], beside[c]), table, number) for c in there
    ]
    possible += [
        [None, *_possible(connection, c, (text,), table, number)] for c, text in optional.items()
    ]
    names = [*there, *optional]
    for attempt in itertools.islice(itertools.product(*possible), ATTEMPTS):
        given = {c: t for c, t in zip(names, attempt, strict=True) if t is not None}
        if _passes(connection, texts | given, table):
            return texts | given
    return None


def _possible(
    connection: Connection, column: str, made_up: tuple[str, ...], table: _Checked, number: int
) -> list[str]:
    """What one column may hold by the CHECKs that speak of it alone, the best first.

    That is the value that was made up, or else another one for each `number`.
    """
    of_it = [check for check in table.checks if column in check.columns]
    alone = _Checked(
        tuple(check for check in of_it if check.columns == (column,)),
        {column: table.types[column]},
    )
    conditions = [check.condition for check in of_it]

    def takes(text: str) -> bool:
        return _passes(connection, {column: text}, alone)

    if len(alone.checks) < len(of_it):  # what fits is seen only beside the other columns
        tried = dict.fromkeys([*made_up, *candidates(conditions), *numbered(number)])
        return [*itertools.islice(filter(takes, tried), ATTEMPTS)]
    found = made_up[0] if takes(made_up[0]) else chosen(conditions, number, takes)
    return [] if found is None else [found]


def _passes(connection: Connection, texts: dict[str, str], table: _Checked) -> bool:
    """Whether every CHECK accepts a row of these values, whose other columns are NULL."""
    texts = texts | table.held
    values = (
        f"{quoted(texts[c]) if c in texts else 'NULL'}::{type_} AS {ident(c)}"
        for c, type_ in table.types.items()
    )
    verdicts = " AND ".join(f"(({c.condition}) IS NOT FALSE)" for c in table.checks) or "true"
    return holds(connection, f"{verdicts} FROM (SELECT {', '.join(values)}) AS made_up")


def _as_sql(texts: dict[str, str], expressions: dict[str, str]) -> dict[str, str]:
    """Numbers as they are, all else in quotes."""
    return {
        column: text
        if expressions[column][0].isdigit() and _NUMBER.fullmatch(text)
        else literal(text)
        for column, text in texts.items()
    }
