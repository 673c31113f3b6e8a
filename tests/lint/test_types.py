"""The table of casts against what PostgreSQL itself says."""

import psycopg
import pytest

from remediate.lint.types import ASSIGNABLE, canonical, conversion, is_refused
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


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("INT", "integer"), ("int4", "integer"), ("varchar(20)", "character varying"),
        ("character varying (20)", "character varying"), ("timestamp(3) with time zone", "timestamp with time zone"),
        ("TIMESTAMPTZ", "timestamp with time zone"), ("double  precision", "double precision"), ("float(10)", "real"),
        ("float(30)", "double precision"), ("numeric(10, 2)", "numeric"), ("integer[]", "integer[]"), ("int ARRAY", "integer[]"),
        ("text[3][4]", "text[]"), ("bigserial", "bigint"), ("pg_catalog.int8", "bigint"), ("interval year to month", "interval"),
        ('"integer"', "integer"), ("citext", ""), ("app.mood", ""), ("bool", "boolean"), ("char(36)", "character"),
    ],
)  # fmt: skip
def test_names_of_types(written: str, name: str) -> None:
    assert canonical(written) == name


def test_nothing_is_said_of_unknown_types() -> None:
    assert not is_refused("", "integer")
    assert not is_refused("citext", "")
