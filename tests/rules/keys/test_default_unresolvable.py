"""PK002: sequences that are looked up by name, or that only a model calls."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Remedy
from remediate.revisions.script import script
from remediate.rules.keys.default_unresolvable import RULE
from remediate.snapshots.declared import Declared
from tests.support import helpers

MODELS = sa.MetaData()
sa.Table("called", MODELS, sa.Column("id", sa.Integer, sa.Sequence("missing"), primary_key=True))

FOUND = """
CREATE TABLE nowhere (id integer PRIMARY KEY DEFAULT nextval('no_such'::text));
CREATE SEQUENCE numbers; CREATE TABLE by_text (id integer PRIMARY KEY DEFAULT nextval('numbers'::text));
CREATE TABLE called (id integer PRIMARY KEY);
"""
LEFT_ALONE = """
CREATE SEQUENCE numbers; CREATE TABLE by_oid (id integer PRIMARY KEY DEFAULT nextval('numbers'));
CREATE TABLE serial_key (id serial PRIMARY KEY);
CREATE SEQUENCE missing; CREATE TABLE called (id integer PRIMARY KEY);  -- the model's is there
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND, MODELS) == [
        "public.by_text.id looks up its sequence by name ('numbers'): a rename or another search_path breaks it",
        "public.called.id gets its ids from the models' public.missing, which does not exist",
        "public.nowhere.id looks up its sequence by name, and PostgreSQL finds no 'no_such': every INSERT without an "
        "id fails",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE, MODELS) == []


PLAIN = """
CREATE SEQUENCE tickets; CREATE FUNCTION next_ticket() RETURNS bigint LANGUAGE plpgsql AS
  $$BEGIN RETURN nextval('tickets'::regclass); END$$;
CREATE TABLE ticket (id bigint PRIMARY KEY DEFAULT next_ticket(), v text);
INSERT INTO ticket (v) VALUES ('a'), ('b'), ('c');
"""
LOST = "public.ticket.id gets its ids from public.next_ticket(), which draws from the missing public.tickets"
# What stands in the function, and what is found once the sequence is gone.
SOURCES = {
    "a function of SQL": (
        "sql AS $$SELECT nextval('tickets')$$", "error proven", True,
    ),
    "a comment": (
        "plpgsql AS $$BEGIN\n-- nextval('other')\nRETURN nextval('public.tickets'); END$$",
        "error proven", True,
    ),
    "a shifted number": (
        "sql AS $$SELECT (extract(epoch FROM now())::bigint << 22) | nextval('tickets') % 1024$$",
        "error proven", False,
    ),
    "a condition": (
        "plpgsql AS $$BEGIN IF now() > 'infinity' THEN RETURN nextval('tickets'); END IF; RETURN 7; END$$",
        "info possible", False,
    ),
    "it makes it itself": (
        "plpgsql AS $$BEGIN CREATE SEQUENCE IF NOT EXISTS tickets; RETURN nextval('tickets'); END$$",
        "info possible", False,
    ),
    "it expects that": (
        "plpgsql AS $$BEGIN RETURN nextval('tickets'); EXCEPTION WHEN undefined_table THEN RETURN 7; END$$",
        "info possible", False,
    ),
    "a path of its own": (
        "plpgsql SET search_path = hidden, public AS $$BEGIN RETURN nextval('tickets'); END$$",
        "error proven", True,
    ),
    "only a comment": ("sql AS $$SELECT 7::bigint /* nextval('tickets') */$$", "", False),
    "another schema has one": (
        "sql AS $$SELECT nextval('tickets')$$; CREATE SCHEMA s; CREATE SEQUENCE s.tickets", "", False,
    ),
}  # fmt: skip


def found(url: sa.URL) -> list[Finding]:
    live = helpers.snapshot(url)
    return [v for v in RULE.find(live, Declared(), Options()) if isinstance(v, Finding)]


@pytest.mark.turns_in_ci
@pytest.mark.parametrize("name", SOURCES)
def test_a_function_whose_sequence_is_gone(
    name: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    source, weight, repaired = SOURCES[name]
    connection.execute(b"CREATE SCHEMA hidden")
    connection.execute(PLAIN.encode())
    assert found(url) == []
    replaced = f"CREATE OR REPLACE FUNCTION next_ticket() RETURNS bigint LANGUAGE {source}"
    connection.execute(replaced.encode())
    connection.execute(b"DROP SEQUENCE public.tickets")
    said = [(f"{f.severity} {f.confidence}", f.message) for f in found(url)]
    sequence = "hidden" if "search_path" in source else "public"
    lost = LOST.replace("missing public.t", f"missing {sequence}.t")
    lost = lost.replace("which draws", "which may draw") if weight == "info possible" else lost
    assert said == ([(weight, lost)] if weight else [])
    for finding in found(url):
        made = RULE.remedy(finding, helpers.snapshot(url), Options())
        assert isinstance(made, Remedy) == repaired


def test_the_sequence_is_made_again(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(PLAIN.encode())
    connection.execute(b"DROP SEQUENCE tickets")
    with pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute(b"INSERT INTO ticket (v) VALUES ('d')")
    (finding,), before = found(url), helpers.dump(url)
    made = RULE.remedy(finding, helpers.snapshot(url), Options())
    assert isinstance(made, Remedy)
    assert made.title == "create sequence public.tickets, next value beyond the highest id"
    helpers.run(connection, script([made]).up)
    with helpers.connected(url) as fresh:  # a session keeps what it parsed
        got = fresh.execute("INSERT INTO ticket (v) VALUES ('d') RETURNING id").fetchone()
    assert (got, found(url)) == ((4,), [])
    helpers.run(connection, script([made]).down)
    assert helpers.dump(url) == before


def test_an_expression_whose_sequence_is_gone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(
        b"CREATE TABLE t (id bigint PRIMARY KEY DEFAULT nextval('gone'::text) + 1000); "
        b"CREATE FUNCTION of_domain() RETURNS bigint LANGUAGE sql AS 'SELECT 8::bigint'; "
        b"CREATE DOMAIN number AS bigint DEFAULT of_domain(); CREATE TABLE u (id number PRIMARY KEY); "
        b"CREATE SEQUENCE of_u; CREATE OR REPLACE FUNCTION of_domain() RETURNS bigint LANGUAGE sql AS "
        b"$$SELECT nextval('of_u')$$; DROP SEQUENCE of_u"
    )
    assert sorted(f.message for f in found(url)) == [
        "public.t.id gets its ids from its default (nextval(('gone'::text)::regclass) + 1000), which draws from the "
        "missing public.gone",
        "public.u.id gets its ids from public.of_domain(), which draws from the missing public.of_u",
    ]
