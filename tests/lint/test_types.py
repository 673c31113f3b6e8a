"""The table of casts against what PostgreSQL itself says."""

import psycopg
import pytest

from remediate.lint.expressions import type_of
from remediate.lint.scope import HOLE
from remediate.lint.types import ASSIGNABLE, conversion, is_incomparable, is_refused
from remediate.rehearsal.scratch import Server
from tests.support import helpers

ENUMS = ("enum mood", "enum weather")
TYPES = (*ASSIGNABLE, "integer[]", "text[]", "character varying[]", *ENUMS)


@pytest.fixture(scope="module")
def said(newest: Server) -> dict[tuple[str, str, str], bool]:
    """Whether each type can be changed to each: without USING, and with ours."""
    made = {}
    with newest.database() as url, helpers.connected(url) as connection:
        connection.execute("CREATE TYPE mood AS ENUM ('a'); CREATE TYPE weather AS ENUM ('a')")
        for old in TYPES:
            for new in TYPES:
                way = conversion(old, new, "c")
                for how in ("", f" USING {way}") if way else ("",):
                    made[old, new, how and "using"] = _works(connection, old, new, how)
    return made


def _works(connection: psycopg.Connection, old: str, new: str, how: str) -> bool:
    before, after = old.removeprefix("enum "), new.removeprefix("enum ")
    connection.execute(f"DROP TABLE IF EXISTS t; CREATE TABLE t (c {before})".encode())
    try:
        connection.execute(f"ALTER TABLE t ALTER COLUMN c TYPE {after}{how}".encode())
    except psycopg.errors.DatatypeMismatch:
        return False
    return True


def test_the_table_says_what_postgresql_says(said: dict[tuple[str, str, str], bool]) -> None:
    pairs = [(old, new) for old in TYPES for new in TYPES]
    wrong = [p for p in pairs if is_refused(*p) is said[(*p, "")]]
    assert wrong == []
    assert len(pairs) > 800


def test_every_conversion_runs(said: dict[tuple[str, str, str], bool]) -> None:
    assert [key for key, works in said.items() if key[2] and not works] == []


KEYS = tuple(type_ for type_ in ASSIGNABLE if type_ not in ("xml", "json"))  # without an order


def test_references_are_refused_as_postgresql_does(newest: Server) -> None:
    refused = set()
    with newest.database() as url, helpers.connected(url) as connection:
        for key in KEYS:
            connection.execute(f'CREATE TABLE "{key}" (k {key} PRIMARY KEY)'.encode())
        for own in KEYS:
            connection.execute(f"DROP TABLE IF EXISTS t; CREATE TABLE t (c {own})".encode())
            for key in KEYS:
                try:
                    connection.execute(
                        f'ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES "{key}"'.encode()
                    )
                except psycopg.errors.DatatypeMismatch:
                    refused.add((own, key))
    assert refused == {(own, key) for own in KEYS for key in KEYS if is_incomparable(own, key)}
    assert not is_incomparable("", "integer")
    assert not is_incomparable("citext", "integer")


NAMES = {
    "INT": "integer", "int4": "integer", "varchar(20)": "character varying", "bool": "boolean",
    "character varying (20)": "character varying", "char(36)": "character", "bigserial": "bigserial",
    "timestamp(3) with time zone": "timestamp with time zone", "pg_catalog.int8": "bigint",
    "TIMESTAMPTZ": "timestamp with time zone", "double  precision": "double precision",
    "float(10)": "real", "float(30)": "double precision", "numeric(10, 2)": "numeric",
    "integer[]": "integer[]", "int ARRAY": "integer[]", "text[3][4]": "text[]",
    "interval year to month": "interval", "dec(4)": "numeric", "national character (3)": "character",
    "double /* eight bytes */ precision": "double precision", "timetz(3)": "time with time zone",
    "mood": "mood", "APP.Mood": "app.mood", 'app."Mood"': "app.Mood", 'app."a.b"': 'app."a.b"',
    "public.mood": "mood", "mood[]": "mood[]",
}  # fmt: skip
UNKNOWN = ("", "integer x", "'text'", HOLE, f"{HOLE}(3)")


@pytest.mark.parametrize("written", NAMES)
def test_names_of_types(written: str) -> None:
    assert type_of(written) == NAMES[written]


def test_postgresql_names_them_so(newest: Server) -> None:
    """Without their schemas, which it leaves out where the search path finds them."""
    types = "CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM (); CREATE TYPE public.mood AS ENUM ()"
    more = """CREATE TYPE app."Mood" AS ENUM (); CREATE TYPE app."a.b" AS ENUM ()"""
    named = {}
    with newest.database() as url, helpers.connected(url) as connection:
        connection.execute(f"{types}; {more}".encode())
        for written in NAMES.keys() - {"bigserial"}:
            row = connection.execute(f"SELECT pg_typeof(NULL::{written})::text".encode()).fetchone()
            named[written] = str(row and row[0]).replace('app."Mood"', "app.Mood")
    assert named == {written: NAMES[written] for written in named}


@pytest.mark.parametrize("written", UNKNOWN)
def test_what_is_no_type_has_no_name(written: str) -> None:
    assert type_of(written) == ""


def test_a_quoted_name_is_none_of_the_standard(newest: Server) -> None:
    """ "integer" in quotes is a type that somebody has made: its own name is int4."""
    assert type_of('"integer"') == '"integer"'
    with newest.database() as url, helpers.connected(url) as connection:
        with pytest.raises(psycopg.errors.UndefinedObject):
            connection.execute('SELECT NULL::"integer"')


def test_nothing_is_said_of_unknown_types() -> None:
    assert not is_refused("", "integer")
    assert not is_refused("citext", "")
