"""Values for columns of every type: PostgreSQL takes them, and numbers keep rows apart."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.postgres.sql import ident
from remediate.rehearsal.column_values import holds, required_values
from remediate.rehearsal.row_values import literals
from remediate.snapshots.tables import Name
from tests.support import helpers

MANY = 100
TABLE = Name("public", "t")
# Types of columns that tables may have; what takes no text at all, and pseudo-types, are none.
BUILT_IN = """
    SELECT format_type(t.oid, NULL) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname IN ('pg_catalog', 'information_schema')
      AND t.typtype <> 'p' AND t.typname <> '_cstring'
      AND t.typname NOT IN ('pg_node_tree', '_pg_node_tree', 'gtsvector', '_gtsvector',
        'pg_ndistinct', 'pg_dependencies', 'pg_mcv_list', 'pg_brin_bloom_summary',
        'pg_brin_minmax_multi_summary')
      AND t.typname NOT IN ('_int2vector', '_oidvector')  -- PostgreSQL 16.2 builds no array of them
      AND t.typrelid = 0
      AND NOT EXISTS (SELECT FROM pg_class c WHERE c.reltype = t.typelem AND t.typelem <> 0)
    ORDER BY t.oid
"""
WITH_MODIFIERS = (
    "numeric(5)", "numeric(3,2)", "numeric(2,2)", "numeric(4,4)", "numeric(20,5)", "varchar(2)",
    "varchar(1)", "char(1)", "char(2)", "char(5)", "bit(1)", "bit(7)", "bit(64)", "varbit(3)",
    "timestamp(0)", "timestamptz(3)", "time(0)", "timetz(2)", "interval(0)", "interval year",
    "interval minute to second", "interval day to hour", "varchar(2)[]", "numeric(3,2)[]",
)  # fmt: skip
# Of which there are not so many.
FEW = {"boolean": 2, '"char"': 62, "character(1)": 62, "varchar(1)": 62, "char(1)": 62, "bit": 2,
       "bit(1)": 2, "varbit(3)": 8, "numeric(2,2)": 99, "information_schema.yes_or_no": 2}  # fmt: skip
OF_USERS = """
CREATE SCHEMA "odd %s";
CREATE TYPE mood AS ENUM ('it''s', 'b%');
CREATE TYPE "odd %s"."Colour, :x" AS ENUM ('red');
CREATE DOMAIN "user" AS integer;
CREATE DOMAIN code AS varchar(3) NOT NULL CHECK (VALUE ~ '^[A-Z]{2}$') CHECK (VALUE <> 'AA');
CREATE DOMAIN level AS smallint CHECK (VALUE BETWEEN 40 AND 50);
CREATE DOMAIN higher AS level CHECK (VALUE > 45);
CREATE DOMAIN email AS text CHECK (VALUE ~* '^[^@ ]+@[^@ ]+[.][a-z]+$');
CREATE DOMAIN better AS mood CHECK (VALUE <> 'it''s');
CREATE DOMAIN moods AS mood[] CHECK (cardinality(VALUE) > 0);
CREATE TYPE pair AS (a level, b "odd %s"."Colour, :x", c date[]);
CREATE TYPE levels AS RANGE (subtype = timestamp);
"""
USERS = (
    "mood", '"odd %s"."Colour, :x"', '"user"', "code", "level", "higher", "email", "moods", "pair",
    "levels", "better", "better[]", "mood[]", "pair[]", "level[]",
)  # fmt: skip


def _table(connection: psycopg.Connection, type_: str) -> None:
    connection.execute("DROP TABLE IF EXISTS t")
    connection.execute(f"CREATE TABLE t (v {type_} NOT NULL)".encode())


def _laid(connection: psycopg.Connection, type_: str, many: int) -> list[str]:
    """What a column of the type holds after so many rows."""
    _table(connection, type_)
    for number in range(1, many + 1):
        values = required_values(connection, TABLE, "", number, defaulted=True)
        names = ", ".join(map(ident, values))
        row = ", ".join(values.values())
        connection.execute(f"INSERT INTO t ({names}) VALUES ({row})".encode())
    return [row[0] for row in connection.execute("SELECT v::text FROM t", prepare=False)]


@pytest.mark.turns_in_ci
def test_every_built_in_type_has_values_that_are_told_apart(connection: psycopg.Connection) -> None:
    types = [row[0] for row in connection.execute(BUILT_IN)]
    if not holds(connection, "xml '<a/>' IS NOT NULL"):  # a server may be built without it
        types = [type_ for type_ in types if type_.removesuffix("[]") != "xml"]
    assert len(types) > 140
    with connection.transaction(force_rollback=True):
        for type_ in types:
            assert len(set(_laid(connection, type_, 3))) == min(
                3, FEW.get(type_.removesuffix("[]"), 3)
            ), type_


@pytest.mark.newest_in_ci
def test_a_modifier_leaves_room_for_many_rows(connection: psycopg.Connection) -> None:
    for type_ in WITH_MODIFIERS:
        assert len(set(_laid(connection, type_, MANY))) == min(MANY, FEW.get(type_, MANY)), type_


@pytest.mark.newest_in_ci
def test_types_of_users_are_met_with_what_their_domains_check(
    connection: psycopg.Connection,
) -> None:
    connection.execute(OF_USERS.encode())
    for type_ in USERS:
        assert len(_laid(connection, type_, 2)) == 2, type_
    for type_ in ('"user"', "mood", "level", "mood[]", "levels", "pair"):
        assert len(set(_laid(connection, type_, 2))) == 2, type_


def _is_there(connection: psycopg.Connection, type_: str) -> bool:
    """pgvector has some types since 0.7 only."""
    return holds(connection, f"to_regtype('{type_.partition('(')[0]}') IS NOT NULL")


@pytest.mark.newest_in_ci
def test_types_of_extensions_have_values_where_the_extension_is_there(
    connection: psycopg.Connection,
) -> None:
    connection.execute("CREATE SCHEMA x; SET search_path = public, x")
    there = {row[0] for row in connection.execute("SELECT name FROM pg_available_extensions")}
    types = {
        "citext": ("citext",), "hstore": ("hstore",), "ltree": ("ltree", "lquery", "ltxtquery"),
        "cube": ("cube",), "seg": ("seg",), "intarray": ("query_int",),
        "vector": ("vector(3)", "halfvec(2)", "sparsevec(4)", "vector"),
    }  # fmt: skip
    for extension in types.keys() & there:
        connection.execute(f"CREATE EXTENSION {extension} SCHEMA x".encode())
        for type_ in filter(lambda name: _is_there(connection, name), types[extension]):
            assert len(set(_laid(connection, type_, 3))) == 3, type_


CHECKS = {
    "a date": "CREATE TABLE t (d date NOT NULL CHECK (d > '2024-02-28'))",
    "a length": "CREATE TABLE t (a text NOT NULL CHECK (char_length(a) = 11))",
    "a choice": "CREATE TABLE t (a varchar(9) NOT NULL CHECK (a IN ('it''s', 'b')))",
    "a share": "CREATE TABLE t (a numeric(3,2) NOT NULL CHECK (a > 0.5 AND a <= 1))",
    "one of two": "CREATE TABLE t (a int, b date, CHECK (num_nonnulls(a, b) = 1))",
    "two together": "CREATE TABLE t (a date NOT NULL, b date NOT NULL CHECK (b > a))",
    "an array": "CREATE TABLE t (a jsonb NOT NULL CHECK (jsonb_typeof(a) = 'array'))",
    "a truth": "CREATE TABLE t (a boolean NOT NULL, b boolean NOT NULL, CHECK (a AND NOT b))",
    "between whole numbers": "CREATE TABLE t (a real NOT NULL CHECK (a > 0 AND a < 0.5), "
    "b numeric(4,2) NOT NULL CHECK (b > 0 AND b < 1))",
    "several elements": "CREATE TABLE t (a text[] NOT NULL CHECK (cardinality(a) >= 3))",
    "keys of an object": "CREATE TABLE t (a jsonb NOT NULL CHECK (a ? 'b' AND a ? 'it''s'))",
    "many": "CREATE TABLE t (a text NOT NULL CHECK (a <> '1'), b int NOT NULL CHECK (b > 500), "
    "c text NOT NULL CHECK (c LIKE '%@%'), d int NOT NULL CHECK (d % 7 = 0 AND d BETWEEN 70 AND 80))",
}  # fmt: skip


@pytest.mark.newest_in_ci
@pytest.mark.parametrize("ddl", CHECKS.values(), ids=CHECKS)
def test_a_row_meets_what_its_table_checks(ddl: str, connection: psycopg.Connection) -> None:
    connection.execute(ddl.encode())
    values = literals(connection, TABLE)
    assert values is not None
    names, row = ", ".join(map(ident, values)), ", ".join(values.values())
    connection.execute(f"INSERT INTO t ({names}) VALUES ({row})".encode())


@pytest.mark.newest_in_ci
def test_what_nobody_can_say_is_not_said(url: sa.URL) -> None:
    with helpers.connected(url) as connection:
        connection.execute("CREATE DOMAIN odd AS integer CHECK (VALUE * VALUE = 169744)")
        _table(connection, "odd")
        assert literals(connection, TABLE) is None
        connection.execute("DROP TABLE t; CREATE TABLE t (a text NOT NULL CHECK (md5(a) = 'x'))")
        assert literals(connection, TABLE) is None


@pytest.mark.newest_in_ci
def test_rows_that_meet_a_check_are_told_apart(connection: psycopg.Connection) -> None:
    """Parents that a rehearsal lays must be several, and their unique columns may have CHECKs."""
    connection.execute(
        "CREATE TABLE t (mail text NOT NULL UNIQUE CHECK (mail LIKE '%@%'), "
        "site text NOT NULL UNIQUE CHECK (site ~ '^https://'), "
        "kind text NOT NULL CHECK (kind IN ('a', 'b')))"
    )
    for number in range(1, 6):
        values = literals(connection, TABLE, number=number)
        assert values is not None
        names, row = ", ".join(values), ", ".join(values.values())
        connection.execute(f"INSERT INTO t ({names}) VALUES ({row})".encode())
    assert connection.execute("SELECT count(DISTINCT kind) FROM t").fetchone() == (2,)
