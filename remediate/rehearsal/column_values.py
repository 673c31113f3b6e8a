"""Made-up values for the columns of a table: the one place where they are made."""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

import psycopg

from remediate.postgres.client import Connection
from remediate.postgres.sql import literal
from remediate.rehearsal.column_types import Column, Type, columns
from remediate.rehearsal.type_values import value
from remediate.snapshots.tables import Name

ATTEMPTS = 300  # to satisfy what a table, or a domain, checks
_LITERAL = re.compile(r"'((?:[^']|'')*)'|(?<![\w.])(\d+(?:\.\d+)?)\b")
# What CHECKs on texts ask for most: codes, addresses, numbers of phones, JSON, names of files. {n}
# keeps rows apart.
_USUAL = (
    "a", "A", "aa", "AA", "aaa", "AAA", "aaaa", "A1", "AA00", "DE", "EUR", "en", "en_US", "en-US",
    "abc-{n}", "Aa1!Aa1!{n}", "{n:05}", "+49301234{n:03}", "+49 30 {n:06}",
    "someone{n}@example.org", "example{n}.org", "https://example.org/{n}", "192.0.2.{n}",
    "#{n:06}", "1.0.{n}", "/a{n}", "00:00", "2000-01-01", "2100-01-01", "1970-01-01",
    "Europe/Berlin", "[]", "{{}}",
    "00000000-0000-4000-8000-{n:012}",
)  # fmt: skip
_LONGEST = 300  # characters of a text that a CHECK on lengths may ask for


def required_values(
    connection: Connection, table: Name, but: str, number: int = 1, *, defaulted: bool
) -> dict[str, str]:
    """Made-up values, as SQL, for the columns of a row that must have one, except one.

    `defaulted`: also for those that have a default. `number` keeps rows apart.
    """
    wanted = (
        c for c in columns(connection, table) if c.required and (defaulted or not c.defaulted)
    )
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
    texts = (f"{literal(text)}::{under.sql}" for text in candidates(domain.checks, number))
    taken = (each for each in texts if holds(connection, f"(({each})::{name}) IS NOT NULL"))
    some = [*itertools.islice(taken, number)]
    return {name: some[(number - 1) % len(some)]} if some else {}


def holds(connection: Connection, condition: str) -> bool:
    """Whether it is true; False, too, where PostgreSQL refuses to say."""
    try:
        with connection.transaction():
            row = connection.execute(f"SELECT {condition}".encode()).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


def candidates(checks: Sequence[str], number: int) -> Iterator[str]:
    """Texts that may satisfy these conditions: their literals, numbers next to them, what is usual.

    A number in a CHECK may be a length, too. `number`: that of the row.
    """
    found: list[str] = []
    usual = (text.format(n=number) for text in _USUAL)
    for text, digits in (m.groups() for check in checks for m in _LITERAL.finditer(check)):
        found += _near(digits) if digits else [text.replace("''", "'")]
    numbers = (int(text) for text in found if text.isdigit())
    lengths = sorted({n for n in numbers if 0 < n <= _LONGEST})
    of_length = (character * n for n in lengths for character in "aA0")
    yield from itertools.islice(dict.fromkeys([*found, *of_length, *usual]), ATTEMPTS)


def _near(number: str) -> list[str]:
    if "." in number:
        return [number]
    return [number, str(int(number) + 1), str(int(number) - 1)]
