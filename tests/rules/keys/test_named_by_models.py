"""PK001: the sequence that a model's server_default names is the one that the key gets."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Remedy
from remediate.revisions.script import script
from remediate.rules.keys.key_without_default import RULE
from remediate.snapshots.declared import Declared
from tests.support import helpers

TABLES = """
CREATE SCHEMA app; CREATE TABLE t (id integer PRIMARY KEY, v text); INSERT INTO t VALUES (7, 'a');
CREATE TABLE app.u (id bigint PRIMARY KEY, v text); INSERT INTO app.u VALUES (9, 'a');
"""
T, U = "public.t.id", "app.u.id"


def declared(**defaults: sa.TextClause | sa.sql.ClauseElement | None) -> Declared:
    """Models of t and app.u, with these server defaults."""
    metadata = sa.MetaData()
    for name, schema in (("t", None), ("u", "app")):
        column = sa.Column("id", sa.BigInteger, primary_key=True, server_default=defaults.get(name))
        sa.Table(name, metadata, column, sa.Column("v", sa.Text), schema=schema)
    return helpers.declared(metadata)


def text(name: str) -> sa.TextClause:
    return sa.text(f"nextval('{name}'::regclass)")


def drawn(connection: psycopg.Connection, table: str) -> str:
    """What its key draws from, and who owns that."""
    row = connection.execute(
        "SELECT pg_get_expr(adbin, adrelid), pg_get_serial_sequence(adrelid::regclass::text, 'id') "
        "FROM pg_attrdef WHERE adrelid = %s::regclass", [table]
    ).fetchone()  # fmt: skip
    assert row
    return f"{row[0].split(chr(39))[1]}, owned {row[1]}"


def repaired(url: sa.URL, connection: psycopg.Connection, ddl: str, models: Declared) -> list[str]:
    """What the keys draw from after the repair; up, an INSERT each, down to the same bytes, up."""
    connection.execute((TABLES + ddl).encode())
    before = helpers.dump(url)
    live = helpers.snapshot(url, models)
    found = [f for f in RULE.find(live, models, Options()) if isinstance(f, Finding)]
    assert [str(f.place) for f in found] == [U, T]
    remedies = [RULE.remedy(f, live, Options()) for f in found]
    made = script([r for r in remedies if isinstance(r, Remedy)])
    for _ in range(2):
        helpers.run(connection, made.up)
        seen = [drawn(connection, table) for table in ("t", "app.u")]
        for table, highest in (("t", 7), ("app.u", 9)):
            row = connection.execute(
                f"INSERT INTO {table} (v) VALUES ('b') RETURNING id"
            ).fetchone()
            assert row is not None
            assert row[0] > highest
        connection.execute("DELETE FROM t WHERE v = 'b'; DELETE FROM app.u WHERE v = 'b'")
        helpers.run(connection, made.down)
        assert helpers.dump(url) == before
    return seen


OWN = ["t_id_seq, owned public.t_id_seq", "app.u_id_seq, owned app.u_id_seq"]


@pytest.mark.turns_in_ci
@pytest.mark.parametrize(
    ("ddl", "defaults", "expected"),
    [
        ("", {}, OWN),
        ("CREATE SEQUENCE numbers", {"t": text("numbers")}, ["numbers, owned public.numbers", OWN[1]]),
        ("", {"t": text("numbers"), "u": text("app.counter")},
         ["numbers, owned public.numbers", "app.counter, owned app.counter"]),
        ('CREATE SEQUENCE app."My Seq"', {"u": sa.text("""nextval('app."My Seq"'::regclass)""")},
         [OWN[0], 'app."My Seq", owned app."My Seq"']),
        ("CREATE SEQUENCE numbers", {"t": sa.Sequence("numbers").next_value()},
         ["numbers, owned public.numbers", OWN[1]]),
        # of another schema, which no column of the table can own
        ("CREATE SEQUENCE app.numbers", {"t": text("app.numbers")}, ["app.numbers, owned None", OWN[1]]),
        # taken, kept for another key, in a schema apart
        ("CREATE VIEW numbers AS SELECT 1 AS a", {"t": text("numbers")}, OWN),
        ("", {"t": text("app.numbers")}, OWN),
        ("", {"t": text("app.u_id_seq")}, OWN),
    ],
)  # fmt: skip
def test_the_name_that_can_be_had(
    ddl: str, defaults: dict[str, sa.TextClause], expected: list[str], url: sa.URL,
    connection: psycopg.Connection,
) -> None:  # fmt: skip
    assert repaired(url, connection, ddl, declared(**defaults)) == expected
