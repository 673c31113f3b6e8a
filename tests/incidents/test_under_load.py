"""Conversions while four writers and a reader go on: nothing fails, nothing is lost."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from remediate.rehearsal.scratch import Server
from tests.remedies.test_drivers import ENV as EVERY_WAY
from tests.support import helpers
from tests.support.project import ENV, Project, small_project

# One of each kind of what may hang on a column, over a text that becomes an integer (posts) or a uuid
# (tokens), and an integer that becomes a bigint (orders).
ON_EACH = """
CREATE VIEW {t}_seen AS SELECT id, {c}, note FROM {t} WHERE note <> 'hidden';
CREATE VIEW {t}_count AS SELECT {c}, count(*) AS n FROM {t}_seen GROUP BY {c};
ALTER VIEW {t}_seen OWNER TO load_owner; GRANT SELECT ({c}) ON {t}_seen TO PUBLIC;
COMMENT ON VIEW {t}_count IS '100 % of :it';
CREATE MATERIALIZED VIEW {t}_kept AS SELECT {c} FROM {t}; CREATE INDEX ON {t}_kept ({c});
CREATE TRIGGER touched BEFORE UPDATE OF {c} ON {t} FOR EACH ROW EXECUTE FUNCTION noted();
CREATE TRIGGER changed AFTER UPDATE ON {t} FOR EACH ROW WHEN (OLD.{c} IS DISTINCT FROM NEW.{c})
  EXECUTE FUNCTION noted();
CREATE POLICY own ON {t} USING ({c} IS NOT NULL);
CREATE RULE kept AS ON DELETE TO {t} WHERE OLD.{c} IS NULL DO ALSO NOTHING;
CREATE INDEX {t}_by ON {t} ({c}); CREATE INDEX ON {t} ({c}, id) WHERE {c} IS NOT NULL;
CREATE STATISTICS {t}_st ON {c}, note FROM {t}; ALTER STATISTICS {t}_st SET STATISTICS 77;
COMMENT ON COLUMN {t}.{c} IS 'who'; GRANT SELECT, UPDATE ({c}) ON {t} TO load_owner;
ALTER TABLE {t} ALTER {c} SET STATISTICS 55, ALTER {c} SET (n_distinct = -0.5);
CREATE PUBLICATION {t}_out FOR TABLE {t} (id, {c}, note);
"""
DDL = (
    """
DO $$ BEGIN CREATE ROLE load_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE users (id bigserial PRIMARY KEY, name text);
INSERT INTO users (name) SELECT 'u' FROM generate_series(1, 50);
CREATE TABLE devices (id uuid PRIMARY KEY);
INSERT INTO devices SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid FROM generate_series(1, 50) n;
CREATE TABLE posts (id bigserial PRIMARY KEY, user_id varchar(40), note text);
CREATE TABLE tokens (id bigserial PRIMARY KEY, device_id text, note text);
CREATE TABLE orders (id bigserial PRIMARY KEY, user_id integer REFERENCES users, note text);
INSERT INTO posts (user_id, note) SELECT 1 + n % 50, 'old' FROM generate_series(1, 20000) n;
INSERT INTO posts (user_id, note) VALUES ('007', 'kept'), (' 8', 'kept'), ('+9', 'kept'), (NULL, 'kept');
INSERT INTO tokens (device_id, note) SELECT '00000000-0000-4000-8000-' || lpad((1 + n % 50)::text,
  12, '0'), 'old' FROM generate_series(1, 20000) n;
INSERT INTO tokens (device_id, note) VALUES ('0000000000004000800000000000000C', 'kept');
INSERT INTO devices VALUES ('00000000-0000-4000-8000-00000000000c');
INSERT INTO orders (user_id, note) SELECT 1 + n % 50, 'old' FROM generate_series(1, 20000) n;
"""
    + ON_EACH.format(t="posts", c="user_id")
    + ON_EACH.format(t="tokens", c="device_id")
    + ON_EACH.format(t="orders", c="user_id")
    + "ANALYZE"
)
MODELS = """
from sqlalchemy import BigInteger, Column, ForeignKey, Table, Uuid
Table("users", metadata, Column("id", BigInteger, primary_key=True))
Table("devices", metadata, Column("id", Uuid, primary_key=True, default=1))
Table("posts", metadata, Column("id", BigInteger, primary_key=True), Column("user_id", ForeignKey("users.id")))
Table("tokens", metadata, Column("id", BigInteger, primary_key=True), Column("device_id", ForeignKey("devices.id")))
Table("orders", metadata, Column("id", BigInteger, primary_key=True), Column("user_id", ForeignKey("users.id")))
"""
TABLES = {"posts": "user_id", "tokens": "device_id", "orders": "user_id"}


def value(table: str, number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}" if table == "tokens" else str(number)


class Writer(threading.Thread):
    """Inserts, updates and deletes rows of its own, and knows what must be there."""

    def __init__(self, project: Project, number: int, stop: threading.Event) -> None:
        super().__init__()
        self.project, self.stop, self.random = project, stop, random.Random(number)
        self.name = f"writer {number}"
        self.rows: dict[tuple[str, int], str] = {}
        self.failed: list[str] = []
        self.done = 0

    def run(self) -> None:
        with helpers.connected(self.project.url) as connection:
            connection.prepare_threshold = None
            while not self.stop.is_set():
                before = dict(self.rows)
                try:
                    with connection.transaction():
                        for _ in range(3):
                            place, text = self.change(connection)
                            self.rows[place] = text
                    self.done += 1
                    time.sleep(0.005)
                except psycopg.Error as error:
                    self.rows = before
                    self.failed.append(f"{error.sqlstate} {error}")

    def change(self, connection: psycopg.Connection) -> tuple[tuple[str, int], str]:
        table = self.random.choice(list(TABLES))
        column, text = TABLES[table], value(table, self.random.randint(1, 50))
        mine = [place for place, present in self.rows.items() if place[0] == table and present]
        if not mine or self.random.random() < 0.5:
            insert = f"INSERT INTO {table} ({column}, note) VALUES ('{text}', '{self.name}') RETURNING id"
            return (table, int(connection.execute(insert.encode()).fetchone()[0])), text
        place = self.random.choice(mine)
        if self.random.random() < 0.3:
            connection.execute(f"DELETE FROM {table} WHERE id = {place[1]}".encode())
            return place, ""
        connection.execute(f"UPDATE {table} SET {column} = '{text}' WHERE id = {place[1]}".encode())
        return place, text


def read(project: Project, stop: threading.Event, failed: list[str]) -> None:
    with helpers.connected(project.url) as connection:
        connection.prepare_threshold = None
        while not stop.is_set():
            for table in TABLES:
                try:
                    connection.execute(f"SELECT * FROM {table}_count".encode()).fetchall()
                except psycopg.Error as error:
                    failed.append(f"reader: {error.sqlstate} {error}")


@contextmanager
def load(project: Project) -> Iterator[list[Writer]]:
    """Four writers and a reader; when they are stopped, nothing of theirs has failed."""
    stop, failed = threading.Event(), []
    writers = [Writer(project, number, stop) for number in range(4)]
    reader = threading.Thread(target=read, args=[project, stop, failed])
    for thread in (*writers, reader):
        thread.start()
    try:
        yield writers
    finally:
        stop.set()
        for thread in (*writers, reader):
            thread.join()
    assert failed + [text for writer in writers for text in writer.failed] == []
    assert min(writer.done for writer in writers) > 10


def kept(connection: psycopg.Connection) -> list[str]:
    """What nobody touches, byte for byte."""
    queries = [
        f"SELECT '{t}' || id || coalesce({c}::text, '-') || note FROM {t} WHERE note IN ('old', 'kept')"
        for t, c in TABLES.items()
    ]
    return sorted(row[0] for row in connection.execute(" UNION ALL ".join(queries).encode()))


def written(connection: psycopg.Connection) -> dict[tuple[str, int], str]:
    found = {}
    for table, column in TABLES.items():
        query = f"SELECT id, {column}::text FROM {table} WHERE note LIKE 'writer%'"
        found |= {(table, id_): text for id_, text in connection.execute(query.encode())}
    return found


def online(driver: str) -> Callable[[Project, str], None]:
    def run(project: Project, to: str) -> None:
        project.run("alembic", "upgrade" if to == "head" else "downgrade", to, driver=driver)

    return run


def offline(project: Project, to: str) -> None:
    words = ("upgrade", "head") if to == "head" else ("downgrade", "head:base")
    project.psql(project.run("alembic", *words, "--sql").stdout)


def up_and_down(project: Project, run: Callable[[Project, str], None]) -> None:
    (project.folder / "migrations" / "env.py").write_text(ENV.format(models=MODELS))
    project.run(
        "remediate", "generate", "--approve", "all", "--reviewer", "Ann",
        "--allow", "PUBLISHED_TABLE", "--allow", "REFRESHED_CONTENT",
    )  # fmt: skip
    (project.folder / "migrations" / "env.py").write_text(EVERY_WAY)
    with helpers.connected(project.url) as connection:
        before, untouched = helpers.dump(project.url), kept(connection)
        with load(project) as writers:
            run(project, "head")
            types = (
                "SELECT pg_typeof(p.user_id)::text, pg_typeof(t.device_id)::text, "
                "pg_typeof(o.user_id)::text FROM posts p, tokens t, orders o LIMIT 1"
            )
            assert connection.execute(types).fetchone() == ("bigint", "uuid", "bigint")
            run(project, "base")
        assert helpers.dump(project.url) == before
        assert kept(connection) == untouched
        expected = {p: text for w in writers for p, text in w.rows.items() if text}
        assert written(connection) == expected


def test_up_and_down_on_the_newest(newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path, DDL) as project:
        up_and_down(project, online("psycopg"))


@pytest.mark.soak
def test_up_and_down(server: Server, tmp_path: Path) -> None:
    with small_project(server, tmp_path, DDL) as project:
        up_and_down(project, online("psycopg"))


@pytest.mark.soak
@pytest.mark.parametrize("run", [online("asyncpg"), offline], ids=["asyncpg", "psql"])
def test_on_other_ways(run: Callable[[Project, str], None], newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path, DDL) as project:
        up_and_down(project, run)
