"""Made-up values for the columns of a table: the one place where they are made."""

import itertools
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal

import psycopg

from remediate.postgres.client import Connection
from remediate.postgres.sql import literal, quoted
from remediate.rehearsal.column_types import Column, Type, columns
from remediate.rehearsal.messages import unharmed
from remediate.rehearsal.type_values import value
from remediate.snapshots.tables import Name

ATTEMPTS = 300  # to satisfy what a table, or a domain, checks
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_LITERAL = re.compile(r"'((?:[^']|'')*)'|(?<![\w.])(\d+(?:\.\d+)?)\b")
# What CHECKs on texts ask for most: codes, addresses, numbers of phones, JSON, names of files.
_NUMBERED = (
    "abc-{n}", "{n:05}", "+49301234{n:03}", "+49 30 {n:06}", "someone{n}@example.org",
    "example{n}.org", "https://example.org/{n}", "192.0.2.{n}", "#{n:06}", "1.0.{n}", "/a{n}",
    "Aa1!Aa1!{n}", "00000000-0000-4000-8000-{n:012}",
)  # fmt: skip
_USUAL = (
    "a", "A", "aa", "AA", "aaa", "AAA", "aaaa", "A1", "AA00", "DE", "EUR", "en", "en_US", "en-US",
    "00:00", "2000-01-01", "2100-01-01", "1970-01-01", "Europe/Berlin", "[]", "{}",
    "true", "false",
)  # fmt: skip
_LONGEST = 300  # characters of a text that a CHECK on lengths may ask for
_MOST = 20  # elements of an array, likewise


def required_values(
    connection: Connection, table: Name, but: str, number: int = 1, *, defaulted: bool
) -> dict[str, str]:
    """Made-up values, as SQL, for the columns of a row that must have one, except one.

    `defaulted`: also for those that have a default. `number` keeps rows apart.
    """
    some = columns(connection, table)
    return required_of(connection, some, but, number, defaulted=defaulted)


def required_of(
    connection: Connection, some: Iterable[Column], but: str, number: int, *, defaulted: bool
) -> dict[str, str]:
    """The same for a table that has these columns."""
    wanted = (c for c in some if c.required and (defaulted or not c.defaulted))
    return _values(connection, (c for c in wanted if c.name != but), number)


def values_of(
    connection: Connection, table: Name, names: Collection[str], number: int
) -> dict[str, str]:
    """Made-up values, as SQL, for these columns of a table."""
    wanted = (c for c in columns(connection, table) if c.name in names)
    return _values(connection, wanted, number)


def _values(connection: Connection, wanted: Iterable[Column], number: int) -> dict[str, str]:
    found, domains = {}, dict[str, str]()
    for column in wanted:
        for domain in _domains(column.type):
            if domain.sql not in domains:
                domains |= _accepted(connection, domain, number, domains)
        found[column.name] = value(column.type, number, domains)
    return found


def _domains(type_: Type) -> Iterator[Type]:
    """The domains with CHECKs of which it is made, what is under others first."""
    for part in type_.parts:
        yield from _domains(part)
    if type_.kind == "d" and type_.checks:
        yield type_


def _accepted(
    connection: Connection, domain: Type, number: int, domains: dict[str, str]
) -> dict[str, str]:
    """What the domain takes, by its name; {} where that was not found, so that INSERTs tell why."""
    under, name = domain.parts[0], domain.sql
    first = value(under, number, domains)
    if holds(connection, f"(({first})::{name}) IS NOT NULL"):
        return {name: first}

    def takes(text: str) -> bool:
        return holds(connection, f"(({literal(text)}::{under.sql})::{name}) IS NOT NULL")

    labels = tuple(map(quoted, under.labels))
    found = chosen((*domain.checks, *labels), number, takes)
    return {} if found is None else {name: f"{literal(found)}::{under.sql}"}


def holds(connection: Connection, condition: str) -> bool:
    """Whether it is true; False, too, where PostgreSQL refuses to say."""
    try:
        with unharmed(connection):
            row = connection.execute(f"SELECT {condition}".encode()).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


def chosen(checks: Sequence[str], number: int, takes: Callable[[str], bool]) -> str | None:
    """A text that these conditions take, another one for each number where there are some."""
    for text in numbered(number):
        if takes(text):
            return text
    some = [*itertools.islice(filter(takes, candidates(checks)), number)]
    return some[(number - 1) % len(some)] if some else None


def numbered(number: int) -> Iterator[str]:
    """Texts of usual shapes, of which each number has its own."""
    return (text.format(n=number) for text in _NUMBERED)


def candidates(checks: Sequence[str]) -> Iterator[str]:
    """Texts that may satisfy these conditions: their literals, numbers next to them, what is usual.

    A number may be a length, too.
    """
    found: list[str] = []
    for text, digits in (m.groups() for check in checks for m in _LITERAL.finditer(check)):
        found += _near(digits) if digits else [text.replace("''", "'")]
    numbers = (int(text) for text in found if text.isdigit())
    lengths = sorted({n for n in numbers if 0 < n <= _LONGEST})
    of_length = (character * n for n in lengths for character in "aA0")
    arrays = ("{" + ",".join(["1"] * n) + "}" for n in lengths if n <= _MOST)
    keys = dict.fromkeys(text for text in found if not _NUMBER.fullmatch(text))
    objects = (json.dumps(one) for one in ({key: key for key in keys}, *({k: 1} for k in keys)))
    tried = dict.fromkeys([*found, *of_length, *_USUAL, *arrays, *objects])
    yield from itertools.islice(tried, ATTEMPTS)


def _near(number: str) -> list[str]:
    """With what lies below a limit that is a fraction, or between two that follow each other."""
    if "." in number:
        return [number, f"{Decimal(number) / 2:f}"]
    return [
        number,
        *(str(int(number) + n) for n in (1, -1)),
        f"{Decimal(number) - Decimal('0.5'):f}",
    ]
