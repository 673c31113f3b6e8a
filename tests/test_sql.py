"""Names and literals on a real server: every way of writing them must mean the same."""

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remediate.sql import ident, literal, quote, regclass, serial_name
from remediate.write.scratch import Server
from tests import helpers

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
    assert own.execute(f"SELECT {written}".encode()).fetchone() == (text,)
    # SQLAlchemy's text(), through which op.execute() goes, takes no part of it for a parameter.
    compiled = sa.text(f"SELECT {written}").compile(dialect=sa.dialects.postgresql.dialect())
    assert str(compiled) == f"SELECT {written}"
    assert "%" not in written
    # Inside the body of a DO statement nothing may end the dollar quote.
    own.execute(f"DO $remediate$ BEGIN PERFORM {written}; END $remediate$".encode())


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
