"""Names and literals on a real server: every way of writing them must mean the same."""

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS

from remediate.lint import state, table_name
from remediate.postgres.sql import (
    RESERVED,
    ident,
    literal,
    quote,
    regclass,
    serial_name,
    statement,
)
from remediate.rehearsal.scratch import Server
from tests.support import helpers

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(
    lambda name: len(name.encode()) <= 63
)
SETTINGS = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def own(server: Server):
    with server.database() as url, helpers.connected(url) as connection:
        yield connection


@SETTINGS
@given(name=NAMES)
def test_a_name_means_itself(name: str, own: psycopg.Connection) -> None:
    with own.transaction(force_rollback=True):
        own.execute(f"CREATE SEQUENCE public.{ident(name)}".encode())
        found = own.execute("SELECT relname FROM pg_class WHERE relkind = 'S'").fetchone()
        assert found == (name,)
        own.execute(f"SELECT nextval({regclass('public', name)})".encode())


@SETTINGS
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_a_literal_means_itself_everywhere(text: str, own: psycopg.Connection) -> None:
    written = literal(text)
    for conforming in ("off", "on"):
        own.execute(f"SET standard_conforming_strings = {conforming}".encode())
        assert own.execute(f"SELECT {written}".encode()).fetchone() == (text,)
    # SQLAlchemy's text(), through which op.execute() goes, takes no part of it for a parameter.
    compiled = sa.text(f"SELECT {written}").compile(dialect=sa.dialects.postgresql.dialect())
    assert str(compiled) == f"SELECT {written}"
    assert "%" not in written
    # Inside the body of a DO statement nothing may end the dollar quote.
    own.execute(f"DO $remediate$ BEGIN PERFORM {written}; END $remediate$".encode())


@SETTINGS
@given(name=NAMES, text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_what_postgresql_prints_makes_the_same_again(
    name: str, text: str, own: psycopg.Connection
) -> None:
    show = "SELECT pg_get_viewdef('public.v'::regclass), obj_description('public.v'::regclass)"
    view, constant = "CREATE VIEW public.v AS", literal(text)
    with own.transaction(force_rollback=True):
        own.execute(f"{view} SELECT {constant} || 'x' AS {ident(name)}".encode())
        own.execute(f"COMMENT ON VIEW public.v IS {constant}".encode())
        before = own.execute(show).fetchone()
        comment = own.execute("SELECT quote_literal(%s)", [text]).fetchone()[0]
        own.execute("DROP VIEW public.v")
        for printed in (view + before[0], f"COMMENT ON VIEW public.v IS {comment}"):
            written = statement(printed)
            compiled = sa.text(written).compile(dialect=sa.dialects.postgresql.dialect())
            assert str(compiled) == written
            assert "%" not in written
            own.execute(written.encode())
        assert own.execute(show).fetchone() == before


HIDDEN = """\
DO $remediate$ BEGIN EXECUTE pg_catalog.array_to_string(ARRAY[
  E'{}'], pg_catalog.chr(10)); END $remediate$"""


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("SELECT a,\n  b::text", "SELECT a,\n  b::text"),
        ("SELECT 'it''s 5%'", r"SELECT E'it''s 5\u0025'"),
        (r"SELECT E'a\\b', 'a\b'", r"SELECT E'a\u005Cb', E'a\u005Cb'"),
        ("SELECT '\n'", r"SELECT E'\u000A'"),
        ("SELECT \"a:b\", ':x', '$$'", r"""SELECT U&"a\003Ab", E'\u003Ax', E'\u0024\u0024'"""),
        ("SELECT a % 2, 'it''s'", HIDDEN.format(r"SELECT a \u0025 2, ''it''''s''")),
        ("SELECT a[(b):c]", HIDDEN.format(r"SELECT a[(b)\u003Ac]")),
        ("SELECT $$x$$", HIDDEN.format(r"SELECT \u0024\u0024x\u0024\u0024")),
        (
            "SELECT 'x\n' %\n  7",
            "DO $remediate$ BEGIN EXECUTE pg_catalog.array_to_string(ARRAY[\n"
            "  'SELECT ''x',\n  E''' \\u0025',\n  '  7'], pg_catalog.chr(10)); END $remediate$",
        ),
        ("SELECT\t1", HIDDEN.format(r"SELECT\u00091")),
    ],
)
def test_as_it_is_printed_or_hidden_in_a_literal(printed: str, written: str) -> None:
    assert statement(printed) == written


@SETTINGS
@given(name=NAMES)
def test_quoted_like_postgresql_does(name: str, own: psycopg.Connection) -> None:
    theirs = own.execute("SELECT quote_ident(%s)", [name]).fetchone()[0]
    # Keywords that need no quotes here are quoted by PostgreSQL all the same.
    assert quote(name) in (theirs, theirs.strip('"'))


@SETTINGS
@given(table=NAMES, column=NAMES)
def test_the_name_that_serial_chooses(table: str, column: str, own: psycopg.Connection) -> None:
    with own.transaction(force_rollback=True):
        own.execute(f"CREATE TABLE public.{ident(table)} ({ident(column)} serial)".encode())
        row = own.execute("SELECT relname FROM pg_class WHERE relkind = 'S'").fetchone()
        assert row == (serial_name(table, column, {table}),)


def test_the_next_free_name() -> None:
    assert serial_name("t", "id", {"t_id_seq", "t_id_seq1"}) == "t_id_seq2"


@given(table=NAMES, column=NAMES)
def test_lint_names_a_sequence_of_serial_alike(table: str, column: str) -> None:
    # It imports nothing of the package, and answers "" where PostgreSQL shortens the name.
    linted = state.serial_name(table_name(table, "public"), column)
    assert linted in ("", serial_name(table, column, ()))
    assert bool(linted) == (len(f"{table}_{column}_seq".encode()) <= 63)


def test_the_words_are_those_that_sqlalchemy_quotes() -> None:
    assert RESERVED == RESERVED_WORDS
