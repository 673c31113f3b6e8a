"""What exists, object by object: every kind is seen, nothing waits, nothing secret is in it."""

import re
import time

import psycopg
import pytest
import sqlalchemy as sa

from remediate.catalog import digest
from remediate.snapshots.digest import Changed, Digest, changes, parts
from tests.support import helpers

DDL = """
CREATE TABLE users (id serial PRIMARY KEY, email text DEFAULT 'hunter2', CHECK (email <> 'hunter3'));
CREATE TABLE "O d" ("I d" integer PRIMARY KEY, u integer REFERENCES users,
  g integer GENERATED ALWAYS AS (u + 1) STORED);
CREATE INDEX "i x" ON "O d" ((u + 1)) WHERE u > 3;
ALTER TABLE "O d" ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON "O d" USING (u = 1);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END -- hunter4';
CREATE TRIGGER tr BEFORE INSERT ON "O d" FOR EACH ROW EXECUTE FUNCTION f();
CREATE TABLE parted (id integer) PARTITION BY RANGE (id);
CREATE VIEW v AS SELECT id FROM users WHERE email <> 'hunter5';
CREATE MATERIALIZED VIEW m AS SELECT id FROM v; CREATE INDEX mi ON m (id);
CREATE FUNCTION users(integer, numeric(4, 1)) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TYPE mood AS ENUM ('sad', 'so, so'); CREATE DOMAIN price AS numeric CHECK (VALUE > 0);
CREATE TYPE pair AS (a integer, b text); CREATE TYPE span AS RANGE (subtype = integer);
CREATE RULE keep AS ON DELETE TO users DO INSTEAD NOTHING;
INSERT INTO users VALUES (4711, 'someone@example.org')
"""
CHANGES = [
    ("ALTER TABLE users ADD note text", ["column note: is new"]),
    ("ALTER TABLE users ALTER email SET NOT NULL", ["column email: None -> not null"]),
    ("ALTER TABLE users ALTER email SET DEFAULT 'b'", ["column email: default D -> default D"]),
    ("ALTER TABLE users ALTER note TYPE varchar", ["column note: type text -> type character varying"]),
    ("CREATE OR REPLACE VIEW v AS SELECT id FROM users", ["view : definition D -> definition D"]),
    ("GRANT SELECT (id) ON v TO PUBLIC", ["view : columns (id) -> columns (id {=r/postgres})"]),
    ("DROP INDEX mi", ["index mi: is gone"]),
    ("DROP VIEW v CASCADE", ["view : is gone", "view : is gone"]),
    (
        "ALTER TABLE users ALTER id TYPE bigint",
        [
            "column id: type integer -> type bigint", "column id: default D -> default D",
            "index users_pkey: classes D -> classes D",
        ],
    ),
    ('ALTER TABLE "O d" DROP CONSTRAINT "O d_u_fkey"', ["constraint O d_u_fkey: is gone"]),
    ('DROP INDEX "i x"', ["index i x: is gone"]),
    ('ALTER TABLE "O d" DISABLE TRIGGER tr', ["trigger tr: enabled -> None", "trigger tr: None -> disabled"]),
    ('ALTER POLICY p ON "O d" USING (u = 2)', ["policy p: expression D -> expression D"]),
    ("GRANT SELECT (note) ON users TO PUBLIC", ["column note: None -> grants =r/postgres"]),
    ("ALTER SEQUENCE users_id_seq OWNED BY NONE", ["sequence : owned public.users.id -> None"]),
    ("ALTER SEQUENCE users_id_seq CACHE 5", ["sequence : None -> cache 5"]),
    (
        "ALTER TABLE users ALTER id SET DEFAULT 1",
        ["column id: default D -> default D", "column id: draws public.users_id_seq -> None"],
    ),
    ("INSERT INTO users VALUES (9, 'c'); SELECT nextval('users_id_seq'); ANALYZE", []),
    ("CREATE TABLE n (id serial PRIMARY KEY)", ["table : is new", "sequence : is new"]),
    (
        "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        ["function (): definition D -> definition D"],
    ),
    ("ALTER FUNCTION f() SECURITY DEFINER", ["function (): None -> security definer"]),
    ("DROP FUNCTION users(integer, numeric)", ["function (integer, numeric): is gone"]),
    ("ALTER TYPE mood ADD VALUE 'glad'", ['type mood: labels (sad "so, so") -> labels (sad "so, so" glad)']),
    ("ALTER DOMAIN price SET NOT NULL", ["type price: None -> not null"]),
    ("ALTER DOMAIN price DROP CONSTRAINT price_check", ["type price: checks (price_check D) -> None"]),
    (
        "ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint",
        ["type pair: attributes (a integer b text) -> attributes (a bigint b text)"],
    ),
    ("DROP TYPE span", ["type span: is gone"]),
    ("ALTER TABLE users DISABLE RULE keep", ["rule keep: enabled -> None", "rule keep: None -> disabled"]),
    (
        'ALTER TABLE "O d" ADD CONSTRAINT fk FOREIGN KEY (u) REFERENCES users NOT VALID',
        ["constraint fk: is new"],
    ),
    ('ALTER TABLE "O d" DISABLE TRIGGER ALL',
     ["constraint fk: None -> triggers disabled"]),
    ("CREATE SCHEMA extra", ["schema extra: is new"]),
    ("COMMENT ON TABLE users IS 'hunter6'", ["table : None -> comment D"]),
    ("COMMENT ON TABLE users IS NULL", ["table : comment D -> None"]),
    (
        "COMMENT ON COLUMN users.email IS 'a'; COMMENT ON CONSTRAINT users_pkey ON users IS 'b';"
        "COMMENT ON INDEX users_pkey IS 'c'; COMMENT ON TYPE mood IS 'd'; COMMENT ON FUNCTION f() IS 'e';"
        "COMMENT ON SEQUENCE users_id_seq IS 'f'; COMMENT ON RULE keep ON users IS 'g'; COMMENT ON SCHEMA extra IS 'h'",
        [
            "schema extra: None -> comment D", "function (): None -> comment D", "type mood: None -> comment D",
            "column email: None -> comment D", "constraint users_pkey: None -> comment D",
            "index users_pkey: None -> comment D", "rule keep: None -> comment D", "sequence : None -> comment D",
        ],
    ),
    ("CREATE VIEW w AS SELECT id FROM users; COMMENT ON COLUMN w.id IS 'a'", ["view : is new"]),
    ("COMMENT ON COLUMN w.id IS NULL", ["view : columns (id comment D) -> columns (id)"]),
    ("CREATE PUBLICATION out FOR TABLE users", ["publication out: is new"]),
    (
        "ALTER PUBLICATION out SET (publish = 'insert')",
        ["publication out: operations D -> operations D"],
    ),
    ("DROP PUBLICATION out", ["publication out: is gone"]),
]  # fmt: skip
FROM_15 = [
    ("CREATE PUBLICATION out FOR TABLE users (id, email) WHERE (id > 1)", ["publication out: is new"]),
    (
        "ALTER PUBLICATION out SET TABLE users (id) WHERE (id > 2)",
        ["publication out: columns (id email) -> columns (id)", "publication out: expression D -> expression D"],
    ),
    (
        "ALTER PUBLICATION out SET TABLES IN SCHEMA extra; CREATE TABLE extra.t ()",
        ["table : is new", "publication out: is gone"],
    ),
    ("ALTER PUBLICATION out DROP TABLES IN SCHEMA extra", ["publication out: is gone"]),
]  # fmt: skip


def read(url: sa.URL) -> Digest:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return digest.read(connection)


def told(one: Changed) -> list[str]:
    if not one.parts:
        return ["is new" if one.after else "is gone"]
    then, now = parts(one.before), parts(one.after)
    return [f"{then.get(word)} -> {now.get(word)}" for word in one.parts]


def masked(state: str) -> str:
    """With D in the place of each digest."""
    return re.sub(r"\b[0-9a-f]{8}\b", "D", state)


@pytest.mark.ends_in_ci
def test_each_change_is_named_and_nothing_else(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(DDL)
    before = read(url)
    text = " ".join([*map(str, before.states), *before.states.values()])
    assert not any(secret in text for secret in ("hunter", "someone", "4711"))
    late = FROM_15 if connection.info.server_version >= 150000 else []
    for statement, expected in (*CHANGES, *late):
        connection.execute(statement.encode())
        after = read(url)
        found = [
            f"{one.object.kind} {one.object.name}: {masked(what)}"
            for one in changes(before, after)
            for what in told(one)
        ]
        assert found == expected, statement
        before = after


@pytest.mark.newest_in_ci
def test_an_alter_in_flight_is_not_waited_for(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(DDL)
    with helpers.connected(url, autocommit=False) as other:
        other.execute("ALTER TABLE users ADD note text, ALTER email SET DEFAULT 'x'")
        before = time.monotonic()
        assert read(url).states
        assert time.monotonic() - before < 1
