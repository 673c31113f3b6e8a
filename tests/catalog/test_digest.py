"""What exists, object by object: every kind is seen, nothing waits, nothing secret is in it."""

import re
import time

import psycopg
import pytest
import sqlalchemy as sa

from remediate.catalog import digest
from remediate.snapshots.digest import Digest, changes
from tests.support import helpers

DDL = """
CREATE TABLE users (id serial PRIMARY KEY, email text DEFAULT 'hunter2', CHECK (email <> 'hunter3'));
CREATE TABLE "O d" ("I d" integer PRIMARY KEY, u integer REFERENCES users,
  g integer GENERATED ALWAYS AS (u + 1) STORED);
CREATE INDEX "i x" ON "O d" ((u + 1)) WHERE u > 3;
ALTER TABLE "O d" ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON "O d" USING (u = 1);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER tr BEFORE INSERT ON "O d" FOR EACH ROW EXECUTE FUNCTION f();
CREATE TABLE parted (id integer) PARTITION BY RANGE (id);
INSERT INTO users VALUES (4711, 'someone@example.org')
"""  # fmt: skip
INT = "owner postgres, integer 1 1 1 2147483647"
CHANGES = [
    ("ALTER TABLE users ADD note text", ["column note:  -> text"]),
    (
        "ALTER TABLE users ALTER email SET NOT NULL",
        ["column email: text, default D -> text, NOT NULL, default D"],
    ),
    (
        "ALTER TABLE users ALTER email SET DEFAULT 'b'",
        ["column email: text, NOT NULL, default D -> text, NOT NULL, default D"],
    ),
    (
        "ALTER TABLE users ALTER id TYPE bigint",
        [
            "column id: integer, NOT NULL, default D -> bigint, NOT NULL, default D",
            "index users_pkey: unique, btree, (id), D -> unique, btree, (id), D",
        ],
    ),
    (
        'ALTER TABLE "O d" DROP CONSTRAINT "O d_u_fkey"',
        ["constraint O d_u_fkey: foreign key, (u), to public.users, on delete a, on update a -> "],
    ),
    ('DROP INDEX "i x"', ["index i x: btree, (expression), partial, D -> "]),
    (
        'ALTER TABLE "O d" DISABLE TRIGGER tr',
        ["trigger tr: enabled, public.f, D -> disabled, public.f, D"],
    ),
    (
        'ALTER POLICY p ON "O d" USING (u = 2)',
        ["policy p: for *, to PUBLIC, D -> for *, to PUBLIC, D"],
    ),
    (
        "GRANT SELECT (note) ON users TO PUBLIC",
        ["column note: text -> text, grants =r/postgres"],
    ),
    (
        "ALTER SEQUENCE users_id_seq OWNED BY NONE",
        [f"sequence : {INT}, owned by public.users.id -> {INT}"],
    ),
    ("INSERT INTO users VALUES (9, 'c'); SELECT nextval('users_id_seq'); ANALYZE", []),
    (
        "CREATE TABLE n (id serial PRIMARY KEY)",
        ["table :  -> owner postgres", f"sequence :  -> {INT}, owned by public.n.id"],
    ),
]


def read(url: sa.URL) -> Digest:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return digest.read(connection)


def masked(state: str) -> str:
    """With D in the place of each digest."""
    return re.sub(r"\b[0-9a-f]{8}\b", "D", state)


@pytest.mark.ends_in_ci
def test_each_change_is_named_and_nothing_else(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(DDL)
    before = read(url)
    text = " ".join([*map(str, before.states), *before.states.values()])
    assert not any(secret in text for secret in ("hunter", "someone", "4711"))
    for statement, expected in CHANGES:
        connection.execute(statement.encode())
        after = read(url)
        found = [
            f"{one.object.kind} {one.object.name}: {masked(one.before)} -> {masked(one.after)}"
            for one in changes(before, after)
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
